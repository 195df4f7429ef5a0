//! The step `notify` of a runbook: who is told, and that nobody who is not told stays unnamed or stops a run.

use super::sends::Served;
use crate::runs::Host;
use serde_json::Value;

const TELLS: &str = r#"
opsctl  = 1
name    = "tells"
summary = "Tells who is named"
risk    = "low"

[params.who]
type    = "string"
default = "pg2"

[[step]]
id      = "tell"
timeout = "20s"
notify  = { to = ["page", "hook", "screen", "nobody"], says = "${params.who} leads from now on", severity = "warning" }
save    = { told = "output.told" }

[[step]]
id         = "after"
why        = "the run goes on"
exec       = { argv = ["DOES", "do", "after"] }
idempotent = true
timeout    = "20s"
"#;

#[test]
fn a_step_tells_targets_and_who_cannot_be_told_is_named_and_stops_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (page, hook) = (folder.path().join("page"), Served::start("ok"));
    let targets = format!(
        "[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://127.0.0.1:9\"\n\
         [[notify]]\nname = \"page\"\nto = \"command\"\nargv = [\"tee\", \"{}\"]\n\
         [[notify]]\nname = \"hook\"\nto = \"webhook\"\nurl = \"env:OPSCTL_TEST_HOOK\"\n\
         [[notify]]\nname = \"screen\"\nto = \"terminal\"\n",
        page.display()
    );
    let host = Host::with(&targets);
    let does = host.path("does").to_str().expect("UTF-8").to_owned();
    std::fs::write(host.path("runbooks/tells.toml"), TELLS.replace("DOES", &does)).expect("written");
    let run = |who: &str| {
        let who = format!("who={who}");
        let mut command = host.command_from(&host.path(""), &["start", "tells", "--write", "--yes", "-p", &who]);
        command.env("OPSCTL_TEST_HOOK", format!("http://{}/s3cret-path", hook.address));
        let output = command.output().expect("it starts");
        (String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr), output.status.code())
    };
    let (told, code) = run("pg2");
    assert_eq!(code, Some(0), "{told}");
    for words in
        ["screen is not told: a terminal is told by its console alone", "nobody is not told: the configuration has no `[[notify]]`", "after: done"]
    {
        assert!(told.contains(words), "{words}: {told}");
    }
    let body: Value = serde_json::from_slice(&std::fs::read(&page).expect("it was called")).expect("JSON");
    assert_eq!((&body["event"], &body["severity"], &body["cluster"]), (&"said".into(), &"warning".into(), &"orders".into()));
    assert!(body["title"].as_str().is_some_and(|title| title == "WARNING orders: pg2 leads from now on"), "{body}");
    let posted = hook.posted();
    assert!(posted.len() == 1 && posted[0].0 == "/s3cret-path" && posted[0].1.contains("pg2 leads from now on"), "{posted:?}");
    // one that refuses is told of, and the run goes on
    hook.says(500);
    let (told, code) = run("pg3");
    assert!(code == Some(0) && told.contains("hook is not told: "), "{told}");
    assert!(!told.contains("s3cret-path"), "{told}");
    assert!(host.kept().values().all(|bytes| !String::from_utf8_lossy(bytes).contains("s3cret-path")), "the URL is a secret");
}
