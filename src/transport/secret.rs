//! Resolves references to secrets, at the moment they are needed. What it reads never enters an error, a log or the environment of a child, and is
//! [`learned`], so that it is taken out of what others tell.

use super::error::{ProbeError, Trouble};
use super::group;
use super::handed;
use super::learned;
use super::yaml;
use crate::model::{Secret, SecretRef};
use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::io::AsyncReadExt;

/// Longest secret that is accepted, in bytes.
const LONGEST: u64 = 64 * 1024;
/// What is said of a secret that somebody could not wait for.
pub const STILL_READ: &str = "it is still being read; the server was not asked";
const COMMAND_DEADLINE: Duration = Duration::from_secs(10);

/// The connection a pgpass line is looked up for.
#[derive(Clone, Debug)]
pub struct PgpassKey<'a> {
    pub host: &'a str,
    pub port: u16,
    /// `None`: any, for who only wants to know whether there is a line.
    pub database: Option<&'a str>,
    pub user: &'a str,
}

/// Reads what `reference` names.
///
/// # Errors
/// [`Trouble::Secret`] with the reference and what is wrong with it, never with what was read.
pub async fn resolve(reference: &SecretRef) -> Result<Secret, ProbeError> {
    // of a pgpass file all of it is kept: nobody but a PostgreSQL connection gets anything of it, and that one line
    let kept = if matches!(reference, SecretRef::Pgpass(_)) { None } else { kept(reference) };
    match kept {
        Some(secret) => Ok(secret),
        None => read(reference).await,
    }
}

/// Whether the file that `reference` names, if it names one, can be read now. A program is not run for it, and a variable may be another one elsewhere.
///
/// # Errors
/// As [`resolve`].
pub fn tried(reference: &SecretRef) -> Result<(), ProbeError> {
    let label = reference.to_string();
    match reference {
        SecretRef::File(path) => private_file(path, &label, 0o077).map(drop),
        SecretRef::Yaml { file, keys } => {
            yaml::text_at(&private_file(file, &label, 0o007)?, keys).map(drop).map_err(|detail| fail(reference, detail))
        }
        SecretRef::Pgpass(path) => {
            let path = pgpass_path(reference, path.as_deref())?;
            private_file(&path, &format!("pgpass:{path}"), 0o077).map(drop)
        }
        SecretRef::Env(_) | SecretRef::Cmd(_) => Ok(()),
    }
}

/// What this process keeps, by the text of the reference; of a pgpass file all of it.
static KEPT: Mutex<BTreeMap<String, Secret>> = Mutex::new(BTreeMap::new());

fn kept(reference: &SecretRef) -> Option<Secret> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).get(&reference.to_string()).cloned()
}

/// Reads what `reference` names, and keeps it in memory for as long as this process lives: for one that must be able to act when nothing can be read any more.
/// What was kept before goes on to count where it cannot be read again.
///
/// # Errors
/// As [`resolve`].
pub async fn keep(reference: &SecretRef) -> Result<(), ProbeError> {
    let secret = match reference {
        SecretRef::Pgpass(path) => {
            let path = pgpass_path(reference, path.as_deref())?;
            Secret::new(private_file(&path, &format!("pgpass:{path}"), 0o077)?)
        }
        reference => read(reference).await?,
    };
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(reference.to_string(), secret);
    Ok(())
}

async fn read(reference: &SecretRef) -> Result<Secret, ProbeError> {
    let secret = fetch(reference).await?;
    learned::learn(&secret);
    Ok(secret)
}

async fn fetch(reference: &SecretRef) -> Result<Secret, ProbeError> {
    match reference {
        SecretRef::File(path) => Ok(Secret::new(private_file(path, &reference.to_string(), 0o077)?.trim_end_matches(['\n', '\r']).to_owned())),
        SecretRef::Env(name) => handed::variable(name).map_or_else(|| std::env::var(name).map(Secret::new), Ok).map_err(|error| {
            let detail = match error {
                std::env::VarError::NotPresent => "the variable is not set",
                std::env::VarError::NotUnicode(_) => "the variable is not UTF-8",
            };
            fail(reference, detail)
        }),
        SecretRef::Cmd(argv) => command(reference, argv).await,
        // such a file belongs to Patroni, whose group reads it; the world must not
        SecretRef::Yaml { file, keys } => {
            yaml::text_at(&private_file(file, &reference.to_string(), 0o007)?, keys).map(Secret::new).map_err(|detail| fail(reference, detail))
        }
        SecretRef::Pgpass(_) => Err(fail(reference, "pgpass belongs to PostgreSQL connections only")),
    }
}

/// As [`resolve`]; `pgpass` is answered by the first line that matches `key`.
///
/// # Errors
/// As [`resolve`], and when no line matches.
pub async fn resolve_for(reference: &SecretRef, key: &PgpassKey<'_>) -> Result<Secret, ProbeError> {
    let SecretRef::Pgpass(path) = reference else { return resolve(reference).await };
    let path = pgpass_path(reference, path.as_deref())?;
    let text = match kept(reference) {
        Some(text) => text,
        None => Secret::new(private_file(&path, &format!("pgpass:{path}"), 0o077)?),
    };
    match text.expose().lines().find_map(|line| pgpass_line(line, key)) {
        Some(password) => {
            let password = Secret::new(password);
            learned::learn(&password);
            Ok(password)
        }
        None => Err(ProbeError::new(
            Trouble::Secret,
            format!("pgpass:{path}"),
            format!("no line for {}:{}:{}:{}", key.host, key.port, key.database.unwrap_or("*"), key.user),
        )),
    }
}

/// Where the pgpass file lies that `reference` means.
fn pgpass_path(reference: &SecretRef, path: Option<&str>) -> Result<String, ProbeError> {
    let home = || etcetera::home_dir().map(|home| home.join(".pgpass").to_string_lossy().into_owned()).ok();
    let path = path.map(str::to_owned).or_else(|| std::env::var("PGPASSFILE").ok()).or_else(home);
    path.ok_or_else(|| fail(reference, "there is no home directory to look for .pgpass in"))
}

fn fail(reference: &SecretRef, detail: &str) -> ProbeError {
    ProbeError::new(Trouble::Secret, reference.to_string(), detail)
}

/// A file that those in `others` may not read. Files under `/run/secrets` are mounted by orchestrators with the modes they like.
fn private_file(path: &str, label: &str, others: u32) -> Result<String, ProbeError> {
    use std::io::Read;
    let fail = |detail: String| ProbeError::new(Trouble::Secret, label, detail);
    let file = std::fs::OpenOptions::new()
        .read(true)
        // a named pipe must not hang the start
        .custom_flags(i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0))
        .open(path)
        .map_err(|error| fail(error.to_string()))?;
    let meta = file.metadata().map_err(|error| fail(error.to_string()))?;
    if !meta.is_file() {
        return Err(fail("not a regular file".to_owned()));
    }
    if meta.mode() & others != 0 && !path.starts_with("/run/secrets/") {
        return Err(fail(format!("mode {:04o} lets others read it; chmod {}", meta.mode() & 0o7777, if others == 0o077 { "600" } else { "o=" })));
    }
    let mut text = String::new();
    file.take(LONGEST + 1).read_to_string(&mut text).map_err(|error| fail(error.to_string()))?;
    if text.len() as u64 > LONGEST { Err(fail(format!("longer than {LONGEST} bytes"))) } else { Ok(text) }
}

async fn command(reference: &SecretRef, argv: &[String]) -> Result<Secret, ProbeError> {
    let (program, arguments) = argv.split_first().ok_or_else(|| fail(reference, "no program is named"))?;
    let mut command = tokio::process::Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(["PATH", "HOME", "LANG"].iter().filter_map(|name| std::env::var_os(name).map(|value| (*name, value))))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let (mut child, group) = group::start(&mut command).map_err(|error| fail(reference, &error.to_string()))?;
    let stdout = child.stdout.take().ok_or_else(|| fail(reference, "no standard output"))?;
    let mut bytes = Vec::new();
    let work = async {
        stdout.take(LONGEST + 1).read_to_end(&mut bytes).await?;
        child.wait().await
    };
    let status = crate::model::Clock::real()
        .timeout(COMMAND_DEADLINE, work)
        .await
        .ok_or_else(|| fail(reference, "did not end within 10 s; only where a command was typed at a terminal may it ask somebody"))?
        .map_err(|error| fail(reference, &error.to_string()))?;
    group.leave();
    if !status.success() {
        return Err(fail(reference, &format!("ended with {status}")));
    }
    let text = String::from_utf8(bytes).map_err(|_bytes| fail(reference, "printed something that is not UTF-8"))?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(Secret::new(line.to_owned())),
        _ => Err(fail(reference, "printed nothing")),
    }
}

/// The password of one line `host:port:database:user:password` if it matches. `*` matches all; `\:` and `\\` are escapes.
fn pgpass_line(line: &str, key: &PgpassKey<'_>) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let mut fields = vec![String::new()];
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            ':' if fields.len() < 5 => fields.push(String::new()),
            '\\' => fields.last_mut()?.push(chars.next().unwrap_or('\\')),
            c => fields.last_mut()?.push(c),
        }
    }
    let [host, port, database, user, password] = <[String; 5]>::try_from(fields).ok()?;
    let fits = |pattern: &str, value: &str| pattern == "*" || pattern == value;
    let database = key.database.is_none_or(|wanted| fits(&database, wanted));
    let all = fits(&host, key.host) && fits(&port, &key.port.to_string()) && database && fits(&user, key.user);
    all.then_some(password)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::group::trial::takes_its_child_along;

    const KEY: PgpassKey<'_> = PgpassKey { host: "db", port: 5432, database: Some("app"), user: "me" };

    #[test]
    fn a_pgpass_line_matches_as_libpq_matches_it() {
        for (line, expected) in [
            ("db:5432:app:me:se\\:cr\\\\et", Some("se:cr\\et")),
            ("*:*:*:*:x:y", Some("x:y")),
            ("db:5433:app:me:x", None),
            ("#db:5432:app:me:x", None),
            ("db:5432:app:me", None),
            ("", None),
        ] {
            assert_eq!(pgpass_line(line, &KEY).as_deref(), expected, "{line}");
        }
    }

    #[tokio::test]
    async fn of_a_pgpass_file_nobody_gets_more_than_the_line_of_his_connection_even_where_it_is_kept() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("passwords");
        std::fs::write(&path, "db:5432:app:me:mine\ndb:5432:app:you:canary\n").expect("write");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("chmod");
        let reference = SecretRef::Pgpass(Some(path.to_string_lossy().into_owned()));
        keep(&reference).await.expect("kept");
        let error = resolve(&reference).await.expect_err("it is no password").to_string();
        assert!(error.contains("PostgreSQL connections only") && !error.contains("canary"), "{error}");
        assert_eq!(resolve_for(&reference, &KEY).await.expect("its line").expose(), "mine");
        assert_eq!(resolve_for(&reference, &PgpassKey { database: None, ..KEY }).await.expect("a line").expose(), "mine");
        assert!(resolve_for(&reference, &PgpassKey { user: "nobody", database: None, ..KEY }).await.is_err());
    }

    #[tokio::test]
    async fn a_file_that_others_can_read_is_refused_and_not_quoted() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("s");
        std::fs::write(&path, "canary\n").expect("write");
        let reference = SecretRef::File(path.to_string_lossy().into_owned());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("chmod");
        let error = resolve(&reference).await.expect_err("refused").to_string();
        assert!(error.contains("0644") && !error.contains("canary"), "{error}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("chmod");
        assert_eq!(resolve(&reference).await.expect("read").expose(), "canary");
    }

    #[tokio::test]
    async fn a_key_of_a_yaml_file_is_read_and_nothing_of_the_file_is_quoted() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("patroni.yml");
        std::fs::write(&path, "scope: lab\nrestapi: {authentication: {username: ops, password: 0123canary}}\nother: canary\n").expect("write");
        let at = |mode, keys: &str| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("chmod");
            SecretRef::Yaml { file: path.to_string_lossy().into_owned(), keys: keys.split('.').map(str::to_owned).collect() }
        };
        assert_eq!(resolve(&at(0o640, "restapi.authentication.password")).await.expect("read").expose(), "0123canary");
        for (mode, keys) in [(0o644, "other"), (0o600, "restapi.authentication.pasword"), (0o600, "restapi.authentication"), (0o600, "scope.x")] {
            let error = resolve(&at(mode, keys)).await.expect_err(keys).to_string();
            assert!(!error.contains("canary"), "{error}");
        }
        std::fs::write(&path, "a: [canary").expect("write");
        let error = resolve(&at(0o600, "a")).await.expect_err("broken").to_string();
        assert!(!error.contains("canary"), "{error}");
    }

    #[tokio::test]
    async fn a_command_gives_its_first_line_and_no_more() {
        let argv = |words: &[&str]| SecretRef::Cmd(words.iter().map(|&word| word.to_owned()).collect());
        assert_eq!(resolve(&argv(&["printf", "one\\ntwo\\n"])).await.expect("read").expose(), "one");
        assert!(resolve(&argv(&["false"])).await.is_err());
        assert!(resolve(&argv(&["/nonexistent"])).await.is_err());
        assert!(resolve(&argv(&[])).await.is_err());
    }

    #[tokio::test]
    async fn a_command_that_nobody_waits_for_any_more_takes_its_children_along() {
        takes_its_child_along(async |argv: Vec<String>| resolve(&SecretRef::Cmd(argv)).await).await;
    }
}
