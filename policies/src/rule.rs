//! One rule as the engine knows it: what its annotations say, read once when a set is loaded.
//!
//! An annotation that is missing, unknown or misspelt must fail the load, never be guessed.

use std::collections::BTreeSet;
use std::sync::Arc;

use cedar_policy::Policy;

use crate::disposition::Disposition;
use crate::effect::Effect;
use crate::element::Element;
use crate::record::Record99_32;
use crate::vocabulary::{UnknownWord, vocabulary};

vocabulary! {
    /// Whose word a rule or a number is.
    pub enum Source {
        /// Statute or regulation.
        Law = "law",
        /// What an agency says the law means.
        Guidance = "guidance",
        /// Our stricter default.
        Policy = "policy",
    }
}

vocabulary! {
    /// What a rule does.
    pub enum RuleKind {
        /// It gives a ground on which data may go.
        Ground = "ground",
        /// It stands against.
        Wall = "wall",
        /// It says whom a missing ground can be asked from.
        Ask = "ask",
        /// It makes elements go in stricter form.
        Minimise = "minimise",
    }
}

/// A rule that fired, as decisions, entries and pages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiredRule {
    /// The rule's name, unique in its set.
    pub id: Arc<str>,
    /// Where the law says so.
    pub cite: Arc<str>,
    /// Whose word it is.
    pub source: Source,
    /// What it does.
    pub kind: RuleKind,
    /// The stable code of a wall or an ask; the basis of a ground; nothing for the rest.
    pub code: Option<Arc<str>>,
}

/// The status in the record of disclosures that a wall or an ask names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusalRecord {
    /// The status the disclosure itself would have had.
    OfGround,
    /// This one.
    Is(Record99_32),
}

/// What follows when a rule fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Consequence {
    Ground {
        record: Record99_32,
        /// The status where the records are IDEA records and the agent is not the institution's own.
        record_idea: Option<Record99_32>,
        /// Whether the ground is the person's own consent, so that it opens what needs consent.
        opens_needs_consent: bool,
    },
    Wall {
        effect: Effect,
        record: RefusalRecord,
    },
    Ask {
        effect: Effect,
        record: RefusalRecord,
    },
    Minimise {
        elements: BTreeSet<Element>,
        disposition: Disposition,
    },
}

/// A rule of a loaded set.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// Its place in the set, so that what fired is always told in the same order.
    pub(crate) place: usize,
    pub(crate) fired: FiredRule,
    pub(crate) consequence: Consequence,
}

/// What is wrong with a rule's annotations.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// The rule has no name.
    #[error("a rule of `{file}` has no `@id`")]
    Unnamed {
        /// The file it stands in.
        file: String,
    },
    /// The name is not kebab-case.
    #[error("rule id `{id}` is not kebab-case")]
    IllNamed {
        /// The name at fault.
        id: String,
    },
    /// A needed annotation is not there.
    #[error("rule `{id}` lacks `@{annotation}`")]
    Missing {
        /// The rule at fault.
        id: String,
        /// The annotation it lacks.
        annotation: &'static str,
    },
    /// An annotation does not belong there.
    #[error("rule `{id}` has `@{annotation}`, which does not belong there")]
    Misplaced {
        /// The rule at fault.
        id: String,
        /// The annotation too many.
        annotation: String,
    },
    /// An annotation says something unknown.
    #[error("rule `{id}`: `@{annotation}(\"{value}\")` is not known")]
    Unknown {
        /// The rule at fault.
        id: String,
        /// The annotation at fault.
        annotation: &'static str,
        /// What it says.
        value: String,
    },
}

impl RuleError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unnamed { .. } => "rule-unnamed",
            Self::IllNamed { .. } => "rule-ill-named",
            Self::Missing { .. } => "rule-annotation-missing",
            Self::Misplaced { .. } => "rule-annotation-misplaced",
            Self::Unknown { .. } => "rule-annotation-unknown",
        }
    }
}

/// The annotations of one rule while they are read.
struct Annotations<'a> {
    id: &'a str,
    policy: &'a Policy,
}

impl<'a> Annotations<'a> {
    fn get(&self, annotation: &'static str) -> Result<&'a str, RuleError> {
        match self.policy.annotation(annotation) {
            Some(value) if !value.is_empty() => Ok(value),
            _ => Err(RuleError::Missing {
                id: self.id.to_owned(),
                annotation,
            }),
        }
    }

    fn word<V>(
        &self,
        annotation: &'static str,
        parse: impl Fn(&str) -> Result<V, UnknownWord>,
    ) -> Result<V, RuleError> {
        let value = self.get(annotation)?;
        parse(value).map_err(|_| self.unknown(annotation, value))
    }

    fn unknown(&self, annotation: &'static str, value: &str) -> RuleError {
        RuleError::Unknown {
            id: self.id.to_owned(),
            annotation,
            value: value.to_owned(),
        }
    }

    fn only(&self, allowed: &[&str]) -> Result<(), RuleError> {
        let stray = self
            .policy
            .annotations()
            .find(|(name, _)| !allowed.contains(name));
        stray.map_or(Ok(()), |(name, _)| {
            Err(RuleError::Misplaced {
                id: self.id.to_owned(),
                annotation: name.to_owned(),
            })
        })
    }

    fn kebab(&self, annotation: &'static str) -> Result<&'a str, RuleError> {
        let value = self.get(annotation)?;
        if is_kebab(value) {
            Ok(value)
        } else {
            Err(self.unknown(annotation, value))
        }
    }

    fn refusal_record(&self) -> Result<RefusalRecord, RuleError> {
        match self.get("record")? {
            "of_ground" => Ok(RefusalRecord::OfGround),
            _ => self
                .word("record", Record99_32::parse)
                .map(RefusalRecord::Is),
        }
    }
}

impl Rule {
    /// Reads the annotations of a rule that stands at a place of its set.
    pub(crate) fn read(place: usize, file: &str, policy: &Policy) -> Result<Self, RuleError> {
        let id = policy
            .annotation("id")
            .filter(|id| !id.is_empty())
            .ok_or_else(|| RuleError::Unnamed {
                file: file.to_owned(),
            })?;
        if !is_kebab(id) {
            return Err(RuleError::IllNamed { id: id.to_owned() });
        }
        let annotations = Annotations { id, policy };
        let (kind, code, consequence) = match policy.effect() {
            cedar_policy::Effect::Permit => ground(&annotations)?,
            cedar_policy::Effect::Forbid if policy.annotation("asks").is_some() => {
                ask(&annotations)?
            }
            cedar_policy::Effect::Forbid if policy.annotation("disposition").is_some() => {
                minimise(&annotations)?
            }
            cedar_policy::Effect::Forbid => wall(&annotations)?,
        };
        let fired = FiredRule {
            id: id.into(),
            cite: annotations.get("cite")?.into(),
            source: annotations.word("source", Source::parse)?,
            kind,
            code,
        };
        Ok(Self {
            place,
            fired,
            consequence,
        })
    }
}

type Reading = (RuleKind, Option<Arc<str>>, Consequence);

fn ground(annotations: &Annotations<'_>) -> Result<Reading, RuleError> {
    annotations.only(&[
        "id",
        "cite",
        "source",
        "basis",
        "record",
        "record_idea",
        "opens",
    ])?;
    let record_idea = match annotations.policy.annotation("record_idea") {
        Some(_) => Some(annotations.word("record_idea", Record99_32::parse)?),
        None => None,
    };
    let opens_needs_consent = match annotations.policy.annotation("opens") {
        Some("needs_consent") => true,
        Some(other) => return Err(annotations.unknown("opens", other)),
        None => false,
    };
    let record = annotations.word("record", Record99_32::parse)?;
    let basis = annotations.kebab("basis")?;
    let consequence = Consequence::Ground {
        record,
        record_idea,
        opens_needs_consent,
    };
    Ok((RuleKind::Ground, Some(basis.into()), consequence))
}

fn wall(annotations: &Annotations<'_>) -> Result<Reading, RuleError> {
    annotations.only(&["id", "cite", "source", "effect", "code", "record"])?;
    let effect = annotations.word("effect", Effect::parse)?;
    if effect.permits() {
        return Err(annotations.unknown("effect", effect.as_str()));
    }
    let code = annotations.kebab("code")?;
    let consequence = Consequence::Wall {
        effect,
        record: annotations.refusal_record()?,
    };
    Ok((RuleKind::Wall, Some(code.into()), consequence))
}

fn ask(annotations: &Annotations<'_>) -> Result<Reading, RuleError> {
    annotations.only(&["id", "cite", "source", "asks", "code", "record"])?;
    let effect = match annotations.get("asks")? {
        "consent" => Effect::HoldForConsent,
        "review" => Effect::HoldForReview,
        other => return Err(annotations.unknown("asks", other)),
    };
    let code = annotations.kebab("code")?;
    let consequence = Consequence::Ask {
        effect,
        record: annotations.refusal_record()?,
    };
    Ok((RuleKind::Ask, Some(code.into()), consequence))
}

fn minimise(annotations: &Annotations<'_>) -> Result<Reading, RuleError> {
    annotations.only(&["id", "cite", "source", "elements", "disposition"])?;
    let names = annotations.get("elements")?;
    let elements = names
        .split_whitespace()
        .map(|name| Element::parse(name).map_err(|_| annotations.unknown("elements", name)))
        .collect::<Result<_, _>>()?;
    let disposition = annotations.word("disposition", Disposition::parse)?;
    Ok((
        RuleKind::Minimise,
        None,
        Consequence::Minimise {
            elements,
            disposition,
        },
    ))
}

fn is_kebab(word: &str) -> bool {
    word.split('-').all(|part| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}
