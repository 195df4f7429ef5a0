//! The keymap file, the help and the README say the same as the registry.

use crate::screens::dump::{letters, look};
use crate::screens::{fixture, on_fleet};
use crate::support::pty::Pty;
use crate::support::{blessing, golden, opsctl, root};
use opsctl::theme::Glyphs;
use opsctl::tui::key::Chord;
use opsctl::tui::keymap::file;
use opsctl::tui::registry::{self, COMMANDS};
use std::collections::BTreeMap;

#[test]
fn the_keymap_file_names_every_command_and_reads_as_the_defaults() {
    let text = file::template(COMMANDS);
    golden("tests/golden/keys.toml", text.as_bytes());
    let printed = opsctl(&["config", "keymap"]);
    assert_eq!(printed, (text.clone(), String::new(), 0));
    // with its lines taken in, nothing changes
    let lines: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# ")).filter(|line| line.contains(" = [")).collect();
    assert_eq!(lines.len(), COMMANDS.len());
    let bindings = file::parse("keys.toml", &lines.join("\n")).expect("a keymap");
    let keymap = registry::keymap(&bindings, &[]).expect("no conflict");
    for (own, default) in keymap.deeds().zip(COMMANDS) {
        assert_eq!((own.id(), keymap.keys_of(own)), (default.id, default.keys.to_vec()));
    }
}

#[test]
fn help_and_footer_show_the_keys_that_count() {
    let bindings = file::parse("keys.toml", "freeze = [\"ctrl-f\"]\nquit = [\"Z\", \"ctrl-c\"]").expect("a keymap");
    let keymap = registry::keymap(&bindings, &[]).expect("no conflict");
    let mut state = on_fleet(&fixture::degraded(), (120, 35));
    let shown = letters(&opsctl::tui::frame(&state, &look(Glyphs::Unicode), &keymap));
    assert!(shown.lines().last().is_some_and(|footer| footer.contains("Z quit")), "{shown}");
    state.size = (120, 200);
    super::play(&mut state, "?");
    let help = letters(&opsctl::tui::frame(&state, &look(Glyphs::Unicode), &keymap));
    assert!(help.contains("ctrl-f") && help.contains("Z ctrl-c"), "{help}");
}

#[test]
fn a_conflict_in_the_file_ends_the_start_and_names_both() {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(home.path().join("opsctl")).expect("a folder");
    std::fs::write(home.path().join("opsctl/keys.toml"), "# mine\nfreeze = [\"z\"]\n").expect("written");
    let config = home.path().join("opsctl.toml");
    std::fs::write(&config, "[[cluster]]\nname = \"orders-eu\"\nenvironment = \"prod\"\n[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://127.0.0.1:9\"\n").expect("written");
    let path = config.to_str().expect("a path").to_owned();
    let folder = home.path().to_str().expect("a path").to_owned();
    let mut pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["--config", &path], &[("XDG_CONFIG_HOME", &folder)], (160, 24));
    pty.until("both", |screen| {
        let text = screen.contents().replace('\n', "");
        text.contains("key z means both 'zoom' and 'freeze'") && text.contains("keys.toml:2:1")
    });
    assert_eq!(pty.clean_code(), 2);
}

#[test]
fn the_check_of_the_configuration_names_what_would_end_the_start() {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(home.path().join("opsctl")).expect("a folder");
    let (config, keys) = (home.path().join("opsctl.toml"), home.path().join("opsctl/keys.toml"));
    let cluster = "[[cluster]]\nname = \"orders-eu\"\nenvironment = \"prod\"\n[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://127.0.0.1:9\"\n";
    let check = |command: &str, bindings: &str| {
        std::fs::write(&config, format!("{cluster}{command}")).expect("written");
        std::fs::write(&keys, bindings).expect("written");
        let output = crate::support::program()
            .args(["config", "check", "--config", config.to_str().expect("a path")])
            .env("XDG_CONFIG_HOME", home.path())
            .output()
            .expect("starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let own = |keys: &str, argv: &str| format!("[[command]]\nname = \"reach\"\nkeys = [{keys}]\nargv = [{argv}]\n");
    let (code, told, _) = check(&own("\"W\"", "\"ping\", \"{host}\""), "freeze = [\"ctrl-f\"]\n");
    assert!(code == Some(0) && told.contains("good: 1 clusters, 1 endpoints, 1 commands of your own, 1 keys of your own"), "{told}");
    let cases = [
        (own("\"f\"", "\"ping\""), "", "opsctl.toml:10:1: key f means both 'freeze' and 'reach'"),
        (own("\"hyper-f\"", "\"ping\""), "", "opsctl.toml:10:1: 'reach'"),
        (own("\"W\"", "\"ping\", \"{hots}\""), "", "opsctl.toml:11:17"),
        (String::new(), "# mine\nfreeze = [\"z\"]\n", "keys.toml:2:1: key z means both 'zoom' and 'freeze'"),
        (String::new(), "freze = [\"Z\"]\n", "keys.toml:1:1: there is no command 'freze'; did you mean 'freeze'?"),
        (String::new(), "freeze = [\"Z\"\n", "keys.toml:"),
        (String::new(), "quit = []\n", "keys.toml:1:1: nothing would leave the console"),
    ];
    for (command, bindings, expected) in cases {
        let (code, told, error) = check(&command, bindings);
        assert!(
            code == Some(2) && told.is_empty() && error.starts_with("error: ") && error.contains(expected),
            "{expected}: {code:?} {told}\n{error}"
        );
    }
}

const BEGIN: &str = "<!-- keys: written by OPSCTL_BLESS=1 cargo test -->";
const END: &str = "<!-- end of keys -->";

#[test]
fn the_readme_shows_the_keys_of_the_registry() {
    let shown = |key: &&str| Chord::parse(key).map(|chord| format!("`{}`", chord.shown(true))).expect("a key");
    let mut rows: BTreeMap<usize, String> = BTreeMap::new();
    for (at, command) in COMMANDS.iter().enumerate() {
        let keys = command.keys.iter().map(shown).collect::<Vec<_>>().join(" ");
        rows.insert(at, format!("| {keys} | {} |", command.doc.replace('|', "\\|")));
    }
    let table = format!("{BEGIN}\n| key | what it does |\n|---|---|\n{}\n{END}", rows.into_values().collect::<Vec<_>>().join("\n"));
    let path = root().join("README.md");
    let readme = std::fs::read_to_string(&path).expect("README.md");
    let (begin, end) = (readme.find(BEGIN).expect("the beginning of the table"), readme.find(END).expect("its end") + END.len());
    if blessing() {
        std::fs::write(&path, format!("{}{table}{}", &readme[..begin], &readme[end..])).expect("written");
        return;
    }
    assert_eq!(&readme[begin..end], table, "the keys in README.md are old; write them with OPSCTL_BLESS=1");
}
