//! Every caller of a face of `transport` that writes is on the list, and the list names nobody who does not call.
//!
//! A face is a free function or a module, never a method: `.send(` of a channel and of a server could not be told apart.

use super::Violation;
use super::house::{House, Named};
use super::lists::WRITING_FACES;

const LAW: &str = "face";

pub(super) fn judge(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    let calls: Vec<(&Named, &str)> = house.named.iter().filter(|named| named.room() != "transport").filter_map(face_of).collect();
    for (named, face) in &calls {
        let listed = WRITING_FACES.iter().any(|(name, files)| name == face && files.contains(&named.mention.file.as_str()));
        if !listed && !named.mention.test {
            found.push(Violation {
                law: LAW,
                place: named.place(),
                what: format!("calls `{face}` of transport and is not on the list of its callers"),
            });
        }
    }
    for (face, files) in WRITING_FACES {
        for file in *files {
            if !calls.iter().any(|(named, name)| name == face && named.mention.file == *file) {
                found.push(Violation {
                    law: LAW,
                    place: (*file).to_owned(),
                    what: format!("is listed as a caller of `{face}` and does not call it"),
                });
            }
        }
    }
    for function in house.functions.iter().filter(|function| function.file.starts_with("src/transport/") && function.public && function.inside_impl) {
        if WRITING_FACES.iter().any(|(face, _)| *face == function.name) {
            let place = format!("{}:{}", function.file, function.line);
            found.push(Violation { law: LAW, place, what: format!("`{}` is a method: its callers cannot be listed", function.name) });
        }
    }
    found
}

/// The face that a path through `transport` leads to: its last name, or a module on the way.
fn face_of(named: &Named) -> Option<(&Named, &'static str)> {
    let inside = |path: &&Vec<String>| matches!(path.as_slice(), [first, room, ..] if first == "crate" && room == "transport");
    let mut names = [&named.absolute, &named.declared].into_iter().filter(inside).flat_map(|path| path.iter().skip(2));
    let face = names.find_map(|name| WRITING_FACES.iter().find(|(face, _)| name == face))?;
    Some((named, face.0))
}

#[cfg(test)]
mod tests {
    use super::super::{assert_broken, assert_each_broken, broken_by};

    #[test]
    fn a_caller_that_is_not_listed_fails_by_name() {
        let texts = [
            "//! x\nuse crate::transport::http;\nasync fn f() { http::send(armed, request).await }",
            "//! x\nuse crate::transport::send::http as harmless;",
            "//! x\nfn f() { crate::transport::child(argv) }",
        ];
        assert_each_broken("face", "src/fleet", &texts, "is not on the list of its callers");
        let found = broken_by(&[
            ("src/transport/out.rs", "//! x\npub fn send() {}"),
            ("src/transport/way.rs", "//! x\npub use super::out::send as read_only;"),
            ("src/app/evil.rs", "//! x\nfn f() { crate::transport::way::read_only() }"),
        ]);
        assert_broken(&found, "face: src/app/evil.rs:2", "calls `send`");
    }

    #[test]
    fn a_face_that_is_a_method_fails_by_name() {
        let found = broken_by(&[("src/transport/evil.rs", "//! x\npub struct W;\nimpl W {\n pub fn send(&self) {}\n}")]);
        assert_broken(&found, "face: src/transport/evil.rs:4", "`send` is a method");
    }
}
