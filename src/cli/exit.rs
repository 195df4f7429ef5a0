//! The one table of exit codes for the whole program. Exceptions stand with the commands that have them.

use crate::app::checks::State;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done and verified; `status`: healthy or warnings.
    Done,
    Unexpected,
    /// Usage, invalid configuration or runbook, or a prompt was needed without a terminal.
    Usage,
    /// A critical finding, a broken objective, or a required fact unknown; `doctor`: an endpoint that cannot be read.
    Unhealthy,
    /// Nothing readable: unreachable, not authenticated, not permitted.
    Unreadable,
    /// Refused here: a guard, read-only, what was confirmed is not so any more. Nothing was sent.
    Refused,
    /// Refused by a server, or failed and undone: nothing changed in the end.
    Unchanged,
    /// Something stays: a person is needed.
    Partial,
    /// Nobody knows whether something was applied.
    InDoubt,
    /// Somebody else holds what only one may have, or nobody can tell.
    Locked,
    /// An approval is missing.
    Approval,
    /// With `--detailed-exitcode`: the plan has changes.
    Changes,
    /// The deadline passed (`wait`).
    Deadline,
    /// SIGINT.
    Interrupted,
    /// SIGTERM, SIGHUP, SIGQUIT.
    Terminated,
    /// `check` alone has the codes of monitoring plugins.
    Check(State),
}

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Unexpected => 1,
            Exit::Usage => 2,
            Exit::Unhealthy => 3,
            Exit::Unreadable => 4,
            Exit::Refused => 5,
            Exit::Unchanged => 6,
            Exit::Partial => 7,
            Exit::InDoubt => 8,
            Exit::Locked => 9,
            Exit::Approval => 10,
            Exit::Changes => 20,
            Exit::Deadline => 124,
            Exit::Interrupted => 130,
            Exit::Terminated => 143,
            Exit::Check(state) => state as u8,
        }
    }
}

impl Exit {
    /// How a process of a run ended that said so by its code alone; one that is none of its codes leaves a doubt.
    #[must_use]
    pub const fn of_run(code: i32) -> Exit {
        match code {
            0 => Exit::Done,
            1 => Exit::Unexpected,
            2 => Exit::Usage,
            5 => Exit::Refused,
            6 => Exit::Unchanged,
            7 => Exit::Partial,
            9 => Exit::Locked,
            10 => Exit::Approval,
            _ => Exit::InDoubt,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        std::process::ExitCode::from(exit.code())
    }
}

/// The table as `--help` shows it.
pub const HELP: &str = "\
Exit codes:
  0    done and verified; status, findings: healthy or warnings (--strict: warnings are 3)
  1    unexpected error
  2    usage, invalid config or runbook, a prompt was needed without a terminal
  3    status, findings: a critical finding, or a required fact unknown (also runbook plan); doctor: an endpoint that cannot be read
  4    nothing readable: unreachable, not authenticated, not permitted
  5    refused here: read-only, a guard, what was confirmed is not so any more; nothing was sent
  6    refused by the server, or failed and undone; nothing changed in the end
  7    partial: something stays, a person is needed
  8    result unknown, still in doubt
  9    locked, or a run left open, by somebody else, or nobody can tell because etcd is gone; watch --headless: another one watches
  10   approval missing
  20   runbook plan --detailed-exitcode: it would change something
  124  deadline passed (wait)
  130  interrupted
  143  terminated
check NAME keeps to monitoring plugins: 0 ok, 1 warning, 2 critical, 3 unknown.
audit verify: 0 whole, 1 broken, 2 missing.";
