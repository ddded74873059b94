//! What a simulated launch is to say, before any platform's manner is put on it.

use serde_json::{Map, Value};

use crate::message_type::MessageType;

/// A synthetic person of a simulated platform. Claims that are `None` are not sent.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SimulatedPerson {
    /// The person's id within the issuer; `None` launches anonymously.
    pub sub: Option<String>,
    /// The whole name.
    pub name: Option<String>,
    /// The given name.
    pub given_name: Option<String>,
    /// The family name.
    pub family_name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The address of a picture.
    pub picture: Option<String>,
    /// The language.
    pub locale: Option<String>,
    /// The student information system's id.
    pub sourcedid: Option<String>,
}

impl SimulatedPerson {
    /// A person of whom the platform tells the id and nothing else.
    pub fn unnamed(sub: &str) -> Self {
        Self {
            sub: Some(sub.to_owned()),
            ..Self::default()
        }
    }

    /// A person with given name, family name and an address at `example.edu`.
    pub fn named(sub: &str, given_name: &str, family_name: &str) -> Self {
        let address = format!("{given_name}.{family_name}@example.edu").to_ascii_lowercase();
        Self {
            sub: Some(sub.to_owned()),
            name: Some(format!("{given_name} {family_name}")),
            given_name: Some(given_name.to_owned()),
            family_name: Some(family_name.to_owned()),
            email: Some(address),
            locale: Some("en".to_owned()),
            ..Self::default()
        }
    }
}

/// A simulated course.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SimulatedContext {
    /// Its id.
    pub id: String,
    /// Its code.
    pub label: String,
    /// Its title.
    pub title: String,
}

/// A simulated link in a course.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SimulatedLink {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
}

/// One launch: who goes where, from which course, and what the link's author set.
#[derive(Clone, Debug)]
pub struct LaunchSpec {
    /// What the launch wants.
    pub message_type: MessageType,
    /// The platform's own handle of this launch: what its message hint points at.
    pub launch_id: String,
    /// Who launches.
    pub person: SimulatedPerson,
    /// The roles, spelt as they are to be sent.
    pub roles: Vec<String>,
    /// The course, unless the launch has none.
    pub context: Option<SimulatedContext>,
    /// The link; sent only where the message type has one.
    pub resource_link: Option<SimulatedLink>,
    /// Custom parameters, of any JSON type.
    pub custom: Map<String, Value>,
    /// Where the launch is to end: sent at login and signed in the token.
    pub target_link_uri: String,
    /// Where the person may be sent back to; `None` sends the platform's own.
    pub return_url: Option<String>,
    /// Whom a mentor accompanies.
    pub mentor_of: Vec<String>,
    /// Whose records a review or privacy launch is about.
    pub for_user: Option<String>,
    /// The frame that answers storage messages, where the platform offers storage.
    pub storage_target: Option<String>,
    /// Further claims, which replace those of the same name.
    pub further_claims: Map<String, Value>,
}

impl LaunchSpec {
    /// A resource link launch to `target_link_uri`, without course, link or parameters.
    pub fn resource_link(person: SimulatedPerson, target_link_uri: &str) -> Self {
        Self {
            message_type: MessageType::ResourceLink,
            launch_id: "launch-1".to_owned(),
            person,
            roles: Vec::new(),
            context: None,
            resource_link: Some(SimulatedLink {
                id: "link-1".to_owned(),
                title: "Tutor".to_owned(),
            }),
            custom: Map::new(),
            target_link_uri: target_link_uri.to_owned(),
            return_url: None,
            mentor_of: Vec::new(),
            for_user: None,
            storage_target: None,
            further_claims: Map::new(),
        }
    }

    /// The same launch with these roles.
    #[must_use]
    pub fn with_roles<'a>(mut self, roles: impl IntoIterator<Item = &'a str>) -> Self {
        self.roles = roles.into_iter().map(str::to_owned).collect();
        self
    }

    /// The same launch from this course.
    #[must_use]
    pub fn in_context(mut self, id: &str, label: &str, title: &str) -> Self {
        self.context = Some(SimulatedContext {
            id: id.to_owned(),
            label: label.to_owned(),
            title: title.to_owned(),
        });
        self
    }

    /// The same launch by this link.
    #[must_use]
    pub fn by_link(mut self, id: &str, title: &str) -> Self {
        self.resource_link = Some(SimulatedLink {
            id: id.to_owned(),
            title: title.to_owned(),
        });
        self
    }

    /// The same launch with one more custom parameter.
    #[must_use]
    pub fn with_custom(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.custom.insert(name.to_owned(), value.into());
        self
    }

    /// The same launch with one further claim, or another value for one.
    #[must_use]
    pub fn with_claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.further_claims.insert(name.to_owned(), value.into());
        self
    }
}
