//! Thin: run with what was typed, end with the code.

fn main() -> std::process::ExitCode {
    opsctl::cli::run(std::env::args_os()).into()
}
