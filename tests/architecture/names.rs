//! Names from syntax: the leaves of a `use` tree, the segments of a path, the paths inside the tokens of a macro.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A leaf of a `use` tree: `a::b as c` is the path `a::b` under the name `c`; `a::*` has no name.
pub(super) struct Leaf {
    pub path: Vec<String>,
    pub name: Option<String>,
    pub line: usize,
}

/// All leaves of one `use`; a leading `::` becomes a first segment `::`.
pub(super) fn leaves(item: &syn::ItemUse) -> Vec<Leaf> {
    let mut found = Vec::new();
    let start = if item.leading_colon.is_some() { vec!["::".to_owned()] } else { Vec::new() };
    walk(&item.tree, start, &mut found);
    found
}

fn walk(tree: &syn::UseTree, mut path: Vec<String>, found: &mut Vec<Leaf>) {
    let mut leaf = |ident: &syn::Ident, name: &syn::Ident, mut path: Vec<String>| {
        // `a::{self}` is `a` itself
        if ident != "self" || path.is_empty() {
            path.push(bare(ident));
        }
        let name = if name == "self" { path.last().cloned() } else { Some(bare(name)) };
        found.push(Leaf { path, name, line: ident.span().start().line });
    };
    match tree {
        syn::UseTree::Path(part) => {
            path.push(bare(&part.ident));
            walk(&part.tree, path, found);
        }
        syn::UseTree::Name(part) => leaf(&part.ident, &part.ident, path),
        syn::UseTree::Rename(part) => leaf(&part.ident, &part.rename, path),
        syn::UseTree::Glob(part) => found.push(Leaf { path, name: None, line: part.star_token.spans[0].start().line }),
        syn::UseTree::Group(group) => group.items.iter().for_each(|item| walk(item, path.clone(), found)),
    }
}

/// The segments of a path without generic arguments.
pub(super) fn segments(path: &syn::Path) -> Vec<String> {
    let start = path.leading_colon.map(|_colon| "::".to_owned());
    start.into_iter().chain(path.segments.iter().map(|segment| bare(&segment.ident))).collect()
}

/// `r#try` and `try` are one name.
fn bare(ident: &syn::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// What the tokens of a macro say, as far as it can be known without expanding it.
#[derive(Default)]
pub(super) struct Tokens {
    /// Paths of two segments and more; lone names may be anything.
    pub paths: Vec<(Vec<String>, usize)>,
    /// Names called as methods: `.now(`.
    pub methods: Vec<(String, usize)>,
    /// `async` and `await`.
    pub asyncs: Vec<usize>,
    /// The text of each attribute.
    pub attributes: Vec<(String, usize)>,
}

impl Tokens {
    pub(super) fn read(stream: TokenStream) -> Tokens {
        let mut found = Tokens::default();
        found.scan(stream);
        found
    }

    fn scan(&mut self, stream: TokenStream) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Group(group) => {
                    let outer = at > 0 && punct(&tokens, at - 1, '#');
                    let inner = at > 1 && punct(&tokens, at - 1, '!') && punct(&tokens, at - 2, '#');
                    if group.delimiter() == Delimiter::Bracket && (outer || inner) {
                        self.attributes.push((group.stream().to_string(), group.span_open().start().line));
                    }
                    self.scan(group.stream());
                    at += 1;
                }
                TokenTree::Ident(_) => at = self.path(&tokens, at),
                _ => at += 1,
            }
        }
    }

    /// Reads the path that begins at `at`; gives the place behind it.
    fn path(&mut self, tokens: &[TokenTree], mut at: usize) -> usize {
        let begin = at;
        let mut path = Vec::new();
        let mut line = 0;
        while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
            line = ident.span().start().line;
            path.push(bare(ident));
            at += 1;
            if !(punct(tokens, at, ':') && punct(tokens, at + 1, ':')) {
                break;
            }
            at += 2;
        }
        if let [name] = path.as_slice() {
            let called = matches!(tokens.get(at), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
            let dotted = begin > 0 && punct(tokens, begin - 1, '.');
            if name == "async" || name == "await" {
                self.asyncs.push(line);
            } else if called && dotted {
                self.methods.push((name.clone(), line));
            }
        } else if !path.is_empty() {
            self.paths.push((path, line));
        }
        at
    }
}

fn punct(tokens: &[TokenTree], at: usize, wanted: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_tree_has_all_its_leaves() {
        let item: syn::ItemUse = syn::parse_str("use a::{self, b::{C as D, e::*}, r#try};").expect("a use");
        let found: Vec<(String, Option<String>)> = leaves(&item).into_iter().map(|leaf| (leaf.path.join("::"), leaf.name)).collect();
        let expected = [("a", Some("a")), ("a::b::C", Some("D")), ("a::b::e", None), ("a::try", Some("try"))];
        assert_eq!(found, expected.map(|(path, name)| (path.to_owned(), name.map(str::to_owned))));
    }

    #[test]
    fn the_tokens_of_a_macro_are_read() {
        let found = Tokens::read("#[ignore] fn f() { let x = async { tokio::fs::read(p).await }; clock.now() }".parse().expect("tokens"));
        assert_eq!(found.paths, vec![(vec!["tokio".to_owned(), "fs".to_owned(), "read".to_owned()], 1)]);
        assert_eq!(found.methods, vec![("now".to_owned(), 1)]);
        assert_eq!(found.asyncs.len(), 2);
        assert_eq!(found.attributes, vec![("ignore".to_owned(), 1)]);
    }
}
