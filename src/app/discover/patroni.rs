//! patronictl.yaml and the configurations of Patroni nodes. A password in them is only referred to, by file and keys, and only for what writes.

use super::{Found, Proposal, Store, Surroundings, credential, endpoint, store_endpoints, text_of};
use crate::config::{Body, EndpointSpec};
use crate::model::{SecretRef, TlsOptions};
use crate::systems::patroni::dcs::NAMESPACE;
use crate::systems::patroni::settings::{self, Files, REST_PASSWORD, Settings};
use std::path::{Path, PathBuf};

pub(super) fn look(around: &Surroundings, found: &mut Found) {
    if let Some(named) = around.variable("PATRONICTL_CONFIG_FILE") {
        if !file(Path::new(&named), found) {
            found.notes.push(format!("PATRONICTL_CONFIG_FILE names {named}, which is not there"));
        }
        return;
    }
    let own = around.home.as_ref().map(|home| home.join(".config/patroni/patronictl.yaml"));
    if own.is_some_and(|own| file(&own, found)) {
        return;
    }
    let Ok(listing) = std::fs::read_dir(&around.patroni) else { return };
    let yaml = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml");
    let mut files: Vec<PathBuf> = listing.filter_map(|entry| entry.ok().map(|entry| entry.path())).filter(yaml).collect();
    files.sort();
    for path in files {
        file(&path, found);
    }
}

/// Reads one file; `false` if there is none.
fn file(path: &Path, found: &mut Found) -> bool {
    let notes = found.notes.len();
    let Some(text) = text_of(path, &mut found.notes) else { return found.notes.len() > notes };
    match settings::read(&text) {
        Ok(settings) => {
            found.notes.extend(settings.notes.iter().map(|note| format!("{}: {note}", path.display())));
            found.proposals.extend(proposal(path, &settings));
        }
        Err(why) => found.notes.push(format!("{} is left out: {why}", path.display())),
    }
    true
}

fn proposal(path: &Path, settings: &Settings) -> Option<Proposal> {
    let store = match &settings.store {
        settings::Store::Etcd { urls, tls } if !urls.is_empty() => Some(Store {
            urls: urls.clone(),
            tls: options(tls).unwrap_or_default(),
            namespace: settings.namespace.clone().unwrap_or_else(|| NAMESPACE.to_owned()),
        }),
        _ => None,
    };
    let member_tls = options(&settings.rest_tls);
    let mut endpoints: Vec<EndpointSpec> = store.as_ref().map(store_endpoints).unwrap_or_default();
    if let Some(url) = &settings.url {
        let name = settings.member.clone().unwrap_or_else(|| super::host(url).to_owned());
        let keys = REST_PASSWORD.iter().map(|&key| key.to_owned()).collect();
        let password = SecretRef::Yaml { file: absolute(path), keys };
        let write = credential(settings.rest_user.clone(), Some(password));
        endpoints.push(EndpointSpec { write, tls: member_tls.clone(), ..endpoint("", "patroni", &name, Body::one("url", url)) });
    }
    if endpoints.is_empty() {
        return None;
    }
    Some(Proposal {
        scope: settings.scope.clone(),
        fallback: path.file_stem().map_or_else(|| "patroni".to_owned(), |stem| stem.to_string_lossy().into_owned()),
        found_in: format!("{}:{}", path.display(), settings.line),
        endpoints,
        store,
        member_tls,
    })
}

fn options(files: &Files) -> Option<TlsOptions> {
    if *files == Files::default() {
        return None;
    }
    let key = files.key.clone().map(SecretRef::File);
    Some(TlsOptions { ca: files.ca.clone(), cert: files.cert.clone(), key, server_name: None })
}

fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_no_directory| path.to_owned()).to_string_lossy().into_owned()
}
