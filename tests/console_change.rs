//! The console changes something, on a terminal: from a finding to the plan of its cure, to the word that confirms it, to the run and its report. Its steps are
//! effects on this machine; the finding is of a fake Patroni that has no leader. The frames of the walk are kept.

use crate::runs::DOES;
use crate::support::http::{Answering, reply};
use crate::support::pty::Pty;
use crate::support::{blessing, root};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use tempfile::TempDir;

const SIZE: (u16, u16) = (120, 35);
const FRAMES: &str = "tests/golden/change";

const CLUSTER: &str = r#"{"members":[{"name":"pg2","role":"replica","state":"running","api_url":"http://10.0.0.2:8008/patroni","host":"10.0.0.2","port":5432,
    "timeline":42,"lag":0}],"scope":"orders"}"#;
const REPLICA: &str = r#"{"state":"running","role":"replica","timeline":42,"server_version":150018,"cluster_unlocked":true,
    "patroni":{"version":"4.1.0","scope":"orders","name":"pg2"},"xlog":{"received_location":67108864,"replayed_location":67108864,"paused":false}}"#;

/// Stands before the shipped runbook of its name.
const RUNBOOK: &str = r#"
opsctl    = 1
name      = "failover"
summary   = "Make a member the primary: effects on this machine"
risk      = "high"
approvals = 0
impact    = "they wait at the door"
lock      = "cluster"

[params.to]
type = "member"
doc  = "The member that leads afterwards"

[[step]]
id      = "rack"
why     = "somebody has to have seen it"
timeout = "5m"
manual  = { do = "look at the rack", evidence = "text" }

[[step]]
id         = "door"
why        = "they wait"
exec       = { argv = ["DOES", "do", "door"] }
idempotent = true
timeout    = "50s"
hold       = "60s"
finally    = true
undo       = { why = "they go on", exec = { argv = ["DOES", "undo", "door"] }, idempotent = true, timeout = "10s" }

[[step]]
id                 = "promote"
why                = "one leads again"
point_of_no_return = true
exec               = { argv = ["DOES", "do", "promote", "${params.to}"] }
timeout            = "50s"
"#;

/// A host with a cluster that nobody leads, and a runbook that says it helps.
struct Host {
    root: TempDir,
    _patroni: Answering,
}

impl Host {
    fn new() -> Host {
        let patroni = Answering::start(|path| match path {
            "/patroni" | "/" => reply(200, REPLICA),
            "/cluster" => reply(200, CLUSTER),
            "/config" => reply(200, "{\"ttl\":30,\"loop_wait\":10,\"retry_timeout\":10}"),
            "/history" => reply(200, "[]"),
            _ => reply(404, "{}"),
        });
        let root = tempfile::tempdir().expect("a folder");
        let put = |name: &str, text: &str| std::fs::write(root.path().join(name), text).expect("written");
        std::fs::create_dir(root.path().join("runbooks")).expect("a folder");
        put("does", DOES);
        put("password", "none");
        std::fs::set_permissions(root.path().join("does"), std::fs::Permissions::from_mode(0o755)).expect("set");
        put("runbooks/failover.toml", &RUNBOOK.replace("DOES", root.path().join("does").to_str().expect("UTF-8")));
        let endpoint = format!("[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg2\"\nurl = \"{}\"\n", patroni.url());
        put("config.toml", &format!("[[cluster]]\nname = \"orders\"\nenvironment = \"dev\"\n{endpoint}"));
        Host { root, _patroni: patroni }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// `frame` without the names of the machine that it was drawn on; what stands beside them stays in its place.
    fn nameless(&self, frame: &str) -> String {
        let alike = |name: &str, other: &str| other.chars().cycle().take(name.chars().count()).collect::<String>();
        let folder = self.root.path().to_str().expect("UTF-8").to_owned();
        let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").expect("a name").trim().to_owned();
        let of = |before: &str| (format!("{before}{machine}"), format!("{before}{}", alike(&machine, "jump1")));
        let pairs = [(folder.clone(), alike(&folder, "/srv/opsctl-job")), of("@"), of(" on ")];
        pairs.iter().fold(frame.to_owned(), |frame, (name, other)| frame.replace(name, other))
    }

    fn effects(&self) -> Vec<String> {
        std::fs::read_to_string(self.path("effects")).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    fn console(&self) -> Pty {
        let (config, home) = (self.path("config.toml"), self.root.path().to_str().expect("UTF-8").to_owned());
        let pty = Pty::start(
            env!("CARGO_BIN_EXE_opsctl"),
            &["--config", config.to_str().expect("UTF-8")],
            &[("XDG_STATE_HOME", &home), ("USER", "ana")],
            SIZE,
        );
        pty.shows("nobody holds the leader lock");
        pty
    }
}

/// Waits until all of `words` stand on the screen, which is kept as the frame called `name`; the kept one has them, too.
fn station(pty: &Pty, host: &Host, name: &str, words: &[&str]) {
    pty.until_whole(name, |screen| {
        let text = screen.contents();
        words.iter().all(|word| text.contains(word))
    });
    let path = root().join(FRAMES).join(format!("{name}.txt"));
    if blessing() {
        std::fs::create_dir_all(root().join(FRAMES)).expect("a folder");
        std::fs::write(&path, host.nameless(&pty.screen())).expect("written");
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}; write it with OPSCTL_BLESS=1", path.display()));
    for word in words {
        assert!(kept.contains(word), "{} lacks {word}: write it with OPSCTL_BLESS=1", path.display());
    }
}

#[test]
fn from_a_finding_to_the_report_of_its_cure() {
    let host = Host::new();
    std::fs::write(host.path("hang promote"), "").expect("written");
    let mut pty = host.console();
    pty.type_in(b"/no-leader\r");
    pty.shows("/no-leader");
    pty.type_in(b"X");
    station(&pty, &host, "1-finding", &["WHAT TO DO", "failover: r plans it"]);
    pty.type_in(b"r");
    station(
        &pty,
        &host,
        "2-plan",
        &["ready:", "r runs it when orders is typed", "WHAT WILL HAPPEN", "==== point of no return ====", "to=pg2", "they wait at the door"],
    );
    pty.type_in(b"r");
    station(&pty, &host, "3-locked", &["this console only reads: :write 15m unlocks writing to orders", " RO "]);
    pty.type_in(b":write 15m\r");
    pty.shows("▲ RW 1");
    pty.type_in(b"r");
    station(&pty, &host, "4-confirm", &["CONFIRM", "type orders to run it:", "risk high"]);
    // enter alone is No
    pty.type_in(b"\r");
    pty.shows("was not what was typed; nothing was sent");
    assert_eq!(host.effects(), Vec::<String>::new());
    pty.type_in(b"r");
    pty.shows("type orders to run it:");
    pty.type_in(b"orders\r");
    station(&pty, &host, "5-asks", &["rack asks you: i answers", "look at the rack", "IF YOU STOP NOW", "Nothing was sent so far"]);
    pty.type_in(b"i");
    pty.shows("yes or no, and what you saw:");
    pty.type_in(b"yes all lamps are green\r");
    station(&pty, &host, "6-held", &["▲ holds", "held: door", "left", "past the point of no return", "point of no return", "◐ goes on"]);
    // it is a process of its own: left, listed, and looked at again
    pty.type_in(b"d");
    pty.shows("goes on by itself");
    pty.type_in(b"R");
    station(&pty, &host, "7-runs", &["1 run is not ended", "running", "promote"]);
    pty.type_in(b"\r");
    pty.shows("held: door");
    std::fs::remove_file(host.path("hang promote")).expect("removed");
    station(&pty, &host, "8-report", &["● succeeded", "REPORT", "RESULT", "done and verified", "3 of 3"]);
    assert_eq!(host.effects(), ["do door", "do promote pg2", "undo door"]);
    pty.type_in(b"A");
    station(&pty, &host, "9-audit", &["● whole:", "unlocked", "confirmed", "approved", "ended"]);
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn a_console_that_is_killed_takes_no_run_with_it() {
    let host = Host::new();
    std::fs::write(host.path("hang promote"), "").expect("written");
    let mut pty = host.console();
    pty.type_in(b":plan failover to=pg2\r");
    pty.shows("r runs it when orders is typed");
    pty.type_in(b":write 5m\r");
    pty.shows("▲ RW 0");
    pty.type_in(b"r");
    pty.shows("type orders to run it:");
    pty.type_in(b"orders\r");
    pty.shows("rack asks you");
    pty.signal(rustix::process::Signal::KILL);
    let _killed = pty.code();
    // another console finds it at its list, goes on where it stands, and ends it
    let mut pty = host.console();
    pty.type_in(b"R");
    pty.shows("1 run is not ended");
    pty.type_in(b"\r");
    pty.shows("rack asks you");
    pty.type_in(b"a");
    pty.shows("STOP THE RUN");
    pty.shows("type yes to order it:");
    pty.type_in(b"yes\r");
    pty.shows("paused");
    pty.shows("HOW IT GOES ON");
    pty.type_in(b"o");
    pty.shows("resume, rollback, or abandon WHY:");
    pty.type_in(b"abandon nobody needs it\r");
    pty.shows("abandoned");
    assert_eq!(host.effects(), Vec::<String>::new());
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}
