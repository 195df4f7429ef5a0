//! A program of this machine with its arguments: no shell, an environment of its own, a process group that ends with the step.
//!
//! It must never leave a process of the group behind: at the end of the program, at its deadline, and when whoever waits for it goes away. What made a session
//! of its own goes with one that is ended, as far as its parents or the mark in its environment tell whose it is; one that ended by itself may have left a server
//! behind on purpose. Secrets that it prints are taken out before anybody keeps or sees them.

use super::window::{Sent, Window};
use crate::model::{Armed, Secret};
use crate::transport::group::{Group, MARK};
use crate::transport::learned::Pieces;
use crate::transport::value::{self, Text};
use rustix::process::Signal;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// What a program is told of our environment.
const KEPT: [&str; 4] = ["PATH", "HOME", "LANG", "TZ"];
/// Between TERM and KILL at the deadline.
const LAST: Duration = Duration::from_millis(500);
/// Between TERM and KILL when a person wants it to end.
const GRACE: Duration = Duration::from_secs(10);
/// How long is read on what a program printed that has ended.
const DRAIN: Duration = Duration::from_millis(200);
/// Most of a stream that is kept, in bytes; what comes after it is read and not kept.
const LARGEST: u64 = 64 * 1024 * 1024;
/// How many were started by this process.
static STARTED: AtomicU64 = AtomicU64::new(0);
/// How much of standard output is an answer.
const ANSWER: usize = 64 * 1024;

/// A program with what it gets.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub argv: Vec<String>,
    /// Besides PATH, HOME, LANG and TZ.
    pub env: Vec<(String, Text)>,
    pub stdin: Option<Text>,
    /// Where it runs, an absolute path; the root of the file system unless said.
    pub folder: Option<String>,
}

/// Where it printed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Out,
    Err,
}

/// How a program ended by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub exit: i32,
    /// The first 64 KiB of standard output, without the last line end.
    pub text: String,
    /// The last line of standard error.
    pub complaint: String,
}

/// Starts `program` once and waits for its end. What it prints goes to `keep` first.
pub async fn program(
    armed: Armed,
    program: &Program,
    keep: &(dyn Fn(Stream, &[u8]) -> io::Result<()> + Send + Sync),
    window: &Window<'_>,
) -> Sent<Ended> {
    let label = armed.label();
    tracing::debug!(%label, "starts");
    match attempt(program, &label, keep, window).await {
        Ok(ended) => Sent::Answered(ended),
        Err(sent) => sent,
    }
}

async fn attempt(
    program: &Program,
    label: &str,
    keep: &(dyn Fn(Stream, &[u8]) -> io::Result<()> + Send + Sync),
    window: &Window<'_>,
) -> Result<Ended, Sent<Ended>> {
    let (name, arguments) = program.argv.split_first().ok_or_else(|| Sent::never("no program is named"))?;
    let texts: Vec<Text> = program.env.iter().map(|(_, value)| value.clone()).chain(program.stdin.clone()).collect();
    let mut secrets = window.before(value::all(&texts)).await.map_err(Sent::nothing)?.map_err(|error| Sent::of(&error))?;
    let stdin = program.stdin.as_ref().and_then(|_| secrets.pop());
    let mut command = Command::new(name);
    command.args(arguments).env_clear().current_dir(program.folder.as_deref().unwrap_or("/")).process_group(0).kill_on_drop(true);
    command.envs(KEPT.iter().filter_map(|name| Some((*name, std::env::var_os(name)?))));
    // nobody else's, whoever is called the same in another state folder
    let mark = format!("{label} by {}.{}", std::process::id(), STARTED.fetch_add(1, Ordering::Relaxed));
    command.env(MARK, &mark);
    command.envs(program.env.iter().zip(&secrets).map(|((name, _), value)| (name, value.expose())));
    command.stdin(if stdin.is_some() { Stdio::piped() } else { Stdio::null() }).stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some(why) = window.closed() {
        return Err(Sent::nothing(why));
    }
    let mut child = command.spawn().map_err(|error| Sent::never(format!("{name} does not start: {error}")))?;
    let group = Group::of(&child).marked(&mark);
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let pipe = child.stdin.take().zip(stdin);
    // its pipes may stay open behind its back: what is read of them does not decide when it has ended
    let (mut answer, mut complaint) = (Vec::new(), Vec::new());
    let mut out = Reading::new(out, Stream::Out, keep, |bytes| answer.extend(bytes.iter().take(ANSWER.saturating_sub(answer.len()))));
    let mut err = Reading::new(err, Stream::Err, keep, |bytes| last_line(&mut complaint, bytes));
    let ended = {
        let reading = async {
            tokio::join!(out.read(), err.read(), feed(pipe));
        };
        let ending = end(&mut child, &group, window);
        tokio::pin!(reading, ending);
        tokio::select! {
            ended = &mut ending => {
                // whoever it left behind goes with it, and then nobody holds the pipes
                group.signal(Signal::KILL);
                let _cut = window.clock.timeout(DRAIN, &mut reading).await;
                ended
            }
            () = &mut reading => ending.await,
        }
    };
    match ended {
        Ok(_) => group.leave(),
        Err(_) => drop(group),
    }
    // what was cut off is kept as well
    out.end();
    err.end();
    drop((out, err));
    let text = String::from_utf8_lossy(&answer);
    let text = text.strip_suffix('\n').unwrap_or(&text).to_owned();
    let complaint = String::from_utf8_lossy(&complaint).trim().to_owned();
    match ended {
        Ok(status) => match status.code() {
            Some(exit) => Ok(Ended { exit, text, complaint }),
            None => Err(Sent::Unclear { why: format!("{name} was ended by a signal: {status}") }),
        },
        Err(why) => Err(Sent::Unclear { why: format!("{name} {why}") }),
    }
}

/// Waits for the end of `child`, or brings it about.
async fn end(child: &mut Child, group: &Group, window: &Window<'_>) -> Result<ExitStatus, String> {
    let (grace, why) = tokio::select! {
        biased;
        ended = child.wait() => return ended.map_err(|error| format!("cannot be waited for: {error}")),
        () = window.clock.sleep(window.left()) => (LAST, "was ended at its deadline"),
        () = window.stop.cancelled() => (GRACE, "was ended because a person wanted it"),
    };
    group.signal_all(Signal::TERM);
    let _gone = window.clock.timeout(grace, child.wait()).await;
    group.signal_all(Signal::KILL);
    Err(why.to_owned())
}

/// A stream that is read to its end: without secrets, to the disk first, then to `see`.
struct Reading<'a, R, S> {
    stream: Option<R>,
    which: Stream,
    keep: &'a (dyn Fn(Stream, &[u8]) -> io::Result<()> + Send + Sync),
    see: S,
    pieces: Pieces,
    kept: u64,
}

impl<'a, R: AsyncRead + Unpin, S: FnMut(&[u8])> Reading<'a, R, S> {
    fn new(stream: Option<R>, which: Stream, keep: &'a (dyn Fn(Stream, &[u8]) -> io::Result<()> + Send + Sync), see: S) -> Self {
        Reading { stream, which, keep, see, pieces: Pieces::default(), kept: 0 }
    }

    async fn read(&mut self) {
        let Some(mut stream) = self.stream.take() else { return };
        let mut buffer = vec![0; 64 * 1024];
        let mut cut = false;
        while let Ok(length @ 1..) = stream.read(&mut buffer).await {
            if self.kept < LARGEST {
                self.kept += length as u64;
                let bytes = self.pieces.pass(buffer.get(..length).unwrap_or_default());
                self.take(&bytes);
            } else if !cut {
                cut = true;
                self.end();
                let _uncut = (self.keep)(self.which, b"\n[the rest was not kept: it is more than 64 MiB]\n");
            }
        }
    }

    /// What was held back because a secret might have begun there.
    fn end(&mut self) {
        let bytes = self.pieces.end();
        self.take(&bytes);
    }

    fn take(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if let Err(error) = (self.keep)(self.which, bytes) {
            tracing::warn!(%error, "what a program prints cannot be kept");
        }
        (self.see)(bytes);
    }
}

/// Gives a program what it reads; one that does not want it may still do its work.
async fn feed(pipe: Option<(tokio::process::ChildStdin, Secret)>) {
    if let Some((mut pipe, text)) = pipe {
        let _unread = pipe.write_all(text.expose().as_bytes()).await;
    }
}

/// Keeps the last line, and what follows it, of what comes in pieces.
fn last_line(line: &mut Vec<u8>, bytes: &[u8]) {
    line.extend_from_slice(bytes);
    let end = line.trim_ascii_end().len();
    let begin = line.get(..end).and_then(|text| text.iter().rposition(|byte| *byte == b'\n')).map_or(0, |at| at + 1);
    line.drain(..begin.max(line.len().saturating_sub(1000)));
}

#[cfg(test)]
mod tests {
    use super::super::window::tests::{Opened, armed};
    use super::*;
    use crate::model::Clock;
    use std::sync::Mutex;

    fn argv(words: &[&str]) -> Program {
        Program { argv: words.iter().map(|&word| word.to_owned()).collect(), ..Program::default() }
    }

    async fn run(what: &Program, opened: &Opened) -> (Sent<Ended>, String) {
        let kept = Mutex::new(Vec::new());
        let keep = |_which: Stream, bytes: &[u8]| {
            kept.lock().expect("kept").extend_from_slice(bytes);
            Ok(())
        };
        let sent = program(armed(), what, &keep, &opened.window()).await;
        let kept = String::from_utf8_lossy(&kept.lock().expect("kept")).into_owned();
        (sent, kept)
    }

    /// Whether the process whose number a program wrote to `path` is still there. A zombie is not.
    fn lives(path: &std::path::Path) -> bool {
        let pid = std::fs::read_to_string(path).expect("a number");
        let status = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
        !status.is_empty() && !status.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
    }

    /// Waits until nobody whose number stands in `path` is there any more.
    async fn gone(path: &std::path::Path) {
        let clock = Clock::real();
        let waited = clock.timeout(Duration::from_secs(2), async {
            while lives(path) {
                clock.sleep(Duration::from_millis(5)).await;
            }
        });
        assert!(waited.await.is_some(), "an orphan");
    }

    #[tokio::test]
    async fn a_program_gets_its_arguments_as_they_are_and_its_output_is_kept() {
        let opened = Opened::of(3000, 10_000);
        let (sent, kept) = run(&argv(&["printf", "%s|", "a b", "$(id)", "'; x"]), &opened).await;
        assert_eq!(sent, Sent::Answered(Ended { exit: 0, text: "a b|$(id)|'; x|".to_owned(), complaint: String::new() }));
        assert_eq!(kept, "a b|$(id)|'; x|");
        let with = Program {
            stdin: Some(Text::Plain("in".to_owned())),
            env: vec![("X".to_owned(), Text::Plain("y".to_owned()))],
            ..argv(&["sh", "-c", "cat; echo $X $PWD; echo no >&2; echo bad >&2; exit 3"])
        };
        let (sent, _) = run(&with, &opened).await;
        assert_eq!(sent, Sent::Answered(Ended { exit: 3, text: "iny /".to_owned(), complaint: "bad".to_owned() }));
        let (sent, _) = run(&argv(&["opsctl-has-no-such-program"]), &opened).await;
        assert!(matches!(sent, Sent::NoEffect { retryable: false, .. }), "{sent:?}");
        let (sent, _) = run(&argv(&["true"]), &Opened::of(0, 1000)).await;
        assert!(matches!(sent, Sent::NoEffect { retryable: true, .. }), "{sent:?}");
        let (sent, _) = run(&argv(&["sh", "-c", "kill -9 $$"]), &opened).await;
        assert!(matches!(sent, Sent::Unclear { .. }), "{sent:?}");
    }

    #[tokio::test]
    async fn one_that_hangs_ends_with_its_group_at_its_deadline() {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::real();
        // deaf to TERM, with a child that holds its pipes
        let script = "trap '' TERM; echo $$ > a; sh -c 'echo $$ > b; exec sleep 60' & while :; do sleep 60; done";
        let what = Program { folder: Some(folder.path().to_string_lossy().into_owned()), ..argv(&["sh", "-c", script]) };
        let begin = clock.now();
        let (sent, _) = run(&what, &Opened::of(3000, 700)).await;
        let took = clock.now().since(begin);
        assert!(matches!(&sent, Sent::Unclear { why } if why.contains("deadline")), "{sent:?}");
        assert!(took < Duration::from_millis(1700), "{took:?}");
        gone(&folder.path().join("a")).await;
        gone(&folder.path().join("b")).await;
    }

    #[tokio::test]
    async fn one_that_nobody_waits_for_any_more_is_gone_with_its_group() {
        let folder = tempfile::tempdir().expect("a folder");
        let what = Program {
            folder: Some(folder.path().to_string_lossy().into_owned()),
            ..argv(&["sh", "-c", "echo $$ > a; sh -c 'echo $$ > b; exec sleep 60' & wait"])
        };
        let opened = Opened::of(3000, 60_000);
        let there = async {
            while !["a", "b"].iter().all(|name| std::fs::read_to_string(folder.path().join(name)).is_ok_and(|text| text.ends_with('\n'))) {
                opened.clock.sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            () = there => {}
            (sent, _) = run(&what, &opened) => panic!("{sent:?}"),
        }
        gone(&folder.path().join("a")).await;
        gone(&folder.path().join("b")).await;
    }

    #[tokio::test]
    async fn a_person_ends_one_and_one_that_left_somebody_behind_ends_at_once() {
        let opened = Opened::of(3000, 60_000);
        let (clock, begin) = (Clock::real(), Clock::real().now());
        let stop = async {
            clock.sleep(Duration::from_millis(100)).await;
            opened.stop.cancel();
        };
        let what = argv(&["sleep", "60"]);
        let ((sent, _), ()) = tokio::join!(run(&what, &opened), stop);
        assert!(matches!(&sent, Sent::Unclear { why } if why.contains("person")), "{sent:?}");
        let (sent, _) = run(&argv(&["sh", "-c", "sleep 60 & echo done"]), &Opened::of(3000, 60_000)).await;
        assert!(matches!(&sent, Sent::Answered(Ended { exit: 0, text, .. }) if text == "done"), "{sent:?}");
        assert!(clock.now().since(begin) < Duration::from_secs(20));
    }

    #[tokio::test]
    async fn a_session_of_its_own_saves_nobody_and_who_is_left_behind_by_one_that_ended_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let there = |name: &str| std::fs::read_to_string(folder.path().join(name)).is_ok_and(|text| text.ends_with('\n'));
        let within = |script: &str| Program { folder: Some(folder.path().to_string_lossy().into_owned()), ..argv(&["sh", "-c", script]) };
        // the parent of one waits, and that of the other is gone
        let script = "setsid sh -c 'echo $$ > a; exec sleep 60' & (setsid sh -c 'echo $$ > b; exec sleep 60' &); wait; sleep 60";
        let opened = Opened::of(3000, 60_000);
        let both = async {
            while !["a", "b"].iter().all(|name| there(name)) {
                opened.clock.sleep(Duration::from_millis(5)).await;
            }
            opened.stop.cancel();
        };
        let what = within(script);
        let ((sent, _), ()) = tokio::join!(run(&what, &opened), both);
        assert!(matches!(&sent, Sent::Unclear { why } if why.contains("person")), "{sent:?}");
        gone(&folder.path().join("a")).await;
        gone(&folder.path().join("b")).await;
        let server = "setsid sh -c 'echo $$ > c; exec sleep 60' > /dev/null 2>&1 & while ! [ -s c ]; do sleep 0.01; done; echo done";
        let (sent, _) = run(&within(server), &Opened::of(3000, 60_000)).await;
        assert!(matches!(&sent, Sent::Answered(Ended { exit: 0, .. })), "{sent:?}");
        let path = folder.path().join("c");
        assert!(lives(&path), "it was left behind on purpose");
        let pid = std::fs::read_to_string(&path).expect("a number").trim().parse().expect("a number");
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).expect("a process"), Signal::KILL).expect("killed");
    }

    #[tokio::test]
    async fn a_secret_that_it_prints_is_kept_by_nobody_whatever_the_pieces() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret");
        let secret = "pr1nted-by-a-step";
        std::fs::write(&file, secret).expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("private");
        let reference = crate::model::SecretRef::File(file.to_string_lossy().into_owned());
        let script = "printf 'is '; for c in pr1n ted- by-a -ste p; do printf %s $c; sleep 0.02; done; printf ' so %s' \"$TOK\" | base64 -w 0; \
                      echo; echo \"no: $TOK\" >&2; exit 3";
        let what = Program { env: vec![("TOK".to_owned(), Text::Secret(reference))], ..argv(&["sh", "-c", script]) };
        let (sent, kept) = run(&what, &Opened::of(3000, 10_000)).await;
        let Sent::Answered(Ended { exit: 3, text, complaint }) = &sent else { panic!("{sent:?}") };
        assert_eq!(complaint, "no: (hidden)");
        assert!(text.starts_with("is (hidden)") && text.matches("(hidden)").count() == 2, "{text}");
        assert!(kept.starts_with("is (hidden)") && kept.matches("(hidden)").count() == 3 && !kept.contains(secret), "{kept}");
    }

    #[test]
    fn the_last_line_is_kept_whatever_the_pieces() {
        let mut line = Vec::new();
        for piece in ["one\ntw", "o\nthr", "ee\n\n"] {
            last_line(&mut line, piece.as_bytes());
        }
        assert_eq!(String::from_utf8_lossy(&line).trim(), "three");
    }
}
