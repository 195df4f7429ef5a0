//! A first configuration, written from what was found. It must never overwrite a file without being told to, nor write one that cannot be loaded.

use super::discover::{self, Found, Surroundings};
use super::load;
use crate::config::regular;
use crate::config::{Body, ClusterSpec, EndpointSpec, Sources, diagnostic, write};
use crate::fleet::discovery::contactable;
use crate::model::{Clock, Origin};
use crate::text::diff;
use crate::text::untrusted::visible;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A server may take this long to tell of its cluster.
const LOOKING: Duration = Duration::from_secs(1);

/// Where to look for clusters.
#[derive(Clone, Debug)]
pub enum From {
    /// The REST API of one member.
    Patroni(String),
    /// All clusters in an etcd, below a namespace.
    Etcd { urls: Vec<String>, namespace: Option<String> },
    /// Files and variables of other tools.
    Here,
}

/// The text of a configuration, and what a person should know of it.
#[derive(Clone, Debug)]
pub struct Proposed {
    pub text: String,
    pub clusters: usize,
    pub endpoints: usize,
    pub notes: Vec<String>,
}

/// What became of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Written,
    /// It says the same already.
    Same,
    /// It says something else, and nobody said that it may be overwritten: the difference, safe to show.
    Differs(String),
}

/// Looks for clusters and pins every member that was found. Where a server was named that told of none, there is none, and the notes say why.
pub async fn propose(from: &From, clock: &Clock) -> Proposed {
    let (mut clusters, notes) = match from {
        From::Patroni(url) => {
            let mut notes = Vec::new();
            match discover::named::told_by_patroni(url, clock, LOOKING, true, &mut notes).await {
                Ok(cluster) => (vec![cluster], notes),
                Err(error) => (Vec::new(), vec![error.to_string()]),
            }
        }
        From::Etcd { urls, namespace } => {
            let (mut clusters, notes) = found(discover::named::by_store(urls, namespace.as_deref()), clock).await;
            // a store that tells of nobody makes no cluster
            clusters.retain(|cluster| cluster.of("patroni").next().is_some());
            (clusters, notes)
        }
        From::Here => found(discover::look(&Surroundings::standard()), clock).await,
    };
    let mut hints = Vec::new();
    for cluster in &mut clusters {
        pin(cluster);
        hints.extend(servers(cluster));
    }
    let endpoints = clusters.iter().map(|cluster| cluster.endpoints.len()).sum();
    Proposed { text: write::text(&clusters, &hints), clusters: clusters.len(), endpoints, notes }
}

async fn found(found: Found, clock: &Clock) -> (Vec<ClusterSpec>, Vec<String>) {
    discover::clusters(found, clock, LOOKING).await
}

/// A person reads the file before it is used: from then on its endpoints are configured ones.
fn pin(cluster: &mut ClusterSpec) {
    let pinned = cluster.endpoints.iter().map(|endpoint| Arc::new(EndpointSpec { origin: Origin::Configured, ..endpoint.as_ref().clone() }));
    cluster.endpoints = pinned.collect();
}

/// The server beside each member of Patroni, to be completed by a person: host of the member, PostgreSQL's usual port.
fn servers(cluster: &ClusterSpec) -> Vec<EndpointSpec> {
    if cluster.of("postgres").next().is_some() {
        return Vec::new();
    }
    let beside = |member: &Arc<EndpointSpec>| {
        let url = contactable(member.body.text("url")?).ok()?;
        let host = discover::host(&url);
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        let mut server = member.as_ref().clone();
        "postgres".clone_into(&mut server.id.system);
        server.body = Body::one("address", &format!("{host}:5432"));
        server.read = Some(crate::config::Credential { user: "opsctl".to_owned(), password: Some(crate::model::SecretRef::Pgpass(None)) });
        (server.write, server.tls) = (None, None);
        Some(server)
    };
    cluster.of("patroni").filter_map(beside).collect()
}

/// The file of the user that is read without being named.
#[must_use]
pub fn default_path() -> Option<PathBuf> {
    Sources::standard(None, Vec::new()).user.map(|folder| folder.join("config.toml"))
}

/// Largest file that is compared with what would be written, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Why the file was not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct NotSaved {
    /// One sentence, safe to show.
    pub what: String,
    pub hint: String,
}

/// Writes `text` to `path`, mode 0600, as a whole or not at all.
///
/// # Errors
/// The text is no configuration, or the file cannot be written.
pub fn save(path: &Path, text: &str, overwrite: bool) -> Result<Outcome, NotSaved> {
    let shown = visible(&path.to_string_lossy());
    let elsewhere = "name a file where you may write: `opsctl init FILE`, then `--config FILE`; `opsctl init -` prints it";
    let not_saved = |what: String| NotSaved { what, hint: elsewhere.to_owned() };
    let fail = |error: std::io::Error| not_saved(format!("{shown} cannot be written: {error}"));
    match regular::text(path, LARGEST) {
        Ok(old) if old == text => return Ok(Outcome::Same),
        Ok(old) if !overwrite => return Ok(Outcome::Differs(difference(&old, text))),
        Ok(_) => {}
        Err(error) if error.kind() == Some(std::io::ErrorKind::NotFound) => {}
        // one of its folders is none: what follows says so
        Err(error) if error.kind() == Some(std::io::ErrorKind::NotADirectory) => {}
        Err(error) => return Err(not_saved(format!("{shown} cannot be read: {error}"))),
    }
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let no_folder = |error: std::io::Error| {
        not_saved(format!("{shown} cannot be written: its folder {} cannot be made: {error}", visible(&folder.to_string_lossy())))
    };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(no_folder)?;
    let name = path.file_name().ok_or_else(|| not_saved(format!("{shown} names no file")))?.to_string_lossy().into_owned();
    let draft = folder.join(format!(".{name}.{}", std::process::id()));
    let written = write_private(&draft, text).map_err(fail).and_then(|()| check(&draft)).and_then(|()| fs::rename(&draft, path).map_err(fail));
    if written.is_err() {
        // whatever was wrong is said; the draft must not stay
        let _gone = fs::remove_file(&draft);
    }
    written?;
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(fail)?;
    Ok(Outcome::Written)
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn check(path: &Path) -> Result<(), NotSaved> {
    match load::checked(crate::systems::registry::SYSTEMS, &load::rules(), &Sources::only(path)) {
        Ok(_) => Ok(()),
        Err(found) => Err(NotSaved {
            what: format!("what was found makes no valid configuration: {}", diagnostic::render(&found)),
            hint: "`opsctl init -` prints it as it is, to be mended by hand".to_owned(),
        }),
    }
}

/// Lines with `+` and `-`, unchanged ones left out where they are far from a change.
fn difference(old: &str, new: &str) -> String {
    let lines = diff::lines(old, new);
    let changed: Vec<usize> = lines.iter().enumerate().filter(|(_, line)| !matches!(line, diff::Line::Same(_))).map(|(at, _)| at).collect();
    let mut out = String::new();
    let mut skipped = false;
    for (at, line) in lines.iter().enumerate() {
        let near = changed.iter().any(|change| change.abs_diff(at) <= 2);
        if !near {
            skipped = true;
            continue;
        }
        if std::mem::take(&mut skipped) {
            out.push_str("  …\n");
        }
        let (sign, text) = match line {
            diff::Line::Same(text) => (' ', text),
            diff::Line::Removed(text) => ('-', text),
            diff::Line::Added(text) => ('+', text),
        };
        out.push_str(&format!("{sign} {}\n", visible(text)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_file_is_written_privately_and_never_overwritten_unasked() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("new/config.toml");
        assert_eq!(save(&path, "[poll]\nfast = \"2s\"\n", false), Ok(Outcome::Written));
        assert_eq!(fs::metadata(&path).expect("file").permissions().mode() & 0o777, 0o600);
        assert_eq!(save(&path, "[poll]\nfast = \"2s\"\n", false), Ok(Outcome::Same));
        let Ok(Outcome::Differs(difference)) = save(&path, "[poll]\nfast = \"3s\"\n", false) else { panic!("overwritten") };
        assert!(difference.contains("- fast = \"2s\"") && difference.contains("+ fast = \"3s\""), "{difference}");
        assert!(fs::read_to_string(&path).expect("file").contains("2s"));
        assert_eq!(save(&path, "[poll]\nfast = \"3s\"\n", true), Ok(Outcome::Written));
    }

    #[test]
    fn a_pipe_in_its_place_is_not_waited_for() {
        let folder = tempfile::tempdir().expect("folder");
        let pipe = folder.path().join("config.toml");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).expect("a pipe");
        let error = save(&pipe, "[poll]\nfast = \"2s\"\n", true).expect_err("no file");
        assert!(error.what.ends_with("cannot be read: it is a pipe, not a regular file"), "{error}");
    }

    #[test]
    fn a_place_where_nothing_can_be_written_is_named_with_another_way() {
        let folder = tempfile::tempdir().expect("folder");
        fs::write(folder.path().join("home"), "a file").expect("written");
        let path = folder.path().join("home/.config/opsctl/config.toml");
        let error = save(&path, "[poll]\nfast = \"2s\"\n", false).expect_err("no folder");
        assert!(
            error.what.contains(&format!("{} cannot be written: its folder", path.display())) && error.what.contains("cannot be made"),
            "{error}"
        );
        assert!(error.hint.contains("opsctl init FILE"), "{error:?}");
    }

    #[test]
    fn what_cannot_be_loaded_is_not_written() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("config.toml");
        let error = save(&path, "[poll]\nfast = 2\n", false).expect_err("refused");
        assert!(error.what.contains("poll.fast"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).expect("folder").count(), 0);
    }
}
