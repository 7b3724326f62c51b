//! The tool: parse, dispatch, print the error, exit with its code.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
