//! Which agent a launch opens: the written order, first answer wins. Only claims of a verified
//! token count. A selector that is given and does not resolve never falls through to a default.

use agent_factory_lti::LaunchMessage;

use crate::ids::{AgentId, PlacementId};

/// What a launch is keyed by inside its deployment: its link, else its course, else the deployment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LinkKey(String);

impl LinkKey {
    /// The key of a launch.
    pub fn of(message: &LaunchMessage) -> Self {
        if let Some(link) = message.resource_link() {
            return Self(format!("link:{}", link.id));
        }
        match message.context() {
            Some(context) => Self(format!("context:{}", context.id)),
            None => Self("deployment".to_owned()),
        }
    }

    /// The key of a resource link, as an operator names it.
    pub fn of_resource_link(id: &str) -> Self {
        Self(format!("link:{id}"))
    }

    /// The key of a whole course.
    pub fn of_context(id: &str) -> Self {
        Self(format!("context:{id}"))
    }

    /// The key as text, as the placement holds it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A placement bound to the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoundPlacement {
    /// Its id.
    pub placement: PlacementId,
    /// The agent it names.
    pub agent: AgentId,
}

/// An agent enabled where the launch comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnabledAgent {
    /// The agent.
    pub agent: AgentId,
    /// For the whole deployment, or for this launch's course alone.
    pub reach: Reach,
    /// Whether it is the default of that reach.
    pub default: IsDefault,
}

/// How far an enablement reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The launch's own course.
    Context,
    /// Every course of the deployment.
    Deployment,
}

/// Whether an enabled agent is its reach's default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IsDefault {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// Which of the written rules answered. The name goes into the launch's entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChoiceRule {
    /// Rule 2: the placement bound to this link.
    BoundPlacement,
    /// Rule 3: the agent that `custom.agent` names. Binds.
    NamedAgent,
    /// Rule 4: the default agent of the course.
    ContextDefault,
    /// Rule 4: the default agent of the deployment.
    DeploymentDefault,
    /// Rule 5: the only enabled agent.
    OnlyEnabled,
}

impl ChoiceRule {
    /// A stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::BoundPlacement => "bound-placement",
            Self::NamedAgent => "named-agent",
            Self::ContextDefault => "context-default",
            Self::DeploymentDefault => "deployment-default",
            Self::OnlyEnabled => "only-enabled",
        }
    }
}

/// What a launch opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentChoice {
    /// This agent.
    Opens {
        /// The agent.
        agent: AgentId,
        /// The placement that named it, where one did.
        placement: Option<PlacementId>,
        /// The rule that answered.
        rule: ChoiceRule,
    },
    /// None: a selector was given that this launch's tenant cannot resolve.
    SelectorUnresolved,
    /// None: nothing is chosen for this link yet.
    NotChosen,
}

/// The selectors of a launch that nothing here resolves yet: `custom.placement`, `custom.item`.
pub fn has_unresolved_selector(message: &LaunchMessage) -> bool {
    ["placement", "item"]
        .iter()
        .any(|key| message.custom(key).is_some())
}

/// Answers by rules 2, 3 (`custom.agent`), 4 and 5.
///
/// `enabled` holds only agents that are active and enabled for the launch's deployment or course.
pub fn choose(
    bound: Option<BoundPlacement>,
    enabled: &[EnabledAgent],
    selector: Selector,
) -> AgentChoice {
    if let Some(bound) = bound {
        let usable = enabled.iter().any(|e| e.agent == bound.agent);
        return if usable {
            AgentChoice::Opens {
                agent: bound.agent,
                placement: Some(bound.placement),
                rule: ChoiceRule::BoundPlacement,
            }
        } else {
            AgentChoice::SelectorUnresolved
        };
    }
    match selector {
        Selector::Absent => {}
        Selector::Agent(named) if enabled.iter().any(|e| e.agent == named) => {
            return AgentChoice::Opens {
                agent: named,
                placement: None,
                rule: ChoiceRule::NamedAgent,
            };
        }
        Selector::Agent(_) | Selector::Unresolved => return AgentChoice::SelectorUnresolved,
    }
    for (reach, rule) in [
        (Reach::Context, ChoiceRule::ContextDefault),
        (Reach::Deployment, ChoiceRule::DeploymentDefault),
    ] {
        let default = |e: &&EnabledAgent| e.reach == reach && e.default == IsDefault::Yes;
        if let Some(found) = enabled.iter().find(default) {
            return AgentChoice::Opens {
                agent: found.agent,
                placement: None,
                rule,
            };
        }
    }
    match enabled.first() {
        Some(first) if enabled.iter().all(|e| e.agent == first.agent) => AgentChoice::Opens {
            agent: first.agent,
            placement: None,
            rule: ChoiceRule::OnlyEnabled,
        },
        _ => AgentChoice::NotChosen,
    }
}

/// What a launch says that it wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector {
    /// Nothing.
    Absent,
    /// This agent of the tenant, by `custom.agent`.
    Agent(AgentId),
    /// Something that this tenant does not have, or that nothing here resolves yet.
    Unresolved,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn agent(n: u128) -> AgentId {
        AgentId(Uuid::from_u128(n))
    }

    fn enabled(n: u128, reach: Reach, default: IsDefault) -> EnabledAgent {
        EnabledAgent {
            agent: agent(n),
            reach,
            default,
        }
    }

    fn bound(n: u128) -> BoundPlacement {
        BoundPlacement {
            placement: PlacementId(Uuid::from_u128(9)),
            agent: agent(n),
        }
    }

    fn opened(choice: AgentChoice) -> Option<(AgentId, ChoiceRule)> {
        match choice {
            AgentChoice::Opens { agent, rule, .. } => Some((agent, rule)),
            _ => None,
        }
    }

    #[test]
    fn the_placement_bound_to_the_link_comes_before_any_default() {
        let agents = [
            enabled(1, Reach::Deployment, IsDefault::Yes),
            enabled(2, Reach::Deployment, IsDefault::No),
        ];
        let choice = choose(Some(bound(2)), &agents, Selector::Absent);
        assert_eq!(opened(choice), Some((agent(2), ChoiceRule::BoundPlacement)));
    }

    #[test]
    fn a_bound_agent_that_is_disabled_opens_nothing_else() {
        let agents = [enabled(1, Reach::Deployment, IsDefault::Yes)];
        assert_eq!(
            choose(Some(bound(2)), &agents, Selector::Absent),
            AgentChoice::SelectorUnresolved
        );
    }

    #[test]
    fn a_selector_that_does_not_resolve_never_falls_through() {
        let agents = [enabled(1, Reach::Deployment, IsDefault::Yes)];
        assert_eq!(
            choose(None, &agents, Selector::Unresolved),
            AgentChoice::SelectorUnresolved
        );
    }

    #[test]
    fn a_named_agent_opens_when_it_is_enabled_and_never_before_what_is_bound() {
        let agents = [
            enabled(1, Reach::Deployment, IsDefault::Yes),
            enabled(2, Reach::Deployment, IsDefault::No),
        ];
        let named = Selector::Agent(agent(2));
        assert_eq!(
            opened(choose(None, &agents, named)),
            Some((agent(2), ChoiceRule::NamedAgent))
        );
        assert_eq!(
            opened(choose(Some(bound(1)), &agents, named)),
            Some((agent(1), ChoiceRule::BoundPlacement))
        );
        assert_eq!(
            choose(None, &agents[..1], named),
            AgentChoice::SelectorUnresolved
        );
    }

    #[test]
    fn the_course_default_comes_before_the_deployment_default() {
        let agents = [
            enabled(1, Reach::Deployment, IsDefault::Yes),
            enabled(2, Reach::Context, IsDefault::Yes),
        ];
        let choice = choose(None, &agents, Selector::Absent);
        assert_eq!(opened(choice), Some((agent(2), ChoiceRule::ContextDefault)));
        let choice = choose(None, &agents[..1], Selector::Absent);
        assert_eq!(
            opened(choice),
            Some((agent(1), ChoiceRule::DeploymentDefault))
        );
    }

    #[test]
    fn the_only_enabled_agent_opens_and_of_two_without_a_default_none_does() {
        let one = [enabled(1, Reach::Deployment, IsDefault::No)];
        let choice = choose(None, &one, Selector::Absent);
        assert_eq!(opened(choice), Some((agent(1), ChoiceRule::OnlyEnabled)));
        let two = [one[0], enabled(2, Reach::Deployment, IsDefault::No)];
        assert_eq!(choose(None, &two, Selector::Absent), AgentChoice::NotChosen);
        assert_eq!(choose(None, &[], Selector::Absent), AgentChoice::NotChosen);
    }
}
