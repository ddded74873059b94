//! The platform's side of the protocol, simulated: it logs a person in, answers authentication
//! requests as strictly as the platform it imitates, and signs launches in that platform's manner.
//!
//! For tests and the demo. It also issues every broken launch by name ([`Flaw`]): what a tool must
//! refuse. It must never be reachable in production; its feature is off unless asked for.

mod authentication;
mod draft;
mod flaw;
mod launch_spec;
mod manner;
mod platform;
mod signing_key;

pub use authentication::{AuthenticationParams, PlatformRefusal};
pub use flaw::Flaw;
pub use launch_spec::{LaunchSpec, SimulatedContext, SimulatedLink, SimulatedPerson};
pub use platform::{Flavour, LoginMethod, Platform};
pub use signing_key::{PlatformSigningKey, SigningKeyError};
