//! The password of one connection, as libpq reads it from a file, for a program that gets our terminal: the file lies in memory alone, belongs to this process,
//! and is gone with it or with its owner here, however either ends.
//!
//! It must never hold more than the one connection needs: a program that is led elsewhere finds nothing in it.
//! <https://www.postgresql.org/docs/current/libpq-pgpass.html>

use super::secret;
use super::{ProbeError, Trouble};
use crate::model::{Secret, SecretRef};
use rustix::fs::{MemfdFlags, Mode, fchmod, memfd_create};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;

/// A password that libpq can read as long as this lives.
#[derive(Debug)]
pub struct Passfile {
    file: File,
}

/// Which connection the password is for: as `PGHOST`, `PGPORT` and `PGUSER` name it. Any of its databases may be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: SecretRef,
}

impl Passfile {
    /// Reads the password of `login` and lays it down.
    ///
    /// # Errors
    /// It cannot be read, has a line end in it, which no such file can hold, or there is no memory for it.
    pub async fn of(login: &Login) -> Result<Passfile, ProbeError> {
        let secret = secret::resolve(&login.password).await?;
        let fail = |detail: String| ProbeError::new(Trouble::Secret, login.password.to_string(), detail);
        if secret.expose().contains(['\n', '\r', '\0']) {
            return Err(fail("it has more than one line, and a password file has one a line".to_owned()));
        }
        Passfile::lay(login, &secret).map_err(|error| fail(format!("no file in memory for psql: {error}")))
    }

    fn lay(login: &Login, secret: &Secret) -> io::Result<Passfile> {
        let mut file = File::from(memfd_create("opsctl", MemfdFlags::CLOEXEC)?);
        // one that others may read is not read by libpq
        fchmod(&file, Mode::RUSR | Mode::WUSR)?;
        // where libpq looks by itself for the sockets of this host, it looks a password up by another name
        let hosts = [login.host.as_str(), "localhost"];
        let hosts = hosts.iter().take(if login.host.starts_with('/') { 2 } else { 1 });
        for host in hosts {
            let line = format!("{}:{}:*:{}:{}\n", escaped(host), login.port, escaped(&login.user), escaped(secret.expose()));
            file.write_all(Secret::new(line).expose().as_bytes())?;
        }
        Ok(Passfile { file })
    }

    /// Where it is, for `PGPASSFILE`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/proc/{}/fd/{}", std::process::id(), self.file.as_raw_fd())
    }
}

fn escaped(field: &str) -> String {
    field.replace('\\', "\\\\").replace(':', "\\:")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn login(host: &str, password: SecretRef) -> Login {
        Login { host: host.to_owned(), port: 5432, user: "a:b".to_owned(), password }
    }

    #[tokio::test]
    async fn it_is_a_file_of_this_user_alone_with_one_connection_and_gone_afterwards() {
        let cmd = |text: &str| SecretRef::Cmd(vec!["printf".to_owned(), "%s".to_owned(), text.to_owned()]);
        let file = Passfile::of(&login("pg1", cmd("se:cr\\et"))).await.expect("laid");
        let path = file.path();
        let about = std::fs::metadata(&path).expect("there");
        assert!(about.is_file() && about.permissions().mode() & 0o777 == 0o600, "{about:?}");
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "pg1:5432:*:a\\:b:se\\:cr\\\\et\n");
        assert!(!format!("{file:?}").contains("se:cr"));
        drop(file);
        assert!(std::fs::read_to_string(&path).is_err());
        let socket = Passfile::of(&login("/run/postgresql", cmd("x"))).await.expect("laid");
        assert_eq!(std::fs::read_to_string(socket.path()).expect("read"), "/run/postgresql:5432:*:a\\:b:x\nlocalhost:5432:*:a\\:b:x\n");
    }

    #[tokio::test]
    async fn what_cannot_be_read_says_which_reference() {
        let gone = Passfile::of(&login("pg1", SecretRef::File("/nowhere/password".to_owned()))).await.expect_err("there is none");
        assert!(gone.to_string().contains("/nowhere/password"), "{gone}");
    }
}
