//! The gateway's HTTP face: axum lives here and nowhere else (the demo's campus excepted). It
//! parses, calls one use case, and answers.

mod agents;
pub mod api;
mod assets;
mod cookies;
mod host;
mod lti;
mod operations;
mod page_response;
pub mod problem;
mod router;

pub use host::{Hosts, RequestHost};
pub use operations::operations_router;
pub use router::{Elsewhere, public_router};
