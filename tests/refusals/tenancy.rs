//! The wall between schools, from outside: what belongs to another school does not exist, by every
//! route, and nothing of it changes.

use http::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Learner, Operator, Setting, Tab, World, on_both_databases};

on_both_databases! {
    another_schools_token_finds_nothing_and_changes_nothing,
    another_schools_things_do_not_exist_under_ones_own_name,
    without_a_token_nothing_is_shown,
    another_schools_learner_reaches_no_agent_of_ours,
}

/// Riverside's own operator, and the installation's after the first start.
async fn operators(world: &World) -> (Operator, Operator) {
    let create = json!({ "name": "installation", "scopes": ["installation"] });
    let made = world
        .operator
        .call(Method::POST, "/tokens", Some(&create))
        .await
        .is(201)
        .json();
    let owner = world.operator.with_token(made["secret"].as_str().unwrap());
    let create = json!({
        "name": "riverside",
        "scopes": ["tenant:read", "tenant:write", "compliance", "audit:read"],
    });
    let path = "/tenants/riverside/tokens";
    let made = owner
        .call(Method::POST, path, Some(&create))
        .await
        .is(201)
        .json();
    (
        owner,
        world.operator.with_token(made["secret"].as_str().unwrap()),
    )
}

/// One of everything that Lincoln has.
struct Lincolns {
    session: String,
    entry: String,
    placement: String,
    token: String,
}

impl Lincolns {
    async fn of(world: &World, owner: &Operator) -> Self {
        let mia = Learner::mia();
        world.browser_of(&mia).opens(world, &mia).await;
        let first = |list: Value| list["items"][0]["id"].as_str().unwrap().to_owned();
        let create = json!({ "name": "lincolns", "scopes": ["tenant:read"] });
        owner
            .records(
                "/tenants/lincoln/agents",
                &World::manifest("coach", "https://coach.example"),
            )
            .await;
        owner
            .call(Method::POST, "/tenants/lincoln/tokens", Some(&create))
            .await
            .is(201);
        Self {
            session: first(owner.reads("/tenants/lincoln/sessions").await),
            entry: world.last_entry("lincoln", "launch").await.id().to_owned(),
            placement: first(owner.reads("/tenants/lincoln/placements").await),
            token: first(owner.reads("/tenants/lincoln/tokens").await),
        }
    }

    /// Every route below a school, as it would reach Lincoln's things.
    fn routes(&self, world: &World, tenant: &str) -> Vec<(Method, String)> {
        let (agreement, authorization) = (
            world.id("lincoln/agreement"),
            world.id("lincoln/authorization"),
        );
        let deployment = world.id("lincoln/canvas");
        let platform = world.id("canvas");
        let Self {
            session,
            entry,
            placement,
            token,
        } = self;
        [
            (Method::GET, format!("/platforms/{platform}")),
            (Method::GET, format!("/deployments/{deployment}")),
            (Method::POST, format!("/deployments/{deployment}/disable")),
            (Method::POST, format!("/deployments/{deployment}/enable")),
            (Method::GET, "/agents/coach".to_owned()),
            (Method::POST, "/agents/coach/disable".to_owned()),
            (Method::GET, format!("/placements/{placement}")),
            (Method::GET, format!("/agreements/{agreement}")),
            (Method::POST, format!("/agreements/{agreement}/withdraw")),
            (
                Method::GET,
                format!("/school-authorizations/{authorization}"),
            ),
            (
                Method::POST,
                format!("/school-authorizations/{authorization}/withdraw"),
            ),
            (Method::POST, format!("/sessions/{session}/end")),
            (Method::POST, format!("/tokens/{token}/revoke")),
            (Method::GET, format!("/audit/entries/{entry}")),
        ]
        .map(|(method, path)| (method, format!("/tenants/{tenant}{path}")))
        .to_vec()
    }
}

#[track_caller]
fn does_not_exist(answer: &Answer, path: &str) {
    assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    assert_eq!(answer.json()["code"], "not-found", "{path}");
}

async fn another_schools_token_finds_nothing_and_changes_nothing(setting: Setting) {
    let world = setting.open().await;
    let (owner, riversides) = operators(&world).await;
    let lincolns = Lincolns::of(&world, &owner).await;
    let entries = world.entries("lincoln").await.len();
    let mut routes = lincolns.routes(&world, "lincoln");
    routes.extend(
        [
            "",
            "/agents",
            "/agents/tutor",
            "/platforms",
            "/deployments",
            "/contexts",
            "/placements",
            "/agreements",
            "/school-authorizations",
            "/consents",
            "/sessions",
            "/tokens",
            "/audit/entries",
            "/audit/check",
            "/audit/checkpoint",
            "/audit/key",
            "/audit/entries.jsonl",
        ]
        .map(|path| (Method::GET, format!("/tenants/lincoln{path}"))),
    );
    routes
        .extend(["/suspend", "/activate"].map(|p| (Method::POST, format!("/tenants/lincoln{p}"))));
    for (method, path) in routes {
        does_not_exist(&riversides.call(method, &path, None).await, &path);
    }
    let band = json!({
        "platform": world.id("canvas"), "platform_user_id": "person-mia-5522", "age_band": "18_or_over",
    });
    let path = "/tenants/lincoln/people/age-bands";
    does_not_exist(
        &riversides.call(Method::POST, path, Some(&band)).await,
        path,
    );
    for path in [
        "/tenants",
        "/tokens",
        "/registrations",
        "/deployments?state=pending",
    ] {
        let status = riversides
            .call(Method::GET, path, None)
            .await
            .status
            .as_u16();
        assert!([403, 404].contains(&status), "{path}: {status}");
    }
    assert_eq!(world.entries("lincoln").await.len(), entries);
    // Its own things are there.
    riversides.reads("/tenants/riverside/agents/tutor").await;
    let mia = Learner::mia();
    world.browser_of(&mia).opens(&world, &mia).await;
    world.leave().await;
}

async fn another_schools_things_do_not_exist_under_ones_own_name(setting: Setting) {
    let world = setting.open().await;
    let (owner, riversides) = operators(&world).await;
    let lincolns = Lincolns::of(&world, &owner).await;
    for (method, path) in lincolns.routes(&world, "riverside") {
        does_not_exist(&riversides.call(method, &path, None).await, &path);
    }
    let rows = world.place.all_rows().await;
    let band = json!({
        "platform": world.id("canvas"), "platform_user_id": "person-mia-5522", "age_band": "under_13",
    });
    let placed = json!({ "deployment": world.id("lincoln/canvas"), "agent": "tutor" });
    let strange = json!({ "deployment": world.id("riverside/moodle"), "agent": "coach" });
    let bound = json!({ "platform": world.id("canvas"), "deployment_id": "taken-over" });
    let signed = json!({
        "agent": world.id("lincoln/tutor"), "signer": "Bartholomew Inkwell",
        "annual_notice_attested": true, "valid_until": "2027-06-30T00:00:00Z",
    });
    for (path, body) in [
        ("people/age-bands", band),
        ("placements", placed),
        ("placements", strange),
        ("deployments", bound),
        ("agreements", signed),
    ] {
        let path = format!("/tenants/riverside/{path}");
        let status = riversides
            .call(Method::POST, &path, Some(&body))
            .await
            .status
            .as_u16();
        assert!([403, 404, 422].contains(&status), "{path} {body}: {status}");
    }
    let after = world.place.all_rows().await;
    for table in [
        "placements",
        "deployments",
        "agreements",
        "age_bands",
        "people",
        "contexts",
    ] {
        assert_eq!(after[table], rows[table], "{table}");
    }
    let mia = Learner::mia();
    world.browser_of(&mia).opens(&world, &mia).await;
    world.leave().await;
}

async fn without_a_token_nothing_is_shown(setting: Setting) {
    let world = setting.open().await;
    let (owner, _) = operators(&world).await;
    let lincolns = Lincolns::of(&world, &owner).await;
    let nobody = world.operator.with_token("af_nobodys");
    // The token of the first start is spent once a lasting one was made.
    for caller in [&nobody, &world.operator] {
        for (method, path) in lincolns.routes(&world, "lincoln") {
            caller.call(method, &path, None).await.is(401);
        }
        for path in [
            "/tenants",
            "/tokens",
            "/registrations",
            "/deployments?state=pending",
        ] {
            let answer = caller.call(Method::GET, path, None).await.is(401);
            assert_eq!(
                answer.header("content-type"),
                Some("application/problem+json")
            );
        }
    }
    world.leave().await;
}

async fn another_schools_learner_reaches_no_agent_of_ours(setting: Setting) {
    let world = setting.open().await;
    let (mia, ines) = (Learner::mia(), Learner::ines());
    let mut lincolns = world.browser_of(&mia);
    let mine = lincolns.opens(&world, &mia).await;
    let mut riversides = world.browser_of(&ines);
    let theirs = riversides.opens(&world, &ines).await;
    let cookie = "__Host-agent-factory-session";
    let secret = riversides.cookie(&theirs.origin, cookie).unwrap();
    let reached = world.tutor.received().len();
    riversides.plant_cookie(&mine.origin, cookie, &secret);
    let renamed = theirs.origin.replace("--riverside--", "--lincoln--");
    riversides.plant_cookie(&renamed, cookie, &secret);
    for origin in [mine.origin.clone(), renamed] {
        let tab = Tab { origin };
        riversides.visits(&tab, "/").await.is(401);
        riversides
            .posts(&tab, "/ask", "Whose tutor are you?")
            .await
            .is(401);
    }
    assert_eq!(world.tutor.received().len(), reached);
    // The deployment of another school's registration, named in a launch of one's own platform.
    let elsewhere = world.moodle.deployed_as("7:lincoln");
    let page = riversides
        .launch_spec(&world, &elsewhere, &crate::harness::Actor::launch(&ines))
        .await;
    assert_eq!(page.status, 403);
    assert_eq!(world.tutor.received().len(), reached);
    world.leave().await;
}
