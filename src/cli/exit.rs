//! The one table of exit codes for the whole program. Exceptions stand with the commands that have them.

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done and verified; `status`: healthy or warnings.
    Done = 0,
    Unexpected = 1,
    /// Usage, invalid configuration, or a prompt was needed without a terminal.
    Usage = 2,
    /// A critical finding, a broken objective, or a required fact unknown.
    Unhealthy = 3,
    /// Nothing readable: unreachable, not authenticated, not permitted.
    Unreadable = 4,
    /// The deadline passed (`wait`).
    Deadline = 124,
    /// SIGINT.
    Interrupted = 130,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        std::process::ExitCode::from(exit as u8)
    }
}

/// The table as `--help` shows it.
pub const HELP: &str = "\
Exit codes:
  0    done and verified; status: healthy or warnings (--strict: warnings are 3)
  1    unexpected error
  2    usage, invalid config, a prompt was needed without a terminal
  3    unhealthy: a critical finding, or a required fact unknown
  4    nothing readable: unreachable, not authenticated, not permitted
  124  deadline passed (wait)
  130  interrupted
check NAME keeps to monitoring plugins: 0 ok, 1 warning, 2 critical, 3 unknown.";
