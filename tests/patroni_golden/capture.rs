//! The captured replies: raw bytes as `curl -i` wrote them, or `CURL-EXIT n` where none came, with the index of what was asked.

use opsctl::transport::http::Answer;
use std::path::PathBuf;

/// One line of `INDEX.tsv` with its file.
#[derive(Clone, Debug)]
pub(crate) struct Capture {
    pub(crate) file: String,
    pub(crate) state: String,
    pub(crate) method: String,
    pub(crate) node: String,
    pub(crate) path: String,
    pub(crate) status: Option<u16>,
    /// curl's exit code: 0 when an answer came.
    pub(crate) curl_exit: u8,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn folder() -> PathBuf {
    crate::support::root().join("tests/fixtures/patroni")
}

/// All captures, in the order of the index. Every file is in the index and the other way round.
pub(crate) fn all() -> Vec<Capture> {
    let index = std::fs::read_to_string(folder().join("INDEX.tsv")).expect("the index");
    let captures: Vec<Capture> = index.lines().skip(1).map(line).collect();
    let mut listed: Vec<&str> = captures.iter().map(|capture| capture.file.as_str()).collect();
    let mut there: Vec<String> = std::fs::read_dir(folder())
        .expect("the folder")
        .map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("--"))
        .collect();
    listed.sort_unstable();
    there.sort_unstable();
    assert_eq!(listed, there, "the index and the folder name different files");
    captures
}

fn line(text: &str) -> Capture {
    let fields: Vec<&str> = text.split('\t').collect();
    let [file, method, node, path, _body, _auth, status, exit, _elapsed] = fields[..] else { panic!("a line of nine fields: {text}") };
    let (state, _) = file.split_once("--").expect("STATE--WHAT");
    Capture {
        file: file.to_owned(),
        state: state.to_owned(),
        method: method.to_owned(),
        node: node.to_owned(),
        path: path.to_owned(),
        status: status.parse().ok(),
        curl_exit: exit.parse().expect("an exit code"),
        bytes: std::fs::read(folder().join(file)).expect("the capture"),
    }
}

impl Capture {
    /// Whether the file holds an answer and not only the reason why none came.
    pub(crate) fn answered(&self) -> bool {
        !self.bytes.starts_with(b"CURL-EXIT")
    }

    /// The answer as the transport would give it. For judging; the payload test sends the bytes over a socket.
    pub(crate) fn answer(&self) -> Option<Answer> {
        if !self.answered() {
            return None;
        }
        let end = self.bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an end of the head");
        let head = String::from_utf8_lossy(&self.bytes[..end]).into_owned();
        let date =
            head.lines().find_map(|line| line.strip_prefix("Date: ")).map(|text| jiff::fmt::rfc2822::parse(text.trim()).expect("a date").timestamp());
        let status = head.split(' ').nth(1).and_then(|word| word.get(..3)).and_then(|word| word.parse().ok()).expect("a status");
        Some(Answer { status, date, body: bytes::Bytes::copy_from_slice(&self.bytes[end + 4..]) })
    }
}
