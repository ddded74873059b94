//! What a compiler cannot enforce about the tree.

mod catalogue;
mod migrations;
mod sources;
mod statements;
mod tower;
