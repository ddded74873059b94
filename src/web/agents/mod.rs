//! The routes of an agent's own origin: the gateway's under `/.agent-factory/`, the rest the
//! agent's.

pub(super) mod about;
pub(super) mod forward;
pub(super) mod hand_over;
mod session;
