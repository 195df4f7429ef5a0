//! The tree of an expression: what minijinja parsed, cut down to what can be checked by its kinds. Calls, tests, slices, `~`, `**`, mappings and
//! `none` do not get in.

use minijinja::machinery::ast::{BinOpKind, CallArg, CompareOpKind, Expr, UnaryOpKind};
use minijinja::machinery::{Span, parse_expr};
use std::ops::Range;

/// A part of an expression and where it stands in its text, in bytes.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub form: Form,
    pub span: Range<usize>,
}

impl Tree {
    /// Every name in it, as it is written.
    pub(super) fn names(&self, found: &mut Vec<String>) {
        match &self.form {
            Form::Path(path) => found.push(path.join(".")),
            Form::Pick { from, which, .. } => {
                found.push(from.join("."));
                which.names(found);
            }
            Form::Text(_) | Form::Number(_) | Form::Flag(_) => {}
            Form::List(items) => items.iter().for_each(|item| item.names(found)),
            Form::Not(inner) | Form::Minus(inner) => inner.names(found),
            Form::Binary { left, right, .. } => {
                left.names(found);
                right.names(found);
            }
            Form::Choice { test, yes, no } => {
                for part in [test, yes, no] {
                    part.names(found);
                }
            }
            Form::Filter { of, arguments, .. } => {
                of.names(found);
                for argument in arguments {
                    argument.value.names(found);
                }
            }
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Form {
    /// `cluster.leader.name`
    Path(Vec<String>),
    /// `members[params.to].state`: records by name, which one, and a field of it.
    Pick {
        from: Vec<String>,
        which: Box<Tree>,
        field: String,
    },
    Text(String),
    /// A number as it is written.
    Number(f64),
    Flag(bool),
    List(Vec<Tree>),
    Not(Box<Tree>),
    Minus(Box<Tree>),
    Binary {
        op: Op,
        left: Box<Tree>,
        right: Box<Tree>,
    },
    /// `yes if test else no`
    Choice {
        test: Box<Tree>,
        yes: Box<Tree>,
        no: Box<Tree>,
    },
    /// `of | name(arguments)`
    Filter {
        name: String,
        of: Box<Tree>,
        arguments: Vec<Argument>,
    },
}

/// An argument of a filter.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    /// `attribute` in `attribute='name'`.
    pub key: Option<String>,
    pub value: Tree,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    And,
    Or,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
    In,
    Plus,
    Minus,
    Times,
    Over,
}

/// What is wrong with the text, and where in it; a hint where one helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub what: String,
    pub span: Range<usize>,
    pub hint: Option<String>,
}

impl Flaw {
    pub(super) fn new(span: Range<usize>, what: impl Into<String>) -> Self {
        Flaw { what: what.into(), span, hint: None }
    }

    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Longest expression, in bytes.
const LONGEST: usize = 1_000;
/// So many signs and words that put one thing into another: the parser takes a piece of the stack for each.
const DEEPEST: usize = 60;

/// Parses `text`.
///
/// # Errors
/// The first thing that is no expression, or is one that this house does not take.
pub(super) fn parse(text: &str) -> Result<Tree, Flaw> {
    if text.trim().is_empty() {
        return Err(Flaw::new(0..text.len(), "an empty expression"));
    }
    if text.len() > LONGEST {
        return Err(
            Flaw::new(0..text.len(), format!("an expression of {} bytes; {LONGEST} is the most", text.len())).hint("split it: one check a line")
        );
    }
    let outside = outside_of_quotes(text);
    if let Some(flaw) = other_language(&outside) {
        return Err(flaw);
    }
    if depth(&outside) > DEEPEST {
        return Err(Flaw::new(0..text.len(), "an expression of too many parts").hint("split it: one check a line"));
    }
    let parsed = parse_expr(text).map_err(|error| {
        let span = error.range().filter(|range| range.end <= text.len() && range.start < range.end).unwrap_or(0..text.len());
        let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        Flaw::new(span, format!("this is no expression: {detail}"))
    })?;
    tree(&parsed)
}

/// Signs that other languages have for words of this one.
fn other_language(outside: &str) -> Option<Flaw> {
    let signs =
        [("&&", "write `and`"), ("||", "write `or`"), ("===", "write `==`"), ("<>", "write `!=`"), ("${", "an expression stands without ${ }")];
    signs.into_iter().find_map(|(sign, hint)| {
        outside.find(sign).map(|at| Flaw::new(at..at + sign.len(), format!("`{sign}` is no sign of this language")).hint(hint))
    })
}

/// How much is put into one another, at the most.
fn depth(outside: &str) -> usize {
    let signs = outside.bytes().filter(|byte| matches!(byte, b'(' | b'[' | b'{' | b'-' | b'+' | b'|' | b'*' | b'/' | b'.')).count();
    let words = outside.split(|c: char| !c.is_alphanumeric()).filter(|word| matches!(*word, "not" | "and" | "or" | "if" | "in" | "is")).count();
    signs + words
}

/// `text` with blanks for all that stands in quotes, byte for byte.
fn outside_of_quotes(text: &str) -> String {
    let mut quote = None;
    let mut escaped = false;
    let kept = text.bytes().map(|byte| {
        let inside = quote.is_some();
        match (quote, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(open), byte) if byte == open => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            _ => {}
        }
        if inside || !byte.is_ascii() { ' ' } else { char::from(byte) }
    });
    kept.collect()
}

fn range(span: Span) -> Range<usize> {
    let at = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
    at(span.start_offset)..at(span.end_offset)
}

fn boxed(expr: &Expr<'_>) -> Result<Box<Tree>, Flaw> {
    tree(expr).map(Box::new)
}

fn tree(expr: &Expr<'_>) -> Result<Tree, Flaw> {
    let own = range(expr.span());
    let (form, span) = match expr {
        Expr::Var(var) => (Form::Path(vec![var.id.to_owned()]), own),
        Expr::Const(constant) => (literal(&constant.value, &own)?, own),
        Expr::GetAttr(get) => return attribute(tree(&get.expr)?, get.name, own.end),
        Expr::GetItem(get) => return item(tree(&get.expr)?, tree(&get.subscript_expr)?, own.end),
        Expr::UnaryOp(unary) => {
            let inner = boxed(&unary.expr)?;
            let span = own.start.min(inner.span.start)..inner.span.end;
            (if matches!(unary.op, UnaryOpKind::Not) { Form::Not(inner) } else { Form::Minus(inner) }, span)
        }
        Expr::BinOp(binary) => return join(op(binary.op, &own)?, tree(&binary.left)?, tree(&binary.right)?),
        Expr::Compare(chain) => return chained(tree(&chain.expr)?, chain.ops.iter().map(|part| (part.op, &part.expr))),
        Expr::IfExpr(choice) => {
            let no = choice.false_expr.as_ref().ok_or_else(|| Flaw::new(own.clone(), "an `if` without `else`").hint("YES if TEST else NO"))?;
            let (test, yes, no) = (boxed(&choice.test_expr)?, boxed(&choice.true_expr)?, boxed(no)?);
            let span = yes.span.start..no.span.end;
            (Form::Choice { test, yes, no }, span)
        }
        Expr::Filter(filter) => {
            let of = filter.expr.as_ref().ok_or_else(|| Flaw::new(own.clone(), "a filter of nothing"))?;
            let of = boxed(of)?;
            let arguments = filter.args.iter().map(|argument| arg(argument, &own)).collect::<Result<_, _>>()?;
            let span = of.span.start..own.end;
            (Form::Filter { name: filter.name.to_owned(), of, arguments }, span)
        }
        Expr::List(list) => (Form::List(list.items.iter().map(tree).collect::<Result<_, _>>()?), own),
        Expr::Tuple(tuple) => (Form::List(tuple.items.iter().map(tree).collect::<Result<_, _>>()?), own),
        Expr::Test(test) => {
            let flaw = Flaw::new(own, format!("`is {}` cannot be asked", test.name));
            return Err(flaw.hint("what is not known makes an expression unknown by itself; compare with == != < > or `in`"));
        }
        Expr::Call(_) => return Err(Flaw::new(own, "an expression calls nothing").hint("facts, parameters and saved values alone are asked for")),
        Expr::Slice(_) => return Err(Flaw::new(own, "a part of a list cannot be asked for")),
        Expr::Map(_) => return Err(Flaw::new(own, "a mapping has no place in an expression")),
    };
    Ok(Tree { form, span })
}

fn literal(value: &minijinja::Value, span: &Range<usize>) -> Result<Form, Flaw> {
    if let Some(text) = value.as_str() {
        return Ok(Form::Text(text.to_owned()));
    }
    if let Ok(on) = bool::try_from(value.clone()) {
        return Ok(Form::Flag(on));
    }
    if value.is_none() {
        return Err(Flaw::new(span.clone(), "`none` is no value here").hint("what is not known is unknown: leave the comparison out"));
    }
    f64::try_from(value.clone()).map(Form::Number).map_err(|_other| Flaw::new(span.clone(), "this value has no place in an expression"))
}

fn attribute(of: Tree, name: &str, end: usize) -> Result<Tree, Flaw> {
    let span = of.span.start..end.max(of.span.end);
    match of.form {
        Form::Path(mut path) => {
            path.push(name.to_owned());
            Ok(Tree { form: Form::Path(path), span })
        }
        Form::Pick { from, which, field } if field.is_empty() => Ok(Tree { form: Form::Pick { from, which, field: name.to_owned() }, span }),
        _ => Err(Flaw::new(span, format!("`.{name}` of something that has no fields"))),
    }
}

fn item(of: Tree, which: Tree, end: usize) -> Result<Tree, Flaw> {
    let span = of.span.start..end.max(which.span.end);
    match (of.form, &which.form) {
        (Form::Path(from), Form::Path(_) | Form::Text(_)) => {
            Ok(Tree { form: Form::Pick { from, which: Box::new(which), field: String::new() }, span })
        }
        _ => Err(Flaw::new(span, "only a record by its name can be picked").hint("members['pg1'].state or members[params.to].state")),
    }
}

fn join(op: Op, left: Tree, right: Tree) -> Result<Tree, Flaw> {
    let span = left.span.start..right.span.end;
    Ok(Tree { form: Form::Binary { op, left: Box::new(left), right: Box::new(right) }, span })
}

/// `a < b < c` is `a < b and b < c`.
fn chained<'a, 'e: 'a>(first: Tree, parts: impl Iterator<Item = (CompareOpKind, &'a Expr<'e>)>) -> Result<Tree, Flaw> {
    let mut left = first;
    let mut all: Option<Tree> = None;
    for (op, expr) in parts {
        let right = tree(expr)?;
        let (op, negated) = compare(op);
        let mut part = join(op, left, right.clone())?;
        if negated {
            part = Tree { span: part.span.clone(), form: Form::Not(Box::new(part)) };
        }
        all = Some(match all {
            Some(before) => join(Op::And, before, part)?,
            None => part,
        });
        left = right;
    }
    all.ok_or_else(|| Flaw::new(0..0, "a comparison without parts"))
}

const fn compare(op: CompareOpKind) -> (Op, bool) {
    match op {
        CompareOpKind::Eq => (Op::Equal, false),
        CompareOpKind::Ne => (Op::Unequal, false),
        CompareOpKind::Lt => (Op::Less, false),
        CompareOpKind::Lte => (Op::LessOrEqual, false),
        CompareOpKind::Gt => (Op::More, false),
        CompareOpKind::Gte => (Op::MoreOrEqual, false),
        CompareOpKind::In => (Op::In, false),
        CompareOpKind::NotIn => (Op::In, true),
    }
}

fn op(op: BinOpKind, span: &Range<usize>) -> Result<Op, Flaw> {
    Ok(match op {
        BinOpKind::ScAnd => Op::And,
        BinOpKind::ScOr => Op::Or,
        BinOpKind::Eq => Op::Equal,
        BinOpKind::Ne => Op::Unequal,
        BinOpKind::Lt => Op::Less,
        BinOpKind::Lte => Op::LessOrEqual,
        BinOpKind::Gt => Op::More,
        BinOpKind::Gte => Op::MoreOrEqual,
        BinOpKind::In => Op::In,
        BinOpKind::Add => Op::Plus,
        BinOpKind::Sub => Op::Minus,
        BinOpKind::Mul => Op::Times,
        BinOpKind::Div => Op::Over,
        BinOpKind::FloorDiv | BinOpKind::Rem | BinOpKind::Pow => return Err(Flaw::new(span.clone(), "only + - * / are counted with")),
        BinOpKind::Concat => return Err(Flaw::new(span.clone(), "texts are not put together in an expression").hint("write a text with ${..} in it")),
    })
}

fn arg(argument: &CallArg<'_>, span: &Range<usize>) -> Result<Argument, Flaw> {
    match argument {
        CallArg::Pos(value) => Ok(Argument { key: None, value: tree(value)? }),
        CallArg::Kwarg(key, value) => Ok(Argument { key: Some((*key).to_owned()), value: tree(value)? }),
        CallArg::PosSplat(_) | CallArg::KwargSplat(_) => Err(Flaw::new(span.clone(), "arguments are written one by one")),
    }
}
