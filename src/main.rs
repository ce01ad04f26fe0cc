//! The site generator.

use std::process::ExitCode;

fn main() -> ExitCode {
    raekoda::commands::run()
}
