//! Who may not: nobody, another tenant's token, one without the scope, one too many times.

use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::harness::{Api, BOOTSTRAP, agreement, tutor};

/// Every operation of the document: method and path, with other ids than any that exist.
fn every_operation(tenant: &str) -> Vec<(Method, String)> {
    let document = serde_json::to_value(super::super::openapi()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path
            .replace("{tenant}", tenant)
            .replace("{agent}", "tutor")
            .replace("{id}", "0190a000-0000-7000-8000-000000000001");
        for method in ["get", "post", "put"] {
            if item.get(method).is_some() {
                operations.push((method.to_uppercase().parse().unwrap(), path.clone()));
            }
        }
    }
    assert!(operations.len() > 40, "{}", operations.len());
    operations
}

async fn status(api: &Api, method: Method, token: &str, path: &str) -> StatusCode {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .header("if-match", "\"1\"");
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    api.call(request.body("{}".into()).unwrap()).await.status
}

async fn token(api: &Api, path: &str, scopes: Option<&[&str]>) -> String {
    let mut body = json!({"name": "for a test"});
    if let Some(scopes) = scopes {
        body["scopes"] = json!(scopes);
    }
    let admin = api.folder.path().join("admin-token");
    let by = std::fs::read_to_string(&admin).unwrap_or_else(|_| BOOTSTRAP.to_owned());
    if by == BOOTSTRAP {
        let made = api
            .post(&by, "/api/v1/tokens", json!({"name": "admin"}))
            .await
            .json();
        std::fs::write(&admin, made["secret"].as_str().unwrap()).unwrap();
    }
    let by = std::fs::read_to_string(&admin).unwrap();
    let made = api.post(&by, path, body).await;
    made.json()["secret"]
        .as_str()
        .unwrap_or_else(|| panic!("{}", made.text))
        .to_owned()
}

#[tokio::test]
async fn nobody_is_let_in_anywhere() {
    let api = Api::start().await;
    api.tenant("lincoln").await;
    for (method, path) in every_operation("lincoln") {
        for token in ["", "af_nonsense", "open sesame and more"] {
            let got = status(&api, method.clone(), token, &path).await;
            assert_eq!(got, StatusCode::UNAUTHORIZED, "{method} {path} {token}");
        }
    }
}

#[tokio::test]
async fn another_tenants_token_sees_nothing_of_a_tenant_on_any_route() {
    let api = Api::start().await;
    let lincoln = api.tenant("lincoln").await;
    let prairie = api.tenant("prairie").await;
    api.furnish(&lincoln).await;
    let stranger = token(&api, &format!("{prairie}/tokens"), None).await;
    for (method, path) in every_operation("lincoln") {
        let got = status(&api, method.clone(), &stranger, &path).await;
        let expected = if path.starts_with("/api/v1/tenants/") {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(got, expected, "{method} {path}");
        let nowhere = path.replace("/lincoln", "/nowhere");
        assert_eq!(
            status(&api, method.clone(), &stranger, &nowhere).await,
            expected,
            "{nowhere}"
        );
    }
}

#[tokio::test]
async fn what_is_another_tenants_is_not_found_by_its_id() {
    let api = Api::start().await;
    let lincoln = api.tenant("lincoln").await;
    let prairie = api.tenant("prairie").await;
    let theirs = api.furnish(&lincoln).await;
    let agreement = api
        .post(BOOTSTRAP, &format!("{lincoln}/agreements"), agreement())
        .await
        .id();
    let entries = api
        .get(BOOTSTRAP, &format!("{lincoln}/audit/entries"))
        .await
        .json();
    let entry = entries["items"][0]["id"].as_str().unwrap();
    let placement = json!({"deployment": theirs.deployment, "agent": "tutor"});
    let placement = api
        .post(BOOTSTRAP, &format!("{lincoln}/placements"), placement)
        .await
        .id();
    for path in [
        format!("platforms/{}", theirs.platform),
        format!("deployments/{}", theirs.deployment),
        format!("agents/{}", theirs.agent),
        "agents/tutor".to_owned(),
        format!("placements/{placement}"),
        format!("agreements/{agreement}"),
        format!("audit/entries/{entry}"),
    ] {
        let mine = api.get(BOOTSTRAP, &format!("{lincoln}/{path}")).await;
        assert_eq!(mine.status, StatusCode::OK, "{path}");
        let got = api.get(BOOTSTRAP, &format!("{prairie}/{path}")).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{path}");
    }
    let withdraw = format!("{prairie}/agreements/{agreement}/withdraw");
    assert_eq!(
        api.post(BOOTSTRAP, &withdraw, json!({})).await.status,
        StatusCode::NOT_FOUND
    );
    let steal = json!({"platform": theirs.platform, "deployment_id": "2"});
    let stolen = api
        .post(BOOTSTRAP, &format!("{prairie}/deployments"), steal)
        .await;
    assert_eq!(stolen.json()["field"], "platform");
    let foreign = json!({"deployment": theirs.deployment, "agent": "tutor"});
    let foreign = api
        .post(BOOTSTRAP, &format!("{prairie}/placements"), foreign)
        .await;
    assert_eq!(foreign.json()["field"], "deployment");
}

#[tokio::test]
async fn a_scope_opens_its_own_routes_and_no_others() {
    let api = Api::start().await;
    let lincoln = api.tenant("lincoln").await;
    api.furnish(&lincoln).await;
    let tokens = format!("{lincoln}/tokens");
    let reader = token(&api, &tokens, Some(&["tenant:read"])).await;
    let officer = token(&api, &tokens, Some(&["compliance"])).await;
    let auditor = token(&api, &tokens, Some(&["audit:read"])).await;
    let agreements = format!("{lincoln}/agreements");
    let entries = format!("{lincoln}/audit/entries");
    for (token, path, expected) in [
        (&reader, &agreements, 200),
        (&officer, &agreements, 200),
        (&auditor, &agreements, 403),
        (&auditor, &entries, 200),
        (&reader, &entries, 403),
    ] {
        assert_eq!(api.get(token, path).await.status, expected, "{path}");
    }
    assert_eq!(
        api.post(&reader, &agreements, agreement()).await.code(),
        "forbidden"
    );
    let id = api.post(&officer, &agreements, agreement()).await.id();
    let shown = format!("{agreements}/{id}");
    assert_eq!(
        api.get(&officer, &shown).await.json()["signer"],
        "Wilhelmina Oakhollow"
    );
    assert_eq!(api.get(&reader, &shown).await.json()["signer"], Value::Null);
    let seen = api.get(&auditor, &entries).await.text;
    assert!(seen.contains("agreement-signer-viewed"));
}

#[tokio::test]
async fn no_token_hands_out_more_than_it_has() {
    let api = Api::start().await;
    let lincoln = api.tenant("lincoln").await;
    let tokens = format!("{lincoln}/tokens");
    let writer = token(&api, &tokens, Some(&["tenant:write"])).await;
    let more = json!({"name": "more", "scopes": ["audit:read"]});
    assert_eq!(api.post(&writer, &tokens, more).await.code(), "forbidden");
    let installation = json!({"name": "more", "scopes": ["installation"]});
    assert_eq!(
        api.post(&writer, &tokens, installation).await.json()["field"],
        "scopes"
    );
    let same = api
        .post(&writer, &tokens, json!({"name": "same"}))
        .await
        .json();
    assert_eq!(same["scopes"], json!(["tenant:write"]));
}

#[tokio::test]
async fn the_bootstrap_token_ends_with_the_first_lasting_one() {
    let api = Api::start().await;
    assert_eq!(
        api.get(BOOTSTRAP, "/api/v1/tenants").await.status,
        StatusCode::OK
    );
    let made = api
        .post(BOOTSTRAP, "/api/v1/tokens", json!({"name": "admin"}))
        .await
        .json();
    let lasting = made["secret"].as_str().unwrap();
    assert_eq!(
        api.get(BOOTSTRAP, "/api/v1/tenants").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        api.get(lasting, "/api/v1/tenants").await.status,
        StatusCode::OK
    );
    let entries = api
        .get(lasting, "/api/v1/tenants/installation/audit/entries")
        .await
        .text;
    for action in [
        "bootstrap-token-prepared",
        "bootstrap-token-used",
        "token-created",
    ] {
        assert!(entries.contains(action), "{action}");
    }
    assert!(!entries.contains(BOOTSTRAP) && !entries.contains(lasting));
}

#[tokio::test]
async fn an_unused_bootstrap_token_lapses_after_a_day() {
    let api = Api::start().await;
    api.clock.advance(std::time::Duration::from_secs(24 * 3600));
    assert_eq!(
        api.get(BOOTSTRAP, "/api/v1/tenants").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_revoked_or_lapsed_token_is_none() {
    let api = Api::start().await;
    let lincoln = api.tenant("lincoln").await;
    let tokens = format!("{lincoln}/tokens");
    let writer = token(&api, &tokens, None).await;
    let listed = api.get(&writer, &tokens).await.json();
    assert!(!listed.to_string().contains("secret"));
    let id = listed["items"][0]["id"].as_str().unwrap();
    api.post(&writer, &format!("{tokens}/{id}/revoke"), json!({}))
        .await
        .id();
    assert_eq!(
        api.get(&writer, &lincoln).await.status,
        StatusCode::UNAUTHORIZED
    );
    let other = token(&api, &tokens, None).await;
    api.clock
        .advance(std::time::Duration::from_secs(91 * 24 * 3600));
    assert_eq!(
        api.get(&other, &lincoln).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_credential_that_calls_too_often_is_slowed() {
    let api = Api::with("[limits]\napi_calls_per_minute = 3\n").await;
    let mut last = StatusCode::OK;
    for _ in 0..4 {
        last = api.get(BOOTSTRAP, "/api/v1/tenants").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_shared_platforms_deployment_is_bound_by_the_installation_alone() {
    let api = Api::start().await;
    let lincoln = api.tenant("lincoln").await;
    let shared = json!({
        "issuer": "https://publisher.example", "client_id": "af",
        "authorization_url": "https://publisher.example/auth",
        "token_url": "https://publisher.example/token",
        "jwks_url": "https://publisher.example/keys",
    });
    let shared = api.post(BOOTSTRAP, "/api/v1/registrations", shared).await;
    assert_eq!(shared.json()["sharing"], "shared");
    let tokens = format!("{lincoln}/tokens");
    let writer = token(&api, &tokens, None).await;
    let draft = json!({"platform": shared.id(), "deployment_id": "7"});
    let deployments = format!("{lincoln}/deployments");
    assert_eq!(
        api.post(&writer, &deployments, draft.clone()).await.json()["field"],
        "platform"
    );
    let admin = std::fs::read_to_string(api.folder.path().join("admin-token")).unwrap();
    api.post(&admin, &deployments, draft).await.id();
    let seen = api
        .get(&writer, &format!("{lincoln}/platforms"))
        .await
        .json();
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
    assert!(tutor().is_object());
}

#[tokio::test]
async fn an_address_that_is_none_is_a_problem_and_no_page() {
    let api = Api::start().await;
    let nowhere = api.get(BOOTSTRAP, "/api/v1/nonsense").await;
    assert_eq!(
        (nowhere.status, nowhere.code().as_str()),
        (StatusCode::NOT_FOUND, "not-found")
    );
    assert_eq!(nowhere.headers["content-type"], "application/problem+json");
}
