//! Starts a program that gets this process's own terminal, and tells what becomes of it. It stays in our process group, so that the keys of the terminal
//! that stop or interrupt a job mean both of us. And starts our own program as a process that has no terminal: a run, or the guard of what a run holds.
//!
//! Not `tokio::process`: it hears only of the end, and a program that stops itself alone would leave a terminal that nobody continues. The environment is
//! cleared but for `KEPT` and what the caller adds: a password in ours is not handed on.

use super::handed;
use crate::model::Secret;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::thread;
use tokio::sync::mpsc;

/// What a program on a terminal needs of our environment: where things are, how to write, the agent that has the keys of a person (never the keys).
const KEPT: [&str; 24] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TERM",
    "COLORTERM",
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "LC_MESSAGES",
    "LC_NUMERIC",
    "LC_TIME",
    "TZ",
    "EDITOR",
    "VISUAL",
    "PAGER",
    "LESS",
    "TMPDIR",
    "SSH_AUTH_SOCK",
];

/// A program that runs on our terminal.
#[derive(Debug)]
pub struct Running {
    pid: Pid,
    changes: mpsc::UnboundedReceiver<Change>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Somebody stopped it; it can go on.
    Stopped,
    Ended(Ended),
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Code(i32),
    Signal(i32),
    /// The operating system does not say.
    Unknown,
}

/// Why it did not start.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    #[error("no program is named")]
    Nothing,
    #[error("{0} does not start: there is no such program in PATH; install it, or name it with its folder")]
    NotFound(String),
    #[error("{program} does not start: {why}")]
    Refused { program: String, why: io::Error },
}

/// Starts `argv`, no shell between, with `env` besides the variables in `KEPT`.
///
/// # Errors
/// It does not start.
pub fn start(argv: &[String], env: &[(String, String)]) -> Result<Running, ChildError> {
    Ok(spawn(argv, env, |_| Ok(()))?.0)
}

/// Starts `argv` away from the terminal: it reads `secrets`, by the names of variables, and nothing else, and what it prints is added to `printed`. It outlives us
/// when it makes a session of its own.
///
/// # Errors
/// It does not start, or does not take them.
pub fn apart(argv: &[String], env: &[(String, String)], secrets: &[(String, Secret)], printed: &File) -> Result<Running, ChildError> {
    let prints = |command: &mut Command| {
        command.stdin(Stdio::piped()).stdout(printed.try_clone()?).stderr(printed.try_clone()?);
        Ok(())
    };
    let (running, mut child) = spawn(argv, env, prints)?;
    // one that is gone by now says why in what it printed
    let _taken = child.stdin.take().map(|pipe| handed::at_once(pipe, secrets));
    Ok(running)
}

/// A process that lives as long as it is needed, and hears of our end by the end of what it reads.
#[derive(Debug)]
pub struct Guard {
    pub running: Running,
    /// Closed with this, or with us.
    pub orders: File,
    pub answers: File,
}

/// Hands a guard `secrets` over its pipe, by the names of variables, and gives the pipe back.
///
/// # Errors
/// It does not take them.
pub async fn hand(orders: File, secrets: &[(String, Secret)]) -> io::Result<File> {
    handed::over(orders, secrets).await
}

/// Starts `argv` away from the terminal, with a pipe to it and one from it; its complaints are added to `printed`.
///
/// # Errors
/// It does not start.
pub fn guard(argv: &[String], env: &[(String, String)], printed: &File) -> Result<Guard, ChildError> {
    let piped = |command: &mut Command| {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(printed.try_clone()?);
        Ok(())
    };
    let (running, mut child) = spawn(argv, env, piped)?;
    let program = argv.first().cloned().unwrap_or_default();
    let ends = child.stdin.take().map(OwnedFd::from).zip(child.stdout.take().map(OwnedFd::from));
    let (orders, answers) = ends.ok_or_else(|| ChildError::Refused { program, why: io::Error::other("it has no pipes") })?;
    Ok(Guard { running, orders: File::from(orders), answers: File::from(answers) })
}

fn spawn(argv: &[String], env: &[(String, String)], prepare: impl FnOnce(&mut Command) -> io::Result<()>) -> Result<(Running, Child), ChildError> {
    let (program, arguments) = argv.split_first().ok_or(ChildError::Nothing)?;
    let refused = |why: io::Error| match why.kind() {
        io::ErrorKind::NotFound => ChildError::NotFound(program.clone()),
        _ => ChildError::Refused { program: program.clone(), why },
    };
    let mut command = Command::new(program);
    command.args(arguments).env_clear();
    command.envs(KEPT.iter().filter_map(|name| Some((*name, std::env::var_os(name)?))));
    command.envs(env.iter().map(|(name, value)| (name, value)));
    prepare(&mut command).map_err(refused)?;
    let (tell, changes) = mpsc::unbounded_channel();
    let (begin, begun) = std::sync::mpsc::channel();
    // made before its child: one that nobody can watch would run on, and our caller would be told that it does not
    let watched = move || {
        if let Ok(pid) = begun.recv() {
            watch(pid, &tell);
        }
    };
    let _detached = thread::Builder::new().name("child".to_owned()).spawn(watched).map_err(refused)?;
    let child = command.spawn().map_err(refused)?;
    let pid = Pid::from_child(&child);
    let _it_waits = begin.send(pid);
    Ok((Running { pid, changes }, child))
}

fn watch(pid: Pid, tell: &mpsc::UnboundedSender<Change>) {
    loop {
        let change = match waitpid(Some(pid), WaitOptions::UNTRACED) {
            Ok(Some((_, status))) if status.stopped() => Change::Stopped,
            Ok(Some((_, status))) => Change::Ended(match (status.exit_status(), status.terminating_signal()) {
                (Some(code), _) => Ended::Code(code),
                (None, Some(signal)) => Ended::Signal(signal),
                (None, None) => Ended::Unknown,
            }),
            Ok(None) | Err(Errno::INTR) => continue,
            Err(_) => Change::Ended(Ended::Unknown),
        };
        if tell.send(change).is_err() || change != Change::Stopped {
            return;
        }
    }
}

impl Running {
    /// The next thing that becomes of it.
    pub async fn next(&mut self) -> Change {
        self.changes.recv().await.unwrap_or(Change::Ended(Ended::Unknown))
    }

    /// Its number.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Sends it `signal`; one that is gone needs none.
    pub fn signal(&self, signal: Signal) {
        let _gone = kill_process(self.pid, signal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argv(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[tokio::test]
    async fn it_tells_how_a_program_ended() {
        let mut running = start(&argv(&["sh", "-c", "exit 7"]), &[]).expect("started");
        assert_eq!(running.next().await, Change::Ended(Ended::Code(7)));
        let mut running = start(&argv(&["sh", "-c", "kill -STOP $$; exit 3"]), &[]).expect("started");
        assert_eq!(running.next().await, Change::Stopped);
        running.signal(Signal::CONT);
        assert_eq!(running.next().await, Change::Ended(Ended::Code(3)));
        let mut running = start(&argv(&["sh", "-c", "kill -STOP $$"]), &[]).expect("started");
        assert_eq!(running.next().await, Change::Stopped);
        running.signal(Signal::KILL);
        assert_eq!(running.next().await, Change::Ended(Ended::Signal(9)));
    }

    #[tokio::test]
    async fn nothing_of_the_environment_is_handed_on_but_what_is_listed_and_added() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("env");
        let script = format!("env > {}", file.display());
        let mut running = start(&argv(&["sh", "-c", &script]), &[("PGUSER".to_owned(), "reader".to_owned())]).expect("started");
        assert_eq!(running.next().await, Change::Ended(Ended::Code(0)));
        let text = std::fs::read_to_string(&file).expect("text");
        // what a shell sets by itself
        let own = ["PWD", "OLDPWD", "SHLVL", "_", "PGUSER"];
        let strange: Vec<&str> =
            text.lines().filter_map(|line| Some(line.split_once('=')?.0)).filter(|name| !KEPT.contains(name) && !own.contains(name)).collect();
        assert!(strange.is_empty() && text.contains("PGUSER=reader"), "{strange:?}");
        assert!(!text.contains("CARGO_"), "{text}");
    }

    #[tokio::test]
    async fn one_apart_prints_to_a_file_and_a_guard_hears_of_our_end() {
        use std::io::Read;
        let mut printed = tempfile::tempfile().expect("a file");
        let secrets = [("TOKEN".to_owned(), Secret::new("canary".to_owned()))];
        let mut running = apart(&argv(&["sh", "-c", "cat; echo out $TOKEN; echo err >&2"]), &[], &secrets, &printed).expect("started");
        assert_eq!(running.next().await, Change::Ended(Ended::Code(0)));
        let mut text = String::new();
        std::io::Seek::rewind(&mut printed).and_then(|()| printed.read_to_string(&mut text)).expect("read");
        assert_eq!(text, "{\"TOKEN\":\"canary\"}\nout\nerr\n");
        let Guard { mut running, orders, mut answers } = guard(&argv(&["sh", "-c", "echo ready; cat; echo over"]), &[], &printed).expect("started");
        let mut first = [0_u8; 6];
        answers.read_exact(&mut first).expect("an answer");
        assert_eq!(&first, b"ready\n");
        drop(orders);
        assert_eq!(running.next().await, Change::Ended(Ended::Code(0)));
        text.clear();
        answers.read_to_string(&mut text).expect("read");
        assert_eq!(text, "over\n");
    }

    #[tokio::test]
    async fn what_does_not_start_says_why() {
        let told = |words: &[&str]| start(&argv(words), &[]).expect_err("refused").to_string();
        assert!(told(&["opsctl-has-no-such-program"]).contains("no such program in PATH"));
        assert!(told(&["/etc/passwd"]).starts_with("/etc/passwd does not start: "));
        assert_eq!(told(&[]), "no program is named");
    }

    const CROWDED: &str = "OPSCTL__TRIAL_CROWDED";

    /// In the process that the test below starts; nothing otherwise.
    #[test]
    fn crowded() {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, wait};
        if std::env::var_os(CROWDED).is_none() {
            return;
        }
        let status = std::fs::read_to_string("/proc/self/status").expect("it is told");
        let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok()).expect("a number");
        // no room for the stack of a thread, and enough to start a program
        let room = (size + 1024) * 1024;
        setrlimit(Resource::As, Rlimit { current: Some(room), ..getrlimit(Resource::As) }).expect("less");
        let refused = start(&argv(&["true"]), &[]).map(|_| ()).expect_err("nobody can watch it");
        assert!(matches!(refused, ChildError::Refused { .. }), "{refused}");
        assert_eq!(wait(WaitOptions::empty()).map(|_| ()).expect_err("no child was started"), Errno::CHILD);
    }

    #[tokio::test]
    async fn a_program_that_cannot_be_watched_is_not_started() {
        let program = std::env::current_exe().expect("this program");
        let words = argv(&[program.to_str().expect("UTF-8"), "transport::child::tests::crowded", "--exact"]);
        let mut running = start(&words, &[(CROWDED.to_owned(), "1".to_owned())]).expect("started");
        assert_eq!(running.next().await, Change::Ended(Ended::Code(0)));
    }
}
