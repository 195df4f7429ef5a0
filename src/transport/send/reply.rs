//! The answer to a request of HTTP/1.1, read until it is whole: by its length, in chunks, or until the server closes.
//!
//! It must never take an answer for whole that was cut. <https://www.rfc-editor.org/rfc/rfc9112#name-message-body-length>

/// An answer that came in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    /// Words of the server.
    pub body: String,
}

/// What `bytes` are so far: an answer, or nothing yet. `ended`: no more will come. `bodiless`: it was asked for the head alone.
///
/// # Errors
/// It is no answer, or was cut; in one sentence.
pub(super) fn whole(bytes: &[u8], ended: bool, bodiless: bool) -> Result<Option<Reply>, String> {
    let cut = |what: &str| if ended { Err(format!("the connection closed {what}")) } else { Ok(None) };
    let mut rest = bytes;
    loop {
        let Some((head, body)) = head(rest) else {
            return cut(if rest.is_empty() { "without an answer" } else { "in the middle of the answer" });
        };
        let head = Head::read(head)?;
        if (100..200).contains(&head.status) && head.status != 101 {
            rest = body;
            continue;
        }
        let reply = |body: &[u8]| Ok(Some(Reply { status: head.status, body: String::from_utf8_lossy(body).into_owned() }));
        if bodiless || matches!(head.status, 204 | 304) {
            return reply(&[]);
        }
        if head.chunked {
            return match unchunked(body)? {
                Some(body) => reply(&body),
                None => cut(&format!("after the status {}, before the whole answer", head.status)),
            };
        }
        return match head.length {
            Some(length) => match body.get(..length) {
                Some(body) => reply(body),
                None => cut(&format!("after the status {}, before the whole answer", head.status)),
            },
            None if ended => reply(body),
            None => Ok(None),
        };
    }
}

/// What the head of an answer says.
struct Head {
    status: u16,
    length: Option<usize>,
    chunked: bool,
}

impl Head {
    fn read(head: &[u8]) -> Result<Head, String> {
        let text = String::from_utf8_lossy(head);
        let mut lines = text.lines();
        let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.")).and_then(|line| line.split(' ').nth(1));
        let status = status.and_then(|status| status.parse().ok()).ok_or("what answered there does not speak HTTP/1.1")?;
        let mut head = Head { status, length: None, chunked: false };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                head.length = Some(value.parse().map_err(|_no_number| "the answer has a length that is no number")?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                head.chunked = value.to_ascii_lowercase().ends_with("chunked");
            }
        }
        Ok(head)
    }
}

/// Head and what follows it; `None` before the blank line.
fn head(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some((bytes.get(..end)?, bytes.get(end + 4..)?))
}

/// The body behind its chunks; `None`: more has to come.
fn unchunked(mut bytes: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let mut body = Vec::new();
    loop {
        let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") else { return Ok(None) };
        let (line, rest) = (bytes.get(..end).unwrap_or_default(), bytes.get(end + 2..).unwrap_or_default());
        let size = std::str::from_utf8(line).ok().and_then(|line| usize::from_str_radix(line.split(';').next()?.trim(), 16).ok());
        let size = size.ok_or("the answer has a chunk whose size is no number")?;
        if size == 0 {
            // trailers, which nobody asked for
            return Ok((rest.starts_with(b"\r\n") || rest.windows(4).any(|four| four == b"\r\n\r\n")).then_some(body));
        }
        let Some(next) = size.checked_add(2) else { return Err("the answer has a chunk larger than anything".to_owned()) };
        let (Some(chunk), Some(after)) = (rest.get(..size), rest.get(next..)) else { return Ok(None) };
        body.extend_from_slice(chunk);
        bytes = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str, ended: bool) -> Result<Option<String>, String> {
        whole(text.as_bytes(), ended, false).map(|reply| reply.map(|reply| format!("{} {}", reply.status, reply.body)))
    }

    #[test]
    fn an_answer_is_whole_by_its_length_its_chunks_or_its_end() {
        let whole = |text: &str, ended| body(text, ended).expect("an answer").expect("whole");
        assert_eq!(whole("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false), "200 ok");
        assert_eq!(whole("HTTP/1.0 412 Precondition\r\n\r\nno", true), "412 no");
        assert_eq!(whole("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n1;x=y\r\n!\r\n0\r\n\r\n", false), "200 ok!");
        assert_eq!(whole("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n", false), "204 ");
    }

    #[test]
    fn a_cut_answer_is_none() {
        let texts = [
            "",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nok",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
        ];
        for text in texts {
            assert_eq!(body(text, false), Ok(None), "{text}");
            assert!(body(text, true).expect_err(text).starts_with("the connection closed"), "{text}");
        }
        assert_eq!(body("HTTP/1.1 200 OK\r\n\r\nok", false), Ok(None));
        for text in ["SSH-2.0-x\r\n\r\n", "HTTP/1.1 x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"] {
            assert!(body(text, false).is_err(), "{text}");
        }
    }
}
