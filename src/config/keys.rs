//! Every key of the configuration that is not a system's own: name, shape, doc. Checks, schema, reference page and `config explain` come from here.
//!
//! A key stands here only when something reads it.

use super::quantity::Quantity;
use crate::theme::{self, AUTO};
use std::time::Duration;

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
    pub doc: &'static str,
    /// As TOML.
    pub example: &'static str,
}

/// What may stand at a key.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    Text,
    /// An identifier: shown everywhere, so without blanks, quotes, slashes and control characters.
    Name,
    OneOf(&'static [&'static str]),
    /// A duration within these bounds.
    Time {
        least: Duration,
        most: Duration,
    },
    /// A number of bytes within these bounds.
    Size {
        least: u64,
        most: u64,
    },
    /// A file; relative to the folder of the file that names it.
    Path,
    /// A reference to a secret.
    Secret,
    Via,
    /// The name of a theme.
    Theme,
    /// A whole number within these bounds.
    Number {
        least: u32,
        most: u32,
    },
    /// A program and its arguments, as a list; no shell reads it.
    Argv,
    /// Several texts.
    Texts,
    /// `true` or `false`.
    Flag,
    /// `[[command]]`, told apart by `name`.
    Commands,
    Table(&'static [Key]),
    /// `[[cluster]]`, told apart by `name`.
    Clusters,
    /// `[[notify]]`, told apart by `name`.
    Notices,
    /// `[[cluster.endpoint]]`, told apart by `system` and `name`; carries keys of its system besides.
    Endpoints,
    /// Tables by the name of a system, each with endpoint keys and keys of the system.
    Systems,
    /// Tables by the name of a rule, with its thresholds.
    Rules,
}

impl Shape {
    /// The shape in the words of an error message and of the reference page.
    #[must_use]
    pub fn phrase(self) -> String {
        match self {
            Shape::Text => "a text".to_owned(),
            Shape::Name => "a name".to_owned(),
            Shape::OneOf(words) => format!("one of {}", words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")),
            Shape::Time { least, most } => {
                format!("a duration from {} to {}", super::quantity::time_text(least), super::quantity::time_text(most))
            }
            Shape::Size { least, most } => format!("a size from {} to {}", Quantity::Bytes(least), Quantity::Bytes(most)),
            Shape::Path => "the path of a file".to_owned(),
            Shape::Secret => "a reference to a secret".to_owned(),
            Shape::Theme => {
                format!("\"{AUTO}\", {}, or a file of `themes`", theme::names().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", "))
            }
            Shape::Via => "how to reach it: \"direct\"".to_owned(),
            Shape::Number { least, most } => format!("a whole number from {least} to {most}"),
            Shape::Argv => "a program and its arguments, as a list of texts".to_owned(),
            Shape::Table(_) => "a table".to_owned(),
            Shape::Texts => "a list of texts".to_owned(),
            Shape::Flag => "true or false".to_owned(),
            Shape::Clusters | Shape::Endpoints | Shape::Notices | Shape::Commands => "a list of tables".to_owned(),
            Shape::Systems => "tables by the name of a system".to_owned(),
            Shape::Rules => "tables by the name of a rule".to_owned(),
        }
    }
}

const fn key(name: &'static str, shape: Shape, doc: &'static str, example: &'static str) -> Key {
    Key { name, shape, required: false, doc, example }
}

const fn required(name: &'static str, shape: Shape, doc: &'static str, example: &'static str) -> Key {
    Key { name, shape, required: true, doc, example }
}

const fn time(least_ms: u64, most_ms: u64) -> Shape {
    Shape::Time { least: Duration::from_millis(least_ms), most: Duration::from_millis(most_ms) }
}

const SECOND: u64 = 1_000;
const HOUR: u64 = 3_600 * SECOND;
const MIB: u64 = 1 << 20;
const TIB: u64 = 1 << 40;

const RTO: &str = "Writes must be back within this time after the primary died. Patroni's ttl is judged against it";
const RPO: &str = "Committed bytes of WAL that a crash of the primary may lose. What `opsctl foresee` foretells is judged against it";
const RPO_SHAPE: Shape = Shape::Size { least: 0, most: TIB };
const ENVIRONMENT: &str =
    "How careful a person has to be there. Guards and colours hang on it. Where nobody says it, prod is assumed: the careful choice, built in";
const ENVIRONMENTS: Shape = Shape::OneOf(&["prod", "staging", "dev"]);
const ZONE: &str = "The failure domain: what dies together. Rules about zones are silent where none is named";
const RULES: &str = "Thresholds of rules: `[cluster.rules.RULE] THRESHOLD = VALUE`";

/// The top level.
pub static ROOT: &[Key] = &[
    key("poll", Shape::Table(POLL), "How often servers are asked, and how long one may take", "{ fast = \"2s\" }"),
    key("console", Shape::Table(CONSOLE), "How the console looks", "{ theme = \"mono\" }"),
    key("ring", Shape::Table(RING), "What `opsctl watch --headless` keeps of each cluster, for a console to look back into", "{ size = \"1GiB\" }"),
    key("team", Shape::Table(TEAM), "What colleagues on other hosts share beside the lock", "{ mirror = true }"),
    key(
        "command",
        Shape::Commands,
        "Programs of one's own that the console runs for what is selected",
        "[{ name = \"reach\", argv = [\"ping\", \"{host}\"] }]",
    ),
    key("notify", Shape::Notices, "Who is told when a verdict changes", "[{ name = \"here\", to = \"terminal\" }]"),
    key(
        "defaults",
        Shape::Table(DEFAULTS),
        "What holds for clusters that do not say otherwise: for all of them in `config.toml`, for those of the same file in `clusters.d`",
        "{ environment = \"staging\" }",
    ),
    key("cluster", Shape::Clusters, "The clusters that are operated from here", "[{ name = \"orders-eu\" }]"),
];

/// The keys a file of `clusters.d` may have at its top.
pub static GROUP_ROOT: &[&str] = &["defaults", "cluster"];

/// `[poll]`.
pub static POLL: &[Key] = &[
    key("fast", time(200, 60 * SECOND), "Between two questions about role, positions, pools, backends and quorum", "\"1s\""),
    key("slow", time(SECOND, HOUR), "Between two questions that cost more: activity, statistics, slots", "\"15s\""),
    key("rare", time(10 * SECOND, 24 * HOUR), "Between two questions about what hardly changes: settings, versions, history", "\"5m\""),
    key("deadline", time(100, 30 * SECOND), "The time one question to a server may take", "\"1500ms\""),
];

/// `[console]`.
pub static CONSOLE: &[Key] = &[
    key(
        "theme",
        Shape::Theme,
        "Colours of the console: one of this program, or `NAME` of `themes/NAME.toml` beside this file; `auto` asks the terminal whether its ground is light. `--theme` and `OPSCTL_THEME` go before it, NO_COLOR takes all colours away",
        "\"midnight\"",
    ),
    key("by_environment", Shape::Table(BY_ENVIRONMENT), "The theme while a cluster of an environment is open", "{ prod = \"contrast\" }"),
    key("mouse", Shape::Flag, "Whether the mouse points in the console from the start; else the terminal selects text with it", "false"),
    key(
        "links",
        Shape::Texts,
        "Hosts whose pages (Patroni, HAProxy, as the configuration names them) rows of the console lead to, where the terminal knows OSC 8",
        "[\"10.0.0.11\"]",
    ),
    key("accessible", Shape::Flag, "Lines for a screen reader instead of a screen, as --accessible has it", "true"),
    key("glyphs", Shape::OneOf(&["auto", "unicode", "ascii"]), "Characters for states and lines; `auto` asks the locale", "\"ascii\""),
];

/// `[console.by_environment]`.
pub static BY_ENVIRONMENT: &[Key] = &[
    key("prod", Shape::Theme, "The theme while a cluster of prod is open", "\"contrast\""),
    key("staging", Shape::Theme, "The theme while a cluster of staging is open", "\"midnight\""),
    key("dev", Shape::Theme, "The theme while a cluster of dev is open", "\"sky\""),
];

/// The ring of one cluster: smaller ones hold too little, whoever asks for them.
pub(super) const RING_SIZE: Shape = Shape::Size { least: 4 * MIB, most: TIB };

/// `[ring]`.
pub static RING: &[Key] = &[
    key("size", RING_SIZE, "Bytes of the ring of one cluster; the oldest files go first", "\"256MiB\""),
    key("keep", time(HOUR, 31 * 24 * HOUR), "Nothing older is kept; what is older than two hours is thinned to one instant in 15 s", "\"24h\""),
];

/// `[team]`.
pub static TEAM: &[Key] = &[key(
    "mirror",
    Shape::Flag,
    "Whether plan, consents and journal of each run are copied to the etcd of its cluster, below `/opsctl/runs/`, while it goes on: each intent before its \
     effect; of what steps print only what a later one may need (16 KiB a step), a secret only as where it lies. Another host with the same configuration can then take over a run whose host died. \
     At most 2 MiB a run, for a day; refused where etcd is fuller than half its quota. Where etcd does not take the copy, nothing new is begun",
    "true",
)];

/// `[[command]]`.
pub static COMMAND: &[Key] = &[
    required("name", Shape::Name, "What the palette and the footer call it, unique", "\"reach\""),
    key("doc", Shape::Text, "One sentence for the help", "\"Three packets to the selected server\""),
    key("keys", Shape::Texts, "Its keys; one that a command of the console has is an error at the start. None: the palette has it", "[\"ctrl-p\"]"),
    key(
        "argv",
        Shape::Argv,
        "The program and its arguments; each placeholder is a whole word, and becomes one",
        "[\"ping\", \"-c\", \"3\", \"{host}\"]",
    ),
    key(
        "any_value",
        Shape::Flag,
        "Placeholders stand for any text. Only for a program that hands its words to no shell, here or on another host; unless said, a value with anything but letters, digits and . _ : / @ % + = , [ ] - keeps the command from being run",
        "true",
    ),
    key("on", Shape::Texts, "The screens it is on; all with something to select, unless said", "[\"topology\", \"replication\"]"),
    key("writes", Shape::Flag, "It changes something: run only while `:write` has unlocked writing to the cluster of what is selected", "true"),
];

/// `[[notify]]`.
pub static NOTIFY: &[Key] = &[
    required("name", Shape::Name, "The name of the target, unique; `opsctl doctor` shows it", "\"pager\""),
    required(
        "to",
        Shape::OneOf(&["terminal", "command", "slack", "pagerduty", "webhook"]),
        "What takes it: the terminal of an open console (OSC 9 or 777), a program, or a service over HTTPS",
        "\"pagerduty\"",
    ),
    key(
        "url",
        Shape::Secret,
        "Where the URL of slack, webhook or (Events v2, where it is not the usual one) pagerduty lies; https, or http on this machine",
        "\"env:OPSCTL_SLACK_URL\"",
    ),
    key("key", Shape::Secret, "Where the routing key of pagerduty lies", "\"file:secrets/pagerduty\""),
    key(
        "argv",
        Shape::Argv,
        "The program of `to = \"command\"`; it gets the notice as JSON on its standard input",
        "[\"/usr/local/bin/page\", \"--team\", \"db\"]",
    ),
    key("least", Shape::OneOf(&["info", "warning", "critical"]), "The least severity that is told; critical unless said", "\"warning\""),
    key(
        "per_hour",
        Shape::Number { least: 2, most: 3_600 },
        "So many are sent in any hour at most, 20 unless said. Half of them is a reserve: from it only goes what is critical and was not told as such within the \
         hour, that it is over (while its return could be told), and, where it has several places, once that the rest is held back; its last place is kept for \
         a cluster of which nothing was told. What follows from a told cause is said in its notice. What was held back and is over unsaid is counted in the \
         next notice",
        "20",
    ),
];

/// `[defaults]`.
pub static DEFAULTS: &[Key] = &[
    key("environment", ENVIRONMENTS, ENVIRONMENT, "\"staging\""),
    key("rto_goal", time(SECOND, 24 * HOUR), RTO, "\"30s\""),
    key("rpo_goal", RPO_SHAPE, RPO, "\"16MiB\""),
    key("zone", Shape::Name, ZONE, "\"eu-west-1a\""),
    key("rules", Shape::Rules, RULES, "{ replica-lag = { bytes = \"64MiB\" } }"),
    key(
        "endpoint",
        Shape::Systems,
        "What holds for every endpoint of one system: `[defaults.endpoint.postgres] read = ...`. Keys of an endpoint and of its system, but its name",
        "{ postgres = { read = { user = \"opsctl\", password = \"pgpass\" } } }",
    ),
];

/// `[[cluster]]`.
pub static CLUSTER: &[Key] = &[
    required("name", Shape::Name, "The name of the cluster, unique; commands take it", "\"orders-eu\""),
    key("environment", ENVIRONMENTS, ENVIRONMENT, "\"prod\""),
    key("scope", Shape::Name, "Patroni's scope; the name of the cluster unless said", "\"orders\""),
    key("rto_goal", time(SECOND, 24 * HOUR), RTO, "\"30s\""),
    key("rpo_goal", RPO_SHAPE, RPO, "\"16MiB\""),
    key("rules", Shape::Rules, RULES, "{ replica-lag = { bytes = \"64MiB\" } }"),
    key(
        "endpoint",
        Shape::Endpoints,
        "The servers of the cluster, each named: a member that is configured and silent is a finding",
        "[{ system = \"patroni\", name = \"pg1\", url = \"http://10.0.0.11:8008\" }]",
    ),
];

/// `[[cluster.endpoint]]`: what every system has.
pub static ENDPOINT: &[Key] = &[
    required("system", Shape::Name, "What answers there", "\"patroni\""),
    required("name", Shape::Name, "The name of the member or process, unique within its system and cluster", "\"pg1\""),
    key("zone", Shape::Name, ZONE, "\"eu-west-1a\""),
    key("via", Shape::Via, "How the endpoint is reached. Only \"direct\" today", "\"direct\""),
    key(
        "read",
        Shape::Table(CREDENTIAL),
        "A role without write grants, for all that is only looked at",
        "{ user = \"opsctl\", password = \"pgpass\" }",
    ),
    key(
        "write",
        Shape::Table(CREDENTIAL),
        "A role that may change something; resolved only when a run needs it",
        "{ user = \"admin\", password = \"file:admin\" }",
    ),
    key("tls", Shape::Table(TLS), "Certificates; verification cannot be switched off", "{ ca = \"ca.pem\" }"),
];

/// `read` and `write` of an endpoint.
pub static CREDENTIAL: &[Key] = &[
    required("user", Shape::Text, "The name of the role", "\"opsctl\""),
    key("password", Shape::Secret, "Where its secret lies, never the secret", "\"file:secrets/opsctl\""),
];

/// `tls` of an endpoint.
pub static TLS: &[Key] = &[
    key("ca", Shape::Path, "PEM file with the only authorities trusted there; those of this machine otherwise", "\"ca.pem\""),
    key("cert", Shape::Path, "PEM file of the client certificate, with its chain", "\"client.pem\""),
    key("key", Shape::Secret, "Where the private key of `cert` lies", "\"file:client.key\""),
    key("server_name", Shape::Name, "The name the certificate must carry, where it is not the host of the address", "\"pg1.internal\""),
];

/// Words of other tools for keys of ours, and what to write instead.
static OTHER_WORDS: &[(&str, &str)] = &[
    ("cacert", "write `ca`"),
    ("cafile", "write `ca`"),
    ("sslrootcert", "write `ca`"),
    ("certfile", "write `cert`"),
    ("sslcert", "write `cert`"),
    ("keyfile", "write `key = \"file:PATH\"`"),
    ("sslkey", "write `key = \"file:PATH\"`"),
    ("insecure", "verification cannot be switched off; name the authority with `tls = { ca = .. }`"),
    ("verify", "verification cannot be switched off; name the authority with `tls = { ca = .. }`"),
    ("sslmode", "certificates are always verified where `tls` is set; name the authority with `tls = { ca = .. }`"),
    ("username", "write `user`"),
    ("interval", "write `fast`, `slow` or `rare`"),
    ("timeout", "write `deadline`"),
];

/// What to write instead of a key that other tools have.
#[must_use]
pub fn in_our_words(name: &str) -> Option<&'static str> {
    OTHER_WORDS.iter().find(|(word, _)| *word == name).map(|(_, hint)| *hint)
}

/// The keys of an endpoint that `[defaults.endpoint.SYSTEM]` may not have.
pub static NOT_IN_DEFAULTS: &[&str] = &["system", "name"];
