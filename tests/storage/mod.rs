//! The store's contract: one suite, run on SQLite and on PostgreSQL.

mod directory;
mod facts;
mod filed;
mod ground;
mod hot;
mod log;
mod nouns;
mod pooler;
mod reach;
mod schema;
mod school;
mod sessions;
mod units;
mod walls;

pub use ground::PostgresGround;
