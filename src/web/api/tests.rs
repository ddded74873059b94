//! The API from outside, over an embedded database: each noun round trip, each wall, each trace.

pub(crate) mod harness;
mod nouns;
mod traces;
mod walls;
