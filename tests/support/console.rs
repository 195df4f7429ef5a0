//! A small admin console of `PgBouncer` on a port of its own, written from the protocol's manual. It answers what a test told it to, and holds the
//! client to the rules: the simple protocol only, one command in a question, nothing but the commands that only show, never `SHOW FDS`.
//! <https://www.postgresql.org/docs/current/protocol-message-formats.html>

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What may be asked; a list of its own, so that a mistake in the client's list is seen.
const MAY_BE_ASKED: &[&str] = &[
    "SHOW VERSION",
    "SHOW STATE",
    "SHOW POOLS",
    "SHOW DATABASES",
    "SHOW STATS",
    "SHOW LISTS",
    "SHOW CONFIG",
    "SHOW CLIENTS",
    "SHOW SERVERS",
    "SHOW USERS",
];

/// One answer.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Rows {
        columns: Vec<String>,
        rows: Vec<Vec<Option<String>>>,
    },
    /// An ERROR with SQLSTATE 08P01.
    Error(String),
    /// The connection ends.
    Close,
    /// Nothing comes.
    Hang,
}

#[derive(Debug, Default)]
struct Script {
    replies: BTreeMap<String, Reply>,
    refuses_login: Option<String>,
    login_takes: Option<Duration>,
    asked: Vec<String>,
    violations: Vec<String>,
    logins: usize,
}

/// The console; fails the test that used it when a rule was broken.
pub(crate) struct Console {
    pub(crate) address: String,
    script: Arc<Mutex<Script>>,
    forgiving: bool,
}

impl Console {
    pub(crate) fn start() -> Console {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("address").to_string();
        let script = Arc::new(Mutex::new(Script::default()));
        let shared = Arc::clone(&script);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), script) = (stream, Arc::clone(&shared)) else { return };
                std::thread::spawn(move || serve(stream, &script));
            }
        });
        Console { address, script, forgiving: false }
    }

    pub(crate) fn reply(&self, command: &str, reply: Reply) {
        self.script.lock().unwrap().replies.insert(command.to_owned(), reply);
    }

    pub(crate) fn rows(&self, command: &str, columns: &[&str], rows: &[&[&str]]) {
        let columns = columns.iter().map(|&name| name.to_owned()).collect();
        let rows = rows.iter().map(|row| row.iter().map(|&value| Some(value.to_owned())).collect()).collect();
        self.reply(command, Reply::Rows { columns, rows });
    }

    /// Each login takes this long.
    pub(crate) fn delay(&self, login: Duration) {
        self.script.lock().unwrap().login_takes = Some(login);
    }

    pub(crate) fn refuse_logins(&self, message: &str) {
        self.script.lock().unwrap().refuses_login = Some(message.to_owned());
    }

    /// Commands since the last call.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.script.lock().unwrap().asked)
    }

    pub(crate) fn logins(&self) -> usize {
        self.script.lock().unwrap().logins
    }

    /// The rules that were broken; they do not fail the test any more.
    pub(crate) fn violations(&mut self) -> Vec<String> {
        self.forgiving = true;
        self.script.lock().unwrap().violations.clone()
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let violations = self.script.lock().map(|script| script.violations.clone()).unwrap_or_default();
        assert!(self.forgiving || violations.is_empty() || std::thread::panicking(), "on the console: {violations:?}");
    }
}

/// Serves one connection until it ends; an error of the network ends it too.
fn serve(mut stream: TcpStream, script: &Mutex<Script>) -> Option<()> {
    let database = startup(&mut stream)?;
    let login_takes = script.lock().unwrap().login_takes;
    if login_takes.is_some() {
        // a client that logs in says nothing until it is answered
        stream.set_read_timeout(login_takes).ok()?;
        drop(stream.peek(&mut [0]));
        stream.set_read_timeout(None).ok()?;
    }
    let refusal = {
        let mut script = script.lock().unwrap();
        script.logins += 1;
        if database != "pgbouncer" {
            script.violations.push(format!("login to the database {database}"));
        }
        script.refuses_login.clone()
    };
    if let Some(message) = refusal {
        return send(&mut stream, b'E', &error("FATAL", &message));
    }
    send(&mut stream, b'R', &0_i32.to_be_bytes())?;
    send(&mut stream, b'Z', b"I")?;
    loop {
        let mut kind = [0];
        stream.read_exact(&mut kind).ok()?;
        let body = body(&mut stream)?;
        match kind[0] {
            b'Q' => question(&mut stream, script, std::str::from_utf8(&body).ok()?.trim_end_matches('\0'))?,
            b'X' => return None,
            other => {
                script.lock().unwrap().violations.push(format!("extended protocol: message {:?}", char::from(other)));
                return send(&mut stream, b'E', &error("ERROR", "extended query protocol not supported by admin console"));
            }
        }
    }
}

fn question(stream: &mut TcpStream, script: &Mutex<Script>, command: &str) -> Option<()> {
    let reply = {
        let mut script = script.lock().unwrap();
        script.asked.push(command.to_owned());
        if command.trim_end_matches(';').contains(';') {
            script.violations.push(format!("two statements in one string: {command}"));
        } else if !MAY_BE_ASKED.contains(&command) {
            script.violations.push(format!("not a question that only shows: {command}"));
        }
        script.replies.get(command).cloned()
    };
    match reply.unwrap_or_else(|| Reply::Error(format!("invalid command '{command}', use SHOW HELP;"))) {
        Reply::Rows { columns, rows } => {
            send(stream, b'T', &description(&columns))?;
            for row in &rows {
                send(stream, b'D', &data(row))?;
            }
            send(stream, b'C', b"SHOW\0")?;
        }
        Reply::Error(message) => send(stream, b'E', &error("ERROR", &message))?,
        Reply::Close => return None,
        Reply::Hang => {
            // until the client gives up
            while stream.read(&mut [0; 512]).is_ok_and(|bytes| bytes > 0) {}
            return None;
        }
    }
    send(stream, b'Z', b"I")
}

/// The name of the database in the startup message.
fn startup(stream: &mut TcpStream) -> Option<String> {
    let body = body(stream)?;
    let text = body.get(4..)?;
    let mut words = text.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
    while let Some(key) = words.next() {
        let value = words.next()?;
        if key == "database" {
            return Some(value);
        }
    }
    None
}

fn body(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).ok()?;
    let mut body = vec![0; usize::try_from(i32::from_be_bytes(length)).ok()?.checked_sub(4)?];
    stream.read_exact(&mut body).ok()?;
    Some(body)
}

fn send(stream: &mut TcpStream, kind: u8, body: &[u8]) -> Option<()> {
    let mut message = vec![kind];
    message.extend(i32::try_from(body.len() + 4).ok()?.to_be_bytes());
    message.extend(body);
    stream.write_all(&message).ok()
}

fn error(severity: &str, message: &str) -> Vec<u8> {
    format!("S{severity}\0V{severity}\0C08P01\0M{message}\0\0").into_bytes()
}

fn description(columns: &[String]) -> Vec<u8> {
    let mut body = i16::try_from(columns.len()).unwrap().to_be_bytes().to_vec();
    for name in columns {
        body.extend(name.as_bytes());
        // table and column, type text, its size, modifier, text format
        body.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0]);
    }
    body
}

fn data(row: &[Option<String>]) -> Vec<u8> {
    let mut body = i16::try_from(row.len()).unwrap().to_be_bytes().to_vec();
    for value in row {
        match value {
            None => body.extend((-1_i32).to_be_bytes()),
            Some(text) => {
                body.extend(i32::try_from(text.len()).unwrap().to_be_bytes());
                body.extend(text.as_bytes());
            }
        }
    }
    body
}
