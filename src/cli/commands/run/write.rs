//! `run write`: writing to one cluster allowed for a time, taken back, or asked about. Nothing of the platform is touched.

use super::Asked;
use crate::app::run::writing::{self, WritingError};
use crate::cli::command::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::config::quantity::time_text;
use crate::text::suggest::nearest;
use crate::text::untrusted::visible;
use std::io::Write;
use std::time::Duration;

pub(super) fn write(asked: &Asked<'_>, cluster: &str, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let unwritten =
        |error: WritingError| Failure::unwritten(error.to_string(), "look at the state folder: a full disk, a folder that may not be written");
    let name = visible(cluster);
    if asked.matches.get_flag("end") {
        writing::end(&asked.state, &asked.clock, cluster).map_err(unwritten)?;
        writeln!(context.out, "{name}: only read")?;
        return Ok(Exit::Done);
    }
    if let Some(time) = asked.matches.get_one::<Duration>("for") {
        let clusters = asked.clusters(context);
        // a name that was mistyped would be found out when it is too late
        if !clusters.iter().any(|known| known.name == cluster) {
            let near = nearest(cluster, clusters.iter().map(|known| known.name.as_str()));
            let hint = near.map_or_else(|| "`opsctl list` lists them".to_owned(), |near| format!("did you mean '{near}'?"));
            return Err(Failure::usage(format!("there is no cluster called '{name}'"), hint));
        }
        writing::allow(&asked.state, &asked.clock, cluster, *time).map_err(unwritten)?;
    }
    match writing::left(&asked.state, &asked.clock, cluster) {
        Some(left) => writeln!(context.out, "{name}: writing is allowed to you for {}", time_text(Duration::from_secs(left.as_secs().max(1))))?,
        None => writeln!(context.out, "{name}: only read; `opsctl run write {name} --for 15m` allows writing for a time")?,
    }
    Ok(Exit::Done)
}
