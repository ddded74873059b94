//! The crate as a tool sees it: against the simulated platforms, and against recorded tokens of
//! platforms that others wrote.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod authentication_request;
mod authentication_response;
mod certification;
mod flaws;
mod harness;
mod key_cache;
mod key_set;
mod launch_message;
mod login;
mod properties;
mod recorded;
mod roles;
mod silence;
mod simulator;
