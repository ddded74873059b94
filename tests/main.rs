//! The gateway's own tests: one binary, so that it is linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, in the functions it calls too"
)]
#![allow(
    clippy::large_futures,
    reason = "a world is large, and a test has but one"
)]
#![allow(missing_docs, reason = "tests are read where they stand")]

mod harness;
mod journeys;
mod refusals;
mod storage;
mod structure;
