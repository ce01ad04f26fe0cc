//! The e-form relay.

use std::process::ExitCode;

fn main() -> ExitCode {
    raekoda::relay::main()
}
