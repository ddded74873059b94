//! A loaded policy set: rules that passed every check, with their catalogue, constants and fingerprint.
//!
//! A set that fails one check is never served, not even in part.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use cedar_policy::{Entities, Policy, PolicyId, Schema, ValidationMode, Validator};

use crate::catalogue::{Catalogue, CatalogueError};
use crate::constants::{Constants, ConstantsError};
use crate::fingerprint::Fingerprint;
use crate::rule::{Consequence, FiredRule, Rule, RuleError};

/// The text of a policy set before it is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySource {
    /// The rule files: name and text.
    pub rules: Vec<(String, String)>,
    /// The Cedar schema.
    pub schema: String,
    /// The catalogue of elements.
    pub catalogue: String,
    /// The constants.
    pub constants: String,
}

impl PolicySource {
    /// The text that this crate ships.
    pub fn shipped() -> Self {
        macro_rules! rules {
            ($($name:literal),+ $(,)?) => {
                vec![$( ($name.to_owned(), include_str!(concat!("../rules/", $name)).to_owned()), )+]
            };
        }
        Self {
            rules: rules![
                "isolation.cedar",
                "ferpa_grounds.cedar",
                "ferpa_walls.cedar",
                "coppa.cedar",
                "purposes.cedar",
                "agents.cedar",
                "rights.cedar",
                "operations.cedar",
                "elements.cedar",
                "states.cedar",
            ],
            schema: include_str!("../rules/schema.cedarschema").to_owned(),
            catalogue: include_str!("../elements.toml").to_owned(),
            constants: include_str!("../constants.toml").to_owned(),
        }
    }

    /// The fingerprint of this text, whether or not it can be loaded.
    pub fn fingerprint(&self) -> Fingerprint {
        let rest = [
            ("schema", self.schema.as_str()),
            ("catalogue", self.catalogue.as_str()),
            ("constants", self.constants.as_str()),
        ];
        let rules = self
            .rules
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()));
        Fingerprint::of(rules.chain(rest))
    }
}

/// Why a policy set could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum PolicySetError {
    /// The schema is not one.
    #[error("the schema cannot be read: {reason}")]
    Schema {
        /// What the parser says.
        reason: String,
    },
    /// A rule file is not Cedar.
    #[error("`{file}` cannot be read: {reason}")]
    Unreadable {
        /// The file at fault.
        file: String,
        /// What the parser says.
        reason: String,
    },
    /// A rule file holds a template.
    #[error("`{file}` holds a template")]
    Template {
        /// The file at fault.
        file: String,
    },
    /// A rule's annotations are not in order.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// Two rules have one name.
    #[error("two rules are named `{id}`")]
    Twice {
        /// The name at fault.
        id: String,
    },
    /// The rules do not fit the schema, or validation warns of them.
    #[error("the rules do not pass strict validation: {}", findings.join("; "))]
    Invalid {
        /// Each finding of the validator.
        findings: Vec<String>,
    },
    /// An overlay holds a rule that does not only forbid.
    #[error("overlay rule `{id}` does not only forbid")]
    OverlayMilder {
        /// The rule at fault.
        id: String,
    },
    /// The catalogue is not in order.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The constants are not in order.
    #[error(transparent)]
    Constants(#[from] ConstantsError),
}

impl PolicySetError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Schema { .. } => "schema-unreadable",
            Self::Unreadable { .. } => "rules-unreadable",
            Self::Template { .. } => "rules-hold-a-template",
            Self::Rule(error) => error.code(),
            Self::Twice { .. } => "rule-named-twice",
            Self::Invalid { .. } => "rules-invalid",
            Self::OverlayMilder { .. } => "overlay-not-forbid-only",
            Self::Catalogue(error) => error.code(),
            Self::Constants(error) => error.code(),
        }
    }
}

/// A loaded policy set.
#[derive(Debug, Clone)]
pub struct PolicySet {
    /// The permits.
    pub(crate) grounds: cedar_policy::PolicySet,
    /// The forbids beside one bare permit: Cedar's answer to a forbidden request does not name the
    /// permits that matched, so grounds and walls are asked apart.
    pub(crate) walls: cedar_policy::PolicySet,
    pub(crate) rules: HashMap<PolicyId, Arc<Rule>>,
    pub(crate) schema: Arc<Schema>,
    pub(crate) actions: Arc<Entities>,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) constants: Arc<Constants>,
    pub(crate) fingerprint: Fingerprint,
}

impl PolicySet {
    /// The set that this crate ships.
    ///
    /// # Errors
    /// None but by a defect of the shipped text.
    pub fn shipped() -> Result<Self, PolicySetError> {
        Self::load(&PolicySource::shipped())
    }

    /// Loads a set from its text.
    ///
    /// # Errors
    /// Whatever is not in order; the error names it.
    pub fn load(source: &PolicySource) -> Result<Self, PolicySetError> {
        let schema = Schema::from_str(&source.schema).map_err(|error| PolicySetError::Schema {
            reason: error.to_string(),
        })?;
        let actions = schema
            .action_entities()
            .map_err(|error| PolicySetError::Schema {
                reason: error.to_string(),
            })?;
        let mut set = Self {
            grounds: cedar_policy::PolicySet::new(),
            walls: cedar_policy::PolicySet::new(),
            rules: HashMap::new(),
            schema: Arc::new(schema),
            actions: Arc::new(actions),
            catalogue: Arc::new(Catalogue::parse(&source.catalogue)?),
            constants: Arc::new(Constants::parse(&source.constants)?),
            fingerprint: source.fingerprint(),
        };
        for (file, text) in &source.rules {
            for policy in parse(file, text)? {
                set.add(file, &policy)?;
            }
        }
        set.validate(&set.grounds)?;
        set.validate(&set.walls)?;
        set.add_bare_permit()?;
        Ok(set)
    }

    /// This set with a tenant's or a pack's own rules on top, which may only forbid.
    ///
    /// # Errors
    /// A permit, a rule with `@asks`, or anything that [`PolicySet::load`] refuses.
    pub fn with_overlay(&self, text: &str) -> Result<Self, PolicySetError> {
        let mut set = self.clone();
        let mut overlay = cedar_policy::PolicySet::new();
        for policy in parse("overlay", text)? {
            let id = set.add("overlay", &policy)?;
            let only_forbids = set.rules.get(&id).is_some_and(|rule| {
                matches!(
                    rule.consequence,
                    Consequence::Wall { .. } | Consequence::Minimise { .. }
                )
            });
            if !only_forbids {
                return Err(PolicySetError::OverlayMilder { id: id.to_string() });
            }
            overlay
                .add(policy.new_id(id.clone()))
                .map_err(|_| PolicySetError::Twice { id: id.to_string() })?;
        }
        set.validate(&overlay)?;
        set.fingerprint = self.fingerprint.extended(text);
        Ok(set)
    }

    /// Which rules, words and numbers this is.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// The catalogue of elements.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The numbers of the law.
    pub fn constants(&self) -> &Constants {
        &self.constants
    }

    /// Every rule, in the order of the files.
    pub fn rules(&self) -> Vec<FiredRule> {
        let mut rules: Vec<_> = self.rules.values().collect();
        rules.sort_by_key(|rule| rule.place);
        rules.into_iter().map(|rule| rule.fired.clone()).collect()
    }

    fn add(&mut self, file: &str, policy: &Policy) -> Result<PolicyId, PolicySetError> {
        let rule = Rule::read(self.rules.len(), file, policy)?;
        let id = PolicyId::new(&rule.fired.id);
        let twice = || PolicySetError::Twice { id: id.to_string() };
        if self.rules.contains_key(&id) {
            return Err(twice());
        }
        let part = match rule.consequence {
            Consequence::Ground { .. } => &mut self.grounds,
            _ => &mut self.walls,
        };
        part.add(policy.new_id(id.clone())).map_err(|_| twice())?;
        self.rules.insert(id.clone(), Arc::new(rule));
        Ok(id)
    }

    /// Strict, and a warning counts as an error: a rule that can never fire is a rule that lies.
    fn validate(&self, part: &cedar_policy::PolicySet) -> Result<(), PolicySetError> {
        let validator = Validator::new(self.schema.as_ref().clone());
        let result = validator.validate(part, ValidationMode::Strict);
        let errors = result.validation_errors().map(ToString::to_string);
        let warnings = result.validation_warnings().map(ToString::to_string);
        let findings: Vec<String> = errors.chain(warnings).collect();
        if findings.is_empty() {
            Ok(())
        } else {
            Err(PolicySetError::Invalid { findings })
        }
    }

    fn add_bare_permit(&mut self) -> Result<(), PolicySetError> {
        let id = PolicyId::new("the-bare-permit");
        let unreadable = |reason: String| PolicySetError::Unreadable {
            file: "the bare permit".to_owned(),
            reason,
        };
        let bare = Policy::parse(Some(id), "permit(principal, action, resource);")
            .map_err(|error| unreadable(error.to_string()))?;
        self.walls
            .add(bare)
            .map_err(|error| unreadable(error.to_string()))
    }
}

/// The rules of a file, in the order in which they stand there.
fn parse(file: &str, text: &str) -> Result<Vec<Policy>, PolicySetError> {
    let parsed =
        cedar_policy::PolicySet::from_str(text).map_err(|error| PolicySetError::Unreadable {
            file: file.to_owned(),
            reason: error.to_string(),
        })?;
    if parsed.num_of_templates() > 0 {
        return Err(PolicySetError::Template {
            file: file.to_owned(),
        });
    }
    let mut policies: Vec<Policy> = parsed.policies().cloned().collect();
    // Cedar names them `policy0`, `policy1`, ... as they stand in the text, and lists them in no order.
    policies.sort_by_key(|policy| {
        policy
            .id()
            .to_string()
            .trim_start_matches("policy")
            .parse::<usize>()
            .unwrap_or(usize::MAX)
    });
    Ok(policies)
}
