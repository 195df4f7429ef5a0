//! A program on a terminal of its own: what it writes is read by a terminal emulator, and tests wait for what can be seen there.

use super::{empty_home, root};
use opsctl::model::Clock;
use portable_pty::{CommandBuilder, MasterPty, PtyPair, PtySize, SlavePty, native_pty_system};
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// Longer than anything that works takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// What every frame begins with.
const FRAME: &[u8] = b"\x1b[?2026h";

/// What every frame ends with.
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// What was written, and what it looks like.
struct Seen {
    terminal: vt100::Parser,
    raw: Vec<u8>,
    ended: bool,
}

/// The program and its terminal.
pub(crate) struct Pty {
    master: Box<dyn MasterPty + Send>,
    /// Held open, so that the settings of the terminal can be looked at after the program ended.
    _slave: Box<dyn SlavePty + Send>,
    keyboard: Box<dyn Write + Send>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    /// Nobody reads what is written.
    held: Arc<(Mutex<bool>, Condvar)>,
    ended: Receiver<portable_pty::ExitStatus>,
    pub(crate) pid: rustix::process::Pid,
    before: String,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn some(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("not zero")
}

impl Pty {
    /// Starts `program` with `arguments` on a terminal of `columns` and `rows`.
    pub(crate) fn start(program: impl AsRef<OsStr>, arguments: &[&str], environment: &[(&str, &str)], (columns, rows): (u16, u16)) -> Pty {
        let PtyPair { master, slave } = native_pty_system().openpty(size(columns, rows)).expect("a terminal");
        let mut command = CommandBuilder::new(program);
        command.env_clear();
        command.args(arguments);
        command.cwd(root());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", empty_home());
        // nothing is remembered from test to test
        command.env("XDG_STATE_HOME", "/dev/null/state");
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        for (name, value) in environment {
            command.env(name, value);
        }
        let before = settings(master.as_ref());
        let mut child = slave.spawn_command(command).expect("the program starts");
        let pid = child.process_id().and_then(|pid| rustix::process::Pid::from_raw(i32::try_from(pid).ok()?)).expect("a process");
        let seen = Arc::new((
            Mutex::new(Seen { terminal: vt100::Parser::new(some(rows), some(columns), 0), raw: Vec::new(), ended: false }),
            Condvar::new(),
        ));
        let shared = Arc::clone(&seen);
        let held = Arc::new((Mutex::new(false), Condvar::new()));
        let own = Arc::clone(&held);
        let mut reader = master.try_clone_reader().expect("a reader");
        std::thread::spawn(move || {
            let mut bytes = [0; 16 * 1024];
            loop {
                drop(own.1.wait_while(own.0.lock().unwrap(), |held| *held).unwrap());
                let count = reader.read(&mut bytes).unwrap_or(0);
                let mut seen = shared.0.lock().unwrap();
                seen.terminal.process(&bytes[..count]);
                seen.raw.extend_from_slice(&bytes[..count]);
                seen.ended = count == 0;
                shared.1.notify_all();
                if count == 0 {
                    return;
                }
            }
        });
        let (tell, ended) = channel();
        std::thread::spawn(move || tell.send(child.wait().expect("an end")));
        let keyboard = master.take_writer().expect("a keyboard");
        Pty { master, _slave: slave, keyboard, seen, held, ended, pid, before }
    }

    /// Waits until `holds` for the screen; `what` is said when it never does.
    pub(crate) fn until(&self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) {
        self.wait(what, |seen| holds(seen.terminal.screen()));
    }

    /// The same, where what is seen is a whole frame.
    pub(crate) fn until_whole(&self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) {
        let last = |raw: &[u8], mark: &[u8]| raw.windows(mark.len()).rposition(|window| window == mark);
        self.wait(what, |seen| holds(seen.terminal.screen()) && last(&seen.raw, FRAME_END) > last(&seen.raw, FRAME));
    }

    /// Waits until `text` stands on the screen.
    pub(crate) fn shows(&self, text: &str) {
        self.until(text, |screen| screen.contents().contains(text));
    }

    /// Waits until `text` was written, however short it stood on the screen.
    pub(crate) fn wrote(&self, text: &str) {
        self.wait(text, |seen| seen.raw.windows(text.len()).any(|window| window == text.as_bytes()));
    }

    fn wait(&self, what: &str, holds: impl Fn(&Seen) -> bool) {
        let clock = Clock::real();
        let begin = clock.now();
        let (seen, changed) = self.seen.as_ref();
        let mut seen = seen.lock().unwrap();
        while !holds(&seen) {
            let left = PATIENCE.saturating_sub(clock.now().since(begin));
            assert!(!left.is_zero() && !seen.ended, "never seen: {what}\n{}", seen.terminal.screen().contents());
            seen = changed.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// What stands on the screen, its lines without blanks at their ends.
    pub(crate) fn screen(&self) -> String {
        let seen = self.seen.0.lock().unwrap();
        let screen = seen.terminal.screen();
        let rows: Vec<String> = screen.rows(0, screen.size().1.get()).map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n") + "\n"
    }

    pub(crate) fn type_in(&mut self, bytes: &[u8]) {
        self.keyboard.write_all(bytes).expect("typed");
        self.keyboard.flush().expect("typed");
    }

    /// From now on nobody reads what is written, or somebody does again.
    pub(crate) fn hold(&self, held: bool) {
        *self.held.0.lock().unwrap() = held;
        self.held.1.notify_all();
    }

    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        self.seen.0.lock().unwrap().terminal.screen_mut().set_size(some(rows), some(columns));
        self.master.resize(size(columns, rows)).expect("resized");
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(self.pid, signal).expect("a signal");
    }

    /// Whether the settings of the terminal are those from before the program started.
    pub(crate) fn is_as_before(&self) -> bool {
        settings(self.master.as_ref()) == self.before
    }

    /// Everything that was written so far.
    pub(crate) fn raw(&self) -> Vec<u8> {
        self.seen.0.lock().unwrap().raw.clone()
    }

    pub(crate) fn frames(&self) -> usize {
        self.raw().windows(FRAME.len()).filter(|window| *window == FRAME).count()
    }

    /// Waits until this many frames were written.
    pub(crate) fn drawn(&self, frames: usize) {
        let count = |seen: &Seen| seen.raw.windows(FRAME.len()).filter(|window| *window == FRAME).count();
        self.wait(&format!("{frames} frames"), |seen| count(seen) >= frames);
    }

    /// Waits for the end: the exit code.
    pub(crate) fn code(&mut self) -> u32 {
        self.ended.recv_timeout(PATIENCE).expect("the program ends").exit_code()
    }

    /// Waits for the end, and for a terminal as it was before the program: the exit code.
    pub(crate) fn clean_code(&mut self) -> u32 {
        let code = self.code();
        self.is_clean();
        code
    }

    /// Waits for a terminal as it was before the program.
    pub(crate) fn is_clean(&self) {
        self.until("the screen from before", |screen| {
            let mouse = screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None;
            !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste() && !mouse
        });
        assert!(self.is_as_before(), "the settings of the terminal were left behind");
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // nothing is left running by a test that failed
        self.hold(false);
        let _gone = rustix::process::kill_process(self.pid, rustix::process::Signal::KILL);
    }
}

fn settings(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("settings"))
}

/// Asks `/proc` again and again until `holds` for the process.
pub(crate) fn until_state(pid: &str, what: &str, holds: impl Fn(Option<String>) -> bool) {
    let clock = Clock::real();
    let begin = clock.now();
    while !holds(std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()) {
        assert!(clock.now().since(begin) < PATIENCE, "never {what}");
        std::thread::yield_now();
    }
}

/// Waits until the process runs no more.
pub(crate) fn until_gone(pid: &str) {
    until_state(pid, "gone", |stat| stat.is_none_or(|stat| stat.contains(") Z ")));
}
