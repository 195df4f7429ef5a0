//! Keys and values of etcd for other systems: [`Kv`] by one member, or by whichever of several answers first.

use super::client::Client;
use super::range::{self, RANGE};
use super::wire;
use crate::model::{Clock, TlsOptions};
use crate::systems::contract::{Kv, Pending};
use crate::transport::http::HttpReader;
use crate::transport::read::HttpRead;
use crate::transport::{ProbeError, Trouble};
use futures_util::FutureExt;
use futures_util::future::select_ok;
use std::time::Duration;

/// Keys and values in the order of keys.
type Pairs = Vec<(String, Vec<u8>)>;

impl Kv for Client {
    /// As the quorum has it; fails without one.
    fn below<'a>(&'a mut self, prefix: &'a str) -> Pending<'a, Pairs> {
        Box::pin(async move {
            let request = range::request(prefix, false);
            let question = HttpRead::Ask { path: RANGE, json: &request };
            let answer = self.ask(question, self.deadline).await?;
            self.came_from = wire::cluster(&answer);
            range::read(&answer, &self.label(question))
        })
    }
}

/// Several members of one cluster, as a patronictl.yaml lists them.
///
/// The first good answer counts. When the quorum does not answer within half the deadline, one member's own copy is taken: it may be old, which is
/// good enough for finding addresses and for nothing else.
#[derive(Debug)]
pub struct Hosts {
    readers: Vec<HttpReader>,
    clock: Clock,
    deadline: Duration,
}

impl Hosts {
    /// `urls` with scheme and port: `http://10.0.0.1:2379`. `deadline` bounds one [`Kv::below`] as a whole.
    #[must_use]
    pub fn new(urls: &[String], tls: &TlsOptions, clock: Clock, deadline: Duration) -> Hosts {
        let readers = urls.iter().map(|url| HttpReader::new(url, None, tls.clone(), deadline)).collect();
        Hosts { readers, clock, deadline }
    }

    async fn round(&mut self, request: &str, limit: Duration) -> Result<Pairs, ProbeError> {
        if self.readers.is_empty() {
            return Err(ProbeError::new(Trouble::NoAddress, "etcd", "no host is named"));
        }
        let clock = &self.clock;
        let asks = self.readers.iter_mut().map(|reader| {
            async move {
                let label = format!("POST {}{RANGE}", reader.base());
                let late = ProbeError::new(Trouble::AnswerTimeout, label.as_str(), "");
                let answer = clock.timeout(limit, reader.ask(HttpRead::Ask { path: RANGE, json: request })).await.unwrap_or(Err(late))?;
                range::read(&answer, &label)
            }
            .boxed()
        });
        select_ok(asks).await.map(|(pairs, _others)| pairs)
    }
}

impl Kv for Hosts {
    fn below<'a>(&'a mut self, prefix: &'a str) -> Pending<'a, Pairs> {
        Box::pin(async move {
            let half = self.deadline / 2;
            let first = match self.round(&range::request(prefix, false), half).await {
                Ok(pairs) => return Ok(pairs),
                Err(error) => error,
            };
            let permanent = matches!(first.trouble, Trouble::NotAuthenticated | Trouble::NotPermitted | Trouble::Tls | Trouble::NoAddress);
            if permanent {
                return Err(first);
            }
            self.round(&range::request(prefix, true), half).await.map_err(|_second| first)
        })
    }
}
