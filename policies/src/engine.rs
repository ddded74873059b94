//! The engine: facts in, a permit or a refusal out, and the only place where a permit is made.
//!
//! It must never permit what it could not evaluate: Cedar skips a rule that errs, so any error refuses.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use cedar_policy::{Authorizer, Request, Response};

use crate::agent::AgentKind;
use crate::catalogue::RecipientKind;
use crate::decision::{Decision, DecisionId, Disclosure, Refusal, RefusalCause};
use crate::disposition::Disposition;
use crate::effect::Effect;
use crate::element::Element;
use crate::facts::Facts;
use crate::fingerprint::Fingerprint;
use crate::policy_set::PolicySet;
use crate::record::Record99_32;
use crate::request::Phrasing;
use crate::rule::{Consequence, FiredRule, RefusalRecord, Rule};

/// Decides under one policy set.
#[derive(Debug)]
pub struct Engine {
    set: PolicySet,
    phrasing: Phrasing,
    authorizer: Authorizer,
}

/// The rules could not be evaluated.
struct EvaluationFailed;

/// The rules that fired, by what they do.
#[derive(Default)]
struct Fired {
    grounds: Vec<Arc<Rule>>,
    walls: Vec<Arc<Rule>>,
    asks: Vec<Arc<Rule>>,
    minimised: Vec<Arc<Rule>>,
}

/// A rule that stands against, or asks: its effect, its record, itself.
struct Against<'a> {
    effect: Effect,
    record: RefusalRecord,
    rule: &'a FiredRule,
}

impl Engine {
    /// An engine over a loaded set.
    pub fn new(set: PolicySet) -> Self {
        Self {
            set,
            phrasing: Phrasing::new(),
            authorizer: Authorizer::new(),
        }
    }

    /// The set it decides under.
    pub fn policy_set(&self) -> &PolicySet {
        &self.set
    }

    /// Which rules, words and numbers it decides under.
    pub fn fingerprint(&self) -> &Fingerprint {
        self.set.fingerprint()
    }

    /// Decides. A pure function of the policy set and the facts.
    ///
    /// Rules that cannot be evaluated give a refusal whose cause is
    /// [`RefusalCause::EvaluationError`]; the caller sounds the alarm.
    pub fn decide(&self, facts: &Facts) -> Decision {
        match self.evaluate(facts) {
            Err(EvaluationFailed) => Decision::Refused(self.failed(facts)),
            Ok(fired) if fired.permits() => Decision::Permitted(self.permit(facts, &fired)),
            Ok(fired) => Decision::Refused(self.refuse(facts, &fired)),
        }
    }

    fn evaluate(&self, facts: &Facts) -> Result<Fired, EvaluationFailed> {
        let set = &self.set;
        let request = self
            .phrasing
            .request(facts, &set.catalogue, &set.constants, &set.schema)
            .map_err(|_| EvaluationFailed)?;
        let mut fired = Fired::default();
        for part in [&set.grounds, &set.walls] {
            let response = self.ask(&request, part)?;
            fired.take(
                response
                    .diagnostics()
                    .reason()
                    .filter_map(|id| set.rules.get(id)),
            );
        }
        fired.sort();
        Ok(fired)
    }

    fn ask(
        &self,
        request: &Request,
        part: &cedar_policy::PolicySet,
    ) -> Result<Response, EvaluationFailed> {
        let response = self
            .authorizer
            .is_authorized(request, part, &self.set.actions);
        let failed = response.diagnostics().errors().next().is_some();
        if failed {
            Err(EvaluationFailed)
        } else {
            Ok(response)
        }
    }

    fn permit(&self, facts: &Facts, fired: &Fired) -> Disclosure {
        let elements = self.dispositions(facts, fired);
        let minimised = facts.operation.is_always_minimised()
            || elements
                .values()
                .any(|disposition| *disposition != Disposition::Pass);
        Disclosure {
            effect: if minimised {
                Effect::AllowMinimised
            } else {
                Effect::Allow
            },
            operation: facts.operation,
            purpose: facts.purpose,
            elements,
            rules: told(fired.grounds.iter().chain(&fired.minimised)),
            record: fired
                .record_of_ground(facts)
                .unwrap_or(Record99_32::Required),
            fingerprint: self.fingerprint().clone(),
            id: DecisionId::of(self.fingerprint(), facts),
        }
    }

    /// The catalogue's word on each element, made stricter where a rule says so.
    fn dispositions(&self, facts: &Facts, fired: &Fired) -> BTreeMap<Element, Disposition> {
        let recipient = RecipientKind::of(facts);
        let consented = fired.grounds.iter().any(|rule| {
            matches!(
                rule.consequence,
                Consequence::Ground {
                    opens_needs_consent: true,
                    ..
                }
            )
        });
        let settled = |element: Element| {
            let usual = match self.set.catalogue.disposition(element, recipient) {
                Disposition::NeedsConsent if consented => Disposition::Pass,
                disposition => disposition,
            };
            fired.stricter(element).fold(usual, Disposition::stricter)
        };
        facts
            .elements
            .iter()
            .map(|element| (*element, settled(*element)))
            .collect()
    }

    fn refuse(&self, facts: &Facts, fired: &Fired) -> Refusal {
        let against = fired.against();
        let missing = fired.basis_is_missing(&against);
        let effect = against
            .iter()
            .map(|one| one.effect)
            .max()
            .filter(|_| !missing);
        let mut codes: Vec<Arc<str>> = Vec::new();
        if missing {
            codes.push(Refusal::NO_LEGAL_BASIS.into());
        }
        for code in against.iter().filter_map(|one| one.rule.code.clone()) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        let against_rules = against.iter().map(|one| one.rule.clone());
        let rest = told(fired.grounds.iter().chain(&fired.minimised));
        let effect = effect.unwrap_or(Effect::Deny);
        Refusal {
            effect,
            codes,
            cause: RefusalCause::Rules,
            rules: against_rules.chain(rest).collect(),
            record: fired.record_of_refusal(facts, &against, effect),
            fingerprint: self.fingerprint().clone(),
            id: DecisionId::of(self.fingerprint(), facts),
        }
    }

    fn failed(&self, facts: &Facts) -> Refusal {
        Refusal {
            effect: Effect::Deny,
            codes: vec![Refusal::EVALUATION_ERROR.into()],
            cause: RefusalCause::EvaluationError,
            rules: Vec::new(),
            record: Record99_32::NotADisclosure,
            fingerprint: self.fingerprint().clone(),
            id: DecisionId::of(self.fingerprint(), facts),
        }
    }
}

impl Fired {
    fn take<'a>(&mut self, rules: impl Iterator<Item = &'a Arc<Rule>>) {
        for rule in rules {
            let of_its_kind = match rule.consequence {
                Consequence::Ground { .. } => &mut self.grounds,
                Consequence::Wall { .. } => &mut self.walls,
                Consequence::Ask { .. } => &mut self.asks,
                Consequence::Minimise { .. } => &mut self.minimised,
            };
            of_its_kind.push(Arc::clone(rule));
        }
    }

    /// Cedar answers in no order; told in the order of the files, equal decisions read equal.
    fn sort(&mut self) {
        for part in [
            &mut self.grounds,
            &mut self.walls,
            &mut self.asks,
            &mut self.minimised,
        ] {
            part.sort_by_key(|rule| rule.place);
        }
    }

    fn permits(&self) -> bool {
        !self.grounds.is_empty() && self.walls.is_empty()
    }

    /// What stands against, the most severe first. A missing ground is asked for only where there is
    /// no other.
    fn against(&self) -> Vec<Against<'_>> {
        let asks = if self.grounds.is_empty() {
            self.asks.as_slice()
        } else {
            &[]
        };
        let mut against: Vec<Against<'_>> = self
            .walls
            .iter()
            .chain(asks)
            .filter_map(|rule| match rule.consequence {
                Consequence::Wall { effect, record } | Consequence::Ask { effect, record } => {
                    Some(Against {
                        effect,
                        record,
                        rule: &rule.fired,
                    })
                }
                _ => None,
            })
            .collect();
        against.sort_by_key(|one| Reverse(one.effect));
        against
    }

    /// Whether there is no ground, nobody to ask for one, and no rule that says so by name.
    fn basis_is_missing(&self, against: &[Against<'_>]) -> bool {
        self.grounds.is_empty()
            && self.asks.is_empty()
            && !against.iter().any(|one| one.effect == Effect::Deny)
    }

    /// The status that the disclosure has, or would have had: none where some ground says that it is
    /// no disclosure, else `required` where some ground asks for it, else the first exemption.
    fn record_of_ground(&self, facts: &Facts) -> Option<Record99_32> {
        let idea = facts.subject.idea && facts.agent.kind != AgentKind::InHouse;
        self.grounds
            .iter()
            .filter_map(|rule| match rule.consequence {
                Consequence::Ground {
                    record,
                    record_idea,
                    ..
                } => Some(record_idea.filter(|_| idea).unwrap_or(record)),
                _ => None,
            })
            .min()
    }

    /// The status of a refusal: that of the rules which gave it its effect.
    fn record_of_refusal(
        &self,
        facts: &Facts,
        against: &[Against<'_>],
        effect: Effect,
    ) -> Record99_32 {
        if facts.operation.discloses_nothing() {
            return Record99_32::NotADisclosure;
        }
        let named = |one: &Against<'_>| match one.record {
            RefusalRecord::Is(record) => Some(record),
            RefusalRecord::OfGround => None,
        };
        let decisive: Vec<_> = against
            .iter()
            .filter(|one| one.effect == effect)
            .filter_map(named)
            .collect();
        if decisive.contains(&Record99_32::Required) {
            return Record99_32::Required;
        }
        // Of several other statuses the exemption is told rather than that nothing was asked.
        let strongest = decisive.into_iter().max();
        let of_ground = || self.record_of_ground(facts);
        strongest
            .or_else(of_ground)
            .unwrap_or(Record99_32::Required)
    }

    fn stricter(&self, element: Element) -> impl Iterator<Item = Disposition> {
        self.minimised
            .iter()
            .filter_map(move |rule| match &rule.consequence {
                Consequence::Minimise {
                    elements,
                    disposition,
                } if elements.contains(&element) => Some(*disposition),
                _ => None,
            })
    }
}

fn told<'a>(rules: impl Iterator<Item = &'a Arc<Rule>>) -> Vec<FiredRule> {
    rules.map(|rule| rule.fired.clone()).collect()
}
