//! How long a decision takes for a launch that asks for fifteen elements: cold, and kept by its
//! facts.
//!
//! `cargo bench -p agent-factory-policies --bench decisions`. It says, never judges.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a measurement"
)]

use std::hint::black_box;
use std::time::Instant;

use agent_factory_policies::{
    DecisionCache, Element, Engine, Facts, Operation, PolicySet, TenantKind,
};

/// Runs of each measurement; the median is said.
const RUNS: usize = 2_000;

fn median(mut micros: Vec<f64>) -> f64 {
    micros.sort_by(f64::total_cmp);
    micros[micros.len() / 2]
}

fn measure(mut step: impl FnMut()) -> f64 {
    let runs = (0..RUNS).map(|_| {
        let began = Instant::now();
        step();
        began.elapsed().as_secs_f64() * 1e6
    });
    median(runs.collect())
}

fn main() {
    let began = Instant::now();
    let engine = Engine::new(PolicySet::shipped().unwrap());
    println!(
        "rules loaded in {:.1} ms",
        began.elapsed().as_secs_f64() * 1e3
    );
    let mut facts = Facts::unremarkable(Operation::Launch, TenantKind::K12);
    facts.elements = Element::ALL.iter().copied().take(15).collect();
    println!(
        "cold: {:.0} microseconds",
        measure(|| drop(black_box(engine.decide(&facts))))
    );
    let cache = DecisionCache::new(1_000);
    let kept = measure(|| drop(black_box(cache.decide(&engine, &facts))));
    println!("kept by its facts: {kept:.1} microseconds");
}
