//! Agent Factory gateway: takes LTI 1.3 launches, decides under FERPA and COPPA what may be
//! disclosed, seals what it keeps, records what it did, and only then proxies to an agent.
//!
//! One sentence rules it: an agent never receives a byte about a student without a permit, and a
//! permit never exists without a durable record.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod consent;
pub mod demo;
pub mod dice;
pub mod disclosure;
pub mod egress;
pub mod gateway;
pub mod ids;
pub mod jobs;
pub mod key_custody;
pub mod launch;
pub mod manifest;
pub mod onboarding;
pub mod pages;
pub mod proxy;
pub mod running;
pub mod store;
pub mod telemetry;
pub mod vault;
pub mod web;
