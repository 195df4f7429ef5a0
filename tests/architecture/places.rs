//! Where sockets, listeners, processes and the terminal library may be named. A re-export does not help: a name is followed to its declaration.

use super::Violation;
use super::facts::Form;
use super::house::{House, Named, is_below};
use super::lists::{PLACES, Place};

pub(super) fn judge(house: &House) -> Vec<Violation> {
    house.named.iter().flat_map(|named| [plain(named), hidden(named)]).flatten().collect()
}

/// The line that decides about `path`: the one with the longest path that fits.
fn place_of(path: &[String]) -> Option<&'static Place> {
    let fits = PLACES.iter().flat_map(|place| place.paths.iter().map(move |prefix| (prefix, place)));
    fits.filter(|(prefix, _)| is_below(path, prefix)).max_by_key(|(prefix, _)| prefix.len()).map(|(_, place)| place)
}

fn allowed(place: &Place, named: &Named) -> bool {
    place.rooms.contains(&named.room()) || (place.in_tests && named.mention.test)
}

fn violation(place: &Place, named: &Named, path: &str) -> Violation {
    let what = format!("`{}` names `{path}`, only {} may", named.room(), place.rooms.join(" and "));
    Violation { law: place.law, place: named.place(), what }
}

fn plain(named: &Named) -> Option<Violation> {
    let place = place_of(&named.declared)?;
    (!allowed(place, named)).then(|| violation(place, named, &named.declared.join("::")))
}

/// `use tokio::net::*` would hide a listener from this law.
fn hidden(named: &Named) -> Option<Violation> {
    if named.mention.form != Form::Glob {
        return None;
    }
    let prefix = named.declared.join("::") + "::";
    let place = PLACES.iter().find(|place| place.paths.iter().any(|path| path.starts_with(&prefix)) && !allowed(place, named))?;
    Some(violation(place, named, &format!("{prefix}*")))
}

#[cfg(test)]
mod tests {
    use super::super::{assert_broken, assert_each_broken, broken_by};

    #[test]
    fn a_socket_in_the_wrong_room_fails_by_name() {
        let texts = [
            "//! x\nuse tokio::net::TcpStream;",
            "//! x\nuse tokio::net;\nfn f(s: net::UnixStream) {}",
            "//! x\nuse tokio as t;\nfn f() { t::net::TcpStream::connect(\"x\") }",
            "//! x\nfn f() { std::net::TcpStream::connect(\"x\") }",
            "//! x\nfn f() { ::reqwest::get(\"x\") }",
            "//! x\nuse tokio_postgres::{Client as C, NoTls};",
            "//! x\nfn f() { m!(tokio::net::lookup_host(\"x\")) }",
            "//! x\nuse std::os::unix::net::*;",
        ];
        assert_each_broken("socket", "src/health", &texts, "only transport");
    }

    #[test]
    fn a_socket_that_transport_hands_out_under_another_name_fails_by_name() {
        let found = broken_by(&[
            ("src/transport/leak.rs", "//! x\npub use reqwest::Client as Harmless;"),
            ("src/fleet/evil.rs", "//! x\nfn f(c: crate::transport::leak::Harmless) {}"),
        ]);
        assert_broken(&found, "socket: src/fleet/evil.rs:2", "`fleet` names `reqwest::Client`");
    }

    #[test]
    fn addresses_are_no_sockets_and_tests_may_fake_a_server() {
        let text = "//! x\nuse std::net::{IpAddr, SocketAddr};\n#[cfg(test)]\nmod tests {\n use tokio::net::TcpListener;\n}";
        assert_eq!(broken_by(&[("src/fleet/good.rs", text)]), Vec::<String>::new());
    }

    #[test]
    fn a_listener_outside_the_simulator_fails_by_name() {
        let texts = ["//! x\nuse tokio::net::TcpListener;", "//! x\nuse tokio::net;\nfn f(l: net::UnixListener) {}", "//! x\nuse tokio::net::*;"];
        assert_each_broken("listener", "src/transport", &texts, "only sim may");
        let text = "//! It must never be used in production.\nuse tokio::net::{TcpListener, TcpStream};";
        assert_eq!(broken_by(&[("src/sim/mod.rs", text)]), Vec::<String>::new());
    }

    #[test]
    fn a_process_started_elsewhere_fails_by_name() {
        let texts = [
            "//! x\nuse std::process::Command;",
            "//! x\nuse std::process;\nfn f() { process::Command::new(\"x\") }",
            "//! x\nuse tokio::process::Command as C;",
        ];
        assert_each_broken("process", "src/cli", &texts, "only transport may");
        assert_eq!(broken_by(&[("src/cli/good.rs", "//! x\nuse std::process::ExitCode;")]), Vec::<String>::new());
    }

    #[test]
    fn the_terminal_library_outside_the_console_fails_by_name() {
        let found = broken_by(&[
            ("src/theme/evil.rs", "//! x\nuse ratatui::style::Color;"),
            ("src/cli/evil.rs", "//! x\nfn f() { crossterm::terminal::size() }"),
            ("src/health/evil.rs", "//! x\n#[cfg(test)]\nmod tests {\n use ratatui::backend::TestBackend;\n}"),
            ("src/tui/good.rs", "//! x\nuse ratatui::Frame;"),
        ]);
        for place in ["src/theme/evil.rs:2", "src/cli/evil.rs:2", "src/health/evil.rs:4"] {
            assert_broken(&found, &format!("terminal: {place}"), "only tui may");
        }
        assert!(!found.iter().any(|line| line.contains("good.rs")), "{found:#?}");
    }
}
