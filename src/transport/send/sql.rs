//! One statement on one session of `PostgreSQL`, with its values bound beside it. A session of its own, that ends with the answer.
//!
//! The server says of an error that nothing stays of a statement that is one transaction. Of one that is several, some may stay; and of a session that was
//! ended from outside in the middle nobody can say it: it may have been committed and waiting for a standby.

use super::atomic::is_one_transaction;
use super::window::{Sent, Window};
use crate::model::Armed;
use crate::transport::bound::{self, Returned};
use crate::transport::pg::{PgTarget, Purpose, Session, fetch, login};
use crate::transport::value::{self, Text};

/// Sends `text`, one statement, with `values` for `$1`, `$2`, .. once.
pub async fn sql(armed: Armed, target: &PgTarget, text: &str, values: &[Text], window: &Window<'_>) -> Sent<Returned> {
    let label = armed.label();
    tracing::debug!(%label, "sends");
    match attempt(target, text, values, window).await {
        Ok(returned) => Sent::Answered(returned),
        Err(sent) => sent,
    }
}

/// Opens a session that may change something; nothing was sent yet that does.
pub(super) async fn session<T>(target: &PgTarget, window: &Window<'_>) -> Result<Session, Sent<T>> {
    let credentials = window.before(fetch(target.clone())).await.map_err(Sent::nothing)?.map_err(|error| Sent::of(&error))?;
    let login = login(target, &credentials, window.clock, window.left(), Purpose::Change);
    window.before(login).await.map_err(Sent::nothing)?.map_err(|error| Sent::of(&error))
}

async fn attempt(target: &PgTarget, text: &str, values: &[Text], window: &Window<'_>) -> Result<Returned, Sent<Returned>> {
    let values = window.before(value::all(values)).await.map_err(Sent::nothing)?.map_err(|error| Sent::of(&error))?;
    let session = session(target, window).await?;
    // it is read by the server here, and has no effect yet
    let prepared = window.before(session.client.prepare(text)).await.map_err(Sent::nothing)?;
    let prepared = prepared.map_err(|error| match error.as_db_error() {
        Some(server) => Sent::never(format!("the server does not take the statement: {}", said(server))),
        None => Sent::nothing(format!("the session ended before the statement was run: {error}")),
    })?;
    if prepared.params().len() != values.len() {
        return Err(Sent::never(format!("the statement has {} parameters, and {} values were given", prepared.params().len(), values.len())));
    }
    if let Some(why) = window.closed() {
        return Err(Sent::nothing(why));
    }
    let work = bound::run(&session.client, &prepared, &values);
    match window.after(work).await {
        Some(Ok(returned)) => Ok(returned),
        Some(Err(error)) => Err(refused(&error, is_one_transaction(text))),
        None => Err(Sent::Unclear { why: "the statement was sent, and no answer came before the deadline".to_owned() }),
    }
}

/// What an error says of the effect of a statement that is `whole`: one transaction.
fn refused<T>(error: &tokio_postgres::Error, whole: bool) -> Sent<T> {
    let Some(server) = error.as_db_error() else {
        return Sent::Unclear { why: format!("the session ended before the answer: {error}") };
    };
    let (code, why) = (server.code().code(), said(server));
    // ended from outside, a failing machine, its own mistake: at whatever moment that was
    let whenever = matches!(code.get(..2), Some("08" | "57" | "58" | "XX")) || code == "40003";
    match (whenever, whole) {
        (true, _) => Sent::Unclear { why },
        (false, false) => Sent::Unclear { why: format!("{why}; the statement is not one transaction, and what it did before may stay") },
        (false, true) => Sent::NoEffect { why, retryable: matches!(code, "40001" | "40P01" | "55P03" | "53300") },
    }
}

pub(super) fn said(error: &tokio_postgres::error::DbError) -> String {
    format!("{} {}", error.code().code(), error.message())
}

#[cfg(test)]
mod tests {
    use super::super::console::console;
    use super::super::window::tests::{Opened, armed};
    use super::*;
    use crate::transport::pg::Speaks;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// A server that lets everybody in, prepares what it is told, and then does this with what is to be run.
    #[derive(Clone, Copy)]
    enum Server {
        Answers(&'static [u8]),
        Hangs,
        Closes,
        /// Does not even answer the login.
        Deaf,
    }

    async fn serve(server: Server) -> PgTarget {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        #[expect(clippy::disallowed_methods, reason = "it ends with the runtime of the test")]
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let mut bytes = vec![0; 65_536];
            let mut asked = stream.read(&mut bytes).await.unwrap_or(0);
            if matches!(server, Server::Deaf) {
                std::future::pending::<()>().await;
            }
            let ready = b"Z\0\0\0\x05I".as_slice();
            let mut answer = [b"R\0\0\0\x08\0\0\0\0".as_slice(), ready].concat();
            while asked > 0 {
                stream.write_all(&answer).await.expect("written");
                asked = stream.read(&mut bytes).await.unwrap_or(0);
                answer = match (bytes.first(), server) {
                    (Some(b'P'), _) => [b"1\0\0\0\x04t\0\0\0\x06\0\0n\0\0\0\x04".as_slice(), ready].concat(),
                    (Some(b'B'), Server::Answers(text)) => [b"2\0\0\0\x04".as_slice(), text, ready].concat(),
                    (Some(b'Q'), Server::Answers(text)) => [text, ready].concat(),
                    (Some(b'B' | b'Q'), Server::Hangs) => std::future::pending().await,
                    _ => return,
                };
            }
        });
        let credentials = ("ops".to_owned(), "postgres".to_owned());
        PgTarget { address, database: credentials.1, user: credentials.0, password: None, tls: None, speaks: Speaks::Sql }
    }

    async fn sent(server: Server, deadline: u64) -> Sent<Returned> {
        run("truncate t", server, deadline).await
    }

    async fn run(text: &str, server: Server, deadline: u64) -> Sent<Returned> {
        let target = serve(server).await;
        let opened = Opened::of(3000, deadline);
        sql(armed(), &target, text, &[], &opened.window()).await
    }

    #[tokio::test]
    async fn an_answer_says_what_was_changed_and_an_error_that_nothing_was() {
        let done = sent(Server::Answers(b"C\0\0\0\x0fINSERT 0 3\0"), 5000).await;
        assert_eq!(done, Sent::Answered(Returned { rows: 3, value: None }));
        let refused = sent(Server::Answers(b"E\0\0\0\x17SERROR\0C22012\0Mno\0\0"), 5000).await;
        assert!(matches!(&refused, Sent::NoEffect { why, retryable: false } if why == "22012 no"), "{refused:?}");
        // it may have been committed, and waiting for a standby
        let ended = sent(Server::Answers(b"E\0\0\0\x17SFATAL\0C57P01\0Mno\0\0"), 5000).await;
        assert!(matches!(ended, Sent::Unclear { .. }), "{ended:?}");
    }

    #[tokio::test]
    async fn an_error_of_what_is_several_transactions_says_nothing_of_those_before() {
        let deadlock = Server::Answers(b"E\0\0\0\x17SERROR\0C40P01\0Mno\0\0");
        let whole = run("create index if not exists i on t (a)", deadlock, 5000).await;
        assert!(matches!(&whole, Sent::NoEffect { retryable: true, .. }), "{whole:?}");
        // the index is there, and is not valid: "if not exists" would pass it over
        for text in ["create index concurrently if not exists i on t (a)", "vacuum t", "call moves()"] {
            let several = run(text, deadlock, 5000).await;
            assert!(matches!(&several, Sent::Unclear { why } if why.contains("may stay")), "{text}: {several:?}");
        }
    }

    #[tokio::test]
    async fn a_session_that_ends_or_hangs_is_unclear_and_a_login_that_does_is_nothing() {
        let clock = crate::model::Clock::real();
        let begin = clock.now();
        for server in [Server::Closes, Server::Hangs] {
            let sent = sent(server, 300).await;
            assert!(matches!(sent, Sent::Unclear { .. }), "{sent:?}");
        }
        let deaf = sent(Server::Deaf, 300).await;
        assert!(matches!(deaf, Sent::NoEffect { retryable: true, .. }), "{deaf:?}");
        assert!(clock.now().since(begin) < std::time::Duration::from_secs(3));
        let opened = Opened::of(0, 1000);
        let late = sql(armed(), &serve(Server::Hangs).await, "vacuum", &[], &opened.window()).await;
        assert!(matches!(late, Sent::NoEffect { .. }), "{late:?}");
        let values = [Text::Plain("x".to_owned())];
        let many = sql(armed(), &serve(Server::Hangs).await, "vacuum", &values, &Opened::of(1000, 1000).window()).await;
        assert!(matches!(many, Sent::NoEffect { retryable: false, .. }), "{many:?}");
    }

    #[tokio::test]
    async fn a_console_that_hangs_is_left_at_the_deadline_and_what_is_no_console_gets_nothing() {
        let target = serve(Server::Hangs).await;
        let opened = Opened::of(3000, 300);
        let refused = console(armed(), &target, "PAUSE \"app\"", &opened.window()).await;
        assert!(matches!(refused, Sent::NoEffect { retryable: false, .. }), "{refused:?}");
        let target = PgTarget { speaks: Speaks::Console, ..target };
        let hung = console(armed(), &target, "PAUSE \"app\"", &opened.window()).await;
        assert!(matches!(hung, Sent::Unclear { .. }), "{hung:?}");
        let target = PgTarget { speaks: Speaks::Console, ..serve(Server::Answers(b"E\0\0\0\x17SERROR\0C08P01\0Mno\0\0")).await };
        let refused = console(armed(), &target, "RESUME \"app\"", &Opened::of(3000, 3000).window()).await;
        assert!(matches!(&refused, Sent::NoEffect { why, .. } if why.contains("no")), "{refused:?}");
        // it has been in effect since it was read, and may be when the connection is ended
        let target = PgTarget { speaks: Speaks::Console, ..serve(Server::Answers(b"E\0\0\0\x17SFATAL\0C08P01\0Mno\0\0")).await };
        let ended = console(armed(), &target, "PAUSE \"app\"", &Opened::of(3000, 3000).window()).await;
        assert!(matches!(ended, Sent::Unclear { .. }), "{ended:?}");
    }
}
