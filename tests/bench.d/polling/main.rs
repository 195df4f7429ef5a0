//! The program behind `tests/bench poll`: `serve PORT` is a platform of a thousand Patroni members on loopback, `poll PORT DARK SECONDS` watches it with
//! the pollers, the store and the judge of the product, and prints what that cost as one JSON object.
#![allow(clippy::expect_used, clippy::print_stdout, unreachable_pub, reason = "a bench ends where something is wrong, and says so")]

mod poll;
mod serve;
mod world;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse().expect("a number");
    match words.as_slice() {
        ["serve", port] => serve::run(number(port)),
        ["poll", port, dark, seconds] => println!("{}", poll::run(number(port), *dark == "dark", number(seconds).into())),
        // `cargo bench` without the runner: there is nothing to measure alone
        _ => println!("run it as tests/bench poll"),
    }
}
