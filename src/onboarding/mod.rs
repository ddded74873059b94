//! Use case: tenants, platforms, deployments, agents and credentials enter, change and leave. Each
//! change is one commit with the entry that tells of it. It must never let one tenant's operator
//! see or touch what is another's.

pub mod administration;
pub mod agents;
pub mod bootstrap;
pub mod caller;
pub mod contexts;
pub mod deployments;
pub mod enablements;
pub mod moment;
pub mod operator_error;
pub mod page;
pub mod placements;
pub mod platforms;
pub mod sessions;
pub mod tenants;
pub mod text;
pub mod tokens;

pub use administration::{Change, Deed, KeptUnder};
pub use bootstrap::{Bootstrap, BootstrapError};
pub use caller::{Caller, CredentialError, Reach, Scope};
pub use moment::{Moment, Until};
pub use operator_error::OperatorError;
pub use page::{Page, PageRequest};
