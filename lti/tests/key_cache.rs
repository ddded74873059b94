//! How long keys are believed: the rules one by one, and what holds whatever happens.

use std::sync::OnceLock;

use agent_factory_lti::{Algorithm, CachedKeySet, KeyLookup, KeySet};
use proptest::prelude::*;
use time::{Duration, OffsetDateTime};

use crate::harness::{now, signing_key};

fn set() -> KeySet {
    static SET: OnceLock<KeySet> = OnceLock::new();
    let read = || KeySet::parse(signing_key().jwks().to_string().as_bytes()).unwrap();
    SET.get_or_init(read).clone()
}

fn known() -> String {
    static KID: OnceLock<String> = OnceLock::new();
    KID.get_or_init(|| signing_key().kid().to_owned()).clone()
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Answer {
    Use,
    Fetch,
    Unknown,
}

fn ask(cache: &CachedKeySet, kid: &str, at: OffsetDateTime) -> Answer {
    match cache.lookup(kid, Algorithm::Rs256, at) {
        KeyLookup::Use(key) => {
            assert_eq!(key.kid(), kid);
            Answer::Use
        }
        KeyLookup::Fetch => Answer::Fetch,
        KeyLookup::Unknown => Answer::Unknown,
    }
}

fn life(cache_control: Option<&str>) -> Duration {
    CachedKeySet::new(set(), now(), cache_control)
        .expires_at()
        .unwrap()
        - now()
}

#[test]
fn life_follows_the_platform_within_our_bounds() {
    for (header, seconds) in [
        (None, 3600),
        (Some(""), 3600),
        (Some("public"), 3600),
        (Some("max-age=soon"), 3600),
        (Some("max-age=1200"), 1200),
        (Some("public, Max-Age=\"1200\", immutable"), 1200),
        (Some("max-age=0"), 300),
        (Some("max-age=10"), 300),
        (Some("max-age=864000"), 86_400),
        (Some("max-age=99999999999999999999999"), 86_400),
        (Some("no-store"), 300),
        (Some("max-age=864000, no-store"), 300),
        (Some("no-cache"), 300),
    ] {
        assert_eq!(life(header), Duration::seconds(seconds), "{header:?}");
    }
}

#[test]
fn a_fresh_known_key_is_used_without_a_fetch_until_its_life_ends() {
    let cache = CachedKeySet::new(set(), now(), None);
    assert_eq!(ask(&cache, &known(), now()), Answer::Use);
    assert_eq!(
        ask(&cache, &known(), now() + Duration::minutes(59)),
        Answer::Use
    );
    assert_eq!(
        ask(&cache, &known(), now() + Duration::minutes(60)),
        Answer::Fetch
    );
}

#[test]
fn an_unknown_key_fetches_at_once_but_not_within_a_minute_of_the_last() {
    let cache = CachedKeySet::new(set(), now(), None);
    assert_eq!(ask(&cache, "new", now()), Answer::Unknown);
    assert_eq!(
        ask(&cache, "new", now() + Duration::seconds(59)),
        Answer::Unknown
    );
    assert_eq!(
        ask(&cache, "new", now() + Duration::seconds(60)),
        Answer::Fetch
    );
}

#[test]
fn a_key_that_does_not_serve_the_algorithm_is_unknown() {
    let cache = CachedKeySet::new(set(), now(), None);
    let answer = cache.lookup(&known(), Algorithm::Es256, now());
    assert!(matches!(answer, KeyLookup::Unknown));
}

#[test]
fn nothing_held_is_fetched_and_a_failure_is_not_repeated_within_a_minute() {
    let cache = CachedKeySet::never_fetched();
    assert_eq!(ask(&cache, &known(), now()), Answer::Fetch);
    let cache = cache.after_failure(now());
    assert_eq!(
        ask(&cache, &known(), now() + Duration::seconds(59)),
        Answer::Unknown
    );
    assert_eq!(
        ask(&cache, &known(), now() + Duration::seconds(60)),
        Answer::Fetch
    );
}

#[test]
fn while_fetching_fails_a_known_key_stays_usable_for_a_day_and_no_longer() {
    let cache = CachedKeySet::new(set(), now(), None);
    let expired = now() + Duration::hours(1);
    let failed = cache.after_failure(expired);
    assert_eq!(ask(&failed, &known(), expired), Answer::Use);
    assert_eq!(ask(&failed, "new", expired), Answer::Unknown);
    assert_eq!(
        ask(&failed, &known(), expired + Duration::seconds(60)),
        Answer::Fetch
    );

    let last = expired + Duration::hours(24) - Duration::seconds(1);
    assert_eq!(ask(&cache.after_failure(last), &known(), last), Answer::Use);
    let end = expired + Duration::hours(24);
    assert_eq!(
        ask(&cache.after_failure(end), &known(), end),
        Answer::Unknown
    );
}

#[test]
fn a_key_that_the_platform_withdrew_is_gone_with_the_next_set() {
    let cache = CachedKeySet::new(KeySet::default(), now(), None);
    assert_eq!(ask(&cache, &known(), now()), Answer::Unknown);
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Launch { known: bool },
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<(Step, bool)>> {
    let step = prop_oneof![
        any::<bool>().prop_map(|known| Step::Launch { known }),
        (0_i64..4000).prop_map(Step::Wait),
    ];
    // With each step, whether the platform can be reached.
    prop::collection::vec((step, any::<bool>()), 1..80)
}

proptest! {
    /// Whatever comes, no two fetches lie closer than a minute, no key is used later than a day
    /// past the longest life, and a launch is answered after at most one fetch.
    #[test]
    fn fetches_are_rare_and_keys_do_not_live_for_ever(steps in steps()) {
        let mut cache = CachedKeySet::never_fetched();
        let mut at = now();
        let mut last_attempt: Option<OffsetDateTime> = None;
        let mut last_success: Option<OffsetDateTime> = None;
        for (step, reachable) in steps {
            let kid = match step {
                Step::Wait(seconds) => {
                    at += Duration::seconds(seconds);
                    continue;
                }
                Step::Launch { known: true } => known(),
                Step::Launch { known: false } => "invented".to_owned(),
            };
            let mut answer = ask(&cache, &kid, at);
            if answer == Answer::Fetch {
                prop_assert!(last_attempt.is_none_or(|last| at - last >= Duration::seconds(60)));
                last_attempt = Some(at);
                cache = if reachable {
                    last_success = Some(at);
                    CachedKeySet::new(set(), at, Some("max-age=600"))
                } else {
                    cache.after_failure(at)
                };
                answer = ask(&cache, &kid, at);
            }
            prop_assert_ne!(answer, Answer::Fetch);
            if answer == Answer::Use {
                prop_assert_eq!(&kid, &known());
                let age = at - last_success.unwrap();
                prop_assert!(age < Duration::seconds(600) + Duration::hours(24));
            }
        }
    }
}
