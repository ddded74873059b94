//! Nouns: what is filed is what is read, and each keeps its own rules.

use agent_factory::dice::Dice;
use agent_factory::ids::PersonId;
use agent_factory::store::{KeyStanding, StoreError};

use super::filed::Filed;
use super::ground::{Ground, on_both_databases};
use super::school::{NOW, School, later, sealed, secret};

on_both_databases! {
    what_is_filed_is_what_is_read,
    what_a_school_opens_with_is_what_is_read,
    lists_go_on_after_the_last_id,
    a_key_version_is_made_once,
    an_agents_manifests_are_all_kept_and_changed_one_at_a_time,
    an_enablement_of_the_course_comes_before_that_of_the_deployment,
    a_used_nonce_is_not_used_again_until_it_is_forgotten,
    a_kept_answer_is_found_until_it_is_forgotten,
    a_corrupt_row_is_named_by_table_column_and_id,
}

async fn what_is_filed_is_what_is_read(ground: &Ground) {
    let filed = Filed::open(&ground.store, "lincoln").await;
    let school = &filed.school;
    let mut unit = ground.store.tenant(school.tenant).read().await.unwrap();
    assert_eq!(
        unit.tenant_keys().find(1).await.unwrap(),
        Some(filed.tenant_key.clone())
    );
    let id = filed.signing_key.signing_key_id;
    assert_eq!(
        unit.signing_keys().find(id).await.unwrap(),
        Some(filed.signing_key.clone())
    );
    let id = filed.agreement.ground_id;
    assert_eq!(
        unit.agreements().get(id).await.unwrap(),
        Some(filed.agreement.clone())
    );
    let id = filed.authorization.ground_id;
    let authorization = unit.school_authorizations().get(id).await.unwrap();
    assert_eq!(authorization, Some(filed.authorization.clone()));
    let id = filed.consent.ground_id;
    assert_eq!(
        unit.consents().get(id).await.unwrap(),
        Some(filed.consent.clone())
    );
    let age_band = unit.age_bands().for_person(school.person).await.unwrap();
    assert_eq!(age_band, Some(filed.age_band.clone()));
    let id = filed.session.session_id;
    assert_eq!(
        unit.sessions().get(id).await.unwrap(),
        Some(filed.session.clone())
    );
    let parts = unit
        .sealed_parts()
        .list_for_entry(filed.entry)
        .await
        .unwrap();
    assert_eq!(parts, std::slice::from_ref(&filed.part));
}

async fn what_a_school_opens_with_is_what_is_read(ground: &Ground) {
    let filed = Filed::open(&ground.store, "lincoln").await;
    let school = &filed.school;
    let mut unit = ground.store.tenant(school.tenant).read().await.unwrap();
    let agent = unit.agents().find(school.agent).await.unwrap().unwrap();
    assert_eq!(agent, school.agent_row("tutor"));
    let placement = unit
        .placements()
        .find_by_link(school.deployment, "link-1")
        .await
        .unwrap();
    assert_eq!(
        placement,
        Some(school.placement_row(school.placement, "link-1"))
    );
    let context = unit
        .contexts()
        .find(school.deployment, "course-1")
        .await
        .unwrap();
    assert_eq!(
        context,
        Some(school.context_row(school.context, "course-1"))
    );
    let history = unit
        .ground_events()
        .list_for_ground(filed.consent.ground_id)
        .await
        .unwrap();
    let seqs: Vec<_> = history
        .iter()
        .map(|event| (event.seq, event.what.as_str()))
        .collect();
    assert_eq!(seqs, [(1, "recorded"), (2, "seen")]);
}

async fn lists_go_on_after_the_last_id(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    for _ in 0..6 {
        let person = PersonId::new(Dice, NOW).unwrap();
        unit.people()
            .insert(&School::new_person(person, secret()))
            .await
            .unwrap();
    }
    let first = unit.people().list(None, 4).await.unwrap();
    let rest = unit
        .people()
        .list(Some(first[3].person_id), 4)
        .await
        .unwrap();
    let ids: Vec<_> = first
        .iter()
        .chain(&rest)
        .map(|person| person.person_id)
        .collect();
    assert_eq!(ids.len(), 7);
    assert!(ids.is_sorted());
}

async fn a_key_version_is_made_once(ground: &Ground) {
    let filed = Filed::open(&ground.store, "lincoln").await;
    let mut unit = ground
        .store
        .tenant(filed.school.tenant)
        .begin()
        .await
        .unwrap();
    let refused = unit
        .tenant_keys()
        .insert(&filed.tenant_key)
        .await
        .unwrap_err();
    assert!(refused.is_conflict_of("tenant_keys_pkey"), "{refused:?}");
    unit.abandon().await.unwrap();
    let mut unit = ground
        .store
        .tenant(filed.school.tenant)
        .begin()
        .await
        .unwrap();
    assert!(
        unit.tenant_keys()
            .rewrap(1, &sealed("again"))
            .await
            .unwrap()
    );
    assert!(
        unit.tenant_keys()
            .set_standing(1, KeyStanding::Retired)
            .await
            .unwrap()
    );
    let key = unit.tenant_keys().find(1).await.unwrap().unwrap();
    assert_eq!(
        (key.wrapped, key.standing),
        (sealed("again"), KeyStanding::Retired)
    );
}

async fn an_agents_manifests_are_all_kept_and_changed_one_at_a_time(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    let mut agent = school.agent_row("tutor");
    agent.manifest_version = 2;
    agent.manifest = serde_json::json!({"purposes": ["grading"]});
    assert!(unit.agents().change(&agent).await.unwrap());
    assert!(!unit.agents().change(&agent).await.unwrap());
    let versions = unit.agents().versions(school.agent).await.unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!(
        versions[0].manifest,
        serde_json::json!({"purposes": ["tutoring"]})
    );
    assert_eq!(versions[1].manifest, agent.manifest);
    let refused = unit
        .agents()
        .insert(&school.agent_row("tutor"))
        .await
        .unwrap_err();
    assert!(
        matches!(refused, StoreError::Conflict { .. }),
        "{refused:?}"
    );
}

async fn an_enablement_of_the_course_comes_before_that_of_the_deployment(ground: &Ground) {
    let filed = Filed::open(&ground.store, "lincoln").await;
    let school = &filed.school;
    let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    let mut wide = filed.enablement.clone();
    wide.context_row_id = None;
    wide.is_default = false;
    unit.agent_enablements().put(&wide).await.unwrap();
    let enabled = unit
        .agent_enablements()
        .list_for(school.deployment, Some(school.context))
        .await
        .unwrap();
    assert_eq!(enabled, [filed.enablement.clone(), wide.clone()]);
    let enabled = unit
        .agent_enablements()
        .list_for(school.deployment, None)
        .await
        .unwrap();
    assert_eq!(enabled, [wide]);
}

async fn a_used_nonce_is_not_used_again_until_it_is_forgotten(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let nonce = school.nonce(secret());
    let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    assert!(unit.nonces().use_up(&nonce).await.unwrap());
    assert!(!unit.nonces().use_up(&nonce).await.unwrap());
    assert_eq!(
        unit.nonces()
            .forget_expired(nonce.expires_at)
            .await
            .unwrap(),
        0
    );
    assert_eq!(unit.nonces().forget_expired(later(3_601)).await.unwrap(), 1);
    assert!(unit.nonces().use_up(&nonce).await.unwrap());
}

async fn a_kept_answer_is_found_until_it_is_forgotten(ground: &Ground) {
    let filed = Filed::open(&ground.store, "lincoln").await;
    let mut unit = ground
        .store
        .tenant(filed.school.tenant)
        .begin()
        .await
        .unwrap();
    let key = filed.kept.key_hash;
    let kept = unit
        .idempotency_keys()
        .find(&key, "agents", later(1))
        .await
        .unwrap();
    assert_eq!(kept, Some(filed.kept.clone()));
    assert_eq!(
        unit.idempotency_keys()
            .find(&key, "placements", later(1))
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        unit.idempotency_keys()
            .find(&key, "agents", later(86_400))
            .await
            .unwrap(),
        None
    );
    let refused = unit
        .idempotency_keys()
        .insert(&filed.kept)
        .await
        .unwrap_err();
    assert!(
        refused.is_conflict_of("idempotency_keys_pkey"),
        "{refused:?}"
    );
}

async fn a_corrupt_row_is_named_by_table_column_and_id(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    ground
        .tamper("update agents set standing = 'rubbish'")
        .await
        .unwrap();
    let mut unit = ground.store.tenant(school.tenant).read().await.unwrap();
    let corrupt = unit.agents().find(school.agent).await.unwrap_err();
    let expected = StoreError::Corrupt {
        table: "agents",
        column: "standing",
        row: school.agent.to_string(),
    };
    assert_eq!(corrupt, expected);
}
