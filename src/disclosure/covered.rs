//! Which elements the grounds in force name. A ground speaks for what it lists and for nothing else,
//! so what none of them lists is not asked for.

use agent_factory_policies::{AgeBand, AgentKind, Element, Facts, FerpaConsent};

/// The elements of the grounds in force; `None` where no ground of the kind is.
#[derive(Debug, Clone, Default)]
pub(super) struct Covered {
    /// Of the school's authorization.
    pub coppa: Option<Vec<String>>,
    /// Of the parents' consent to collection and use.
    pub parents: Option<Vec<String>>,
    /// Of the consent under FERPA.
    pub ferpa: Option<Vec<String>>,
}

impl Covered {
    /// Takes out of the question what no ground in force lists.
    pub fn narrow(&self, facts: &mut Facts) {
        let child = facts.counted_age() == AgeBand::Under13;
        let for_children: Vec<&String> = self.coppa.iter().chain(&self.parents).flatten().collect();
        if child && (self.coppa.is_some() || self.parents.is_some()) {
            facts
                .elements
                .retain(|element| lists(&for_children, *element));
        }
        let rests_on_consent =
            facts.agent.kind == AgentKind::ThirdParty && facts.consent.ferpa == FerpaConsent::Valid;
        if let (true, Some(signed)) = (rests_on_consent, &self.ferpa) {
            let signed: Vec<&String> = signed.iter().collect();
            facts.elements.retain(|element| lists(&signed, *element));
        }
    }
}

fn lists(names: &[&String], element: Element) -> bool {
    names.iter().any(|name| *name == element.as_str())
}

#[cfg(test)]
mod tests {
    use agent_factory_policies::{Operation, TenantKind};

    use super::*;

    fn asked() -> Facts {
        let mut facts = Facts::unremarkable(Operation::Launch, TenantKind::K12);
        facts.elements = [Element::Pseudonym, Element::Prompt, Element::Email].into();
        facts
    }

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_child_is_asked_only_what_school_or_parents_listed() {
        let mut facts = asked();
        let covered = Covered {
            coppa: Some(names(&["pseudonym"])),
            parents: Some(names(&["prompt"])),
            ferpa: None,
        };
        covered.narrow(&mut facts);
        assert_eq!(facts.elements, [Element::Pseudonym, Element::Prompt].into());
    }

    #[test]
    fn a_third_party_gets_only_what_the_consent_lists() {
        let mut facts = asked();
        facts.subject.age = AgeBand::Adult;
        facts.agent.kind = AgentKind::ThirdParty;
        facts.consent.ferpa = FerpaConsent::Valid;
        let covered = Covered {
            ferpa: Some(names(&["prompt"])),
            ..Covered::default()
        };
        covered.narrow(&mut facts);
        assert_eq!(facts.elements, [Element::Prompt].into());
    }

    #[test]
    fn a_grown_up_at_a_contracted_agent_is_not_narrowed() {
        let mut facts = asked();
        facts.subject.age = AgeBand::Adult;
        Covered {
            coppa: Some(names(&["pseudonym"])),
            ..Covered::default()
        }
        .narrow(&mut facts);
        assert_eq!(facts.elements.len(), 3);
    }
}
