//! LTI 1.3, the tool's side: is this launch genuine, and what does it say?
//!
//! The life of a launch:
//!
//! 1. The platform sends the browser with a [`LoginRequest`]: who asks, and two opaque hints.
//!    Nothing is signed, so nothing is decided.
//! 2. The tool answers with an [`AuthenticationRequest`], which carries a fresh `state` and `nonce`
//!    back to the platform.
//! 3. The platform has the browser post an [`AuthenticationResponse`]: a token, or a refusal.
//! 4. [`UnverifiedToken::parse`] looks at form and header. What it says chooses the key to try.
//! 5. The key comes from the platform's [`KeySet`], kept as [`CachedKeySet`] tells;
//!    [`UnverifiedToken::verify_signature`] gives a [`SignedToken`], or nothing does.
//! 6. [`SignedToken::check`] checks every claim in the written order against what is
//!    [`Expected`]. It gives a [`LaunchMessage`], or one [`LaunchRefused`] that names the check.
//!
//! Each state is a type that only the state before can make, so a check cannot be forgotten. The
//! crate knows no tenant, no web framework, no database and no HTTP client; time is an argument.
//! Whether a nonce was used before is for whoever has a database.
//!
//! With the feature `simulator` the platform's side is here too, able to issue launches in the
//! manner of real platforms, and every broken one by name.

#![forbid(unsafe_code)]

mod algorithm;
mod authentication_request;
mod authentication_response;
pub mod claim;
mod course_claims;
mod form;
mod id_token;
mod identifier;
mod json_object;
pub mod key_cache;
mod key_set;
mod key_source;
mod launch_check;
mod launch_message;
mod launch_refused;
mod login;
mod masquerade;
mod message_type;
mod person_claims;
mod platform_claims;
mod role;
#[cfg(feature = "simulator")]
pub mod simulator;
mod target_link;
mod token_times;

pub use algorithm::Algorithm;
pub use authentication_request::{AuthenticationRequest, URL_TOO_LONG_BYTES};
pub use authentication_response::{AuthenticationResponse, AuthenticationResponseError};
pub use course_claims::{Context, ResourceLink};
pub use id_token::{IdTokenError, KID_MAX_BYTES, SignedToken, TOKEN_MAX_BYTES, UnverifiedToken};
pub use identifier::{ClientId, DeploymentId, IdentifierError, Issuer};
pub use key_cache::{CachedKeySet, KeyLookup};
pub use key_set::{KEY_SET_MAX_BYTES, KEY_SET_MAX_KEYS, KeySet, KeySetError, PlatformKey};
pub use key_source::{BoxFuture, KeySource, KeySourceError};
pub use launch_check::{AnonymousLaunches, Expected};
pub use launch_message::LaunchMessage;
pub use launch_refused::LaunchRefused;
pub use login::{LoginError, LoginRequest};
pub use masquerade::Masquerade;
pub use message_type::MessageType;
pub use person_claims::{ForUser, Lis, PersonClaims};
pub use platform_claims::{LaunchPresentation, ToolPlatform};
pub use role::{ContextRole, InstitutionRole, Role, Roles, Standing, SubRole, SystemRole};
pub use token_times::{CLOCK_LEEWAY, CLOCK_LEEWAY_MAX};
