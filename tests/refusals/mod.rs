//! What must not happen, each by its name, with the trace it left.

mod agent_answers;
mod agent_origin;
mod bad_launches;
mod belonging;
mod grounds;
mod hand_over;
mod kill;
mod platform_keys;
mod replay;
mod revocation;
mod tenancy;
mod write_ahead;
