//! Carrying an admitted request to an agent and its answer back: what passes, what is cut away and
//! how the carrying ends. It must never send a byte about a student without a permit, nor know a
//! table, a route or a page.

pub mod assertion;
mod carry_stop;
mod claims;
pub mod content_security_policy;
mod forward;
pub mod origin_checks;
mod readmission;
pub mod request_headers;
pub mod request_path;
pub mod response_headers;
pub mod streams;
pub mod upstream;

#[cfg(test)]
mod over_http_tests;

/// Whether a request asks to leave HTTP for a WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Upgrade {
    /// It stays HTTP; the headers of an upgrade do not pass.
    #[default]
    None,
    /// It is a WebSocket handshake; its headers pass.
    WebSocket,
}

pub use carry_stop::CarryStop;
pub use claims::USE_LIMITS;
pub use forward::{Carrier, CarryLimits};
