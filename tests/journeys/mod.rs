//! What should happen, from the platform's page to the agent and the log.

mod crowd;
mod launch;
mod login;
mod secrets;
