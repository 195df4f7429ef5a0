//! The log: a file of its own, never the terminal, and without the secrets that this process has read. Off unless `--log FILE` or `OPSCTL_LOG` names one;
//! `OPSCTL_LOG_LEVEL` says how much.

use super::failure::Failure;
use crate::config::regular::{self, Irregular};
use crate::transport::learned::Writing;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Mutex;
use tracing_subscriber::EnvFilter;

/// Starts logging to `path`, one JSON object a line. The file is made readable by its owner alone.
///
/// # Errors
/// The file cannot be opened, or the level is none.
pub(super) fn start(path: &Path) -> Result<(), Failure> {
    let told = |error: &dyn std::fmt::Display| {
        Failure::usage(format!("cannot log to {}: {error}", path.display()), "name a file that can be written with --log")
    };
    let file = open(path).map_err(|error| told(&error))?;
    let level = std::env::var("OPSCTL_LOG_LEVEL").unwrap_or_else(|_unset| "info".to_owned());
    let filter = EnvFilter::try_new(&level).map_err(|error| told(&error))?;
    let subscriber = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(Mutex::new(Writing(file))).finish();
    // a second start in one process keeps the first log
    let _kept = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

/// A pipe would be waited for, now or when it is full; a device takes what it is given.
fn open(path: &Path) -> Result<File, Irregular> {
    let mut options = OpenOptions::new();
    options.create(true).append(true).mode(0o600);
    match regular::open_with(&mut options, path) {
        Err(Irregular::Other(regular::DEVICE)) => Ok(options.custom_flags(0).open(path)?),
        opened => opened,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_is_refused_at_once_whether_or_not_somebody_reads_it() {
        let folder = tempfile::tempdir().expect("folder");
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).expect("a pipe");
        assert_eq!(open(&pipe).expect_err("refused").to_string(), "it is a pipe or a socket, not a regular file");
        let _reader = OpenOptions::new().read(true).write(true).open(&pipe).expect("open for both");
        assert_eq!(open(&pipe).expect_err("refused").to_string(), "it is a pipe, not a regular file");
        open(Path::new("/dev/null")).expect("takes what it is given");
        open(&folder.path().join("log")).expect("made");
    }
}
