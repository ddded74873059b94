//! What a session keeps of its launch so that assertions can be made later: sealed in the session's
//! row under the person's own key. Only what the agent's manifest lists is kept at all.

use std::collections::BTreeMap;

use agent_factory_lti::{LaunchMessage, Masquerade, Standing};
use agent_factory_policies::{self as policies, ActorRole};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::disclosure::LaunchFacts;
use crate::manifest::Manifest;

/// The kept part of a launch. `Debug` shows nothing.
#[derive(Clone, Serialize, Deserialize)]
pub struct LaunchRecord {
    /// The message type, as the platform spelt it.
    pub message_type: String,
    /// The roles in the contract's words.
    pub roles: Vec<String>,
    /// What the platform says of acting under another name.
    pub masquerade: KeptMasquerade,
    /// Whether the platform vouches for the link from an observer to the subject.
    pub linked_to_subject: bool,
    /// Whether the launch named nobody.
    pub anonymous: bool,
    /// A test student, or somebody acting as one.
    pub preview: bool,
    /// The reader's language, a BCP 47 tag.
    pub locale: Option<String>,
    /// The product family of the platform.
    pub platform: Option<String>,
    /// What the link is keyed by.
    pub link_key: String,
    /// Origins that may frame the agent, as of this launch.
    pub framing_origins: Vec<String>,
    /// The course's title.
    pub context_title: Option<String>,
    /// The link's title.
    pub resource_title: Option<String>,
    /// Custom parameters that the manifest lists.
    pub custom: BTreeMap<String, String>,
    /// Values of elements that the manifest lists, by element name.
    pub values: BTreeMap<String, String>,
}

impl std::fmt::Debug for LaunchRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LaunchRecord(..)")
    }
}

impl Zeroize for LaunchRecord {
    fn zeroize(&mut self) {
        self.context_title.zeroize();
        self.resource_title.zeroize();
        self.custom.values_mut().for_each(Zeroize::zeroize);
        self.values.values_mut().for_each(Zeroize::zeroize);
    }
}

/// Whether somebody acts under another person's name, as kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptMasquerade {
    /// Nobody does.
    No,
    /// The platform says so.
    Yes,
    /// The platform never says.
    Undetectable,
}

impl LaunchRecord {
    /// Keeps of a launch what the agent's manifest lists.
    pub fn of(message: &LaunchMessage, link_key: &str, manifest: &Manifest) -> Self {
        let person = message.person();
        let masquerade = match message.masquerade() {
            Masquerade::No => KeptMasquerade::No,
            Masquerade::Yes { .. } => KeptMasquerade::Yes,
            Masquerade::Undetectable => KeptMasquerade::Undetectable,
        };
        let sent = [
            ("name", person.name.as_deref()),
            ("given_name", person.given_name.as_deref()),
            ("family_name", person.family_name.as_deref()),
            ("email", person.email.as_deref()),
            ("picture", person.picture.as_deref()),
            ("student_number", message.lis().person_sourcedid.as_deref()),
        ];
        let values = sent
            .into_iter()
            .filter(|(element, _)| manifest.lists_element(element))
            .filter_map(|(element, value)| Some((element.to_owned(), value?.to_owned())))
            .collect();
        let custom = message
            .custom_parameters()
            .iter()
            .filter(|(key, _)| manifest.lists_custom(key))
            .filter(|(_, value)| !value.is_empty() && !value.starts_with('$'))
            .filter(|(_, value)| !says_who(message, value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        Self {
            message_type: message.message_type().name().to_owned(),
            roles: roles(message),
            preview: message.roles().is_test_user() || masquerade == KeptMasquerade::Yes,
            masquerade,
            linked_to_subject: false,
            anonymous: message.sub().is_none(),
            locale: message
                .presentation()
                .locale
                .clone()
                .or_else(|| person.locale.clone()),
            platform: message.tool_platform().product_family_code.clone(),
            link_key: link_key.to_owned(),
            framing_origins: Vec::new(),
            context_title: message.context().and_then(|c| c.title.clone()),
            resource_title: message.resource_link().and_then(|l| l.title.clone()),
            custom,
            values,
        }
    }

    /// What a decision may rest on.
    pub fn facts(&self) -> LaunchFacts {
        let role = self
            .roles
            .first()
            .and_then(|word| ActorRole::parse(word).ok());
        LaunchFacts {
            role: role.unwrap_or(ActorRole::Learner),
            masquerade: match self.masquerade {
                KeptMasquerade::No => policies::Masquerade::No,
                KeptMasquerade::Yes => policies::Masquerade::Yes,
                KeptMasquerade::Undetectable => policies::Masquerade::Undetectable,
            },
            linked_to_subject: self.linked_to_subject,
            anonymous: self.anonymous,
        }
    }

    /// Whether the platform sent a value of this element that is kept here.
    pub fn has(&self, element: &str) -> bool {
        self.values.contains_key(element)
    }
}

/// Whether a custom parameter, which a teacher types or a platform fills in, names the person: then
/// it is an identifier that no permit covers.
fn says_who(message: &LaunchMessage, value: &str) -> bool {
    let person = message.person();
    let value = value.to_lowercase();
    [
        person.name.as_deref(),
        person.given_name.as_deref(),
        person.family_name.as_deref(),
        person.email.as_deref(),
        message.lis().person_sourcedid.as_deref(),
        message.sub(),
    ]
    .into_iter()
    .flatten()
    .map(str::to_lowercase)
    .any(|known| known == value || known.len() >= 4 && value.contains(&known))
}

/// The gateway's one reading of the roles, in the words of the assertion.
fn roles(message: &LaunchMessage) -> Vec<String> {
    let word = match message.roles().standing() {
        Standing::Observer => "observer",
        Standing::TeachingAssistant => "teaching_assistant",
        Standing::Instructor => "instructor",
        Standing::Administrator => "administrator",
        Standing::Learner => "learner",
        Standing::None => return Vec::new(),
    };
    vec![word.to_owned()]
}
