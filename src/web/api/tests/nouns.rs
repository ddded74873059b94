//! Each noun, made and read back, with the bodies that the contract promises to be enough.

use http::StatusCode;
use serde_json::json;

use super::harness::{Api, BOOTSTRAP, agreement, authorization, consent, tutor};

#[tokio::test]
async fn every_noun_is_made_listed_and_shown() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    let made = api.furnish(&tenant).await;
    let person = json!({"platform": made.platform, "platform_user_id": "s-12"});
    let bodies = [
        (
            "placements",
            json!({"deployment": made.deployment, "agent": "tutor"}),
        ),
        (
            "placements",
            json!({"deployment": made.deployment, "agent": made.agent, "resource_link": "l1"}),
        ),
        (
            "placements",
            json!({"deployment": made.deployment, "agent": "tutor", "context": "c1"}),
        ),
        ("agreements", agreement()),
        ("school-authorizations", authorization()),
        ("consents", consent(&person)),
    ];
    for (noun, body) in bodies {
        let path = format!("{tenant}/{noun}");
        let answered = api.post(BOOTSTRAP, &path, body).await;
        assert_eq!(
            answered.status,
            StatusCode::CREATED,
            "{noun}: {}",
            answered.text
        );
        let id = answered.id();
        let shown = api.get(BOOTSTRAP, &format!("{path}/{id}")).await;
        assert_eq!(shown.json()["id"], id.as_str(), "{noun}");
        let listed = api.get(BOOTSTRAP, &path).await.json();
        assert!(
            listed["items"]
                .as_array()
                .unwrap()
                .iter()
                .any(|item| item["id"] == id.as_str())
        );
    }
    for noun in [
        "platforms",
        "deployments",
        "agents",
        "contexts",
        "sessions",
        "tokens",
    ] {
        let listed = api.get(BOOTSTRAP, &format!("{tenant}/{noun}")).await;
        assert_eq!(listed.status, StatusCode::OK, "{noun}");
    }
    for (noun, id) in [
        ("platforms", &made.platform),
        ("deployments", &made.deployment),
    ] {
        let shown = api.get(BOOTSTRAP, &format!("{tenant}/{noun}/{id}")).await;
        assert_eq!(shown.json()["id"], id.as_str());
    }
}

#[tokio::test]
async fn an_age_band_is_taken_for_a_person_or_a_course_never_seen() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    let made = api.furnish(&tenant).await;
    let path = format!("{tenant}/people/age-bands");
    let on_platform = json!({
        "platform": made.platform, "platform_user_id": "s-12", "age_band": "under_13"
    });
    let first = api.post(BOOTSTRAP, &path, on_platform.clone()).await;
    let again = api.post(BOOTSTRAP, &path, on_platform).await;
    assert_eq!(first.json()["person"], again.json()["person"]);
    assert!(first.json()["person"].is_string(), "{}", first.text);
    for course in [
        json!({"context": "algebra", "age_band": "13_to_17"}),
        json!({"context": {"deployment": made.deployment, "context_id": "algebra"},
               "age_band": "13_to_17"}),
        json!({"context": "algebra", "deployment": made.deployment, "age_band": "18_or_over"}),
    ] {
        let answered = api.post(BOOTSTRAP, &path, course).await;
        assert_eq!(answered.status, StatusCode::CREATED, "{}", answered.text);
    }
    let courses = api
        .get(BOOTSTRAP, &format!("{tenant}/contexts"))
        .await
        .json();
    assert_eq!(courses["items"].as_array().unwrap().len(), 1);
    let listed = api.get(BOOTSTRAP, &path).await.json();
    let current = listed["items"].as_array().unwrap().iter();
    assert_eq!(
        current
            .filter(|item| item["superseded_at"].is_null())
            .count(),
        2
    );
    for (bad, field) in [
        (json!({"age_band": "under_13"}), "platform_user_id"),
        (json!({"context": "c", "age_band": "old"}), "age_band"),
        (
            json!({"platform_user_id": "s", "age_band": "under_13"}),
            "platform",
        ),
    ] {
        assert_eq!(api.post(BOOTSTRAP, &path, bad).await.json()["field"], field);
    }
}

#[tokio::test]
async fn an_agent_is_replaced_only_as_the_version_that_was_read() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    api.furnish(&tenant).await;
    let path = format!("{tenant}/agents/tutor");
    let shown = api.get(BOOTSTRAP, &path).await;
    let etag = shown.headers["etag"].to_str().unwrap().to_owned();
    let mut changed = tutor();
    changed["name"] = json!("Tutor II");
    let without = api.put(BOOTSTRAP, &path, None, changed.clone()).await;
    assert_eq!(without.code(), "if-match-required");
    let done = api
        .put(BOOTSTRAP, &path, Some(&etag), changed.clone())
        .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(done.json()["manifest_version"], 2);
    let stale = api.put(BOOTSTRAP, &path, Some(&etag), changed).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
}

#[tokio::test]
async fn a_tenants_settings_are_replaced_by_their_etag() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    let shown = api.get(BOOTSTRAP, &tenant).await;
    let etag = shown.headers["etag"].to_str().unwrap().to_owned();
    let settings = json!({
        "name": "Lincoln", "state": "ny", "coppa_mode": "parental_consent_only",
        "annual_notice_attested": true, "assistants_are_officials": true,
    });
    let done = api
        .put(BOOTSTRAP, &tenant, Some(&etag), settings.clone())
        .await;
    assert_eq!(done.json()["state"], "NY", "{}", done.text);
    let stale = api.put(BOOTSTRAP, &tenant, Some(&etag), settings).await;
    assert_eq!(stale.code(), "changed-meanwhile");
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    api.furnish(&tenant).await;
    for _ in 0..5 {
        api.post(BOOTSTRAP, &format!("{tenant}/agreements"), agreement())
            .await
            .id();
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("{tenant}/agreements?limit=2{after}");
        let page = api.get(BOOTSTRAP, &path).await.json();
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["id"].clone()),
        );
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
    for bad in ["limit=0", "limit=x", "limit=1000", "after=x"] {
        let answered = api
            .get(BOOTSTRAP, &format!("{tenant}/agreements?{bad}"))
            .await;
        assert_eq!(answered.code(), "invalid", "{bad}");
    }
}

#[tokio::test]
async fn what_exists_already_is_a_conflict_with_a_code_of_its_own() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    let made = api.furnish(&tenant).await;
    let again = json!({"slug": "lincoln", "name": "Another", "kind": "k12"});
    assert_eq!(
        api.post(BOOTSTRAP, "/api/v1/tenants", again).await.code(),
        "tenant-exists"
    );
    let agents = format!("{tenant}/agents");
    assert_eq!(
        api.post(BOOTSTRAP, &agents, tutor()).await.code(),
        "agent-exists"
    );
    let deployment = json!({"platform": made.platform, "deployment_id": "1"});
    let deployments = format!("{tenant}/deployments");
    assert_eq!(
        api.post(BOOTSTRAP, &deployments, deployment).await.code(),
        "deployment-exists"
    );
    let placement = json!({"deployment": made.deployment, "agent": "tutor", "resource_link": "l"});
    let placements = format!("{tenant}/placements");
    api.post(BOOTSTRAP, &placements, placement.clone())
        .await
        .id();
    assert_eq!(
        api.post(BOOTSTRAP, &placements, placement).await.code(),
        "placement-exists"
    );
}

#[tokio::test]
async fn the_newest_default_agent_of_a_deployment_is_the_only_one() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    let made = api.furnish(&tenant).await;
    let mut second = tutor();
    second["slug"] = json!("coach");
    api.post(BOOTSTRAP, &format!("{tenant}/agents"), second)
        .await
        .id();
    let placements = format!("{tenant}/placements");
    let course = |agent: &str, context: &str| json!({"deployment": made.deployment, "agent": agent, "context": context});
    api.post(BOOTSTRAP, &placements, course("tutor", "c1"))
        .await
        .id();
    let link = json!({"deployment": made.deployment, "agent": "tutor", "resource_link": "l"});
    api.post(BOOTSTRAP, &placements, link).await.id();
    let whole = |agent: &str| json!({"deployment": made.deployment, "agent": agent});
    let first = api.post(BOOTSTRAP, &placements, whole("tutor")).await.id();
    let second = api.post(BOOTSTRAP, &placements, whole("coach")).await;
    assert_eq!(
        second.id(),
        first,
        "the place is the same, its agent another"
    );
    let id = api
        .gateway
        .tenant_id(&"lincoln".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    let mut unit = api.gateway.store.tenant(id).read().await.unwrap();
    let rows = unit
        .agent_enablements()
        .list_for(made.deployment.parse().unwrap(), None);
    let rows = rows.await.unwrap();
    assert_eq!(rows.len(), 2);
    let defaults: Vec<_> = rows.iter().filter(|row| row.is_default).collect();
    assert_eq!(defaults.len(), 1);
    assert_ne!(defaults[0].agent_id.to_string(), made.agent);
}

#[test]
fn the_document_on_file_is_the_one_the_code_describes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
    let described = serde_json::to_value(super::super::openapi()).unwrap();
    let text = format!("{}\n", serde_json::to_string_pretty(&described).unwrap());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(described["openapi"], "3.1.0");
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == text,
        "docs/openapi.json is not what the code describes: UPDATE_GOLDEN=1"
    );
}

#[tokio::test]
async fn the_document_and_its_page_are_open_to_everybody() {
    let api = Api::start().await;
    let document = api.get("", "/api/openapi.json").await;
    assert_eq!(document.json()["openapi"], "3.1.0");
    let page = api.get("", "/api/docs").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("/api/v1/tenants/{tenant}/agreements"));
}

#[tokio::test]
async fn a_ground_that_has_lapsed_already_is_kept_as_history() {
    let api = Api::start().await;
    let tenant = api.tenant("lincoln").await;
    api.furnish(&tenant).await;
    for (noun, mut body) in [
        ("agreements", agreement()),
        ("school-authorizations", authorization()),
    ] {
        body["valid_until"] = json!("2020-06-30");
        let answered = api.post(BOOTSTRAP, &format!("{tenant}/{noun}"), body).await;
        assert_eq!(
            answered.json()["valid_until"],
            "2020-07-01T00:00:00Z",
            "{}",
            answered.text
        );
    }
    let mut backwards = agreement();
    backwards["valid_from"] = json!("2031-01-01");
    let answered = api
        .post(BOOTSTRAP, &format!("{tenant}/agreements"), backwards)
        .await;
    assert_eq!(answered.json()["field"], "valid_until");
}
