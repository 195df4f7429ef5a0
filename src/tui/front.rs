//! Whose keys the terminal takes: the group of processes in front. A program that had the terminal may end without giving the front back.
//!
//! It must never take the front from a shell that put this job behind: only what the lent program left is taken back.

use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use rustix::io::Errno;
use rustix::process::{getpgrp, test_kill_process_group};
use rustix::termios::{tcgetpgrp, tcsetpgrp};
use std::io::Stdin;

/// Whether our group is in front.
pub(super) fn is_ours(terminal: &Stdin) -> bool {
    tcgetpgrp(terminal).is_ok_and(|front| front == getpgrp())
}

/// Comes to the front again after a program that had the terminal. `undisturbed`: we were in front before and were not stopped since, so that nobody but that
/// program can have changed it; otherwise only the place of a group that is gone is taken.
pub(super) fn take(terminal: &Stdin, undisturbed: bool) {
    let free = match tcgetpgrp(terminal) {
        Ok(front) if front == getpgrp() => return,
        Ok(front) => undisturbed || test_kill_process_group(front) == Err(Errno::SRCH),
        // Linux has no number for a group that is gone with its name
        Err(_) => undisturbed,
    };
    if !free {
        return;
    }
    // who asks from behind is stopped for it, unless the signal that does so is blocked
    let Ok(before) = SigSet::from(Signal::SIGTTOU).thread_swap_mask(SigmaskHow::SIG_BLOCK) else { return };
    let _gone = tcsetpgrp(terminal, getpgrp());
    let _as_before = before.thread_set_mask();
}
