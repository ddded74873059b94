//! The command line: parse, run, exit code. One file a subcommand.

mod age_band;
mod agent;
mod agreement;
pub mod api_client;
mod api_verbs;
mod audit_check;
mod audit_commands;
mod audit_export;
mod audit_verify;
mod authorization;
mod check_config;
mod consent;
mod demo;
mod deployment;
mod first_token;
mod healthcheck;
mod migrate;
mod placement;
mod platform;
mod policy;
mod serve;
mod tenant;
mod token;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::store::StoreError;

/// Exit codes that every command keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// The answer is no.
    No = 1,
    /// Usage or configuration.
    Usage = 2,
    /// The system failed.
    Failed = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// LMS integration and compliance gateway for education.
#[derive(Debug, Parser)]
#[command(name = "agent-factory", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs everything in one process, with a campus to try it on.
    Demo(demo::Arguments),
    /// Runs the gateway.
    Serve(ConfigFiles),
    /// Brings the database's schema up to date.
    Migrate(ConfigFiles),
    /// Reads the configuration and says what is wrong or unwise in it.
    CheckConfig(ConfigFiles),
    /// Asks a running gateway whether it is ready.
    Healthcheck(healthcheck::Arguments),
    /// Runs decision cases, or explains one decision.
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Verbs over the API.
    #[command(flatten)]
    Api(api_verbs::ApiVerb),
    /// Prints the OpenAPI document of the operators' API.
    Openapi,
    /// Prints a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// Where the configuration is.
#[derive(Debug, clap::Args)]
pub struct ConfigFiles {
    /// A TOML file; repeatable, later ones over earlier ones. The environment stands over all.
    #[arg(long = "config", env = "AGENT_FACTORY_CONFIG", value_delimiter = ',')]
    pub files: Vec<PathBuf>,
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            };
            let _printed = error.print();
            return code.into();
        }
    };
    let outcome = match arguments.command {
        Command::Demo(arguments) => demo::run(arguments),
        Command::Serve(files) => serve::run(&files),
        Command::Migrate(files) => migrate::run(&files),
        Command::CheckConfig(files) => check_config::run(&files),
        Command::Healthcheck(arguments) => healthcheck::run(&arguments),
        Command::Policy(command) => policy::run(&command),
        Command::Api(verb) => api_verbs::run(verb),
        Command::Openapi => openapi(),
        Command::Completions { shell } => {
            let mut command = Arguments::command();
            clap_complete::generate(shell, &mut command, "agent-factory", &mut std::io::stdout());
            Ok(Exit::Done)
        }
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => {
            say_error(&error);
            exit_of(&error).into()
        }
    }
}

fn openapi() -> anyhow::Result<Exit> {
    say(&crate::web::api::openapi().to_pretty_json()?);
    Ok(Exit::Done)
}

/// Usage and configuration faults tell themselves apart from a system that failed.
fn exit_of(error: &anyhow::Error) -> Exit {
    let misconfigured = error.is::<crate::config::ConfigError>()
        || error.is::<crate::vault::RootKeyError>()
        || matches!(
            error.downcast_ref::<StoreError>(),
            Some(StoreError::Address { .. } | StoreError::PrivilegedRole | StoreError::Pooler)
        );
    if misconfigured {
        Exit::Usage
    } else {
        Exit::Failed
    }
}

/// One line to standard output. A reader that has gone away needs no more lines.
pub(crate) fn say(line: &str) {
    use std::io::Write as _;
    let _gone = writeln!(std::io::stdout(), "{line}");
}

/// What went wrong, to standard error.
#[expect(
    clippy::print_stderr,
    reason = "errors of the command line go to standard error"
)]
fn say_error(error: &anyhow::Error) {
    eprintln!("agent-factory: {error:#}");
}

/// The environment of this process.
pub(crate) fn environment() -> std::collections::HashMap<String, String> {
    std::env::vars().collect()
}

/// An async runtime for a command.
pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?)
}
