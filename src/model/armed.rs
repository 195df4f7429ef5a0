//! The permission to send one effect. Nothing that changes a server can be sent without one.

/// Proof that the intent of one attempt at one step against one target was synced to the journal.
///
/// Not `Clone`, and the fields are private: whoever sends has to take it by value from the engine, and can send once.
///
/// ```compile_fail,E0451
/// let forged = opsctl::model::Armed { run: String::new(), step: String::new(), attempt: 1, target: String::new() };
/// ```
#[derive(Debug)]
pub struct Armed {
    run: String,
    step: String,
    attempt: u32,
    target: String,
}

impl Armed {
    /// Called in `engine/execute.rs` and `engine/hold.rs` only, each time after the journal was synced; a test holds this.
    #[must_use]
    pub(crate) fn mint(run: String, step: String, attempt: u32, target: String) -> Self {
        Armed { run, step, attempt, target }
    }

    /// `RUN/STEP#ATTEMPT -> TARGET`, for the audit of what was sent.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}/{}#{} -> {}", self.run, self.step, self.attempt, self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::Armed;

    #[test]
    fn the_label_names_run_step_attempt_and_target() {
        let armed = Armed::mint("01K3".into(), "pause".into(), 2, "pgb-write-1".into());
        assert_eq!(armed.label(), "01K3/pause#2 -> pgb-write-1");
    }
}
