//! The routes a platform and its browsers reach.

pub(super) mod keys;
pub(super) mod launch;
pub(super) mod login;
mod problem_page;
