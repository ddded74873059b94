//! The `agent-factory` program: parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    agent_factory::cli::run()
}
