//! Where in the school a launch comes from: the course, and the link in it.
//!
//! An id is unique in its deployment only; it must never be taken for one in the whole platform.

use std::fmt;

use serde_json::{Map, Value};

use crate::json_object::Lenient as _;

/// The course or group that is launched.
#[derive(Clone, Eq, PartialEq)]
pub struct Context {
    /// Its id, unique in the deployment.
    pub id: String,
    /// What kind of course or group, as spelt; unknown kinds are kept.
    pub kinds: Vec<String>,
    /// Its code, such as `BIO-7`.
    pub label: Option<String>,
    /// Its title.
    pub title: Option<String>,
}

/// The link that was followed.
#[derive(Clone, Eq, PartialEq)]
pub struct ResourceLink {
    /// Its id, unique in the deployment; a copied link has another.
    pub id: String,
    /// Its title.
    pub title: Option<String>,
    /// Its description.
    pub description: Option<String>,
}

impl Context {
    pub(crate) fn read(member: &Map<String, Value>) -> Option<Self> {
        Some(Self {
            id: member.text("id")?,
            kinds: member.texts("type"),
            label: member.text("label"),
            title: member.text("title"),
        })
    }
}

impl ResourceLink {
    pub(crate) fn read(member: &Map<String, Value>) -> Option<Self> {
        Some(Self {
            id: member.text("id")?,
            title: member.text("title"),
            description: member.text("description"),
        })
    }
}

/// Shows the id; titles are words of a school about its pupils.
impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Shows the id; titles are words of a school about its pupils.
impl fmt::Debug for ResourceLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResourceLink")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
