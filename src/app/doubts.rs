//! What a person should look at in a configuration that can be used: secrets that cannot be read from here, and endpoints that are one server.
//!
//! It must never run a program or ask a server for it, nor tell a word of a secret.

use crate::config::{Config, EndpointSpec};
use crate::model::SecretRef;
use crate::systems::place::address;
use crate::text::untrusted::visible;
use crate::transport::secret;
use std::collections::BTreeMap;

/// So many of those who use a secret are named.
const NAMED: usize = 3;

/// A sentence each.
#[must_use]
pub fn of(config: &Config) -> Vec<String> {
    let endpoints: Vec<&EndpointSpec> = config.inventory.clusters.iter().flat_map(|cluster| &cluster.endpoints).map(AsRef::as_ref).collect();
    twice(&endpoints).into_iter().chain(unread(config, &endpoints)).collect()
}

/// Endpoints of one system with one address.
fn twice(endpoints: &[&EndpointSpec]) -> Vec<String> {
    let mut known: BTreeMap<(&str, &str, &str), &EndpointSpec> = BTreeMap::new();
    let mut told = Vec::new();
    for spec in endpoints {
        let Some(place) = address(spec) else { continue };
        // one pooler or balancer may serve several clusters
        let same = known.insert((&spec.id.cluster, &spec.id.system, place), spec).filter(|first| first.via == spec.via);
        told.extend(
            same.map(|first| format!("{} has the address of {}, {}: nobody asks the server that was meant", spec.id, first.id.name, visible(place))),
        );
    }
    told
}

/// Secrets in files that cannot be read, each with its reason and those who need it.
fn unread(config: &Config, endpoints: &[&EndpointSpec]) -> Vec<String> {
    let of_endpoint = |spec: &EndpointSpec| -> Vec<SecretRef> {
        let logins = [&spec.read, &spec.write].into_iter().flatten().filter_map(|login| login.password.clone());
        logins.chain(spec.tls.as_ref().and_then(|tls| tls.key.clone())).collect()
    };
    let named = endpoints.iter().flat_map(|spec| of_endpoint(spec).into_iter().map(|reference| (reference, spec.id.to_string())));
    let notices =
        config.notify.iter().flat_map(|target| target.to.secrets().map(|reference| (reference.clone(), format!("[[notify]] {}", target.name))));
    let mut needs: BTreeMap<String, (SecretRef, Vec<String>)> = BTreeMap::new();
    for (reference, who) in named.chain(notices) {
        let (_, all) = needs.entry(reference.to_string()).or_insert_with(|| (reference, Vec::new()));
        if !all.contains(&who) {
            all.push(who);
        }
    }
    let told = needs.into_values().filter_map(|(reference, who)| {
        let error = secret::tried(&reference).err()?;
        let more = if who.len() > NAMED { format!(" and {} more", who.len() - NAMED) } else { String::new() };
        let who: Vec<&str> = who.iter().take(NAMED).map(String::as_str).collect();
        Some(format!("{}: {}: needed by {}{more}", visible(&error.asked), visible(&error.detail), visible(&who.join(", "))))
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::load;
    use crate::config::Sources;
    use crate::systems::registry::SYSTEMS;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_secret_that_cannot_be_read_is_told_once_and_a_server_that_stands_twice_too() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        for (name, mode) in [("good", 0o600), ("open", 0o644)] {
            std::fs::write(path(name), "canary\n").expect("written");
            std::fs::set_permissions(path(name), std::fs::Permissions::from_mode(mode)).expect("mode");
        }
        let login = |name: &str| format!("read = {{ user = \"opsctl\", password = \"file:{}\" }}", path(name));
        let endpoint = |name: &str, address: &str, secret: &str| {
            format!("[[cluster.endpoint]]\nsystem = \"postgres\"\nname = \"{name}\"\naddress = \"{address}\"\n{}\n", login(secret))
        };
        let file = folder.path().join("opsctl.toml");
        let text = [
            "[[cluster]]\nname = \"lab\"\n".to_owned(),
            endpoint("pg1", "10.0.0.1:5432", "gone"),
            endpoint("pg2", "10.0.0.2:5432", "gone"),
            endpoint("pg3", "10.0.0.2:5432", "open"),
            endpoint("pg4", "10.0.0.4:5432", "good"),
        ];
        std::fs::write(&file, text.concat()).expect("written");
        let sources = Sources { chosen: Some(file), ..Sources::default() };
        let config = load::checked(SYSTEMS, &load::rules(), &sources).expect("a configuration");
        let told = of(&config);
        let expected = [
            "lab/postgres/pg3 has the address of pg2, 10.0.0.2:5432: nobody asks the server that was meant".to_owned(),
            format!("file:{}: No such file or directory (os error 2): needed by lab/postgres/pg1, lab/postgres/pg2", path("gone")),
            format!("file:{}: mode 0644 lets others read it; chmod 600: needed by lab/postgres/pg3", path("open")),
        ];
        assert_eq!(told, expected);
        assert!(!told.concat().contains("canary"));
    }
}
