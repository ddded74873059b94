//! Every broken launch by its name, through the whole gateway: its answer, its stable code in the
//! log, nobody entered, no session, an agent that never heard of it, and a good launch after it.

use std::collections::BTreeMap;
use std::path::Path;

use agent_factory_lti::simulator::Flaw;
use serde_json::Value;

use crate::harness::{
    Actor, Answer, GATE, HandedOver, Hop, Learner, Setting, World, on_both_databases,
};

on_both_databases! {
    every_flawed_launch_is_refused_by_its_name,
    recorded_launches_of_real_platforms_are_refused_their_state_not_being_ours,
    a_launch_that_is_no_answer_at_all_is_refused,
}

async fn flawed(world: &World, flaw: Flaw) -> Answer {
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let fields = browser
        .authenticates(&world.canvas, &mia.launch(), world.now(), Some(flaw))
        .await;
    browser.post_launch(&world.canvas, &fields).await
}

async fn every_flawed_launch_is_refused_by_its_name(setting: Setting) {
    let mut world = setting.open().await;
    let written = [
        "people",
        "person_keys",
        "sessions",
        "contexts",
        "placements",
        "deployments",
    ];
    let mut before = BTreeMap::new();
    for table in written {
        before.insert(table, world.place.rows(table).await);
    }
    let mut uncounted: BTreeMap<&str, i64> = BTreeMap::new();
    assert!(Flaw::ALL.len() >= 40, "{}", Flaw::ALL.len());
    for flaw in Flaw::ALL.iter().copied() {
        let page = flawed(&world, flaw).await;
        let (name, status) = (flaw.name(), page.status.as_u16());
        assert!(
            [400, 401, 403].contains(&status),
            "{name}: {status} {}",
            page.words()
        );
        assert!(
            HandedOver::read(&page).is_none() && page.set_cookies().is_empty(),
            "{name}"
        );
        assert!(
            !page.text().contains(flaw.expected_code()),
            "{name}: the page shows the cause"
        );
        for secret in Learner::mia().secrets() {
            assert!(!page.text().contains(&secret), "{name}: {secret}");
        }
        if flaw.is_before_signature() {
            *uncounted.entry(flaw.expected_code()).or_insert(0) += 1;
        } else {
            let entry = world.entry_by_reference("lincoln", &page.reference()).await;
            assert_eq!(entry.detail("check"), flaw.expected_code(), "{name}");
            assert_eq!(
                (entry.outcome(), entry.trail()),
                ("refused", "security"),
                "{name}"
            );
        }
    }
    for table in written {
        assert_eq!(world.place.rows(table).await, before[table], "{table}");
    }
    world.tutor.is_untouched();
    let folded = world.folded().await;
    for (code, count) in uncounted {
        assert_eq!(folded.get(code), Some(&count), "{code} in {folded:?}");
    }
    let mia = Learner::mia();
    world.browser_of(&mia).opens(&world, &mia).await;
    world.leave().await;
}

/// The recorded answers of real platforms that the protocol crate keeps.
fn recorded() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lti/tests/fixtures");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (
                name,
                serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap(),
            )
        })
        .collect()
}

async fn recorded_launches_of_real_platforms_are_refused_their_state_not_being_ours(
    setting: Setting,
) {
    let mut world = setting.open().await;
    let rows = world.place.rows("nonces").await;
    let all = recorded();
    assert!(all.len() >= 10, "{}", all.len());
    for (name, capture) in &all {
        let token = capture.get("id_token").and_then(Value::as_str).expect(name);
        let mia = Learner::mia();
        let mut browser = world.browser_of(&mia);
        browser.log_in(&world.canvas, &mia.launch()).await.is(200);
        for state in [capture.get("state").and_then(Value::as_str), None] {
            let fields = [
                ("id_token".to_owned(), token.to_owned()),
                (
                    "state".to_owned(),
                    state.unwrap_or("a-state-of-somebody-else").to_owned(),
                ),
            ];
            let page = browser.post_launch(&world.canvas, &fields).await.is(401);
            assert!(
                page.words().contains("We could not check this link"),
                "{name}"
            );
        }
    }
    assert_eq!(world.place.rows("nonces").await, rows);
    assert_eq!(world.place.rows("sessions").await, 0);
    let folded = world.folded().await;
    let counted: i64 = folded
        .iter()
        .filter(|(code, _)| code.starts_with("state-"))
        .map(|(_, count)| count)
        .sum();
    assert_eq!(counted, 2 * i64::try_from(all.len()).unwrap(), "{folded:?}");
    world.leave().await;
}

async fn a_launch_that_is_no_answer_at_all_is_refused(setting: Setting) {
    let world = setting.open().await;
    let mia = Learner::mia();
    let mut browser = world.browser_of(&mia);
    let good = browser
        .authenticates(&world.canvas, &mia.launch(), world.now(), None)
        .await;
    let (token, state) = (good[0].clone(), good[1].clone());
    let empty = ("state".to_owned(), String::new());
    for (fields, status) in [
        (vec![], 400),
        (vec![token.clone()], 400),
        (vec![state.clone()], 400),
        (vec![token.clone(), token.clone(), state.clone()], 400),
        (vec![token.clone(), state.clone(), empty], 400),
    ] {
        browser.post_launch(&world.canvas, &fields).await.is(status);
    }
    // In the query it is nothing, whatever it is.
    let query = crate::harness::encoded(&[token.clone(), state.clone()]);
    let hop = Hop::submit(&format!("{GATE}/lti/launch?{query}"), &[]).from(&world.canvas.origin);
    browser.answer(hop).await.is(400);
    let huge = ("id_token".to_owned(), "x".repeat(400 * 1024));
    let hop = Hop::submit(&format!("{GATE}/lti/launch"), &[huge, state.clone()]);
    browser.answer(hop.from(&world.canvas.origin)).await.is(413);
    assert_eq!(world.place.rows("nonces").await, 0);
    let tolerated = Hop::submit(
        &format!("{GATE}/lti/launch?lti_storage_target=_parent"),
        &good,
    );
    let page = browser.answer(tolerated.from(&world.canvas.origin)).await;
    browser.takes_over(&page).await;
    world.leave().await;
}
