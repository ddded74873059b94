//! What a launch says about people: names, addresses, ids.
//!
//! Nothing here may ever be shown by `Debug`: a log line must be writable without thinking.

use std::fmt;

use serde_json::{Map, Value};

use crate::json_object::Lenient as _;
use crate::role::Roles;

/// The identity claims of the person who launched. All optional; empty texts are absent.
///
/// # Source
/// LTI Core 1.3, section 5.3.6; OpenID Connect Core, section 5.1.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct PersonClaims {
    /// The whole name.
    pub name: Option<String>,
    /// The given name.
    pub given_name: Option<String>,
    /// The family name.
    pub family_name: Option<String>,
    /// The middle name.
    pub middle_name: Option<String>,
    /// The e-mail address, unverified; never an identity.
    pub email: Option<String>,
    /// The address of a picture.
    pub picture: Option<String>,
    /// The language, as a BCP 47 tag.
    pub locale: Option<String>,
}

impl PersonClaims {
    pub(crate) fn read(claims: &Map<String, Value>) -> Self {
        Self {
            name: claims.text("name"),
            given_name: claims.text("given_name"),
            family_name: claims.text("family_name"),
            middle_name: claims.text("middle_name"),
            email: claims.text("email"),
            picture: claims.text("picture"),
            locale: claims.text("locale"),
        }
    }
}

impl fmt::Debug for PersonClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonClaims").finish_non_exhaustive()
    }
}

/// The person whose records a review or privacy launch is about.
#[derive(Clone, Eq, PartialEq)]
pub struct ForUser {
    /// The person's `sub`; some platforms call the member `id`.
    pub user_id: String,
    /// The student information system's id.
    pub person_sourcedid: Option<String>,
    /// What else the platform says about the person.
    pub claims: PersonClaims,
    /// The person's own roles, where given.
    pub roles: Roles,
}

impl ForUser {
    pub(crate) fn read(member: &Map<String, Value>) -> Option<Self> {
        Some(Self {
            user_id: member.text("user_id").or_else(|| member.text("id"))?,
            person_sourcedid: member.text("person_sourcedid"),
            claims: PersonClaims::read(member),
            roles: Roles::parse(&member.texts("roles")),
        })
    }
}

impl fmt::Debug for ForUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForUser").finish_non_exhaustive()
    }
}

/// Ids of the student information system.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Lis {
    /// The person's id there; it identifies a student as surely as a name.
    pub person_sourcedid: Option<String>,
    /// The course offering's id there.
    pub course_offering_sourcedid: Option<String>,
    /// The course section's id there.
    pub course_section_sourcedid: Option<String>,
}

impl Lis {
    pub(crate) fn read(member: &Map<String, Value>) -> Self {
        Self {
            person_sourcedid: member.text("person_sourcedid"),
            course_offering_sourcedid: member.text("course_offering_sourcedid"),
            course_section_sourcedid: member.text("course_section_sourcedid"),
        }
    }
}

impl fmt::Debug for Lis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lis").finish_non_exhaustive()
    }
}
