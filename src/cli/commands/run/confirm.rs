//! Asking a person whether to go on: the name of the cluster at high risk, yes otherwise.
//!
//! It must never take anything for a yes that was not typed for it.

use super::Asked;
use crate::cli::failure::Failure;
use crate::engine::Plan;
use crate::text::untrusted::visible;
use std::io::{self, BufRead, IsTerminal, Write};

/// What was typed to confirm `plan`, after it was shown; `None` where nothing has to be typed.
///
/// # Errors
/// It was not confirmed, or nobody can be asked.
pub(super) fn confirm(asked: &Asked<'_>, plan: &Plan) -> Result<Option<String>, Failure> {
    let said = asked.text("confirm");
    let Some(phrase) = &plan.phrase else {
        if asked.matches.get_flag("yes") || said.as_deref() == Some(plan.cluster.as_str()) {
            return Ok(None);
        }
        let typed = ask(&format!("run {} on {}? type yes: ", plan.runbook.name, plan.cluster), "--yes confirms it without a question")?;
        return if typed == "yes" { Ok(None) } else { Err(not_confirmed("yes")) };
    };
    let typed = match said {
        Some(said) => said,
        None => ask(
            &format!("{} at {} risk: type {phrase} to run {}: ", plan.environment, risk(plan), plan.runbook.name),
            &format!("--confirm {phrase} types it; --yes is not enough at high risk"),
        )?,
    };
    if typed == *phrase { Ok(Some(typed)) } else { Err(not_confirmed(phrase)) }
}

const fn risk(plan: &Plan) -> &'static str {
    match plan.risk {
        crate::engine::plan::Risk::Low => "low",
        crate::engine::plan::Risk::Medium => "medium",
        crate::engine::plan::Risk::High => "high",
    }
}

fn not_confirmed(wanted: &str) -> Failure {
    Failure::Refused { what: format!("it was not confirmed: '{wanted}' was not what was typed"), hint: "nothing was sent".to_owned() }
}

fn ask(question: &str, otherwise: &str) -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::usage("it has to be confirmed, and there is no terminal to ask on", otherwise));
    }
    write!(io::stderr(), "{}", visible(question))?;
    io::stderr().flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
