//! What a ground covers: agents, purposes, data elements; each of them known, none of them left
//! open.

use agent_factory_policies::{Element, Purpose};

use crate::ids::AgentId;
use crate::onboarding::{OperatorError, agents, text};
use crate::store::Unit;

/// Purposes that exist, at least one, each once.
pub(super) fn purposes(words: &[String]) -> Result<Vec<String>, OperatorError> {
    listed("purposes", words, |word| Purpose::parse(word).is_ok())
}

/// Data elements of the catalogue, at least one, each once.
pub(super) fn elements(words: &[String]) -> Result<Vec<String>, OperatorError> {
    listed("elements", words, |word| Element::parse(word).is_ok())
}

fn listed(
    field: &'static str,
    words: &[String],
    known: impl Fn(&str) -> bool,
) -> Result<Vec<String>, OperatorError> {
    if words.is_empty() {
        return Err(OperatorError::invalid(field, "names none"));
    }
    if words.len() > text::MAX_LIST {
        return Err(OperatorError::invalid(field, "holds too many"));
    }
    let mut listed: Vec<String> = Vec::new();
    for word in words {
        if !known(word) {
            return Err(OperatorError::invalid(
                field,
                "holds one that does not exist",
            ));
        }
        if !listed.contains(word) {
            listed.push(word.clone());
        }
    }
    Ok(listed)
}

/// The tenant's agents of these slugs or ids, at least one, each once.
pub(super) async fn agents(
    unit: &mut Unit,
    named: &[String],
) -> Result<Vec<AgentId>, OperatorError> {
    if named.is_empty() {
        return Err(OperatorError::invalid("agents", "names none"));
    }
    if named.len() > text::MAX_LIST {
        return Err(OperatorError::invalid("agents", "holds too many"));
    }
    let mut ids = Vec::new();
    for name in named {
        let id = agents::find(unit, "agents", name).await?.agent_id;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}
