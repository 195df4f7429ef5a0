//! Size is a habit, not a law: the ten largest files and functions are printed, and whoever makes the list longer says why or splits.

use super::house::House;
use super::tree::Tree;

const SHOWN: usize = 10;

fn largest(mut list: Vec<(usize, String)>, what: &str) -> Vec<String> {
    list.sort_by(|left, right| right.cmp(left));
    let shown = list.into_iter().take(SHOWN).map(|(lines, name)| format!("report: {lines:>5} lines  {name}"));
    std::iter::once(format!("report: the ten largest {what}")).chain(shown).collect()
}

fn report(house: &House) -> Vec<String> {
    let files = house.files.iter().map(|(file, (_, lines))| (*lines, file.clone()));
    let files = files.chain(house.test_files.iter().map(|(file, lines)| (*lines, file.clone()))).collect();
    let functions = house.functions.iter().chain(&house.test_functions);
    let functions = functions.map(|function| (function.lines, format!("{}:{} {}", function.file, function.line, function.name))).collect();
    [largest(files, "files"), largest(functions, "functions")].concat()
}

/// Lines that begin with `report: ` are shown by `tests/run` even when all is well.
#[test]
fn the_ten_largest_files_and_functions() {
    let house = House::build(&Tree::real());
    let lines = report(&house);
    assert_eq!(lines.len(), 2 * (SHOWN + 1), "fewer than ten files or functions were seen");
    println!("{}", lines.join("\n"));
}

#[test]
fn the_lengths_are_lengths() {
    let tree = Tree { files: [("src/a.rs".to_owned(), "//! x\n\nfn f() {\n    g();\n}\n".to_owned())].into() };
    let house = House::build(&tree);
    assert_eq!(house.files.get("src/a.rs").map(|(_, lines)| *lines), Some(5));
    assert_eq!(house.functions.iter().map(|function| (function.name.as_str(), function.line, function.lines)).collect::<Vec<_>>(), vec![("f", 3, 3)]);
}
