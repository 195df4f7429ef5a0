//! What is generated is committed, and cannot drift: completions, man pages, schemas. `OPSCTL_BLESS=1` writes them anew.

use crate::support::golden;
use opsctl::cli::commands::{completions, man};

#[test]
fn completions_are_what_the_tree_says() {
    for (shell, file) in completions::SHELLS {
        golden(&format!("completions/{file}"), &completions::of(shell).expect("a known shell"));
    }
}

#[test]
fn man_pages_are_what_the_tree_says() {
    let pages = man::pages().expect("pages");
    assert!(pages.len() > 10, "{}", pages.len());
    for (name, roff) in &pages {
        golden(&format!("completions/man/{name}.1"), roff);
    }
    crate::support::nothing_else("completions/man", pages.iter().map(|(name, _)| format!("{name}.1")));
}

#[test]
fn schemas_are_what_the_views_say() {
    use opsctl::app::{run, runbooks};
    let pages = runbooks::PAGES.iter().chain(run::pages::PAGES).chain(run::result::PAGES).chain(run::audit::PAGES).map(|(name, _)| *name);
    for name in opsctl::app::views::VIEWS.iter().map(|view| view.name).chain(["who"]).chain(pages) {
        let (stdout, _, code) = crate::support::opsctl(&["schema", name]);
        assert_eq!(code, 0, "{name}");
        golden(&format!("tests/golden/schema/{name}.json"), stdout.as_bytes());
    }
}
