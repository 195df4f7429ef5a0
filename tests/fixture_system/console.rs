//! The program on a terminal of its own, as a person sees it.

use portable_pty::{CommandBuilder, NativePtySystem, PtySize, PtySystem};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

const ROWS: NonZeroU16 = NonZeroU16::new(35).expect("not zero");
const COLUMNS: NonZeroU16 = NonZeroU16::new(120).expect("not zero");
/// No byte for this long means that what is waited for does not come.
const SILENCE: Duration = Duration::from_secs(20);

/// A console that runs.
pub struct Console {
    bytes: Receiver<Vec<u8>>,
    keys: Box<dyn Write + Send>,
    screen: vt100::Parser,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    // the terminal is closed when this goes
    _master: Box<dyn portable_pty::MasterPty + Send>,
}

impl Console {
    /// Opens `program` with `arguments` and the home directory `home`.
    pub fn open(program: &Path, arguments: &[&str], home: &Path) -> Console {
        let size = PtySize { rows: ROWS.get(), cols: COLUMNS.get(), pixel_width: 0, pixel_height: 0 };
        let pair = NativePtySystem::default().openpty(size).expect("a terminal");
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("HOME", home);
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let keys = pair.master.take_writer().expect("a writer");
        let (send, bytes) = channel();
        std::thread::spawn(move || {
            let mut chunk = [0; 4_096];
            while let Ok(read @ 1..) = reader.read(&mut chunk) {
                if send.send(chunk[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Console { bytes, keys, screen: vt100::Parser::new(ROWS, COLUMNS, 0), child, _master: pair.master }
    }

    /// Waits until the screen holds every word.
    pub fn until(&mut self, words: &[&str]) {
        loop {
            let text = self.screen.screen().contents();
            if words.iter().all(|word| text.contains(word)) {
                return;
            }
            match self.bytes.recv_timeout(SILENCE) {
                Ok(chunk) => self.screen.process(&chunk),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => panic!("not all of {words:?} came on the screen:\n{text}"),
            }
        }
    }

    /// Presses `q` and waits for the end; gives the exit code.
    pub fn quit(mut self) -> u32 {
        self.keys.write_all(b"q").expect("a key");
        // what is still drawn has to be read, or the program could not end
        while self.bytes.recv_timeout(SILENCE).is_ok() {}
        self.child.wait().expect("its end").exit_code()
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        // after a failure; a console that ended is not there to be killed
        let _gone = self.child.kill();
    }
}
