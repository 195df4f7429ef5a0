//! The log: a file of its own, never the terminal. Off unless `--log FILE` or `OPSCTL_LOG` names one; `OPSCTL_LOG_LEVEL` says how much.

use super::failure::Failure;
use std::fs::OpenOptions;
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
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(|error| told(&error))?;
    let level = std::env::var("OPSCTL_LOG_LEVEL").unwrap_or_else(|_unset| "info".to_owned());
    let filter = EnvFilter::try_new(&level).map_err(|error| told(&error))?;
    let subscriber = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(Mutex::new(file)).finish();
    // a second start in one process keeps the first log
    let _kept = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}
