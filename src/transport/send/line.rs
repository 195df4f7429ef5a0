//! One command on the runtime socket of `HAProxy`. It answers a success with an empty line, and with words otherwise; there is no status. No line at all is no
//! answer: a worker that ends may have read the command and done nothing.
//! <https://docs.haproxy.org/2.6/management.html#9.3>

use super::window::{Sent, Window};
use crate::model::Armed;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

/// Largest answer that is read, in bytes.
const LARGEST: u64 = 64 * 1024;

/// Sends `command` to the unix socket at `path`, once, and gives the words that came back.
pub async fn line(armed: Armed, path: &str, command: &str, window: &Window<'_>) -> Sent<String> {
    let label = armed.label();
    tracing::debug!(%label, "sends");
    // `;` and a line end begin another command
    if command.trim().is_empty() || command.chars().any(|c| c.is_control() || c == ';' || c == '\\') {
        return Sent::never("it is not one command");
    }
    let stream = match window.before(UnixStream::connect(path)).await {
        Err(why) => return Sent::nothing(why),
        Ok(Err(error)) => return Sent::nothing(format!("no connection to {path}: {error}; nothing was sent")),
        Ok(Ok(stream)) => stream,
    };
    if let Some(why) = window.closed() {
        return Sent::nothing(why);
    }
    let work = async {
        let mut stream = stream;
        stream.write_all(format!("{command}\n").as_bytes()).await?;
        let mut bytes = Vec::new();
        stream.take(LARGEST).read_to_end(&mut bytes).await?;
        std::io::Result::Ok(bytes)
    };
    match window.after(work).await {
        Some(Ok(bytes)) if bytes.ends_with(b"\n") => Sent::Answered(String::from_utf8_lossy(&bytes).trim().to_owned()),
        Some(Ok(bytes)) if bytes.is_empty() => Sent::Unclear { why: format!("{path} took the command and closed without an answer") },
        Some(Ok(bytes)) => {
            Sent::Unclear { why: format!("the answer of {path} breaks off: {:?}", String::from_utf8_lossy(bytes.get(..200).unwrap_or(&bytes))) }
        }
        Some(Err(error)) => Sent::Unclear { why: format!("the connection to {path} broke off: {error}") },
        None => Sent::Unclear { why: format!("{path} took the command and did not answer before the deadline") },
    }
}

#[cfg(test)]
mod tests {
    use super::super::window::tests::{Opened, armed};
    use super::*;
    use tokio::net::UnixListener;

    #[tokio::test]
    async fn one_command_and_its_words() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("haproxy.sock");
        let name = path.to_string_lossy().into_owned();
        let opened = Opened::of(2000, 2000);
        let missing = line(armed(), &name, "set server a/b state drain", &opened.window()).await;
        assert!(matches!(missing, Sent::NoEffect { .. }), "{missing:?}");
        let listener = UnixListener::bind(&path).expect("a socket");
        let answers = async |answer: &[u8]| {
            let server = async {
                let (mut stream, _) = listener.accept().await.expect("a client");
                let mut bytes = vec![0; 1000];
                let length = stream.read(&mut bytes).await.expect("a command");
                stream.write_all(answer).await.expect("answered");
                String::from_utf8_lossy(&bytes[..length]).into_owned()
            };
            let window = opened.window();
            let (seen, sent) = tokio::join!(server, line(armed(), &name, "set server a/b state drain", &window));
            assert_eq!(seen, "set server a/b state drain\n");
            sent
        };
        assert_eq!(answers(b"No such server.\n\n").await, Sent::Answered("No such server.".to_owned()));
        assert_eq!(answers(b"\n").await, Sent::Answered(String::new()));
        for broken in [b"".as_slice(), b"No such ser"] {
            let sent = answers(broken).await;
            assert!(matches!(sent, Sent::Unclear { .. }), "{sent:?}");
        }
        for two in ["a; b", "a\nb", "", "a \\; b"] {
            assert!(matches!(line(armed(), &name, two, &opened.window()).await, Sent::NoEffect { retryable: false, .. }), "{two:?}");
        }
    }
}
