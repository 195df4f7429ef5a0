//! What the laws know, as data. A change of the house is a change of a line here; the laws themselves know no names.

/// Room and floor, as the design and the map in `src/lib.rs` say. A room uses rooms with a smaller number, and its own.
pub(super) const FLOORS: &[(&str, u8)] = &[
    ("text", 0),
    ("theme", 0),
    ("model", 0),
    ("config", 1),
    ("transport", 1),
    ("sim", 1),
    ("engine", 2),
    ("systems", 3),
    ("fleet", 4),
    ("health", 5),
    ("slo", 5),
    ("backup", 5),
    ("capacity", 5),
    ("runbook", 6),
    ("app", 7),
    ("tui", 8),
    ("cli", 9),
];

/// Rooms on one floor that may name each other all the same: (who, whom).
pub(super) const SAME_FLOOR: &[(&str, &str)] = &[("model", "text")];

/// Rooms that share nothing although the floors would allow it: a client and a server that share a mistake agree about it.
pub(super) const STRANGERS: &[(&str, &str)] = &[("systems", "sim"), ("fleet", "sim")];

/// The file that alone may name each system, beside the `mod` lines.
pub(super) const REGISTRY: &str = "src/systems/registry.rs";

/// Where a thing from outside may be named.
pub(super) struct Place {
    /// Name of the law that a violation is printed with.
    pub law: &'static str,
    /// Paths of crates, as written without `use`; everything below them is meant too. The longest one that fits decides.
    pub paths: &'static [&'static str],
    pub rooms: &'static [&'static str],
    /// Whether code under `cfg(test)` may name it anywhere: a fake server in a test is not in the binary.
    pub in_tests: bool,
}

pub(super) const PLACES: &[Place] = &[
    Place {
        law: "socket",
        paths: &[
            "std::net::TcpStream",
            "std::net::UdpSocket",
            "std::net::ToSocketAddrs",
            "std::os::unix::net",
            "tokio::net",
            "tokio_postgres",
            "tokio_postgres_rustls",
            "tokio_rustls",
            "reqwest",
            "rustls",
            "rustls_platform_verifier",
            "rustix::net",
            "redis",
            "russh",
        ],
        rooms: &["transport"],
        in_tests: true,
    },
    Place {
        law: "socket",
        paths: &["tokio::net::TcpStream", "tokio::net::UnixStream", "tokio::net::tcp", "tokio::net::unix"],
        rooms: &["transport", "sim"],
        in_tests: true,
    },
    Place {
        law: "listener",
        paths: &[
            "std::net::TcpListener",
            "std::os::unix::net::UnixListener",
            "std::os::unix::net::UnixDatagram",
            "tokio::net::TcpListener",
            "tokio::net::TcpSocket",
            "tokio::net::UdpSocket",
            "tokio::net::UnixListener",
            "tokio::net::UnixDatagram",
            "rustix::net::bind",
            "rustix::net::listen",
            "hyper",
            "hyper_util",
        ],
        rooms: &["sim"],
        in_tests: true,
    },
    Place {
        law: "process",
        paths: &["std::process::Command", "std::process::Child", "std::process::Stdio", "std::os::unix::process", "tokio::process"],
        rooms: &["transport"],
        in_tests: true,
    },
    Place { law: "terminal", paths: &["ratatui", "crossterm"], rooms: &["tui"], in_tests: false },
    Place { law: "arguments", paths: &["clap", "clap_complete", "clap_complete_nushell", "clap_mangen"], rooms: &["cli"], in_tests: false },
];

/// The proof of a synced intent, the one file that makes it, and who may ask for one.
pub(super) const ARMED: &str = "crate::model::armed::Armed";
pub(super) const ARMED_FILE: &str = "src/model/armed.rs";
pub(super) const MINTERS: &[&str] = &["src/engine/execute.rs", "src/engine/hold.rs"];

/// SQL that was proven to read only, the one file that proves it, and who lists statements.
pub(super) const STATEMENT: &str = "crate::transport::sql::ReadOnlySql";
pub(super) const STATEMENT_FILE: &str = "src/transport/sql.rs";
pub(super) const STATERS: &[&str] = &["src/systems/postgres/queries.rs", "src/runbook/kinds/sql.rs"];

/// The faces of `transport` that write, with every file outside of it that calls them.
pub(super) const WRITING_FACES: &[(&str, &[&str])] = &[
    ("login", &[]),
    ("coordinate", &["src/systems/etcd/lock/store.rs"]),
    ("notify", &["src/app/notice/courier.rs", "src/app/targets.rs"]),
    (
        "child",
        &["src/app/child.rs", "src/app/run/follow.rs", "src/app/run/guard.rs", "src/app/run/runner.rs", "src/app/run/start.rs", "src/tui/lending.rs"],
    ),
    (
        "send",
        &[
            "src/engine/sent.rs",
            "src/runbook/kinds/exec.rs",
            "src/runbook/kinds/http.rs",
            "src/runbook/kinds/reach.rs",
            "src/runbook/kinds/sql.rs",
            "src/systems/haproxy/action.rs",
            "src/systems/patroni/action.rs",
            "src/systems/pgbouncer/action.rs",
        ],
    ),
];

/// Rooms without IO and without a clock.
pub(super) const PURE_ROOMS: &[&str] = &["health", "slo", "backup", "capacity"];
/// Parts (files or folders) of each system without IO and without a clock.
pub(super) const PURE_SYSTEM_PARTS: &[&str] = &["wire", "snapshot", "rules", "present"];
/// Parts of the console without IO and without a clock.
pub(super) const PURE_TUI_PARTS: &[&str] = &[
    "update", "screens", "widgets", "arranged", "panel", "moves", "tables", "typing", "filter", "sorting", "palette", "line", "dialog", "pointer",
    "hit", "target", "own", "render", "change", "inquiry",
];

/// What is IO or a clock. Everything below a path is meant too.
pub(super) const IMPURE: &[&str] = &[
    "tokio",
    "tokio_util",
    "rustix",
    "reqwest",
    "tokio_postgres",
    "std::fs",
    "std::env",
    "std::net::TcpStream",
    "std::net::TcpListener",
    "std::net::UdpSocket",
    "std::net::ToSocketAddrs",
    "std::os",
    "std::process",
    "std::thread",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "std::time::Instant",
    "std::time::SystemTime",
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "jiff::tz::TimeZone::system",
    "crate::model::clock::Clock",
    "crate::transport",
];
/// What may be named in a pure place although it stands below an impure path: types and pure functions.
pub(super) const PURE_ALL_THE_SAME: &[&str] = &[
    "crate::transport::error",
    "crate::transport::read",
    "crate::transport::http::Answer",
    "crate::transport::body",
    "crate::transport::http::decode",
    "crate::transport::pg::Rows",
];
/// Methods that ask a clock, wherever they come from.
pub(super) const CLOCK_METHODS: &[&str] = &["now", "elapsed"];

/// A second TLS provider aborts at run time; none of these may be in the graph.
pub(super) const OTHER_TLS: &[&str] = &[
    "aws-lc-fips-sys",
    "aws-lc-rs",
    "aws-lc-sys",
    "boring",
    "boring-sys",
    "native-tls",
    "openssl",
    "openssl-sys",
    "rustls-openssl",
    "s2n-tls",
    "tokio-native-tls",
];
/// The crate whose features choose the provider, the feature that is ours, and those of others.
pub(super) const TLS_CRATE: (&str, &str, &[&str]) = ("rustls", "ring", &["aws-lc-rs", "aws_lc_rs", "fips"]);

/// Names that say nothing of the operator's world.
pub(super) const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc", "manager"];

/// Crates that are linked or help to build, ours left out.
pub const MOST_CRATES: usize = 330;
