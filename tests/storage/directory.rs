//! The Directory: what is read before a tenant is known.

use agent_factory::dice::Dice;
use agent_factory::ids::{DeploymentRowId, INSTALLATION, RegistrationId, TokenId};
use agent_factory::store::{
    ApiToken, Counted, DeploymentStanding, RegistrationStanding, RevocationScope, TenantStanding,
};
use futures_util::future::join_all;

use super::ground::{Ground, on_both_databases};
use super::school::{NOW, School, later, secret};

on_both_databases! {
    tenants_are_found_by_id_and_slug_and_listed,
    a_slug_is_taken_once,
    registrations_are_found_by_issuer_and_client,
    a_registration_is_owned_once,
    pending_deployments_are_counted_capped_and_bound_once,
    an_origin_is_added_to_a_deployment_once,
    tokens_are_found_by_hash_used_and_revoked_once,
    revocation_counters_only_rise_and_are_read_since,
}

async fn tenants_are_found_by_id_and_slug_and_listed(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let directory = || ground.store.directory().tenants();
    let slug = "lincoln".parse().unwrap();
    let mut tenant = directory().find_by_slug(&slug).await.unwrap().unwrap();
    assert_eq!(
        directory().find(school.tenant).await.unwrap(),
        Some(tenant.clone())
    );
    let all = directory().list(None, 10).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].tenant_id, INSTALLATION);
    assert_eq!(
        directory().list(Some(INSTALLATION), 10).await.unwrap(),
        [tenant.clone()]
    );
    assert!(
        directory()
            .set_standing(school.tenant, TenantStanding::Suspended)
            .await
            .unwrap()
    );
    tenant.state = None;
    tenant.assistants_are_officials = false;
    assert!(directory().set_facts(&tenant).await.unwrap());
    let read = directory().find(school.tenant).await.unwrap().unwrap();
    assert_eq!(read.standing, TenantStanding::Suspended);
    assert_eq!((read.state, read.assistants_are_officials), (None, false));
}

async fn a_slug_is_taken_once(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let mut tenant = ground
        .store
        .directory()
        .tenants()
        .find(school.tenant)
        .await
        .unwrap()
        .unwrap();
    tenant.tenant_id = agent_factory::ids::TenantId::new(Dice, NOW).unwrap();
    let refused = ground
        .store
        .directory()
        .tenants()
        .insert(&tenant)
        .await
        .unwrap_err();
    assert!(refused.is_conflict_of("tenants_slug_unique"), "{refused:?}");
    tenant.slug = "adams".parse().unwrap();
    tenant.state = Some("California".to_owned());
    let refused = ground
        .store
        .directory()
        .tenants()
        .insert(&tenant)
        .await
        .unwrap_err();
    assert!(
        refused.is_conflict_of("tenants_state_two_letters"),
        "{refused:?}"
    );
}

async fn registrations_are_found_by_issuer_and_client(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let other = School::open(&ground.store, "adams").await;
    let directory = || ground.store.directory().registrations();
    let issuer = "https://lms.example";
    let found = directory().find(issuer, "lincoln").await.unwrap().unwrap();
    assert_eq!(found, school.registration_row("lincoln"));
    assert_eq!(directory().find(issuer, "nobody").await.unwrap(), None);
    assert_eq!(
        directory()
            .get(other.registration)
            .await
            .unwrap()
            .unwrap()
            .client_id,
        "adams"
    );
    assert_eq!(directory().find_by_issuer(issuer).await.unwrap().len(), 2);
    assert_eq!(directory().list(None, 10).await.unwrap().len(), 2);
    let own = directory()
        .list_for_tenant(school.tenant, None, 10)
        .await
        .unwrap();
    assert_eq!(own, [found]);
    let inactive = RegistrationStanding::Inactive;
    assert!(
        directory()
            .set_standing(school.registration, inactive)
            .await
            .unwrap()
    );
    assert_eq!(
        directory()
            .get(school.registration)
            .await
            .unwrap()
            .unwrap()
            .standing,
        inactive
    );
}

async fn a_registration_is_owned_once(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let mut captured = School::open(&ground.store, "adams")
        .await
        .registration_row("lincoln");
    captured.registration_id = RegistrationId::new(Dice, NOW).unwrap();
    let refused = ground
        .store
        .directory()
        .registrations()
        .insert(&captured)
        .await
        .unwrap_err();
    assert!(
        refused.is_conflict_of("registrations_issuer_client_id_unique"),
        "{refused:?}"
    );
    let found = ground
        .store
        .directory()
        .registrations()
        .find(&captured.issuer, "lincoln")
        .await;
    assert_eq!(found.unwrap().unwrap().owner_tenant_id, school.tenant);
}

async fn pending_deployments_are_counted_capped_and_bound_once(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let other = School::open(&ground.store, "adams").await;
    let directory = || ground.store.directory().deployments();
    let pending = |id: &str| {
        let mut deployment = school.deployment_row(id);
        deployment.deployment_row_id = DeploymentRowId::new(Dice, NOW).unwrap();
        deployment.tenant_id = None;
        deployment.standing = DeploymentStanding::Pending;
        deployment
    };
    let first = pending("a");
    assert_eq!(
        directory().insert_pending(&first, 2).await,
        Ok(Counted::Seen(1))
    );
    assert_eq!(
        directory().insert_pending(&pending("a"), 2).await,
        Ok(Counted::Seen(2))
    );
    assert_eq!(
        directory().insert_pending(&pending("b"), 2).await,
        Ok(Counted::Seen(1))
    );
    assert_eq!(
        directory().insert_pending(&pending("c"), 2).await,
        Ok(Counted::Full)
    );
    assert_eq!(directory().list_pending(None, 10).await.unwrap().len(), 2);
    let (one, two) = tokio::join!(
        directory().bind(first.deployment_row_id, school.tenant),
        directory().bind(first.deployment_row_id, other.tenant),
    );
    assert_ne!(one.unwrap(), two.unwrap());
    let bound = directory()
        .find(school.registration, "a")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(bound.standing, DeploymentStanding::Active);
    assert!(bound.tenant_id.is_some());
    assert_eq!(
        directory().count_seen(school.registration, "a").await,
        Ok(Some(3))
    );
    assert_eq!(
        directory().count_seen(school.registration, "zzz").await,
        Ok(None)
    );
    let mut nobody = pending("d");
    nobody.standing = DeploymentStanding::Active;
    let refused = directory().insert(&nobody).await.unwrap_err();
    assert!(
        refused.is_conflict_of("deployments_bound_unless_pending"),
        "{refused:?}"
    );
}

async fn an_origin_is_added_to_a_deployment_once(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    for _ in 0..2 {
        let added = unit
            .directory()
            .deployments()
            .add_framing_origin(school.tenant, school.deployment, "https://campus.example")
            .await;
        assert_eq!(added, Ok(true));
    }
    unit.commit().await.unwrap();
    let deployment = ground
        .store
        .directory()
        .deployments()
        .get(school.deployment)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        deployment.framing_origins,
        ["https://lms.example", "https://campus.example"]
    );
    let list = ground
        .store
        .directory()
        .deployments()
        .list(school.tenant, None, 10)
        .await
        .unwrap();
    assert_eq!(list, [deployment]);
}

async fn tokens_are_found_by_hash_used_and_revoked_once(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let directory = || ground.store.directory().api_tokens();
    let token = |tenant, bootstrap| ApiToken {
        token_id: TokenId::new(Dice, NOW).unwrap(),
        token_hash: secret(),
        tenant_id: tenant,
        name: "ci".to_owned(),
        scopes: vec!["agents:write".to_owned()],
        bootstrap,
        expires_at: Some(later(60)),
        revoked_at: None,
        first_used_at: None,
        created_at: NOW,
    };
    assert_eq!(directory().bootstrap().await, Ok(None));
    let first = token(None, true);
    let lasting = token(Some(school.tenant), false);
    directory().insert(&first).await.unwrap();
    assert_eq!(directory().count_lasting().await, Ok(0));
    directory().insert(&lasting).await.unwrap();
    assert_eq!(directory().count_lasting().await, Ok(1));
    assert_eq!(directory().bootstrap().await, Ok(Some(first.clone())));
    let found = directory().find_by_hash(&lasting.token_hash).await.unwrap();
    assert_eq!(found, Some(lasting.clone()));
    assert_eq!(directory().find_by_hash(&secret()).await, Ok(None));
    assert_eq!(
        directory().record_use(first.token_id, later(1)).await,
        Ok(true)
    );
    assert_eq!(
        directory().record_use(first.token_id, later(2)).await,
        Ok(false)
    );
    assert_eq!(directory().revoke(first.token_id, later(3)).await, Ok(true));
    assert_eq!(
        directory().revoke(first.token_id, later(4)).await,
        Ok(false)
    );
    let installation = directory().list(None, None, 10).await.unwrap();
    assert_eq!(installation.len(), 1);
    assert_eq!(installation[0].revoked_at, Some(later(3)));
    assert_eq!(
        directory()
            .list(Some(school.tenant), None, 10)
            .await
            .unwrap(),
        [lasting]
    );
}

async fn revocation_counters_only_rise_and_are_read_since(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let raised = (0..8).map(|_| async {
        let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
        let counter = unit
            .directory()
            .revocations()
            .raise(school.tenant, RevocationScope::Person, "p1", later(5))
            .await
            .unwrap();
        unit.commit().await.unwrap();
        counter
    });
    let mut counters = join_all(raised).await;
    counters.sort_unstable();
    assert_eq!(counters, [1, 2, 3, 4, 5, 6, 7, 8]);
    let directory = || ground.store.directory().revocations();
    let all = directory().read_all().await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].counter, all[0].scope), (8, RevocationScope::Person));
    assert_eq!(directory().read_all_since(later(5)).await.unwrap(), all);
    assert_eq!(directory().read_all_since(later(6)).await.unwrap(), []);
}
