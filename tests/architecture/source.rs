//! Reads one file into [`Facts`].

use super::facts::{Facts, Form, Function, Mark, Mention, Scope};
use super::items::{attributes_of, doc_line, name_of, names_in, only_in_tests};
use super::names::{Tokens, leaves, segments};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// `src/model/lsn.rs` is `["model", "lsn"]`, `src/model/mod.rs` is `["model"]`, `src/lib.rs` is `[]`, `src/main.rs` is `["main"]`.
pub(super) fn module_of(file: &str) -> Vec<String> {
    let inner = file.trim_start_matches("src/").trim_end_matches(".rs");
    let mut module: Vec<String> = inner.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| last == "mod") || module == ["lib"] {
        module.pop();
    }
    module
}

/// Reads one file. What is no Rust is told with its place.
pub(super) fn read(file: &str, text: &str) -> Result<Facts, String> {
    let syntax = syn::parse_file(text).map_err(|error| format!("{file}:{}: {error}", error.span().start().line))?;
    let mut reader = Reader { file, module: module_of(file), test: false, inside_impl: false, facts: Facts::default() };
    reader.facts.scopes.entry(reader.module.clone()).or_default();
    reader.facts.head = syntax.attrs.iter().filter_map(doc_line).collect();
    reader.visit_file(&syntax);
    Ok(reader.facts)
}

struct Reader<'a> {
    file: &'a str,
    module: Vec<String>,
    test: bool,
    inside_impl: bool,
    facts: Facts,
}

impl Reader<'_> {
    fn mark(&self, line: usize, text: String) -> Mark {
        Mark { file: self.file.to_owned(), line, test: self.test, text }
    }

    fn mention(&mut self, line: usize, form: Form, path: Vec<String>) {
        let mention = Mention { file: self.file.to_owned(), line, module: self.module.clone(), test: self.test, form, path };
        self.facts.mentions.push(mention);
    }

    fn scope(&mut self) -> &mut Scope {
        self.facts.scopes.entry(self.module.clone()).or_default()
    }

    fn tokens(&mut self, stream: proc_macro2::TokenStream) {
        let found = Tokens::read(stream);
        for (path, line) in found.paths {
            self.mention(line, Form::Path, path);
        }
        for (name, line) in found.methods {
            let mark = self.mark(line, name);
            self.facts.methods.push(mark);
        }
        for line in found.asyncs {
            let mark = self.mark(line, "async".to_owned());
            self.facts.asyncs.push(mark);
        }
        for (text, line) in found.attributes {
            let mark = self.mark(line, text);
            self.facts.attributes.push(mark);
        }
    }

    fn function(&mut self, signature: &syn::Signature, visibility: Option<&syn::Visibility>, whole: proc_macro2::Span) {
        let line = signature.fn_token.span.start().line;
        if let Some(keyword) = signature.asyncness {
            let mark = self.mark(keyword.span.start().line, "async fn".to_owned());
            self.facts.asyncs.push(mark);
        }
        let returns = match &signature.output {
            syn::ReturnType::Default => String::new(),
            syn::ReturnType::Type(_, kind) => names_in(kind),
        };
        self.facts.functions.push(Function {
            name: signature.ident.to_string(),
            file: self.file.to_owned(),
            line,
            lines: whole.end().line - line + 1,
            test: self.test,
            inside_impl: self.inside_impl,
            public: visibility.is_some_and(|visibility| !matches!(visibility, syn::Visibility::Inherited)),
            returns,
        });
    }

    /// Whether `attributes` put what they stand on under `cfg(test)`; nests.
    fn within<R>(&mut self, attributes: &[syn::Attribute], work: impl FnOnce(&mut Self) -> R) -> R {
        let outside = self.test;
        self.test |= attributes.iter().any(only_in_tests);
        let result = work(self);
        self.test = outside;
        result
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if let Some(name) = name_of(item) {
            let name = name.to_string();
            self.scope().items.insert(name);
        }
        self.within(attributes_of(item), |reader| visit::visit_item(reader, item));
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        if item.content.is_some() {
            self.scope();
        } else if self.test {
            self.facts.test_modules.push(self.module.clone());
        }
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let public = !matches!(item.vis, syn::Visibility::Inherited);
        for leaf in leaves(item) {
            let form = match &leaf.name {
                None => Form::Glob,
                Some(_) if public => Form::Reexport,
                Some(_) => Form::Use,
            };
            self.mention(leaf.line, form, leaf.path.clone());
            match leaf.name {
                None => self.scope().globs.push(leaf.path),
                Some(name) => drop(self.scope().imports.insert(name, leaf.path)),
            }
        }
        item.attrs.iter().for_each(|attribute| self.visit_attribute(attribute));
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        if let syn::Type::Path(syn::TypePath { qself: None, path }) = &*item.ty {
            let path = segments(path);
            self.scope().imports.insert(item.ident.to_string(), path);
        }
        visit::visit_item_type(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let outside = std::mem::replace(&mut self.inside_impl, true);
        if let (Some((_, path, _)), syn::Type::Path(kind)) = (&item.trait_, &*item.self_ty)
            && let (Some(name), Some(kind)) = (path.segments.last(), kind.path.segments.last())
        {
            let mark = self.mark(item.impl_token.span.start().line, String::new());
            self.facts.traits.push((kind.ident.to_string(), name.ident.to_string(), mark));
        }
        visit::visit_item_impl(self, item);
        self.inside_impl = outside;
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            let _ = attribute.parse_nested_meta(|meta| {
                if let Some(name) = meta.path.segments.last() {
                    let mark = self.mark(attribute.span().start().line, String::new());
                    self.facts.traits.push((item.ident.to_string(), name.ident.to_string(), mark));
                }
                Ok(())
            });
        }
        visit::visit_item_struct(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let outside = std::mem::replace(&mut self.inside_impl, false);
        self.function(&item.sig, Some(&item.vis), item.span());
        visit::visit_item_fn(self, item);
        self.inside_impl = outside;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.within(&item.attrs, |reader| {
            reader.function(&item.sig, Some(&item.vis), item.span());
            visit::visit_impl_item_fn(reader, item);
        });
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        let outside = std::mem::replace(&mut self.inside_impl, true);
        self.function(&item.sig, None, item.span());
        visit::visit_trait_item_fn(self, item);
        self.inside_impl = outside;
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let line = path.span().start().line;
        self.mention(line, Form::Path, segments(path));
        visit::visit_path(self, path);
    }

    fn visit_expr_path(&mut self, expression: &'ast syn::ExprPath) {
        // `<Armed>::mint` is `Armed::mint`
        if let Some(syn::QSelf { ty, position: 0, .. }) = &expression.qself
            && let syn::Type::Path(kind) = &**ty
        {
            let line = expression.path.span().start().line;
            let whole = segments(&kind.path).into_iter().chain(segments(&expression.path).into_iter().filter(|name| name != "::")).collect();
            self.mention(line, Form::Path, whole);
        }
        visit::visit_expr_path(self, expression);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let mark = self.mark(call.method.span().start().line, call.method.to_string());
        self.facts.methods.push(mark);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        let mark = self.mark(block.async_token.span.start().line, "async block".to_owned());
        self.facts.asyncs.push(mark);
        visit::visit_expr_async(self, block);
    }

    fn visit_expr_await(&mut self, wait: &'ast syn::ExprAwait) {
        let mark = self.mark(wait.await_token.span.start().line, "await".to_owned());
        self.facts.asyncs.push(mark);
        visit::visit_expr_await(self, wait);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let line = attribute.span().start().line;
        let text = match &attribute.meta {
            syn::Meta::Path(path) => segments(path).join("::"),
            syn::Meta::List(list) => {
                self.tokens(list.tokens.clone());
                format!("{} ({})", segments(&list.path).join("::"), list.tokens)
            }
            syn::Meta::NameValue(pair) => match &pair.value {
                syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(value), .. }) => {
                    format!("{} = \"{}\"", segments(&pair.path).join("::"), value.value())
                }
                _ => segments(&pair.path).join("::"),
            },
        };
        let mark = self.mark(line, text);
        self.facts.attributes.push(mark);
        visit::visit_attribute(self, attribute);
    }
}
