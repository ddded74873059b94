//! What a change leaves behind: an entry, a raised counter, an answer kept; and what it must not
//! leave behind.

use http::StatusCode;
use serde_json::{Value, json};

use super::harness::{Api, BOOTSTRAP, agreement, authorization, consent, tutor};
use crate::store::RevocationScope;

async fn counters(api: &Api) -> Vec<(RevocationScope, String, i64)> {
    let mut rows: Vec<_> = api
        .gateway
        .store
        .directory()
        .revocations()
        .read_all()
        .await
        .unwrap()
        .into_iter()
        .map(|row| (row.scope, row.scope_id, row.counter))
        .collect();
    rows.sort();
    rows
}

fn count(rows: &[(RevocationScope, String, i64)], scope: RevocationScope, id: &str) -> i64 {
    rows.iter()
        .find(|row| row.0 == scope && row.1 == id)
        .map_or(0, |row| row.2)
}

async fn actions(api: &Api, tenant: &str) -> Vec<String> {
    let path = format!("{tenant}/audit/entries?trail=administration&limit=200");
    let page = api.get(BOOTSTRAP, &path).await.json();
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["action"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn each_withdrawal_raises_the_counter_of_what_rested_on_it() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    let made = api.furnish(&tenant).await;
    let person = json!({"platform": made.platform, "platform_user_id": "s-12"});
    let agent = made.agent.as_str();
    for (noun, body, scope) in [
        ("agreements", agreement(), RevocationScope::Agent),
        (
            "school-authorizations",
            authorization(),
            RevocationScope::Agent,
        ),
        ("consents", consent(&person), RevocationScope::Person),
    ] {
        let recorded = api.post(BOOTSTRAP, &format!("{tenant}/{noun}"), body).await;
        let about = recorded.json()["person"]
            .as_str()
            .unwrap_or(agent)
            .to_owned();
        let before = count(&counters(&api).await, scope, &about);
        assert!(before > 0, "recording {noun} raises it too");
        let path = format!("{tenant}/{noun}/{}/withdraw", recorded.id());
        let withdrawn = api.post(BOOTSTRAP, &path, json!({})).await;
        assert_eq!(
            withdrawn.json()["standing"],
            "withdrawn",
            "{}",
            withdrawn.text
        );
        assert_eq!(
            count(&counters(&api).await, scope, &about),
            before + 1,
            "{noun}"
        );
        api.post(BOOTSTRAP, &path, json!({})).await.id();
        assert_eq!(
            count(&counters(&api).await, scope, &about),
            before + 1,
            "{noun} again"
        );
    }
    let actions = actions(&api, &tenant).await;
    for action in ["agreement", "school-authorization", "consent"] {
        let withdrawals = actions
            .iter()
            .filter(|a| **a == format!("{action}-withdrawn"));
        assert_eq!(withdrawals.count(), 1, "{action}");
    }
}

#[tokio::test]
async fn switching_off_raises_the_counter_of_what_was_switched_off() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    let made = api.furnish(&tenant).await;
    for (path, scope, id) in [
        (
            format!("{tenant}/agents/tutor/disable"),
            RevocationScope::Agent,
            made.agent.as_str(),
        ),
        (
            format!("{tenant}/deployments/{}/disable", made.deployment),
            RevocationScope::Deployment,
            made.deployment.as_str(),
        ),
        (format!("{tenant}/suspend"), RevocationScope::Tenant, ""),
    ] {
        let before = count(&counters(&api).await, scope, id);
        let answered = api.post(BOOTSTRAP, &path, json!({})).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.text);
        assert_ne!(answered.json()["standing"], "active");
        assert_eq!(
            count(&counters(&api).await, scope, id),
            before + 1,
            "{path}"
        );
    }
    let refused = api
        .post(BOOTSTRAP, "/api/v1/tenants/installation/suspend", json!({}))
        .await;
    assert_eq!(refused.code(), "installation-stays");
}

#[tokio::test]
async fn an_age_band_raises_the_counter_of_its_person_or_course() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    let made = api.furnish(&tenant).await;
    let path = format!("{tenant}/people/age-bands");
    let person = json!({
        "platform": made.platform, "platform_user_id": "s", "age_band": "under_13"
    });
    let person = api.post(BOOTSTRAP, &path, person).await.json();
    let course = json!({"context": "c", "age_band": "under_13"});
    let course = api.post(BOOTSTRAP, &path, course).await.json();
    let rows = counters(&api).await;
    assert_eq!(
        count(
            &rows,
            RevocationScope::Person,
            person["person"].as_str().unwrap()
        ),
        1
    );
    assert_eq!(
        count(
            &rows,
            RevocationScope::Context,
            course["context"].as_str().unwrap()
        ),
        1
    );
}

#[tokio::test]
async fn a_request_sent_again_is_answered_again_and_done_once() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    api.furnish(&tenant).await;
    let path = format!("{tenant}/agreements");
    let first = api.post_keyed(BOOTSTRAP, &path, "k-1", agreement()).await;
    let again = api.post_keyed(BOOTSTRAP, &path, "k-1", agreement()).await;
    assert_eq!(
        (again.status, again.json()),
        (StatusCode::CREATED, first.json())
    );
    let listed = api.get(BOOTSTRAP, &path).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let mut other = agreement();
    other["annual_notice_attested"] = json!(false);
    let reused = api.post_keyed(BOOTSTRAP, &path, "k-1", other).await;
    assert_eq!(
        (reused.status, reused.code().as_str()),
        (StatusCode::CONFLICT, "idempotency-key-reused")
    );
    api.clock.advance(std::time::Duration::from_secs(23 * 3600));
    let school = json!({"slug": "riverside", "name": "Riverside", "kind": "higher_ed"});
    let first = api
        .post_keyed(BOOTSTRAP, "/api/v1/tenants", "k-2", school.clone())
        .await;
    let again = api
        .post_keyed(BOOTSTRAP, "/api/v1/tenants", "k-2", school)
        .await;
    assert_eq!(first.id(), again.id());
}

#[tokio::test]
async fn a_replayed_token_has_no_secret() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    let path = format!("{tenant}/tokens");
    // The installation's own comes first: the bootstrap token is over with it.
    let admin = api
        .post(BOOTSTRAP, "/api/v1/tokens", json!({"name": "admin"}))
        .await
        .json();
    let admin = admin["secret"].as_str().unwrap();
    let first = api
        .post_keyed(admin, &path, "k", json!({"name": "t"}))
        .await;
    let again = api
        .post_keyed(admin, &path, "k", json!({"name": "t"}))
        .await;
    assert!(first.json()["secret"].is_string());
    assert_eq!(
        (again.id(), &again.json()["secret"]),
        (first.id(), &Value::Null)
    );
}

#[tokio::test]
async fn an_unknown_field_is_named() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    api.furnish(&tenant).await;
    let mut agent = tutor();
    agent["slug"] = json!("other");
    agent["shoe_size"] = json!(44);
    for (path, body, field) in [
        ("agents", agent, "shoe_size"),
        ("agreements", json!({"agent": "tutor", "nick": "x"}), "nick"),
        ("agreements", json!({"agent": "tutor"}), "signer"),
        (
            "placements",
            json!({"deployment": "x", "agent": "tutor"}),
            "deployment",
        ),
        (
            "agents",
            json!({"slug": "A B", "name": "x", "upstream_url": "x"}),
            "slug",
        ),
    ] {
        let answered = api.post(BOOTSTRAP, &format!("{tenant}/{path}"), body).await;
        assert_eq!(
            answered.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            answered.text
        );
        assert_eq!(answered.json()["field"], field, "{}", answered.text);
    }
}

#[tokio::test]
async fn a_manifest_the_catalogue_does_not_know_is_refused_by_field() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    for (field, value) in [
        ("elements", json!(["shoe_size"])),
        ("purposes", json!([])),
        ("upstream_url", json!("http://tutor.example/")),
        ("upstream_url", json!("https://a:b@tutor.example/")),
        ("name", json!("")),
    ] {
        let mut agent = tutor();
        agent[field] = value;
        let answered = api
            .post(BOOTSTRAP, &format!("{tenant}/agents"), agent)
            .await;
        assert_eq!(answered.json()["field"], field, "{}", answered.text);
    }
}

#[tokio::test]
async fn what_is_personal_is_nowhere_in_the_database_file() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    let made = api.furnish(&tenant).await;
    let person = json!({"platform": made.platform, "platform_user_id": "student-peppercorn"});
    for (noun, body) in [
        ("agreements", agreement()),
        ("school-authorizations", authorization()),
        ("consents", consent(&person)),
    ] {
        api.post_keyed(BOOTSTRAP, &format!("{tenant}/{noun}"), noun, body)
            .await
            .id();
    }
    api.gateway.store.close().await;
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(api.folder.path()).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let holds = |text: &str| {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(holds("superintendent"), "the right files were read");
    for secret in [
        "Oakhollow",
        "Inkwell",
        "Peppercorn",
        "student-peppercorn",
        "cabinet 7",
    ] {
        assert!(!holds(secret), "{secret}");
    }
}

#[tokio::test]
async fn each_change_of_an_agent_is_an_entry_with_before_and_after() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    api.furnish(&tenant).await;
    api.post(
        BOOTSTRAP,
        &format!("{tenant}/agents/tutor/disable"),
        json!({}),
    )
    .await
    .id();
    let path = format!("{tenant}/audit/entries?trail=administration");
    let newest = api.get(BOOTSTRAP, &path).await.json()["items"][0]["entry"].clone();
    let event = if newest.get("event").is_some() {
        &newest["event"]
    } else {
        &newest
    };
    assert_eq!(event["action"], "agent-disabled", "{newest}");
    assert!(event["before"].is_string() && event["after"].is_string());
    assert_ne!(event["before"], event["after"]);
    assert!(event["actor"].is_string());
}
