//! The PostgreSQL protocol, for servers and for the admin console of `PgBouncer`: one session, simple queries only, columns by name.
//!
//! The console drops the connection on the extended protocol. A statement that hangs in `SyncRep` ignores `statement_timeout`, so every question has a
//! deadline on this side too; after it passed, the session is given up, for its answers can no longer be told apart. So it is after an answer that is larger
//! than is read. Our own secrets are read before the deadline of a login begins: their slowness is no silence of the server.

use super::bound::{self, Returned};
use super::errand::Errand;
use super::error::{ProbeError, Trouble};
use super::portion::{Counted, LARGEST, Portion};
use super::read::console_allows;
use super::secret::{self, PgpassKey};
use super::sql::ReadOnlySql;
use super::timing::exchange;
use super::tls;
use super::value::{self, Text};
use crate::model::{APPLICATION, Clock, Secret, SecretRef, TlsOptions};
use futures_util::FutureExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::config::SslMode;
use tokio_util::task::AbortOnDropHandle;

/// A connection must stand within this time.
const CONNECT: Duration = Duration::from_millis(500);

/// Who answers there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// `PostgreSQL`: statements that were proven to read only, in a read-only session.
    Sql,
    /// The admin console of `PgBouncer`: the listed `SHOW` commands.
    Console,
}

/// How to reach one server.
#[derive(Clone, Debug)]
pub struct PgTarget {
    /// `host:port`, or the directory of a unix socket with the port: `/run/postgresql:5432`.
    pub address: String,
    pub database: String,
    pub user: String,
    pub password: Option<SecretRef>,
    /// `None`: plain TCP.
    pub tls: Option<TlsOptions>,
    pub speaks: Speaks,
}

/// The rows of one answer: names of columns and text values, `None` for NULL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Option<String>>>,
}

/// Reads from one server over one session that is kept.
#[derive(Debug)]
pub struct PgReader {
    target: PgTarget,
    clock: Clock,
    deadline: Duration,
    credentials: Errand<Credentials>,
    session: Option<Session>,
}

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Read,
    Change,
}

/// What a login needs and is read from this machine.
#[derive(Debug)]
pub(super) struct Credentials {
    password: Option<Secret>,
    tls: Option<rustls::ClientConfig>,
}

/// A login and the task that carries its bytes. The task ends with the session: left alone it would wait for every answer that is still due, and a
/// server that does not answer would collect a connection with each login.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) client: tokio_postgres::Client,
    portion: Arc<Portion>,
    _carrier: AbortOnDropHandle<()>,
}

impl PgReader {
    /// `deadline` bounds the login, and each question, on its own.
    #[must_use]
    pub fn new(target: PgTarget, clock: Clock, deadline: Duration) -> Self {
        PgReader { target, clock, deadline, credentials: Errand::default(), session: None }
    }

    /// Reads the secrets that the next login needs. Whoever gives up waiting finds them at the next call; what stands ready is not read again.
    ///
    /// # Errors
    /// The secret, or the files of TLS.
    pub async fn prepare(&mut self) -> Result<(), ProbeError> {
        if !self.is_open() {
            let target = &self.target;
            self.credentials.bring(|| fetch(target.clone()).boxed()).await?;
        }
        Ok(())
    }

    fn is_open(&self) -> bool {
        self.session.as_ref().is_some_and(|session| !session.client.is_closed())
    }

    /// Makes sure that there is a session. `true` when it is a new one: what was learnt of the former process may no longer hold.
    ///
    /// # Errors
    /// Connecting, TLS, the secret, the login.
    pub async fn open(&mut self) -> Result<bool, ProbeError> {
        if self.is_open() {
            return Ok(false);
        }
        self.session = None;
        let clock = self.clock.clone();
        let unread = || ProbeError::new(Trouble::Secret, format!("login to {}/{}", self.target.address, self.target.database), secret::STILL_READ);
        let target = &self.target;
        let fetched = clock.timeout(self.deadline, self.credentials.bring(|| fetch(target.clone()).boxed())).await;
        let credentials = fetched.ok_or_else(unread)??;
        let session = clock.timeout(self.deadline, login(&self.target, credentials, &clock, self.deadline, Purpose::Read)).await;
        let session = session.unwrap_or_else(|| Err(ProbeError::new(Trouble::AnswerTimeout, self.asked("login"), "")));
        // they may be changed: kept only while they could not be tried
        if session.as_ref().map_or_else(was_tried, |_| true) {
            self.credentials.forget();
        }
        self.session = Some(session?);
        Ok(true)
    }

    /// Puts one statement over the session; several may be under way at once, they are answered in order.
    ///
    /// # Errors
    /// The server's error, a closed session, the deadline, or a console, which knows no SQL.
    pub async fn rows(&self, statement: &ReadOnlySql) -> Result<Rows, ProbeError> {
        match self.target.speaks {
            Speaks::Sql => self.ask(statement.text()).await,
            Speaks::Console => Err(self.refused(statement.text())),
        }
    }

    /// Puts one statement with `values` for `$1`, `$2`, .. over the session: how many rows came, and the first column of the first.
    ///
    /// # Errors
    /// As [`PgReader::rows`]; a value that cannot be read, or one too few or too many.
    pub async fn bound(&self, statement: &ReadOnlySql, values: &[Text]) -> Result<Returned, ProbeError> {
        let asked = || self.asked(statement.text());
        let session = match self.target.speaks {
            Speaks::Sql => self.session.as_ref().ok_or_else(|| ProbeError::new(Trouble::Closed, asked(), "no session"))?,
            Speaks::Console => return Err(self.refused(statement.text())),
        };
        let values = value::all(values).await?;
        let _under_way = session.portion.question();
        let late = || ProbeError::new(Trouble::AnswerTimeout, asked(), "");
        let failed = |error: tokio_postgres::Error| from_pg(&error, asked());
        let work = async {
            let prepared = session.client.prepare(statement.text()).await.map_err(failed)?;
            if prepared.params().len() != values.len() {
                let why = format!("it has {} parameters, and {} values were given", prepared.params().len(), values.len());
                return Err(ProbeError::new(Trouble::Malformed, asked(), why));
            }
            exchange(bound::run(&session.client, &prepared, &values)).await.map_err(failed)
        };
        let answer = self.clock.timeout(self.deadline, work).await.ok_or_else(late)?;
        if session.portion.is_over() { Err(ProbeError::new(Trouble::TooLarge(LARGEST), asked(), "")) } else { answer }
    }

    /// Puts one `SHOW` to the admin console; as [`PgReader::rows`].
    ///
    /// # Errors
    /// The console's error, a closed session, the deadline, a command that is not on the list, or a server that is no console.
    pub async fn show(&self, command: &str) -> Result<Rows, ProbeError> {
        match self.target.speaks {
            Speaks::Console if console_allows(command) => self.ask(command).await,
            Speaks::Console | Speaks::Sql => Err(self.refused(command)),
        }
    }

    fn refused(&self, question: &str) -> ProbeError {
        ProbeError::new(Trouble::NotPermitted, self.asked(question), "not on the list of questions that only read")
    }

    async fn ask(&self, statement: &str) -> Result<Rows, ProbeError> {
        let session = self.session.as_ref().ok_or_else(|| ProbeError::new(Trouble::Closed, self.asked(statement), "no session"))?;
        let _under_way = session.portion.question();
        let answer = self.clock.timeout(self.deadline, exchange(session.client.simple_query(statement))).await;
        if session.portion.is_over() {
            return Err(ProbeError::new(Trouble::TooLarge(LARGEST), self.asked(statement), ""));
        }
        let messages = answer
            .ok_or_else(|| ProbeError::new(Trouble::AnswerTimeout, self.asked(statement), ""))?
            .map_err(|error| from_pg(&error, self.asked(statement)))?;
        Ok(collect(messages))
    }

    /// Gives the session up: the next question logs in anew. To be called after a deadline passed.
    pub fn close(&mut self) {
        self.session = None;
    }

    fn asked(&self, what: &str) -> String {
        let short: String = what.chars().take(40).collect();
        format!("`{short}` on {}/{}", self.target.address, self.target.database)
    }
}

fn collect(messages: Vec<SimpleQueryMessage>) -> Rows {
    let mut rows = Rows::default();
    for message in messages {
        match message {
            SimpleQueryMessage::RowDescription(columns) => rows.columns = columns.iter().map(|column| column.name().to_owned()).collect(),
            SimpleQueryMessage::Row(row) => rows.rows.push((0..row.len()).map(|at| text(&row, at)).collect()),
            _ => {}
        }
    }
    rows
}

/// One value. A database without an encoding (`SQL_ASCII`) sends bytes that are no UTF-8; such a value must not take its row along.
fn text(row: &tokio_postgres::SimpleQueryRow, at: usize) -> Option<String> {
    row.try_get(at).map_or_else(|_not_utf8| Some(char::REPLACEMENT_CHARACTER.to_string()), |value| value.map(str::to_owned))
}

/// Splits `host:port` or `/directory:port`, `[::1]:5432` included.
#[must_use]
pub fn split_address(address: &str) -> Option<(&str, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    Some((host, port.parse().ok()?)).filter(|(host, _)| !host.is_empty())
}

fn place(target: &PgTarget) -> Result<(&str, u16), ProbeError> {
    let wrong = || ProbeError::new(Trouble::NoAddress, format!("login to {}/{}", target.address, target.database), "the address has to be HOST:PORT");
    split_address(&target.address).ok_or_else(wrong)
}

pub(super) async fn fetch(target: PgTarget) -> Result<Credentials, ProbeError> {
    let (host, port) = place(&target)?;
    let password = match &target.password {
        Some(reference) => {
            let key = PgpassKey { host, port, database: Some(&target.database), user: &target.user };
            Some(secret::resolve_for(reference, &key).await?)
        }
        None => None,
    };
    let tls = match &target.tls {
        Some(options) if !host.starts_with('/') => Some(tls::client(options).await?),
        _ => None,
    };
    Ok(Credentials { password, tls })
}

/// Whether a login that failed like this may have failed for what we are, not for the way to the server.
const fn was_tried(error: &ProbeError) -> bool {
    use Trouble as T;
    !matches!(error.trouble, T::NoAddress | T::ConnectionRefused | T::ConnectTimeout | T::AnswerTimeout | T::Closed | T::Network)
}

/// Opens a session; `deadline` bounds each statement of it on the server.
pub(super) async fn login(
    target: &PgTarget,
    credentials: &Credentials,
    clock: &Clock,
    deadline: Duration,
    purpose: Purpose,
) -> Result<Session, ProbeError> {
    let asked = format!("login to {}/{}", target.address, target.database);
    let (host, port) = place(target)?;
    let mut config = tokio_postgres::Config::new();
    config.user(&target.user).dbname(&target.database).application_name(APPLICATION);
    if target.speaks == Speaks::Sql {
        // JIT compiles for longer than these statements run; read-only is the third lock after role and allow-list;
        // instants have to come in one form, whatever the server, the database or the role set
        let milliseconds = deadline.as_millis();
        let read_only = if purpose == Purpose::Read { "on" } else { "off" };
        config.options(format!(
            "-c default_transaction_read_only={read_only} -c jit=off -c DateStyle=ISO -c TimeZone=UTC -c statement_timeout={milliseconds} -c lock_timeout={milliseconds}"
        ));
    }
    if let Some(password) = &credentials.password {
        config.password(password.expose());
    }
    let connect = |error: std::io::Error| {
        let trouble = match error.kind() {
            std::io::ErrorKind::ConnectionRefused | std::io::ErrorKind::NotFound => Trouble::ConnectionRefused,
            std::io::ErrorKind::TimedOut => Trouble::ConnectTimeout,
            std::io::ErrorKind::PermissionDenied => Trouble::NotPermitted,
            _ if error.to_string().contains("lookup address") => Trouble::NoAddress,
            _ => Trouble::Network,
        };
        ProbeError::new(trouble, &asked, error.to_string())
    };
    let late = || ProbeError::new(Trouble::ConnectTimeout, &asked, "");
    if host.starts_with('/') {
        let path = format!("{host}/.s.PGSQL.{port}");
        let stream = clock.timeout(CONNECT, UnixStream::connect(path)).await.ok_or_else(late)?.map_err(connect)?;
        config.ssl_mode(SslMode::Disable);
        return start(config, stream, tokio_postgres::NoTls, &asked).await;
    }
    let stream = clock.timeout(CONNECT, TcpStream::connect((host, port))).await.ok_or_else(late)?.map_err(connect)?;
    stream.set_nodelay(true).map_err(connect)?;
    match (&credentials.tls, &target.tls) {
        (None, _) | (_, None) => {
            config.ssl_mode(SslMode::Disable);
            start(config, stream, tokio_postgres::NoTls, &asked).await
        }
        (Some(ready), Some(options)) => {
            use tokio_postgres::tls::MakeTlsConnect;
            config.ssl_mode(SslMode::Require);
            let mut maker = tokio_postgres_rustls::MakeRustlsConnect::new(ready.clone());
            let name = options.server_name.as_deref().unwrap_or(host);
            let tls = MakeTlsConnect::<Counted<TcpStream>>::make_tls_connect(&mut maker, name)
                .map_err(|error| ProbeError::new(Trouble::Tls, &asked, error.to_string()))?;
            start(config, stream, tls, &asked).await
        }
    }
}

/// Logs in over `stream` and starts the task that carries the session; it ends with the first error or with the session.
#[expect(clippy::disallowed_methods, reason = "the carrier of a session ends with it and reports through it")]
async fn start<S, T>(config: tokio_postgres::Config, stream: S, tls: T, asked: &str) -> Result<Session, ProbeError>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    T: tokio_postgres::tls::TlsConnect<Counted<S>>,
    T::Stream: Send + 'static,
{
    let portion = Arc::new(Portion::default());
    let (client, connection) = config.connect_raw(Counted::new(stream, &portion), tls).await.map_err(|error| {
        let too_large = || ProbeError::new(Trouble::TooLarge(LARGEST), asked, "");
        if portion.is_over() { too_large() } else { from_pg(&error, asked.to_owned()) }
    })?;
    let carrier = tokio::spawn(async move {
        // the client sees the same end as a closed session
        if let Err(error) = connection.await {
            tracing::debug!(error = %crate::text::untrusted::visible(&error.to_string()), "session ended");
        }
    });
    Ok(Session { client, portion, _carrier: AbortOnDropHandle::new(carrier) })
}

fn from_pg(error: &tokio_postgres::Error, asked: String) -> ProbeError {
    if let Some(server) = error.as_db_error() {
        let trouble = match server.code().code() {
            "28P01" | "28000" => Trouble::NotAuthenticated,
            "42501" => Trouble::NotPermitted,
            _ => Trouble::ServerError,
        };
        return ProbeError::new(trouble, asked, format!("{} {}", server.code().code(), server.message()));
    }
    let mut detail = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        detail = cause.to_string();
        next = cause.source();
    }
    let trouble = if error.is_closed() {
        Trouble::Closed
    } else if detail.contains("certificate") || error.to_string().contains("TLS") {
        Trouble::Tls
    } else if detail.contains("password") || detail.contains("SASL") || detail.contains("authentication") {
        Trouble::NotAuthenticated
    } else {
        Trouble::Malformed
    };
    ProbeError::new(trouble, asked, detail)
}

#[cfg(test)]
mod tests {
    use super::split_address;

    #[test]
    fn addresses_of_every_form_are_split() {
        assert_eq!(split_address("db.example:5432"), Some(("db.example", 5432)));
        assert_eq!(split_address("[::1]:5432"), Some(("::1", 5432)));
        assert_eq!(split_address("/run/postgresql:5433"), Some(("/run/postgresql", 5433)));
        for bad in ["db", ":5432", "db:port", "db:70000", ""] {
            assert_eq!(split_address(bad), None, "{bad}");
        }
    }
}
