//! A confirmation is bound to what was shown: the leader that changes between the plan and the word that confirms it ends the run with 5, and nothing that changes
//! anything reaches a server. By the command line and by the console, past a Patroni that writes down what it is asked.

use crate::runs::until;
use crate::support::http::{Answering, reply};
use crate::support::pty::Pty;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

const SIZE: (u16, u16) = (140, 45);

const RUNBOOK: &str = r#"
opsctl    = 1
name      = "move"
summary   = "One request to the leader"
risk      = "high"
approvals = 0
impact    = "none"
lock      = "cluster"
binds     = ["cluster.leader.name"]

[[step]]
id                 = "switch"
why                = "somebody else leads"
point_of_no_return = true
http               = { post = "patroni:pg1/switchover", json = { leader = "${cluster.leader.name}" } }
timeout            = "20s"
"#;

/// A cluster whose leader can be another one from one moment to the next.
struct Host {
    root: TempDir,
    moved: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<String>>>,
    _patroni: Answering,
}

fn cluster(leader: &str) -> String {
    let member = |(at, name): (usize, &str)| {
        let role = if name == leader { "leader" } else { "replica" };
        let state = if name == leader { "running" } else { "streaming" };
        format!(
            r#"{{"name":"{name}","role":"{role}","state":"{state}","api_url":"http://10.0.0.{at}:8008/patroni","host":"10.0.0.{at}","port":5432,"timeline":7,"lag":0}}"#
        )
    };
    let members: Vec<String> = [(1, "pg1"), (2, "pg2")].into_iter().map(member).collect();
    format!(r#"{{"members":[{}],"scope":"orders"}}"#, members.join(","))
}

impl Host {
    fn new() -> Host {
        let (moved, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (led, kept) = (Arc::clone(&moved), Arc::clone(&asked));
        let patroni = Answering::start_with_head(move |head| {
            let line = head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
            kept.lock().expect("kept").push(line.clone());
            let moved = led.load(Ordering::Acquire);
            let role = if moved { "replica" } else { "primary" };
            match line.split(' ').nth(1).unwrap_or("/") {
                "/cluster" => reply(200, &cluster(if moved { "pg2" } else { "pg1" })),
                "/patroni" | "/" => reply(
                    200,
                    &format!(
                        r#"{{"state":"running","role":"{role}","timeline":7,"server_version":150018,"patroni":{{"version":"4.1.0","scope":"orders","name":"pg1"}},
                           "xlog":{{"location":67108864}}}}"#
                    ),
                ),
                "/config" => reply(200, "{\"ttl\":30,\"loop_wait\":10,\"retry_timeout\":10}"),
                "/history" => reply(200, "[]"),
                "/switchover" => reply(200, "done"),
                _ => reply(404, "{}"),
            }
        });
        let root = tempfile::tempdir().expect("a folder");
        let put = |name: &str, text: &str| std::fs::write(root.path().join(name), text).expect("written");
        std::fs::create_dir(root.path().join("runbooks")).expect("a folder");
        put("runbooks/move.toml", RUNBOOK);
        let endpoint = format!("[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"{}\"\n", patroni.url());
        put("config.toml", &format!("[[cluster]]\nname = \"orders\"\nenvironment = \"dev\"\n{endpoint}"));
        Host { root, moved, asked, _patroni: patroni }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn on_a_terminal(&self, words: &[&str]) -> Pty {
        let (config, home) = (self.path("config.toml"), self.path(""));
        let words = [words, &["--config", config.to_str().expect("UTF-8")]].concat();
        Pty::start(env!("CARGO_BIN_EXE_opsctl"), &words, &[("XDG_STATE_HOME", home.to_str().expect("UTF-8")), ("USER", "ana")], SIZE)
    }

    /// What was asked that changes something.
    fn changes(&self) -> Vec<String> {
        self.asked.lock().expect("kept").iter().filter(|line| !line.starts_with("GET ") && !line.starts_with("OPTIONS ")).cloned().collect()
    }

    fn was_asked(&self) -> bool {
        self.asked.lock().expect("kept").iter().any(|line| line == "GET /cluster")
    }

    /// The events of its runs, so far.
    fn events(&self) -> String {
        let runs = std::fs::read_dir(self.path("opsctl/runs")).into_iter().flatten().flatten();
        runs.map(|run| std::fs::read_to_string(run.path().join("events.jsonl")).unwrap_or_default()).collect()
    }
}

#[test]
fn a_leader_that_changed_while_the_command_line_waited_for_the_word_is_told_and_nothing_is_sent() {
    for moved in [true, false] {
        let host = Host::new();
        let mut asked = host.on_a_terminal(&["run", "start", "move", "--write"]);
        asked.wrote("to run move: ");
        host.moved.store(moved, Ordering::Release);
        asked.type_in(b"orders\r");
        let code = asked.code();
        let said = String::from_utf8_lossy(&asked.raw()).into_owned();
        assert!(host.was_asked(), "it was asked by this way");
        if moved {
            assert_eq!((code, host.changes()), (5, Vec::new()), "{said}");
            assert!(said.contains("cluster.leader.name is \"pg2\", and was \"pg1\" when the plan was confirmed"), "{said}");
        } else {
            // one that did not change is what it was confirmed for
            assert_eq!((code, host.changes()), (0, vec!["POST /switchover".to_owned()]), "{said}");
        }
    }
}

#[test]
fn a_leader_that_changed_while_the_console_waited_for_the_word_is_told_and_nothing_is_sent() {
    for moved in [true, false] {
        let host = Host::new();
        let mut pty = host.on_a_terminal(&[]);
        pty.shows("orders");
        pty.type_in(b":plan move\r");
        pty.shows("r runs it when orders is typed");
        pty.type_in(b":write 5m\r");
        pty.shows("RW");
        pty.type_in(b"r");
        pty.shows("type orders to run it:");
        host.moved.store(moved, Ordering::Release);
        pty.type_in(b"orders\r");
        if moved {
            pty.shows("cluster.leader.name is \"pg2\", and was \"pg1\" when the plan was");
            until("it is refused", || host.events().contains("\"ending\":\"nothing-sent\""));
            assert_eq!(host.changes(), Vec::<String>::new());
        } else {
            until("it is done", || host.events().contains("\"ending\":\"done\""));
            assert_eq!(host.changes(), ["POST /switchover"]);
        }
        assert!(host.was_asked());
        pty.type_in(b"q");
        pty.clean_code();
    }
}
