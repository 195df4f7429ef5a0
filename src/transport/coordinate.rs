//! What runs of several hosts tell each other: leases, and keys below `/opsctl/`, in the etcd of the cluster they are about.
//!
//! It must never touch a key of anybody else, nor write or remove more than one key by one word: each key of a request is looked at before the request leaves.
//! <https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/>

use super::errand::Errand;
use super::error::{ProbeError, Trouble};
use super::http::{Answer, HttpReader, Login, decode};
use super::secret;
use crate::model::{Secret, SecretRef, TlsOptions};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// Below it stands all that is ours.
const OURS: &str = "/opsctl/";

/// What may be posted: all of it has its keys in its body.
const POSTS: &[&str] = &["/v3/kv/range", "/v3/kv/txn", "/v3/lease/grant", "/v3/lease/keepalive", "/v3/lease/revoke"];
const RANGE: &str = "/v3/kv/range";
const AUTHENTICATE: &str = "/v3/auth/authenticate";

/// One member of the store.
#[derive(Debug)]
pub struct Coordinator {
    http: HttpReader,
    login: Option<Login>,
    standing: Standing,
    /// The password of the login, as long as it is taken.
    password: Errand<Option<Secret>>,
}

/// How it lets us in.
#[derive(Debug, Default)]
enum Standing {
    #[default]
    Stranger,
    /// It asks nobody who he is.
    Open,
    Known(Secret),
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

impl Coordinator {
    /// `base` is scheme, host and port; `deadline` bounds each request. Contacts nobody.
    #[must_use]
    pub fn new(base: &str, login: Option<Login>, tls: TlsOptions, deadline: Duration) -> Coordinator {
        let http = HttpReader::new(base, None, tls, deadline);
        Coordinator { http, login, standing: Standing::Stranger, password: Errand::default() }
    }

    #[must_use]
    pub fn base(&self) -> &str {
        self.http.base()
    }

    /// Fetches the password with which the store lets us in, where it is needed next: as long as that takes, which is no silence of the store.
    ///
    /// # Errors
    /// It cannot be had.
    pub async fn prepare(&mut self) -> Result<(), ProbeError> {
        if let Some(Login { password, .. }) = self.login.clone().filter(|_| matches!(self.standing, Standing::Stranger)) {
            self.password.bring(|| fetch(password)).await?;
        }
        Ok(())
    }

    /// Lets the store know who asks, where the configuration has a user for it.
    async fn introduced(&mut self) -> Result<(), ProbeError> {
        let Some(Login { user, password }) = self.login.clone().filter(|_| matches!(self.standing, Standing::Stranger)) else { return Ok(()) };
        let password = self.password.bring(|| fetch(password)).await?.clone();
        let body = Secret::new(json!({ "name": user, "password": password.as_ref().map_or("", Secret::expose) }).to_string());
        let answer = self.http.post(AUTHENTICATE, body.expose(), None).await?;
        let asked = format!("POST {}{AUTHENTICATE}", self.base());
        self.standing = match answer.status {
            200 => Standing::Known(Secret::new(decode::<Token>(&answer.body, &asked)?.token)),
            _ if String::from_utf8_lossy(&answer.body).contains("authentication is not enabled") => Standing::Open,
            // its words could quote what was sent
            400 | 401 | 403 => {
                // it may have been changed
                self.password.forget();
                return Err(ProbeError::new(Trouble::NotAuthenticated, asked, format!("user {user}")));
            }
            status => return Err(ProbeError::new(Trouble::Status(status), asked, "")),
        };
        Ok(())
    }
}

/// Reads what `password` names.
fn fetch(password: Option<SecretRef>) -> BoxFuture<'static, Result<Option<Secret>, ProbeError>> {
    Box::pin(async move {
        match &password {
            Some(reference) => secret::resolve(reference).await.map(Some),
            None => Ok(None),
        }
    })
}

/// Posts `json` to `path` of `member`. Any status is an answer.
///
/// # Errors
/// A path that is not on the list, a key that is not ours; connecting, deadline, TLS, secrets, a login that is refused.
pub async fn coordinate(member: &mut Coordinator, path: &'static str, json: &Value) -> Result<Answer, ProbeError> {
    if !allows(path, json) {
        return Err(ProbeError::new(Trouble::NotPermitted, format!("POST {}{path}", member.base()), "not a key of our own"));
    }
    member.introduced().await?;
    let text = json.to_string();
    let answer = sent(member, path, &text).await?;
    let renewed = answer.status == 401 && matches!(member.standing, Standing::Known(_));
    if !renewed {
        return Ok(answer);
    }
    // a token has its time; what is refused for its sake was not carried out
    member.standing = Standing::Stranger;
    member.introduced().await?;
    sent(member, path, &text).await
}

async fn sent(member: &mut Coordinator, path: &str, text: &str) -> Result<Answer, ProbeError> {
    let Coordinator { http, standing, .. } = member;
    let token = if let Standing::Known(token) = standing { Some(&*token) } else { None };
    http.post(path, text, token).await
}

/// Whether `json` may be posted to `path`.
fn allows(path: &str, json: &Value) -> bool {
    POSTS.contains(&path) && (ours(json) || path == RANGE && reads_ours(json))
}

/// Whether it asks for keys between two of ours, which are all ours.
fn reads_ours(json: &Value) -> bool {
    let Value::Object(table) = json else { return false };
    let key = |name: &str| table.get(name).and_then(Value::as_str).is_some_and(below);
    key("key") && key("range_end") && table.iter().all(|(name, value)| name == "key" || name == "range_end" || value.is_boolean())
}

/// Whether every key in it is one of ours, and stands for itself alone.
fn ours(json: &Value) -> bool {
    match json {
        Value::Object(table) => {
            let one = !table.contains_key("range_end") && !table.contains_key("rangeEnd");
            one && table.iter().all(|(name, value)| if name == "key" { value.as_str().is_some_and(below) } else { ours(value) })
        }
        Value::Array(items) => items.iter().all(ours),
        _ => true,
    }
}

fn below(encoded: &str) -> bool {
    STANDARD.decode(encoded).is_ok_and(|key| key.len() > OURS.len() && key.starts_with(OURS.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    fn key(text: &str) -> Value {
        json!(STANDARD.encode(text))
    }

    #[test]
    fn a_key_of_somebody_else_never_leaves() {
        let put = |name: &str| json!({ "success": [{ "request_put": { "key": key(name), "value": "" } }] });
        assert!(allows("/v3/kv/txn", &put("/opsctl/lock/orders")));
        for name in ["/service/orders/leader", "/opsctl", "/opsctl/", "", "/opsctl2/x", "x/opsctl/lock/orders"] {
            assert!(!allows("/v3/kv/txn", &put(name)), "{name}");
        }
        for json in [
            json!({ "key": key("/opsctl/lock/a"), "range_end": key("\0") }),
            json!({ "key": key("/opsctl/lock/a"), "rangeEnd": key("/z") }),
            json!({ "failure": [{ "request_delete_range": { "key": "not base64" } }] }),
            json!({ "success": [{ "request_put": { "key": 7 } }] }),
        ] {
            assert!(!allows("/v3/kv/txn", &json), "{json}");
        }
        let (first, last) = (key("/opsctl/runs/orders/"), key("/opsctl/runs/orders0"));
        let between = json!({ "key": first, "range_end": last, "keys_only": true });
        assert!(allows(RANGE, &between));
        assert!(!allows("/v3/kv/txn", &json!({ "success": [{ "request_delete_range": between }] })));
        assert!(!allows("/v3/kv/txn", &between));
        for json in [
            json!({ "key": key("/opsctl/runs/"), "range_end": key("/opsctm") }),
            json!({ "key": key("/"), "range_end": last }),
            json!({ "key": first, "range_end": key("\0") }),
            json!({ "key": first, "rangeEnd": key("/z") }),
            json!({ "range_end": last }),
        ] {
            assert!(!allows(RANGE, &json), "{json}");
        }
        for path in ["/v3/kv/put", "/v3/kv/deleterange", "/v3/cluster/member/remove", "/v3/maintenance/alarm", "/v3/auth/disable"] {
            assert!(!allows(path, &json!({})), "{path}");
        }
    }

    /// A store that answers by path and token, and what it was asked.
    async fn store(answer: fn(&str, usize) -> (u16, String)) -> (String, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        #[expect(clippy::disallowed_methods, reason = "it ends with the runtime of the test")]
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut text = Vec::new();
                let mut bytes = [0; 4096];
                while !String::from_utf8_lossy(&text).contains('}') {
                    let read = stream.read(&mut bytes).await.unwrap_or(0);
                    text.extend_from_slice(&bytes[..read]);
                    if read == 0 {
                        break;
                    }
                }
                let text = String::from_utf8_lossy(&text).into_owned();
                let line = |begins: &str| text.lines().find(|line| line.to_ascii_lowercase().starts_with(begins)).unwrap_or("").to_owned();
                let path = line("post").split(' ').nth(1).unwrap_or("").to_owned();
                let asked = format!("{path} {}", line("authorization:")).trim().to_owned();
                kept.lock().expect("kept").push(asked.clone());
                let (status, body) = answer(&asked, kept.lock().expect("kept").len());
                let reply = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
                let _gone = stream.write_all(reply.as_bytes()).await;
            }
        });
        (base, seen)
    }

    fn member(base: &str, password: &str) -> Coordinator {
        let login = Login { user: "ops".to_owned(), password: Some(SecretRef::Cmd(vec!["echo".to_owned(), password.to_owned()])) };
        Coordinator::new(base, Some(login), TlsOptions::default(), Duration::from_secs(5))
    }

    #[tokio::test]
    async fn a_token_is_asked_for_once_and_anew_when_it_is_too_old() {
        let (base, seen) = store(|asked, count| match asked {
            "/v3/auth/authenticate" => (200, format!("{{\"token\":\"t{count}\"}}")),
            "/v3/lease/grant authorization: t1" if count > 3 => (401, "{\"error\":\"etcdserver: invalid auth token\"}".to_owned()),
            _ => (200, "{}".to_owned()),
        })
        .await;
        let mut member = member(&base, "x");
        for _ in 0..3 {
            assert_eq!(coordinate(&mut member, "/v3/lease/grant", &json!({ "TTL": 1 })).await.expect("an answer").status, 200);
        }
        let grant = |token: &str| format!("/v3/lease/grant authorization: {token}");
        let login = "/v3/auth/authenticate".to_owned();
        assert_eq!(*seen.lock().expect("seen"), [login.clone(), grant("t1"), grant("t1"), grant("t1"), login, grant("t5")]);
    }

    #[tokio::test]
    async fn a_store_without_users_is_asked_without_one_and_a_refused_password_is_not_told() {
        let (base, seen) = store(|asked, _| match asked {
            "/v3/auth/authenticate" => (400, "{\"error\":\"etcdserver: authentication is not enabled\",\"code\":9}".to_owned()),
            _ => (200, "{}".to_owned()),
        })
        .await;
        assert_eq!(coordinate(&mut member(&base, "x"), "/v3/lease/grant", &json!({})).await.expect("an answer").status, 200);
        assert_eq!(*seen.lock().expect("seen"), ["/v3/auth/authenticate", "/v3/lease/grant"]);
        let (base, seen) = store(|_, _| (400, "{\"error\":\"etcdserver: authentication failed: c4nary\"}".to_owned())).await;
        let error = coordinate(&mut member(&base, "c4nary"), "/v3/lease/grant", &json!({})).await.expect_err("refused");
        assert_eq!((error.trouble.clone(), seen.lock().expect("seen").len()), (Trouble::NotAuthenticated, 1));
        assert!(!error.to_string().contains("c4nary"));
    }
}
