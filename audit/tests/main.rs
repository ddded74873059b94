//! What the audit log promises, as sentences.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails is to fail where it stands, also in the functions it calls"
)]

mod canonical_form;
mod checkpoints;
mod entries;
mod keeper;
mod other_language;
mod proofs;
mod racing;
mod rewriting;
mod rubbish;
mod storage_failures;
mod tampering;
mod tree;
mod verdicts;
mod writers;
