//! Use case: the grounds on file. Agreements, school authorizations and consents are three kinds,
//! never mixed: none stands in for another. Each change is effective at once on every replica, and
//! no history is ever lost.

pub mod age_bands;
pub mod agreements;
pub mod consents;
mod person_name;
pub mod school_authorizations;
mod scope;
mod sealed_note;

pub use person_name::{PersonName, PlatformPerson};
