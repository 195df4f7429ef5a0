//! The allow-list of reading: all that may be sent outside a run. One place, per protocol; a new question is added here or cannot be asked.
//! What SQL may be is long enough for a file of its own: [`super::sql`].

/// An HTTP question that changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpRead<'a> {
    Get(&'a str),
    Head(&'a str),
    /// A POST that only asks: etcd's gateway knows no GET. `path` has to be in [`ASKING_POSTS`].
    Ask {
        path: &'static str,
        json: &'a str,
    },
}

/// POST paths that ask and change nothing. `/v3/maintenance/alarm` only with the action GET.
/// <https://etcd.io/docs/v3.5/dev-guide/api_reference_v3/>
pub const ASKING_POSTS: &[&str] = &["/v3/kv/range", "/v3/maintenance/status", "/v3/cluster/member/list", "/v3/maintenance/alarm", "/v3/auth/status"];

/// Whether `question` may be sent outside a run.
#[must_use]
pub fn http_allows(question: &HttpRead<'_>) -> bool {
    match question {
        HttpRead::Get(path) | HttpRead::Head(path) => path.starts_with('/'),
        HttpRead::Ask { path: "/v3/maintenance/alarm", json } => *json == r#"{"action":"GET"}"#,
        HttpRead::Ask { path, .. } => ASKING_POSTS.contains(path),
    }
}

/// What may be asked on the admin console of `PgBouncer`. `SHOW FDS` shows passwords and is not among them.
/// <https://www.pgbouncer.org/usage.html#show-commands>
pub const CONSOLE_SHOWS: &[&str] = &[
    "SHOW VERSION",
    "SHOW STATE",
    "SHOW POOLS",
    "SHOW DATABASES",
    "SHOW STATS",
    "SHOW CLIENTS",
    "SHOW SERVERS",
    "SHOW LISTS",
    "SHOW CONFIG",
    "SHOW USERS",
];

#[must_use]
pub fn console_allows(command: &str) -> bool {
    CONSOLE_SHOWS.contains(&command)
}

/// What may be asked on the runtime socket of `HAProxy`. <https://docs.haproxy.org/2.6/management.html#9.3>
pub const HAPROXY_SHOWS: &[&str] = &["show stat", "show info", "show sess", "show sess all", "show servers state", "show version"];

#[must_use]
pub fn haproxy_allows(command: &str) -> bool {
    HAPROXY_SHOWS.contains(&command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_change_something_is_not_allowed() {
        for path in ["/v3/kv/put", "/v3/kv/txn", "/v3/lease/grant", "/v3/cluster/member/remove", "/switchover"] {
            assert!(!http_allows(&HttpRead::Ask { path, json: "{}" }), "{path}");
        }
        assert!(!http_allows(&HttpRead::Ask { path: "/v3/maintenance/alarm", json: r#"{"action":"ACTIVATE"}"# }));
        for command in ["SHOW FDS", "PAUSE", "SHOW POOLS; PAUSE", "WAIT_CLOSE", "KILL"] {
            assert!(!console_allows(command), "{command}");
        }
        for command in ["disable server a/b", "show stat; disable server a/b", "show errors"] {
            assert!(!haproxy_allows(command), "{command}");
        }
    }

    #[test]
    fn what_only_asks_is_allowed() {
        assert!(http_allows(&HttpRead::Get("/patroni")));
        assert!(http_allows(&HttpRead::Ask { path: "/v3/kv/range", json: "{}" }));
    }
}
