//! Secrets that one process of ours hands another over an inherited pipe: what a run or a guard needs must not lie in its environment, where it stays for as long
//! as it works, and where whatever it starts could read it.
//!
//! One line of JSON, names of variables with what they hold. What was taken is known to this process by these names, before its environment is asked. It must
//! never be written anywhere else.

use crate::model::Secret;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, Write};
use std::sync::OnceLock;
use tokio::sync::oneshot;

/// Longest line that is taken, in bytes.
const LONGEST: u64 = 1 << 20;

static TAKEN: OnceLock<BTreeMap<String, Secret>> = OnceLock::new();

/// Writes `secrets` to the pipe, and gives it back when they were taken or fit into it.
///
/// # Errors
/// Nobody reads it any more.
pub(super) async fn over(mut pipe: File, secrets: &[(String, Secret)]) -> io::Result<File> {
    let line = line(secrets)?;
    let (tell, told) = oneshot::channel();
    // a pipe that is full keeps a thread, and not the run
    let write = move || {
        let written = pipe.write_all(line.expose().as_bytes()).map(|()| pipe);
        let _nobody_waits = tell.send(written);
    };
    std::thread::Builder::new().name("hand".to_owned()).spawn(write)?;
    told.await.unwrap_or_else(|_gone| Err(io::Error::other("it was not written")))
}

/// Writes `secrets` to the pipe and closes it: it returns when they were taken or fit into it.
///
/// # Errors
/// Nobody reads it any more.
pub(super) fn at_once(mut pipe: impl Write, secrets: &[(String, Secret)]) -> io::Result<()> {
    pipe.write_all(line(secrets)?.expose().as_bytes())
}

fn line(secrets: &[(String, Secret)]) -> io::Result<Secret> {
    let named: BTreeMap<&str, &str> = secrets.iter().map(|(name, secret)| (name.as_str(), secret.expose())).collect();
    Ok(Secret::new(format!("{}\n", serde_json::to_string(&named)?)))
}

/// Takes what was handed over: the first line of `from`. Once in the life of a process.
///
/// # Errors
/// It cannot be read, or is no such line; nothing of it is quoted.
pub fn take(from: impl BufRead) -> io::Result<()> {
    let mut line = String::new();
    from.take(LONGEST).read_line(&mut line)?;
    let line = Secret::new(line);
    // whoever would have handed it over is gone
    let named = if line.expose().is_empty() { BTreeMap::new() } else { parse(line.expose())? };
    TAKEN.set(named).map_err(|_again| io::Error::other("secrets were handed over twice"))
}

fn parse(line: &str) -> io::Result<BTreeMap<String, Secret>> {
    let unlike = |_quotes| io::Error::other("what was handed over is no line of secrets");
    let named: BTreeMap<String, String> = serde_json::from_str(line).map_err(unlike)?;
    Ok(named.into_iter().map(|(name, text)| (name, Secret::new(text))).collect())
}

/// What was handed over in the place of the variable `name`.
#[must_use]
pub fn variable(name: &str) -> Option<Secret> {
    TAKEN.get()?.get(name).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[tokio::test]
    async fn a_line_carries_what_variables_hold_and_nothing_of_it_is_quoted() {
        let secrets = [("A".to_owned(), Secret::new("one\ntwo".to_owned())), ("B".to_owned(), Secret::new("\"x\"".to_owned()))];
        let (mut read, write) = io::pipe().expect("a pipe");
        let write = over(File::from(std::os::fd::OwnedFd::from(write)), &secrets).await.expect("written");
        drop(write);
        let mut line = String::new();
        read.read_to_string(&mut line).expect("read");
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        let named = parse(&line).expect("understood");
        assert_eq!(named.iter().map(|(name, secret)| (name.as_str(), secret.expose())).collect::<Vec<_>>(), [("A", "one\ntwo"), ("B", "\"x\"")]);
        let told = parse("{\"A\": canary").expect_err("no JSON").to_string();
        assert!(!told.contains("canary"), "{told}");
    }
}
