//! A store that asks who one is: a password that takes its time, and one that is wrong, are no silence of the store.

use super::of;
use super::tests::{RATE, Shared, holder, member, spec};
use crate::config::Credential;
use crate::engine::lock::{Lock, LockError};
use crate::model::{Clock, SecretRef};
use std::sync::Arc;

/// The lock in the store at `url`, with what a program says as the password.
fn lock(url: &str, program: &[&str]) -> super::EtcdLock {
    let mut cluster = spec(&[url]);
    let password = Some(SecretRef::Cmd(program.iter().map(|&word| word.to_owned()).collect()));
    for endpoint in &mut cluster.endpoints {
        Arc::make_mut(endpoint).write = Some(Credential { user: "ops".to_owned(), password: password.clone() });
    }
    of(&cluster, &Clock::at_rate(RATE)).expect("an etcd is configured")
}

#[tokio::test]
async fn a_password_that_takes_longer_than_the_store_may_is_waited_for() {
    let kept = Shared::default();
    kept.lock().expect("kept").password = Some("right".to_owned());
    let url = member(&kept).await;
    // the store may take 0.3 s by the clock of this test
    let held = lock(&url, &["sh", "-c", "sleep 1; echo right"]).take("orders", &holder("a"), 0).await.expect("free");
    assert_eq!(held.lost(), None);
    let logins = kept.lock().expect("kept").asked.iter().filter(|path| *path == "/v3/auth/authenticate").count();
    assert_eq!(logins, 1);
}

#[tokio::test]
async fn a_password_that_is_wrong_or_not_to_be_had_is_told_as_what_it_is() {
    let kept = Shared::default();
    kept.lock().expect("kept").password = Some("right".to_owned());
    let url = member(&kept).await;
    for (program, told) in [(["echo", "wrong"], "credentials refused"), (["false", ""], "secret not readable")] {
        match lock(&url, &program).take("orders", &holder("a"), 0).await {
            Err(LockError::NoEntry(why)) => assert!(why.contains(told) && !why.contains("c4nary"), "{why}"),
            other => panic!("{other:?}"),
        }
    }
    assert!(kept.lock().expect("kept").keys.is_empty());
}
