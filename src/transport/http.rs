//! HTTP through one constructor: deadlines, a cap on the body, no redirects, no proxy of the environment, no retries, no idle sockets.
//!
//! Five idle connections starve Patroni's REST API (five threads), so a probe closes its connection when it has its answer. A server that has no such
//! limit is asked its questions of one probe over one connection, where its client says so ([`HttpReader::in_a_row`]).
//! reqwest's defaults have no timeouts, ten redirects and the proxy of the environment.

pub use super::body::decode;

use super::errand::Errand;
use super::error::{ProbeError, Trouble};
use super::reach::{self, Careful, Forbidden, Lookup};
use super::read::{HttpRead, http_allows};
use super::timing::exchange;
use super::value::Text;
use super::{secret, tls};
use crate::model::{Origin, Secret, SecretRef, TlsOptions};
use bytes::BytesMut;
use futures_util::{FutureExt, StreamExt};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A connection must stand within this time.
const CONNECT: Duration = Duration::from_millis(500);
/// Largest body that is read, in bytes: 64 MB of JSON cost a gigabyte in memory.
const LARGEST: usize = 4 * 1024 * 1024;
/// A connection that waited longer for its next question is not used again: the server may have gone meanwhile, and nothing is sent twice.
const IN_A_ROW: Duration = Duration::from_millis(200);

/// User and secret of HTTP basic authentication.
#[derive(Clone, Debug)]
pub struct Login {
    pub user: String,
    pub password: Option<SecretRef>,
}

/// Reads from one HTTP server.
#[derive(Debug)]
pub struct HttpReader {
    base: String,
    login: Option<Login>,
    tls: TlsOptions,
    deadline: Duration,
    /// Whether questions that follow each other share a connection.
    in_a_row: bool,
    headers: Vec<(String, Text)>,
    /// Set for an address that a server told: how names are looked up, and what they lead to is judged.
    lookup: Option<Careful>,
    /// Built before the first question, and anew after what it was built of was refused: building reads certificates and secrets.
    ready: Errand<Ready>,
}

fn with_json(request: reqwest::RequestBuilder, json: &str) -> reqwest::RequestBuilder {
    request.header("content-type", "application/json").body(json.to_owned())
}

/// A client that can send, with the secrets it needs.
#[derive(Debug)]
struct Ready {
    client: reqwest::Client,
    login: Option<(String, Option<Secret>)>,
    headers: Vec<(String, Secret)>,
}

/// An answer: status, the server's idea of the time, body.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// The `Date` header, in whole seconds.
    pub date: Option<jiff::Timestamp>,
    pub body: bytes::Bytes,
}

impl HttpReader {
    /// `base` is scheme, host and port: `http://127.0.1.1:8008`. `deadline` bounds each question as a whole.
    #[must_use]
    pub fn new(base: &str, login: Option<Login>, tls: TlsOptions, deadline: Duration) -> Self {
        HttpReader {
            base: base.trim_end_matches('/').to_owned(),
            login,
            tls,
            deadline,
            in_a_row: false,
            headers: Vec::new(),
            lookup: None,
            ready: Errand::default(),
        }
    }

    /// Questions that follow each other at once share a connection: for servers that idle connections do not harm.
    #[must_use]
    pub fn in_a_row(mut self) -> Self {
        self.in_a_row = true;
        self
    }

    /// Sends these with every question.
    #[must_use]
    pub fn carrying(mut self, headers: Vec<(String, Text)>) -> Self {
        self.headers = headers;
        self
    }

    /// Who told of this address. Where only a server did, nothing is contacted that [`reach::forbidden`] names, whether `base` says it or its name leads there.
    #[must_use]
    pub fn told_by(self, origin: Origin) -> Self {
        match origin {
            Origin::Configured => self,
            Origin::Discovered => self.looking_up_by(reach::of_this_machine()),
        }
    }

    /// As for [`Origin::Discovered`], with another resolver than this machine's.
    #[must_use]
    pub fn looking_up_by(mut self, lookup: Lookup) -> Self {
        self.lookup = Some(Careful(lookup));
        self
    }

    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Reads the certificates and secrets that questions need. Whoever gives up waiting finds them at the next call; what stands ready is not read again.
    ///
    /// # Errors
    /// The secret, the files of TLS, or an address that is not contacted.
    pub async fn prepare(&mut self) -> Result<(), ProbeError> {
        self.ready().await.map(|_ready| ())
    }

    /// Puts one question. Any status is an answer; the caller knows which ones mean something.
    ///
    /// # Errors
    /// Connecting, deadline, TLS, secrets, a body over the cap. Never the body's meaning.
    pub async fn ask(&mut self, question: HttpRead<'_>) -> Result<Answer, ProbeError> {
        let (method, path) = match question {
            HttpRead::Get(path) => ("GET", path),
            HttpRead::Head(path) => ("HEAD", path),
            HttpRead::Ask { path, .. } => ("POST", path),
        };
        let asked = format!("{method} {}{path}", self.base);
        if !http_allows(&question) {
            return Err(ProbeError::new(Trouble::NotPermitted, asked, "not on the list of questions that only read"));
        }
        let url = format!("{}{path}", self.base);
        let request = |client: &reqwest::Client| match question {
            HttpRead::Get(_) => client.get(url),
            HttpRead::Head(_) => client.head(url),
            HttpRead::Ask { json, .. } => with_json(client.post(url), json),
        };
        self.exchanged(request, asked).await
    }

    /// Posts what is on no list of questions; `token` goes with it. For faces that have a list of their own.
    pub(super) async fn post(&mut self, path: &str, json: &str, token: Option<&Secret>) -> Result<Answer, ProbeError> {
        let (asked, url) = (format!("POST {}{path}", self.base), format!("{}{path}", self.base));
        let request = |client: &reqwest::Client| {
            let request = with_json(client.post(url), json);
            match token {
                Some(token) => request.header("authorization", token.expose()),
                None => request,
            }
        };
        self.exchanged(request, asked).await
    }

    async fn exchanged(&mut self, request: impl FnOnce(&reqwest::Client) -> reqwest::RequestBuilder, asked: String) -> Result<Answer, ProbeError> {
        let Ready { client, login, headers } = self.ready().await?;
        let mut request = request(client);
        if let Some((user, password)) = login {
            request = request.basic_auth(user, password.as_ref().map(Secret::expose));
        }
        for (name, value) in headers {
            request = request.header(name, value.expose());
        }
        let outcome = exchange(receive(request, asked)).await;
        // secrets and certificates are renewed while we run: what was refused is read again before the next question
        let refused = match &outcome {
            Ok(answer) => matches!(answer.status, 401 | 403),
            Err(error) => error.trouble == Trouble::Tls,
        };
        if refused {
            self.ready.forget();
        }
        outcome
    }

    async fn ready(&mut self) -> Result<&Ready, ProbeError> {
        let HttpReader { base, login, tls, deadline, in_a_row, headers, lookup, ready } = self;
        ready
            .bring(|| {
                let (base, login, tls, kind, lookup) =
                    (base.clone(), login.clone(), tls.clone(), Kind { deadline: *deadline, in_a_row: *in_a_row }, lookup.clone());
                let headers = headers.clone();
                async move {
                    let mut ready = Ready::build(&base, login, &tls, kind, lookup).await?;
                    for (name, value) in headers {
                        ready.headers.push((name, value.resolve().await?));
                    }
                    Ok(ready)
                }
                .boxed()
            })
            .await
    }
}

impl Ready {
    async fn build(base: &str, login: Option<Login>, tls: &TlsOptions, kind: Kind, lookup: Option<Careful>) -> Result<Ready, ProbeError> {
        if lookup.is_some() {
            literal(base).map_err(|why| ProbeError::new(Trouble::Forbidden, base, why.to_string()))?;
        }
        let client = match (base.starts_with("https:"), lookup) {
            (false, None) => PLAIN.lock().unwrap_or_else(PoisonError::into_inner).of(kind)?,
            (false, lookup) => build(kind, no_tls()?, lookup)?,
            (true, lookup) => build(kind, tls::client(tls).await?, lookup)?,
        };
        let login = match login {
            Some(Login { user, password: Some(reference) }) => Some((user, Some(secret::resolve(&reference).await?))),
            Some(Login { user, password: None }) => Some((user, None)),
            None => None,
        };
        Ok(Ready { client, login, headers: Vec::new() })
    }
}

/// What tells one client of plain HTTP from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) deadline: Duration,
    pub(super) in_a_row: bool,
}

/// The clients of plain HTTP: a thousand endpoints of one kind have one. Those of TLS hold certificates, which are renewed for each endpoint alone.
#[derive(Debug)]
struct Plain(VecDeque<(Kind, reqwest::Client)>);

static PLAIN: Mutex<Plain> = Mutex::new(Plain(VecDeque::new()));

impl Plain {
    /// Kinds that are kept; a fleet has two or three.
    const MOST: usize = 16;

    fn of(&mut self, kind: Kind) -> Result<reqwest::Client, ProbeError> {
        if let Some((_, client)) = self.0.iter().find(|(known, _)| *known == kind) {
            return Ok(client.clone());
        }
        let client = build(kind, no_tls()?, None)?;
        self.0.push_back((kind, client.clone()));
        if self.0.len() > Self::MOST {
            self.0.pop_front();
        }
        Ok(client)
    }
}

/// Sends `request` and reads the whole answer.
async fn receive(request: reqwest::RequestBuilder, asked: String) -> Result<Answer, ProbeError> {
    let response = request.send().await.map_err(|error| from_reqwest(&error, &asked))?;
    let status = response.status().as_u16();
    let date = response.headers().get("date").and_then(|value| value.to_str().ok()).and_then(http_date);
    if response.content_length().is_some_and(|length| length > LARGEST as u64) {
        return Err(ProbeError::new(Trouble::TooLarge(LARGEST), asked, ""));
    }
    let mut body = BytesMut::new();
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| from_reqwest(&error, &asked))?;
        if body.len() + chunk.len() > LARGEST {
            return Err(ProbeError::new(Trouble::TooLarge(LARGEST), asked, ""));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, date, body: body.freeze() })
}

/// The one place where an HTTP client is made. `trust` is read from disk by whoever needs it: plain HTTP trusts nobody.
#[expect(clippy::disallowed_methods, reason = "the one constructor")]
pub(super) fn build(kind: Kind, trust: rustls::ClientConfig, lookup: Option<Careful>) -> Result<reqwest::Client, ProbeError> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .timeout(kind.deadline)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .pool_max_idle_per_host(usize::from(kind.in_a_row))
        .pool_idle_timeout(IN_A_ROW)
        .tcp_nodelay(true)
        .http1_only()
        .tls_backend_preconfigured(trust);
    if let Some(careful) = lookup {
        builder = builder.dns_resolver(Arc::new(careful));
    }
    builder.build().map_err(|error| ProbeError::new(Trouble::Network, "HTTP client", error.to_string()))
}

/// Judges a host that is an address, which no resolver ever sees; as the library that connects reads it.
fn literal(base: &str) -> Result<(), Forbidden> {
    let url = reqwest::Url::parse(base).ok();
    let host = url.as_ref().and_then(|url| url.host_str()).unwrap_or("");
    let Ok(address) = host.trim_start_matches('[').trim_end_matches(']').parse() else { return Ok(()) };
    reach::forbidden(address).map_or(Ok(()), |why| Err(Forbidden { host: host.to_owned(), address, why }))
}

/// Trusts nobody: for plain HTTP, where reqwest would otherwise load every certificate of the system.
pub(super) fn no_tls() -> Result<rustls::ClientConfig, ProbeError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ProbeError::new(Trouble::Tls, "TLS versions", error.to_string()))?;
    Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

pub(super) fn from_reqwest(error: &reqwest::Error, asked: &str) -> ProbeError {
    let mut chain: Vec<String> = Vec::new();
    let mut kind = None;
    let mut encryption = false;
    let mut forbidden = false;
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            kind = kind.or(Some(io.kind()));
            encryption |= is_tls(io);
        }
        forbidden |= cause.is::<Forbidden>();
        chain.push(cause.to_string());
        next = cause.source();
    }
    let detail = chain.last().cloned().unwrap_or_default();
    let text = chain.join(": ").to_ascii_lowercase();
    let trouble = match kind {
        _ if forbidden => Trouble::Forbidden,
        _ if error.is_timeout() && error.is_connect() => Trouble::ConnectTimeout,
        _ if error.is_timeout() => Trouble::AnswerTimeout,
        Some(std::io::ErrorKind::ConnectionRefused) => Trouble::ConnectionRefused,
        Some(std::io::ErrorKind::TimedOut) => Trouble::ConnectTimeout,
        _ if encryption || text.contains("certificate") || text.contains("tls") => Trouble::Tls,
        _ if text.contains("dns") || text.contains("lookup address") => Trouble::NoAddress,
        _ if error.is_connect() => Trouble::Network,
        _ if text.contains("invalid http") || text.contains("parse") => Trouble::Malformed,
        _ => Trouble::Closed,
    };
    ProbeError::new(trouble, asked, detail)
}

/// Whether TLS failed: rustls lies inside one or two errors of IO, and its text need not name TLS (a plain server behind https).
fn is_tls(io: &std::io::Error) -> bool {
    let Some(inner) = io.get_ref() else { return false };
    inner.is::<rustls::Error>() || inner.downcast_ref::<std::io::Error>().is_some_and(is_tls)
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`. <https://www.rfc-editor.org/rfc/rfc9110#field.date>
fn http_date(text: &str) -> Option<jiff::Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leading_to(address: std::net::SocketAddr) -> Lookup {
        use futures_util::FutureExt;
        Arc::new(move |_host| std::future::ready(Ok(vec![address])).boxed())
    }

    #[tokio::test]
    async fn a_name_that_leads_to_a_forbidden_address_is_not_contacted() {
        for address in ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "fd00:ec2::254"] {
            let address = std::net::SocketAddr::new(address.parse().expect("an address"), 0);
            let reader = HttpReader::new("http://pg2.example:8008", None, TlsOptions::default(), Duration::from_secs(5));
            let error = reader.looking_up_by(leading_to(address)).ask(HttpRead::Get("/patroni")).await.expect_err("not contacted");
            assert_eq!(error.trouble, Trouble::Forbidden, "{error}");
            assert!(error.detail.contains("pg2.example resolves to a"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_forbidden_address_is_not_contacted_in_any_notation() {
        for base in ["http://169.254.169.254", "http://[fe80::1]:8008", "http://0xa9fea9fe", "http://2852039166:80", "http://[::ffff:a9fe:a9fe]"] {
            let mut reader = HttpReader::new(base, None, TlsOptions::default(), Duration::from_secs(5)).told_by(Origin::Discovered);
            let error = reader.ask(HttpRead::Get("/patroni")).await.expect_err("not contacted");
            assert_eq!(error.trouble, Trouble::Forbidden, "{base}: {error}");
        }
    }

    #[tokio::test]
    async fn the_connection_goes_to_the_address_that_was_judged() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = async {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut head = [0; 4096];
            assert!(stream.read(&mut head).await.expect("a question") > 0);
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await.expect("answered");
        };
        let base = format!("http://nowhere.invalid:{}", address.port());
        let mut reader = HttpReader::new(&base, None, TlsOptions::default(), Duration::from_secs(5)).looking_up_by(leading_to(address));
        let (answer, ()) = tokio::join!(reader.ask(HttpRead::Get("/patroni")), server);
        assert_eq!(answer.expect("an answer").status, 200);
    }

    /// Answers each question, over a connection of its own, with the next of `statuses`; gives the heads of the questions.
    async fn answering(listener: tokio::net::TcpListener, statuses: &[u16]) -> Vec<String> {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut heads = Vec::new();
        for status in statuses {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut head = [0; 4096];
            let length = stream.read(&mut head).await.expect("a question");
            heads.push(String::from_utf8_lossy(&head[..length]).to_ascii_lowercase());
            let answer = format!("HTTP/1.1 {status} x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}");
            stream.write_all(answer.as_bytes()).await.expect("answered");
        }
        heads
    }

    #[tokio::test]
    async fn a_password_that_was_refused_is_read_anew() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("password");
        std::fs::write(&path, "former").expect("write");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("chmod");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let login = Login { user: "ops".to_owned(), password: Some(SecretRef::File(path.to_string_lossy().into_owned())) };
        let mut reader = HttpReader::new(&base, Some(login), TlsOptions::default(), Duration::from_secs(30));
        let client = async {
            for password in ["former", "renewed", "again"] {
                std::fs::write(&path, password).expect("write");
                reader.ask(HttpRead::Get("/")).await.expect("an answer");
            }
            reader.ask(HttpRead::Get("/")).await.expect("an answer");
        };
        // what was accepted is not read again
        let (heads, ()) = tokio::join!(answering(listener, &[401, 403, 200, 200]), client);
        let sent: Vec<&str> = heads.iter().filter_map(|head| head.lines().find_map(|line| line.strip_prefix("authorization: basic "))).collect();
        // `ops:former`, `ops:renewed`, `ops:again` in base 64
        assert_eq!(sent, ["b3bzomzvcm1lcg==", "b3bzonjlbmv3zwq=", "b3bzomfnywlu", "b3bzomfnywlu"]);
    }

    #[tokio::test]
    async fn after_a_failure_of_tls_the_certificates_are_read_anew() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("https://{}", listener.local_addr().expect("an address"));
        // whoever answers a greeting of TLS in clear text
        let server = async {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            assert!(stream.read(&mut [0; 4096]).await.expect("a greeting") > 0);
            stream.write_all(b"HTTP/1.1 400 x\r\n\r\n").await.expect("answered");
            std::future::pending::<()>().await;
        };
        let mut reader = HttpReader::new(&base, None, TlsOptions::default(), Duration::from_secs(30));
        let outcome = tokio::select! {
            outcome = reader.ask(HttpRead::Get("/")) => outcome,
            () = server => return,
        };
        assert_eq!(outcome.expect_err("no TLS there").trouble, Trouble::Tls);
        assert!(reader.ready.brought().is_none());
    }

    #[tokio::test]
    async fn a_thousand_endpoints_of_one_kind_have_one_client() {
        let kind = Kind { deadline: Duration::from_millis(4_321), in_a_row: false };
        for port in 1..=1_000 {
            let mut reader = HttpReader::new(&format!("http://10.0.0.1:{port}"), None, TlsOptions::default(), kind.deadline);
            reader.prepare().await.expect("built");
        }
        let kept = PLAIN.lock().expect("not poisoned").0.iter().filter(|(known, _)| *known == kind).count();
        assert_eq!(kept, 1);
        let mut plain = Plain(VecDeque::new());
        for milliseconds in 1..100 {
            plain.of(Kind { deadline: Duration::from_millis(milliseconds), in_a_row: true }).expect("built");
        }
        assert_eq!(plain.0.len(), Plain::MOST);
    }

    #[test]
    fn the_date_of_a_server_is_read() {
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT").map(|at| at.to_string()).as_deref(), Some("1994-11-06T08:49:37Z"));
        assert_eq!(http_date("yesterday"), None);
    }
}
