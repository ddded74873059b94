//! The rules, held against worked cases, properties and a golden table.
//!
//! One binary; a module for each thing that must hold.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must say so and stop"
)]

mod decisions;
mod facts;
mod golden;
mod policy_sets;
mod properties;
mod situations;
mod worked_cases;

use agent_factory_policies::{Decision, Engine, Facts, PolicySet, PolicySource};
use serde_json::{Map, Value};

/// An engine over the shipped set.
fn shipped() -> Engine {
    Engine::new(PolicySet::shipped().expect("the shipped set loads"))
}

/// The shipped text with one more rule file.
fn shipped_with(rule: &str) -> PolicySource {
    let mut source = PolicySource::shipped();
    source
        .rules
        .push(("one_more.cedar".to_owned(), rule.to_owned()));
    source
}

/// Facts from JSON text.
fn facts(text: &str) -> Facts {
    let map: Map<String, Value> = serde_json::from_str(text).expect("a JSON object");
    Facts::from_json(&map).expect("facts that exist")
}

/// The shipped engine's decision on facts in JSON text.
fn decide(text: &str) -> Decision {
    shipped().decide(&facts(text))
}
