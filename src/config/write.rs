//! Clusters as the text of a configuration file, with comments: what `init` writes. References only; what was never a reference has no place in it.

use super::inventory::{BodyValue, ClusterSpec, Credential, EndpointSpec};
use super::quantity::Quantity;
use crate::model::{Environment, SecretRef, TlsOptions, Via};
use crate::text::untrusted::visible;
use std::fmt::Write;
use std::time::Duration;

/// The whole file. `hints` are endpoints that a person may want: written as comments.
#[must_use]
pub fn text(clusters: &[ClusterSpec], hints: &[EndpointSpec]) -> String {
    let mut out = String::from(
        "# Written by `opsctl init`. `opsctl config check` reads it, `opsctl config reference` names every key.\n\
         # A secret never stands here, only where it lies: \"file:PATH\" (mode 0600), \"env:NAME\", \"pgpass\", or { cmd = [\"PROGRAM\", \"ARGUMENT\"] }.\n",
    );
    for cluster in clusters {
        // writing to a String cannot fail
        let _written = write!(out, "\n# found in {}\n[[cluster]]\nname = {}\n", visible(&cluster.found_in), string(&cluster.name));
        if cluster.scope != cluster.name {
            let _written = writeln!(out, "scope = {}", string(&cluster.scope));
        }
        line(&mut out, cluster.environment != Environment::Prod, "environment", &string(cluster.environment.word()), "prod, staging or dev");
        let goal = string(&super::quantity::time_text(cluster.rto_goal));
        line(&mut out, cluster.rto_goal != Duration::from_secs(30), "rto_goal", &goal, "writes must be back within this time");
        let goal = string(&Quantity::Bytes(cluster.rpo_goal).to_string());
        line(&mut out, cluster.rpo_goal != 0, "rpo_goal", &goal, "committed bytes that a crash of the primary may lose");
        for spec in &cluster.endpoints {
            endpoint(&mut out, spec, "");
        }
        for hint in hints.iter().filter(|hint| hint.id.cluster == cluster.name) {
            endpoint(&mut out, hint, "# ");
        }
    }
    out
}

/// A key; as a comment where its value is the default.
fn line(out: &mut String, set: bool, key: &str, value: &str, doc: &str) {
    let _written = writeln!(out, "{}{key} = {value} # {doc}", if set { "" } else { "# " });
}

fn endpoint(out: &mut String, spec: &EndpointSpec, prefix: &str) {
    let mut lines = vec!["[[cluster.endpoint]]".to_owned()];
    lines.push(format!("system = {}", string(&spec.id.system)));
    lines.push(format!("name = {}", string(&spec.id.name)));
    match &spec.zone {
        Some(zone) => lines.push(format!("zone = {}", string(&zone.0))),
        None => lines.push("# zone = \"a\" # what dies together".to_owned()),
    }
    if spec.via != Via::Direct {
        lines.push("# it was reached in another way than directly, which is not supported yet".to_owned());
    }
    for (key, value) in spec.body.iter() {
        lines.push(format!("{key} = {}", body(value)));
    }
    for (key, credential) in [("read", &spec.read), ("write", &spec.write)] {
        lines.extend(credential.as_ref().map(|credential| format!("{key} = {}", login(credential))));
    }
    lines.extend(spec.tls.as_ref().and_then(tls).map(|tls| format!("tls = {tls}")));
    out.push('\n');
    for line in lines {
        let _written = writeln!(out, "{prefix}{line}");
    }
}

fn body(value: &BodyValue) -> String {
    match value {
        BodyValue::Text(text) => string(text),
        BodyValue::Number(number) => number.to_string(),
        BodyValue::Flag(on) => on.to_string(),
        BodyValue::List(items) => list(items),
    }
}

fn login(credential: &Credential) -> String {
    let user = string(&credential.user);
    match &credential.password {
        Some(password) => format!("{{ user = {user}, password = {} }}", reference(password)),
        None => format!("{{ user = {user} }}"),
    }
}

fn reference(reference: &SecretRef) -> String {
    match reference {
        SecretRef::Cmd(argv) => format!("{{ cmd = {} }}", list(argv)),
        other => string(&other.to_string()),
    }
}

fn tls(options: &TlsOptions) -> Option<String> {
    let parts = [
        options.ca.as_ref().map(|ca| format!("ca = {}", string(ca))),
        options.cert.as_ref().map(|cert| format!("cert = {}", string(cert))),
        options.key.as_ref().map(|key| format!("key = {}", reference(key))),
        options.server_name.as_ref().map(|name| format!("server_name = {}", string(name))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("{{ {} }}", parts.join(", ")))
}

fn list(items: &[String]) -> String {
    format!("[{}]", items.iter().map(|item| string(item)).collect::<Vec<_>>().join(", "))
}

/// A TOML string that holds any text and acts on no terminal.
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if crate::text::untrusted::is_plain(c) => out.push(c),
            c => {
                let _written = write!(out, "\\U{:08X}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_survives_as_a_string_of_toml() {
        for text in ["plain", "with \"quotes\" and \\", "\u{1b}[2J\n\u{202e}", "Grüße"] {
            let line = format!("x = {}", string(text));
            assert!(line.chars().all(crate::text::untrusted::is_plain), "{line:?}");
            let table: toml::Table = line.parse().expect("TOML");
            assert_eq!(table["x"].as_str(), Some(text));
        }
    }
}
