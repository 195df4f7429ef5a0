//! The README is true: every `opsctl` command in it is run on the lab, in the order of the page, and its table of exit codes is the program's.

use crate::support::lab::Lab;
use std::process::Command;

/// Every command line that begins with `opsctl`, from code blocks and from code in the text.
fn commands(readme: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in readme.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if inside {
            found.extend(line.starts_with("opsctl").then(|| line.to_owned()));
        } else {
            let code = line.split('`').skip(1).step_by(2);
            found.extend(code.filter(|code| code.starts_with("opsctl")).map(str::to_owned));
        }
    }
    found
}

#[test]
fn every_command_of_the_readme_does_what_it_says() {
    let Some(lab) = Lab::shared("lab_readme::every_command_of_the_readme_does_what_it_says") else { return };
    let readme = std::fs::read_to_string(crate::support::root().join("README.md")).expect("the README");
    let text = std::fs::read_to_string(&lab.config).expect("the configuration of the lab");
    let patroni = text.lines().find(|line| line.contains(":8008")).and_then(|line| line.split('"').nth(1)).expect("a member of the lab");
    let folder = tempfile::tempdir().expect("a folder");
    let all = commands(&readme);
    assert!(all.len() > 15, "{all:?}");
    for line in all {
        let mut words: Vec<String> = line.split_whitespace().skip(1).map(|word| word.replace("http://10.0.0.1:8008", patroni)).collect();
        // the console wants a terminal; tests of it give it one
        if words.is_empty() {
            continue;
        }
        // what stands for a name of one's own is a word in capitals; that it is understood is all that can be asked
        let stands_for_a_name = |word: &String| {
            let name = word.rsplit('=').next().unwrap_or_default();
            name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase())
        };
        // nor does anybody wait for what goes on until it is interrupted; tests of it interrupt it
        let goes_on = ["watch", "--accessible"].contains(&words[0].as_str());
        if goes_on || words.iter().any(stands_for_a_name) {
            // a process has a number
            let words = line.split_whitespace().map(|word| if word == "PID" { "4711" } else { word });
            let parsed = opsctl::cli::tree().try_get_matches_from(words);
            assert!(parsed.is_ok(), "{line}: {}", parsed.expect_err("an error"));
            continue;
        }
        let names_its_own = words.iter().any(|word| word == "--patroni" || word == "--config");
        let reads_no_cluster = ["privileges", "schema"].contains(&words[0].as_str()) || line == "opsctl config reference" || line == "opsctl check";
        if !names_its_own && !reads_no_cluster {
            words.extend(["--config".to_owned(), lab.config.to_string_lossy().into_owned()]);
        }
        let output = crate::support::program().args(&words).current_dir(folder.path()).output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        // Patroni and etcd alone cannot say who accepts writes by SQL; that is 3 and true
        let fine: &[i32] = if names_its_own { &[0, 3] } else { &[0] };
        // a host on which nobody asked for anything has no audit
        let fine = if line == "opsctl audit verify" { &[0, 2] } else { fine };
        assert!(output.status.code().is_some_and(|code| fine.contains(&code)), "{line}: {:?}\n{said}", output.status);
        assert!(!said.trim().is_empty(), "{line} says nothing");
    }
}

#[test]
fn the_exit_codes_of_the_readme_are_those_of_the_program() {
    let readme = std::fs::read_to_string(crate::support::root().join("README.md")).expect("the README");
    for line in opsctl::cli::exit::HELP.lines().filter(|line| line.starts_with("  ")) {
        let code = line.split_whitespace().next().expect("a code").trim_end_matches(',');
        assert!(readme.lines().any(|row| row.starts_with('|') && row.split(['|', ',', ' ']).any(|word| word == code)), "{code} is not in the README");
    }
}

#[test]
fn the_first_two_commands_exist() {
    for command in ["tests/lab/up", "tests/lab/down", "tests/run"] {
        let output = Command::new(crate::support::root().join(command)).arg("--help").output().expect("it starts");
        assert!(output.status.success(), "{command} --help");
    }
}
