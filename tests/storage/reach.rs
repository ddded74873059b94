//! Everything that a unit of work can reach of a tenant's rows by id or key.

use agent_factory::clock::Timestamp;
use agent_factory::dice::Dice;
use agent_factory::ids::PlacementId;
use agent_factory::store::{
    AgentStanding, ConsentStanding, GroundStanding, KeyStanding, PersonKeyPurpose, SigningKeyKind,
    Unit,
};

use super::filed::Filed;
use super::school::{later, sealed, secret};

/// Every read by id or key, with the ids of the tenant that has them.
pub async fn found(unit: &mut Unit, filed: &Filed) -> Vec<bool> {
    [
        found_keys_and_people(unit, filed).await,
        found_agents(unit, filed).await,
        found_grounds(unit, filed).await,
        found_records(unit, filed).await,
    ]
    .concat()
}

async fn found_keys_and_people(unit: &mut Unit, filed: &Filed) -> Vec<bool> {
    let school = &filed.school;
    vec![
        unit.tenant_keys().find(1).await.unwrap().is_some(),
        !unit.tenant_keys().list().await.unwrap().is_empty(),
        unit.signing_keys()
            .find(filed.signing_key.signing_key_id)
            .await
            .unwrap()
            .is_some(),
        !unit
            .signing_keys()
            .list(SigningKeyKind::Checkpoint)
            .await
            .unwrap()
            .is_empty(),
        unit.people().find(school.person).await.unwrap().is_some(),
        unit.person_keys()
            .find(school.person, PersonKeyPurpose::Content)
            .await
            .unwrap()
            .is_some(),
        unit.contexts().get(school.context).await.unwrap().is_some(),
        unit.contexts()
            .find(school.deployment, "course-1")
            .await
            .unwrap()
            .is_some(),
    ]
}

async fn found_agents(unit: &mut Unit, filed: &Filed) -> Vec<bool> {
    let school = &filed.school;
    vec![
        unit.agents().find(school.agent).await.unwrap().is_some(),
        !unit
            .agents()
            .versions(school.agent)
            .await
            .unwrap()
            .is_empty(),
        !unit
            .agent_enablements()
            .list_for(school.deployment, Some(school.context))
            .await
            .unwrap()
            .is_empty(),
        !unit
            .agent_enablements()
            .list_for_agent(school.agent)
            .await
            .unwrap()
            .is_empty(),
        unit.placements()
            .get(school.placement)
            .await
            .unwrap()
            .is_some(),
        unit.placements()
            .find_by_link(school.deployment, "link-1")
            .await
            .unwrap()
            .is_some(),
    ]
}

async fn found_grounds(unit: &mut Unit, filed: &Filed) -> Vec<bool> {
    let school = &filed.school;
    let consent = filed.consent.ground_id;
    vec![
        unit.agreements()
            .get(filed.agreement.ground_id)
            .await
            .unwrap()
            .is_some(),
        !unit
            .agreements()
            .list_for_agent(school.agent)
            .await
            .unwrap()
            .is_empty(),
        unit.school_authorizations()
            .get(filed.authorization.ground_id)
            .await
            .unwrap()
            .is_some(),
        !unit
            .school_authorizations()
            .list_active(later(1))
            .await
            .unwrap()
            .is_empty(),
        unit.consents().get(consent).await.unwrap().is_some(),
        !unit
            .consents()
            .list_for_person(school.person)
            .await
            .unwrap()
            .is_empty(),
        unit.ground_events()
            .list_for_ground(consent)
            .await
            .unwrap()
            .len()
            == 2,
        unit.age_bands()
            .for_person(school.person)
            .await
            .unwrap()
            .is_some(),
    ]
}

async fn found_records(unit: &mut Unit, filed: &Filed) -> Vec<bool> {
    let school = &filed.school;
    let sub_index = sub_index(unit, filed).await;
    vec![
        unit.sessions()
            .get(filed.session.session_id)
            .await
            .unwrap()
            .is_some(),
        unit.entries().find(filed.entry).await.unwrap().is_some(),
        !unit.entries().list(None, 10).await.unwrap().is_empty(),
        !unit
            .sealed_parts()
            .list_for_entry(filed.entry)
            .await
            .unwrap()
            .is_empty(),
        unit.idempotency_keys()
            .find(&filed.kept.key_hash, "agents", later(1))
            .await
            .unwrap()
            .is_some(),
        unit.people()
            .find_by_sub_index(&sub_index)
            .await
            .unwrap()
            .is_some(),
        unit.agents()
            .find_by_slug(&"tutor".parse().unwrap())
            .await
            .unwrap()
            .is_some_and(|agent| agent.agent_id == school.agent),
    ]
}

/// The person's blind index, where it can be seen; else one that nobody has.
async fn sub_index(unit: &mut Unit, filed: &Filed) -> [u8; 32] {
    let person = unit.people().find(filed.school.person).await.unwrap();
    person.map_or_else(secret, |person| person.sub_index)
}

pub async fn listed(unit: &mut Unit, filed: &Filed) -> [usize; 10] {
    let nothing: Option<Timestamp> = None;
    assert_eq!(nothing, filed.session.ended_at);
    [
        unit.people().list(None, 10).await.unwrap().len(),
        unit.contexts().list(None, 10).await.unwrap().len(),
        unit.agents().list(None, 10).await.unwrap().len(),
        unit.placements().list(None, 10).await.unwrap().len(),
        unit.agreements().list(None, 10).await.unwrap().len(),
        unit.school_authorizations()
            .list(None, 10)
            .await
            .unwrap()
            .len(),
        unit.consents().list(None, 10).await.unwrap().len(),
        unit.age_bands().list(None, 10).await.unwrap().len(),
        unit.sessions().list(None, 10).await.unwrap().len(),
        unit.tenant_keys().list().await.unwrap().len(),
    ]
}

/// Every write by id or key, with the ids of the tenant that has them.
pub async fn changed(unit: &mut Unit, filed: &Filed) -> Vec<bool> {
    [
        changed_sessions_and_keys(unit, filed).await,
        changed_agents(unit, filed).await,
        changed_grounds(unit, filed).await,
        changed_the_rest(unit, filed).await,
    ]
    .concat()
}

async fn changed_sessions_and_keys(unit: &mut Unit, filed: &Filed) -> Vec<bool> {
    let school = &filed.school;
    let signing_key = filed.signing_key.signing_key_id;
    let code = filed.session.code_hash.unwrap();
    let host = &filed.session.host_label;
    let redeemed = unit
        .sessions()
        .redeem(&code, host, later(1), &filed.cookie)
        .await
        .unwrap();
    let by_cookie = unit.sessions().find_by_cookie(&filed.cookie).await.unwrap();
    vec![
        redeemed.is_some(),
        by_cookie.is_some(),
        unit.tenant_keys()
            .set_standing(1, KeyStanding::Retired)
            .await
            .unwrap(),
        unit.tenant_keys()
            .rewrap(1, &sealed("again"))
            .await
            .unwrap(),
        unit.signing_keys()
            .set_standing(signing_key, KeyStanding::Retired)
            .await
            .unwrap(),
        unit.people()
            .seen(school.person, later(1), None)
            .await
            .unwrap(),
    ]
}

async fn changed_agents(unit: &mut Unit, filed: &Filed) -> Vec<bool> {
    let school = &filed.school;
    let mut agent = filed.school.agent_row("tutor");
    agent.manifest_version = 2;
    let settings = serde_json::json!({});
    vec![
        unit.contexts()
            .rename(school.context, None, None)
            .await
            .unwrap(),
        unit.agents().change(&agent).await.unwrap(),
        unit.agents()
            .set_standing(school.agent, AgentStanding::Disabled, later(1))
            .await
            .unwrap(),
        unit.placements()
            .change(school.placement, school.agent, &settings)
            .await
            .unwrap(),
    ]
}

async fn changed_grounds(unit: &mut Unit, filed: &Filed) -> Vec<bool> {
    let session = filed.session.session_id;
    vec![
        unit.agreements()
            .set_standing(filed.agreement.ground_id, GroundStanding::Withdrawn)
            .await
            .unwrap(),
        unit.school_authorizations()
            .set_standing(filed.authorization.ground_id, GroundStanding::Withdrawn)
            .await
            .unwrap(),
        unit.consents()
            .set_standing(filed.consent.ground_id, ConsentStanding::Withdrawn)
            .await
            .unwrap(),
        unit.sessions()
            .end(session, later(2), "gone")
            .await
            .unwrap(),
        unit.sealed_parts()
            .delete(filed.entry, "address")
            .await
            .unwrap(),
    ]
}

async fn changed_the_rest(unit: &mut Unit, filed: &Filed) -> Vec<bool> {
    let school = &filed.school;
    let unbound = unbound(unit, filed).await;
    vec![
        unit.person_keys()
            .destroy(school.person, PersonKeyPurpose::Content, later(1))
            .await
            .unwrap(),
        unit.people().erase(school.person).await.unwrap(),
        unit.agent_enablements()
            .remove(school.agent, school.deployment, Some(school.context))
            .await
            .unwrap(),
        unit.nonces().forget_expired(later(99_999)).await.unwrap() == 1,
        unit.idempotency_keys()
            .forget_expired(later(99_999))
            .await
            .unwrap()
            == 1,
        unit.placements().remove(unbound).await.unwrap(),
    ]
}

/// A placement that no session names, made where its tenant is.
async fn unbound(unit: &mut Unit, filed: &Filed) -> PlacementId {
    if unit.tenant() != filed.school.tenant {
        return filed.school.placement;
    }
    let id = PlacementId::new(Dice, later(1)).unwrap();
    unit.placements()
        .insert(&filed.school.placement_row(id, "link-9"))
        .await
        .unwrap();
    id
}
