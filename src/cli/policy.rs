//! `policy check` and `policy explain`: the shipped rules, asked without a gateway.

use std::path::PathBuf;

use agent_factory_policies::{Engine, Facts, PolicySet, cases, explain};
use anyhow::Context as _;
use clap::Subcommand;

use super::{Exit, say};

/// What to ask the rules.
#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Runs decision cases and prints each mismatch.
    Check {
        /// A file of cases.
        #[arg(long)]
        cases: PathBuf,
        /// For machines.
        #[arg(long)]
        json: bool,
    },
    /// Explains the decision about one set of facts.
    Explain {
        /// A JSON file with the facts that differ from the default.
        #[arg(long)]
        facts: PathBuf,
        /// For machines.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(command: &PolicyCommand) -> anyhow::Result<Exit> {
    let engine = Engine::new(PolicySet::shipped().context("the rules")?);
    match command {
        PolicyCommand::Check { cases: file, json } => check(&engine, file, *json),
        PolicyCommand::Explain { facts, json } => explain_one(&engine, facts, *json),
    }
}

fn check(engine: &Engine, file: &PathBuf, json: bool) -> anyhow::Result<Exit> {
    let Ok(text) = std::fs::read_to_string(file) else {
        say(&format!("`{}` cannot be read", file.display()));
        return Ok(Exit::Usage);
    };
    let report = match cases::run(&text, engine) {
        Ok(report) => report,
        Err(error) => {
            say(&error.to_string());
            return Ok(Exit::Usage);
        }
    };
    if json {
        say(&serde_json::to_string_pretty(&report)?);
    } else {
        say(&report.to_string());
    }
    Ok(if report.all_pass() {
        Exit::Done
    } else {
        Exit::No
    })
}

fn explain_one(engine: &Engine, file: &PathBuf, json: bool) -> anyhow::Result<Exit> {
    let Ok(text) = std::fs::read_to_string(file) else {
        say(&format!("`{}` cannot be read", file.display()));
        return Ok(Exit::Usage);
    };
    let parsed = serde_json::from_str(&text)
        .map_err(|error| error.to_string())
        .and_then(|map| Facts::from_json(&map).map_err(|error| error.to_string()));
    let facts = match parsed {
        Ok(facts) => facts,
        Err(error) => {
            say(&error);
            return Ok(Exit::Usage);
        }
    };
    let decision = engine.decide(&facts);
    let explanation = explain::explain(&facts, &decision);
    if json {
        say(&serde_json::to_string_pretty(&explanation)?);
    } else {
        say(&explanation.to_string());
    }
    Ok(if decision.permitted().is_some() {
        Exit::Done
    } else {
        Exit::No
    })
}
