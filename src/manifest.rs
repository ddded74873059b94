//! An agent's manifest: what it is, why it asks, what it asks for, whom it lets work for it and how
//! long it keeps what it receives. TOML in files, JSON in the API, the same names.

use std::collections::BTreeSet;

use agent_factory_policies::{AgentKind, AgentRetention, Element, Purpose, Subprocessors};
use serde::{Deserialize, Serialize};
use url::Url;

/// A third party that works for an agent: its name, or its name and what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Subprocessor {
    /// Its name alone.
    Name(String),
    /// Its name and what it does for the agent.
    Described {
        /// Its name.
        name: String,
        /// What it does.
        role: String,
    },
}

/// What an agent's pages run inline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InlineCode {
    /// Inline scripts.
    pub script: bool,
    /// Inline styles.
    pub style: bool,
}

/// The manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Whose agent it is: `in_house`, `school_official` or `third_party`.
    pub kind: String,
    /// Why it asks; the first is the purpose of launches.
    pub purposes: Vec<String>,
    /// Which elements of the catalogue it asks for.
    pub elements: Vec<String>,
    /// Elements without which it refuses to work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_elements: Vec<String>,
    /// Paths served inside a live session without identity or entry, such as `/static/`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub public_paths: Vec<String>,
    /// How long it keeps what it receives, in days; absent means without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
    /// Whom it lets work for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subprocessors: Vec<Subprocessor>,
    /// Custom parameters of links it reads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custom: Vec<String>,
    /// Request headers beyond the allow-list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<String>,
    /// Hosts its pages may load from, accepted by the tenant with the agent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub page_hosts: Vec<String>,
    /// What its pages run inline.
    #[serde(default)]
    pub inline: InlineCode,
    /// Whether its operator uses the data for another commercial end.
    #[serde(default)]
    pub other_commercial_use: bool,
    /// Whether it asks about protected topics (20 USC 1232h(b)).
    #[serde(default)]
    pub elicits_protected_topics: bool,
}

/// What is wrong with a manifest, by its field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {reason}")]
pub struct ManifestError {
    /// The field at fault.
    pub field: &'static str,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl ManifestError {
    const fn at(field: &'static str, reason: &'static str) -> Self {
        Self { field, reason }
    }
}

impl Manifest {
    /// Checks what the shape alone cannot.
    ///
    /// # Errors
    /// [`ManifestError`] naming the field.
    #[expect(
        clippy::too_many_lines,
        reason = "one check a field, in the order of the fields"
    )]
    pub fn validate(&self) -> Result<(), ManifestError> {
        self.agent_kind()?;
        if self.purposes.is_empty() {
            return Err(ManifestError::at("purposes", "names none"));
        }
        if self
            .purposes
            .iter()
            .any(|word| Purpose::parse(word).is_err())
        {
            return Err(ManifestError::at("purposes", "holds an unknown purpose"));
        }
        if self.elements.is_empty() {
            return Err(ManifestError::at("elements", "names none"));
        }
        if self
            .elements
            .iter()
            .any(|word| Element::parse(word).is_err())
        {
            return Err(ManifestError::at("elements", "holds an unknown element"));
        }
        if !self
            .required_elements
            .iter()
            .all(|element| self.elements.contains(element))
        {
            return Err(ManifestError::at(
                "required_elements",
                "holds one `elements` does not",
            ));
        }
        if self.retention_days == Some(0) {
            return Err(ManifestError::at("retention_days", "is zero"));
        }
        if !self
            .public_paths
            .iter()
            .all(|path| is_public_path_pattern(path))
        {
            return Err(ManifestError::at(
                "public_paths",
                "holds one that is no path below `/`",
            ));
        }
        if !self.page_hosts.iter().all(|host| is_https_origin(host)) {
            return Err(ManifestError::at(
                "page_hosts",
                "holds one that is no https origin",
            ));
        }
        if self
            .headers
            .iter()
            .any(|name| name.parse::<http::HeaderName>().is_err())
        {
            return Err(ManifestError::at(
                "headers",
                "holds one that is no header name",
            ));
        }
        Ok(())
    }

    /// Whose agent it is.
    ///
    /// # Errors
    /// [`ManifestError`] for an unknown kind.
    pub fn agent_kind(&self) -> Result<AgentKind, ManifestError> {
        AgentKind::parse(&self.kind).map_err(|_| ManifestError::at("kind", "is unknown"))
    }

    /// The elements it asks for; unknown ones, of a manifest older than the catalogue, are left
    /// out.
    pub fn element_set(&self) -> BTreeSet<Element> {
        self.elements
            .iter()
            .filter_map(|word| Element::parse(word).ok())
            .collect()
    }

    /// The elements without which it refuses to work.
    pub fn required_element_set(&self) -> BTreeSet<Element> {
        self.required_elements
            .iter()
            .filter_map(|word| Element::parse(word).ok())
            .collect()
    }

    /// Why a launch asks.
    pub fn launch_purpose(&self) -> Option<Purpose> {
        self.purposes
            .first()
            .and_then(|word| Purpose::parse(word).ok())
    }

    /// How long it keeps what it receives, in the rules' words.
    pub fn retention(&self) -> AgentRetention {
        match self.retention_days {
            Some(_) => AgentRetention::Finite,
            None => AgentRetention::Indefinite,
        }
    }

    /// Whom it lets work for it, in the rules' words.
    pub fn subprocessor_fact(&self) -> Subprocessors {
        if self.subprocessors.is_empty() {
            Subprocessors::None
        } else {
            Subprocessors::Declared
        }
    }

    /// Whether it asks for the element.
    pub fn lists_element(&self, element: &str) -> bool {
        self.elements.iter().any(|listed| listed == element)
    }

    /// Whether it reads the custom parameter.
    pub fn lists_custom(&self, key: &str) -> bool {
        self.custom.iter().any(|listed| listed == key)
    }

    /// Whether a path is served without identity.
    pub fn is_public_path(&self, path: &str) -> bool {
        self.public_paths.iter().any(|public| {
            if public.ends_with('/') {
                path.starts_with(public.as_str())
            } else {
                path == public
            }
        })
    }
}

fn is_public_path_pattern(path: &str) -> bool {
    path.len() > 1
        && path.starts_with('/')
        && !path.starts_with("/.")
        && !path.contains(['?', '#', '\\', '%'])
        && !path.contains("..")
        && !path.contains("//")
}

fn is_https_origin(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        url.scheme() == "https"
            && url.path() == "/"
            && url.query().is_none()
            && url.username().is_empty()
            && url.host_str().is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tutor() -> Manifest {
        serde_json::from_value(serde_json::json!({
            "kind": "school_official", "purposes": ["tutoring"],
            "elements": ["pseudonym", "role", "prompt"], "public_paths": ["/static/"],
            "retention_days": 30, "subprocessors": [{"name": "Model host", "role": "inference"}],
        }))
        .unwrap()
    }

    #[test]
    fn a_plain_manifest_is_taken() {
        let manifest = tutor();
        assert_eq!(manifest.validate(), Ok(()));
        assert_eq!(manifest.subprocessor_fact(), Subprocessors::Declared);
        assert!(manifest.is_public_path("/static/app.js") && !manifest.is_public_path("/"));
    }

    #[test]
    fn each_fault_names_its_field() {
        type Spoil = fn(&mut Manifest);
        let faults: [(&str, Spoil); 7] = [
            ("kind", |m| m.kind = "friend".into()),
            ("purposes", |m| m.purposes = vec!["fun".into()]),
            ("elements", |m| m.elements = vec!["shoe_size".into()]),
            ("required_elements", |m| {
                m.required_elements = vec!["email".into()];
            }),
            ("retention_days", |m| m.retention_days = Some(0)),
            ("public_paths", |m| m.public_paths = vec!["/".into()]),
            ("page_hosts", |m| {
                m.page_hosts = vec!["http://cdn.example".into()];
            }),
        ];
        for (field, spoil) in faults {
            let mut manifest = tutor();
            spoil(&mut manifest);
            assert_eq!(manifest.validate().unwrap_err().field, field);
        }
    }

    #[test]
    fn an_absent_retention_is_indefinite() {
        let mut manifest = tutor();
        manifest.retention_days = None;
        assert_eq!(manifest.retention(), AgentRetention::Indefinite);
    }
}
