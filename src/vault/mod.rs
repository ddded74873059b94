//! Field-level encryption: what stays is sealed, bound to its place, and opened for a named purpose
//! only. Nothing here may show a key or an opened value in `Debug`, in an error or in a log.
//!
//! Root key -> tenant keys (versioned) -> person keys (`content`, `record`). Only wrapped keys reach
//! the database; the root key never does.

pub mod blind_index;
mod derivation;
mod field_cipher;
mod framing;
pub mod key_ring;
pub mod location;
pub mod person_key;
pub mod pseudonym;
pub mod root_key;
pub mod sealed;
pub mod secret;
pub mod signing_key;
pub mod ticket;

pub(crate) use derivation::sha256;
pub use key_ring::{KeyError, TenantKeys, Vault, WrappedKey};
pub use location::{Location, PurposeClass};
pub use person_key::{PersonKey, PersonKeyPurpose};
pub use pseudonym::{HostLabel, PseudonymKind};
pub use root_key::{RootKey, RootKeyError, RootKeyProvider};
pub use sealed::{OpenError, Opened, Purpose, SealError, Sealed};
pub use secret::{ApiToken, Secret32, SecretBytes};
pub use signing_key::{AssertionKey, CheckpointSeed, SigningKeyError};
pub use ticket::{TicketError, TicketSealer};

#[cfg(test)]
mod tests;
