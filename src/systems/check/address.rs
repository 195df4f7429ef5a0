//! Addresses as people write them: URLs of HTTP servers, `HOST:PORT`, unix sockets.

/// `http://` or `https://`, host, optional port, path.
///
/// # Errors
/// What is wrong, without the text: it may have a password inside.
pub(super) fn url(text: &str) -> Result<(), &'static str> {
    let rest = match text.split_once("://") {
        Some(("http" | "https", rest)) => rest,
        Some(_) => return Err("this URL is neither http:// nor https://"),
        None => return Err("no URL: http:// or https:// is missing"),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    if authority.contains('@') {
        return Err("a URL carries no user or password here; write them as `read = { user = .., password = .. }`");
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("a blank or control character in a URL");
    }
    if rest.contains(['?', '#']) {
        return Err("a URL without `?` and `#` is needed: paths are added to it");
    }
    host_and_port(authority, false)
}

/// `HOST:PORT`, or `/directory:PORT` of a unix socket.
///
/// # Errors
/// What is wrong.
pub(super) fn address(text: &str) -> Result<(), &'static str> {
    if text.contains("://") {
        return Err("HOST:PORT is needed, without a scheme");
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) || text.contains('@') {
        return Err("HOST:PORT is needed, without user, blanks or control characters");
    }
    if let Some(rest) = text.strip_prefix('/') {
        let (directory, port) = rest.rsplit_once(':').ok_or("the port is missing: /directory:PORT")?;
        return if directory.is_empty() { Err("the directory of the socket is missing") } else { number(port) };
    }
    host_and_port(text, true)
}

fn host_and_port(text: &str, port_needed: bool) -> Result<(), &'static str> {
    let (host, port) = if let Some(inner) = text.strip_prefix('[') {
        let (host, rest) = inner.split_once(']').ok_or("the bracket of the IPv6 address is not closed")?;
        host.parse::<std::net::Ipv6Addr>().map_err(|_odd| "no IPv6 address between the brackets")?;
        match rest.strip_prefix(':') {
            Some(port) => (host, Some(port)),
            None if rest.is_empty() => (host, None),
            None => return Err("only a port may follow the bracket"),
        }
    } else {
        match text.split_once(':') {
            Some((_, port)) if port.contains(':') => return Err("an IPv6 address stands in brackets: [::1]:PORT"),
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        }
    };
    if host.is_empty() {
        return Err("the host is missing");
    }
    if !text.starts_with('[') && !host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) {
        return Err("a host has letters, digits, dots and dashes; other names in their xn-- form");
    }
    match port {
        Some(port) => number(port),
        None if port_needed => Err("the port is missing: HOST:PORT"),
        None => Ok(()),
    }
}

fn number(port: &str) -> Result<(), &'static str> {
    match port.parse::<u16>() {
        Ok(1..) if port.bytes().all(|b| b.is_ascii_digit()) => Ok(()),
        _ => Err("a port is a number from 1 to 65535"),
    }
}

#[cfg(test)]
mod tests {
    use super::{address, url};

    #[test]
    fn urls() {
        for good in ["http://10.0.0.11:8008", "https://pg1.internal", "http://[::1]:8008/base", "http://localhost:8008/"] {
            assert_eq!(url(good), Ok(()), "{good}");
        }
        for bad in [
            "pg1:8008",
            "ftp://pg1",
            "http://",
            "http://:8008",
            "http://pg1:0",
            "http://pg1:99999",
            "http://pg1:+80",
            "http://u:p@pg1",
            "http://pg 1",
            "http://[::1",
            "http://[nope]",
            "http://::1:80",
            "http://pg1?x=1",
            "http://zürich",
        ] {
            assert!(url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses() {
        for good in ["10.0.0.11:5432", "pg1:5432", "[::1]:5432", "/var/run/postgresql:5432"] {
            assert_eq!(address(good), Ok(()), "{good}");
        }
        for bad in ["pg1", ":5432", "pg1:", "postgres://pg1:5432", "me@pg1:5432", "/var/run", "/:5432", "::1:5432", "a b:5432"] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
