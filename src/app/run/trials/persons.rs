//! What a run needs before it begins.

use super::{Host, ends, plan, step};
use crate::app::run::follow::Last;
use crate::engine::ending::Ending;

#[tokio::test]
async fn a_run_whose_secrets_cannot_be_read_does_not_begin() {
    let host = Host::new();
    host.files().put("no secret");
    let mut begun = host.start(&plan(vec![step("a")])).await;
    let (last, events) = host.watch(&mut begun).await;
    assert_eq!((last, host.files().effects()), (Last::Ended(Ending::NothingSent), Vec::<String>::new()), "{}", ends(&events));
    assert!(ends(&events).contains("params.token cannot be read"), "{}", ends(&events));
}
