//! One request over one connection that is closed with its answer.
//!
//! The bytes are written here and not by a library, because what became of them has to be known: whether one left decides between "nothing happened" and
//! "nobody knows". No redirect, no proxy, no retry, no connection that is used again.

use super::reply::{Reply, whole};
use super::window::{Sent, Window};
use crate::model::{Armed, TlsOptions};
use crate::transport::http::Login;
use crate::transport::value::Text;
use crate::transport::{secret, tls};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// Largest answer that is read, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Scheme, host, port, and a path before every path: `http://127.0.1.1:8008`.
    pub base: String,
    /// `POST`, `PATCH`, ...
    pub method: &'static str,
    /// With its query, escaped.
    pub path: String,
    pub login: Option<Login>,
    pub tls: TlsOptions,
    pub headers: Vec<(String, Text)>,
    /// A text of JSON.
    pub json: Option<String>,
}

/// Sends `request` once. Any status is an answer; its kind knows what it means.
pub async fn http(armed: Armed, request: &Request, window: &Window<'_>) -> Sent<Reply> {
    let label = armed.label();
    tracing::debug!(%label, method = request.method, "sends");
    match attempt(request, window).await {
        Ok(reply) => Sent::Answered(reply),
        Err(sent) => sent,
    }
}

async fn attempt(request: &Request, window: &Window<'_>) -> Result<Reply, Sent<Reply>> {
    let url = reqwest::Url::parse(&request.base).map_err(|_quotes| Sent::never("the address of the endpoint is no URL"))?;
    let host = url.host_str().ok_or_else(|| Sent::never("the address of the endpoint has no host"))?;
    let port = url.port_or_known_default().ok_or_else(|| Sent::never("the address of the endpoint has no port"))?;
    let bytes = window.before(written(request, &url)).await.map_err(Sent::nothing)??;
    let plain = host.trim_start_matches('[').trim_end_matches(']');
    let stream = window.before(TcpStream::connect((plain, port))).await.map_err(Sent::nothing)?;
    let stream = stream.map_err(|error| Sent::nothing(format!("no connection to {host}:{port}: {error}; nothing was sent")))?;
    // one that cannot be set is slower, and nothing else
    let _slower = stream.set_nodelay(true);
    let bodiless = request.method == "HEAD";
    if url.scheme() == "http" {
        return exchange(stream, &bytes, bodiless, window).await;
    }
    let config = window.before(tls::client(&request.tls)).await.map_err(Sent::nothing)?.map_err(|error| Sent::of(&error))?;
    let name = request.tls.server_name.as_deref().unwrap_or(plain).to_owned();
    let name = rustls::pki_types::ServerName::try_from(name).map_err(|error| Sent::never(error.to_string()))?;
    let shaken = window.before(tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream)).await.map_err(Sent::nothing)?;
    let stream = shaken.map_err(|error| Sent::nothing(format!("TLS with {host}:{port} failed: {error}; nothing was sent")))?;
    exchange(stream, &bytes, bodiless, window).await
}

/// The request as it is sent.
async fn written(request: &Request, url: &reqwest::Url) -> Result<Vec<u8>, Sent<Reply>> {
    let base = url.path().trim_end_matches('/');
    let path = format!("{base}{}", request.path);
    if !request.path.starts_with('/') || !path.chars().all(|c| c.is_ascii_graphic()) {
        return Err(Sent::never("its path is no path"));
    }
    let host = url.host_str().unwrap_or("");
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let mut head = format!("{} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\naccept: */*\r\n", request.method);
    if let Some(Login { user, password }) = &request.login {
        let secret = match password {
            Some(reference) => Some(secret::resolve(reference).await.map_err(|error| Sent::of(&error))?),
            None => None,
        };
        let pair = format!("{user}:{}", secret.as_ref().map_or("", crate::model::Secret::expose));
        head.push_str(&format!("authorization: Basic {}\r\n", STANDARD.encode(pair)));
    }
    for (name, value) in &request.headers {
        let value = value.resolve().await.map_err(|error| Sent::of(&error))?;
        let token = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        // a line end would begin another header, or another request
        if !token || value.expose().chars().any(|c| c.is_control() && c != '\t') {
            return Err(Sent::never(format!("the header {name:?} has a sign that no header can have")));
        }
        head.push_str(&format!("{name}: {}\r\n", value.expose()));
    }
    let body = request.json.as_deref();
    if body.is_some() {
        head.push_str("content-type: application/json\r\n");
    }
    // Patroni answers 411 to a body without its length, the empty one included
    if body.is_some() || request.method != "HEAD" {
        head.push_str(&format!("content-length: {}\r\n", body.map_or(0, str::len)));
    }
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body.unwrap_or("").as_bytes());
    Ok(bytes)
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, bytes: &[u8], bodiless: bool, window: &Window<'_>) -> Result<Reply, Sent<Reply>> {
    if let Some(why) = window.closed() {
        return Err(Sent::nothing(why));
    }
    let work = async {
        stream.write_all(bytes).await.map_err(|error| format!("the request broke off: {error}"))?;
        stream.flush().await.map_err(|error| format!("the request broke off: {error}"))?;
        let mut answer = Vec::new();
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let ended = match stream.read(&mut buffer).await {
                Ok(0) => true,
                Ok(length) => {
                    answer.extend_from_slice(buffer.get(..length).unwrap_or_default());
                    false
                }
                // a TLS server that ends without saying so has ended
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => true,
                Err(error) => return Err(format!("the connection broke off after the request was sent: {error}")),
            };
            if answer.len() > LARGEST {
                return Err("the request was sent, and its answer is larger than is read".to_owned());
            }
            if let Some(reply) = whole(&answer, ended, bodiless)? {
                return Ok(reply);
            }
        }
    };
    match window.after(work).await {
        Some(Ok(reply)) => Ok(reply),
        Some(Err(why)) => Err(Sent::Unclear { why }),
        None => Err(Sent::Unclear { why: "the request was sent, and no whole answer came before the deadline".to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::window::tests::{Opened, armed};
    use super::*;
    use std::sync::Mutex;
    use std::time::Duration;
    use tokio::net::TcpListener;

    /// What a server does with the connection it gets.
    #[derive(Clone, Copy)]
    enum Server {
        Answers(&'static str),
        Hangs,
        /// Closes as soon as the request came.
        Closes,
        Resets,
    }

    /// Starts one, and gives its address and what it was sent.
    async fn serve(server: Server) -> (String, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        #[expect(clippy::disallowed_methods, reason = "it ends with the runtime of the test")]
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = vec![0; 65_536];
                let length = stream.read(&mut bytes).await.unwrap_or(0);
                kept.lock().expect("kept").push(String::from_utf8_lossy(&bytes[..length]).into_owned());
                match server {
                    Server::Answers(text) => {
                        let _gone = stream.write_all(text.as_bytes()).await;
                    }
                    Server::Hangs => std::future::pending().await,
                    Server::Closes => {}
                    Server::Resets => {
                        let _unset = rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO));
                    }
                }
            }
        });
        (base, seen)
    }

    fn request(base: &str) -> Request {
        Request {
            base: base.to_owned(),
            method: "POST",
            path: "/switchover".to_owned(),
            login: Some(Login { user: "ops".to_owned(), password: None }),
            tls: TlsOptions::default(),
            headers: Vec::new(),
            json: Some("{\"leader\":\"pg1\"}".to_owned()),
        }
    }

    async fn sent(server: Server, deadline: u64) -> (Sent<Reply>, usize) {
        let (base, seen) = serve(server).await;
        let opened = Opened::of(3000, deadline);
        let sent = http(armed(), &request(&base), &opened.window()).await;
        let count = seen.lock().expect("seen").len();
        (sent, count)
    }

    #[tokio::test]
    async fn an_answer_is_an_answer_whatever_its_status_and_is_asked_once() {
        for (text, status) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200),
            ("HTTP/1.0 503 Service Unavailable\r\n\r\nok", 503),
            ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\nok", 302),
        ] {
            assert_eq!(sent(Server::Answers(text), 5000).await, (Sent::Answered(Reply { status, body: "ok".to_owned() }), 1));
        }
    }

    #[tokio::test]
    async fn what_is_sent_is_one_request_with_its_length() {
        let (base, seen) = serve(Server::Answers("HTTP/1.1 200 OK\r\n\r\n")).await;
        let opened = Opened::of(3000, 5000);
        let headers = vec![("x-reason".to_owned(), Text::Plain("a b".to_owned()))];
        let _answered = http(armed(), &Request { headers, path: "/config?a=%20".to_owned(), ..request(&base) }, &opened.window()).await;
        let seen = seen.lock().expect("seen").join("|");
        let host = base.trim_start_matches("http://");
        assert_eq!(
            seen,
            format!(
                "POST /config?a=%20 HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\naccept: */*\r\nauthorization: Basic b3BzOg==\r\n\
                 x-reason: a b\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{{\"leader\":\"pg1\"}}"
            )
        );
    }

    #[tokio::test]
    async fn whom_nobody_reaches_nothing_was_sent_to() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        drop(listener);
        let opened = Opened::of(3000, 5000);
        let refused = http(armed(), &request(&base), &opened.window()).await;
        assert!(matches!(&refused, Sent::NoEffect { why, retryable: true } if why.contains("refused")), "{refused:?}");
        let name = http(armed(), &request("http://no-such-host.invalid:1"), &opened.window()).await;
        assert!(matches!(name, Sent::NoEffect { .. }), "{name:?}");
    }

    #[tokio::test]
    async fn a_byte_that_left_and_no_whole_answer_is_unclear() {
        for server in [Server::Closes, Server::Resets, Server::Answers("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), Server::Answers("200")] {
            let (sent, count) = sent(server, 5000).await;
            assert!(matches!(sent, Sent::Unclear { .. }), "{sent:?}");
            assert_eq!(count, 1, "it is asked once");
        }
    }

    #[tokio::test]
    async fn a_server_that_hangs_holds_nobody_past_the_deadline() {
        let clock = crate::model::Clock::real();
        let begin = clock.now();
        let (sent, count) = sent(Server::Hangs, 200).await;
        assert!(matches!(sent, Sent::Unclear { .. }), "{sent:?}");
        assert_eq!(count, 1);
        assert!(clock.now().since(begin) < Duration::from_millis(1200));
    }

    #[tokio::test]
    async fn nothing_is_sent_late_and_nothing_that_is_two_requests() {
        let (base, seen) = serve(Server::Answers("HTTP/1.1 200 OK\r\n\r\n")).await;
        let late = http(armed(), &request(&base), &Opened::of(0, 5000).window()).await;
        assert!(matches!(&late, Sent::NoEffect { retryable: true, .. }), "{late:?}");
        let opened = Opened::of(3000, 5000);
        for path in ["/a b", "/a\r\n\r\nDELETE /", "a", "/\u{e9}"] {
            let refused = http(armed(), &Request { path: path.to_owned(), ..request(&base) }, &opened.window()).await;
            assert!(matches!(refused, Sent::NoEffect { retryable: false, .. }), "{path:?}");
        }
        for (name, value) in [("x", "a\r\ny: b"), ("x y", "a"), ("", "a")] {
            let headers = vec![(name.to_owned(), Text::Plain(value.to_owned()))];
            let refused = http(armed(), &Request { headers, ..request(&base) }, &opened.window()).await;
            assert!(matches!(refused, Sent::NoEffect { retryable: false, .. }), "{name:?}");
        }
        assert!(seen.lock().expect("seen").is_empty());
    }
}
