//! Every page in every language: whole, accessible in its bones, and never saying too much.

use url::Url;

use super::locale::MISSING;
use super::*;

mod samples;

use samples::{document, every_page, problems};

#[test]
fn every_language_has_the_same_strings_and_none_is_empty() {
    let mut english: Vec<_> = Locale::En.strings().keys().collect();
    english.sort();
    assert!(english.len() > 150, "the file was read");
    for locale in Locale::ALL {
        let mut keys: Vec<_> = locale.strings().keys().collect();
        keys.sort();
        assert_eq!(keys, english, "{locale:?}");
        for (key, text) in locale.strings() {
            assert!(!text.trim().is_empty(), "{locale:?} {key}");
        }
    }
}

#[test]
fn every_element_of_the_catalogue_has_words() {
    let catalogue = include_str!("../../policies/elements.toml");
    let names: Vec<_> = catalogue
        .lines()
        .filter_map(|line| line.strip_prefix("name = \""))
        .filter_map(|rest| rest.strip_suffix('"'))
        .collect();
    assert!(names.len() > 20, "the catalogue was read");
    for name in names {
        assert!(
            Locale::En.find(&format!("element.{name}")).is_some(),
            "{name}"
        );
    }
}

#[test]
fn every_language_fills_the_same_gaps() {
    fn gaps(text: &str) -> Vec<&str> {
        let mut gaps: Vec<_> = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next())
            .collect();
        gaps.sort_unstable();
        gaps.dedup();
        gaps
    }
    for (key, english) in Locale::En.strings() {
        for locale in Locale::ALL {
            assert_eq!(gaps(locale.text(key)), gaps(english), "{locale:?} {key}");
        }
    }
}

#[test]
fn every_page_is_whole_in_every_language() {
    for locale in Locale::ALL {
        for (name, page) in every_page(locale) {
            let html = &page.html;
            assert!(!html.contains(MISSING), "{name}: a string is missing");
            assert!(
                html.contains(&format!("<html lang=\"{}\">", locale.tag())),
                "{name}"
            );
            assert_eq!(html.matches("<h1").count(), 1, "{name}: one h1");
            assert_eq!(html.matches("<main").count(), 1, "{name}: one main");
            assert!(!html.contains("<title></title>"), "{name}: a title");
            assert!(html.contains("page.css?v="), "{name}: the stylesheet");
            assert!(!html.contains("style="), "{name}: no inline style");
            for event in ["onclick=", "onload=", "onsubmit=", "javascript:"] {
                assert!(!html.contains(event), "{name}: no {event}");
            }
            assert!(
                !html.contains("{{") && !html.contains("{agent}"),
                "{name}: a gap left open"
            );
        }
    }
}

#[test]
fn every_inline_script_is_listed_by_the_hash_of_exactly_what_the_page_holds() {
    use base64::Engine as _;
    for (name, page) in every_page(Locale::En) {
        let scripts: Vec<_> = page
            .html
            .split("<script>")
            .skip(1)
            .filter_map(|rest| rest.split("</script>").next())
            .map(|source| {
                let sum = ring::digest::digest(&ring::digest::SHA256, source.as_bytes());
                let sum = base64::engine::general_purpose::STANDARD.encode(sum);
                format!("'sha256-{sum}'")
            })
            .collect();
        assert_eq!(scripts, page.script_sources, "{name}");
    }
}

#[test]
fn what_a_caller_passes_in_never_becomes_markup() {
    for (name, page) in every_page(Locale::En) {
        assert!(!page.html.contains("<script>\"&'"), "{name}");
        assert!(!page.html.contains("7:<b>"), "{name}");
    }
}

#[test]
fn the_statuses_follow_the_launch_rules() {
    let status = |problem: Problem| problem.status();
    assert_eq!(status(Problem::Malformed), 400);
    assert_eq!(status(Problem::NotGenuine), 401);
    assert_eq!(status(Problem::NoAgreement), 403);
    assert_eq!(
        status(Problem::PendingDeployment {
            deployment: "1".to_owned()
        }),
        403
    );
    assert_eq!(status(Problem::UnknownPlatform), 404);
    assert_eq!(status(Problem::Overloaded), 503);
}

#[test]
fn a_child_and_an_administrator_read_different_words() {
    let render = |audience| {
        LaunchProblem {
            locale: Locale::En,
            audience,
            problem: Problem::NoAgreement,
            reference: "R-7".to_owned(),
            assets: AssetBase::Gateway,
        }
        .render()
        .html
    };
    let child = render(Audience::Child);
    let administrator = render(Audience::Administrator);
    assert!(!child.contains("CFR"), "no law in a child's page");
    assert!(administrator.contains("34 CFR 99.31(a)(1)(i)(B)"));
    assert!(child.contains("Nothing about you was sent to the agent."));
    assert!(child.contains("R-7") && administrator.contains("R-7"));
}

#[test]
fn a_child_reads_short_words_in_short_sentences() {
    for problem in problems() {
        for part in ["what", "who", "next"] {
            let text = Locale::En.text(&format!("problem.{}.{part}", problem.code()));
            for sentence in text.split(['.', ':', ';']) {
                let words = sentence.split_whitespace().count();
                assert!(
                    words <= 26,
                    "{} {part}: {words} words: {sentence}",
                    problem.code()
                );
            }
        }
    }
}

#[test]
fn nobody_is_told_of_an_order_a_refusal_or_an_opt_out() {
    for problem in [Problem::ConsentNeeded, Problem::ReviewNeeded] {
        for audience in Audience::ALL {
            let html = LaunchProblem {
                locale: Locale::En,
                audience,
                problem: problem.clone(),
                reference: "R-7".to_owned(),
                assets: AssetBase::Gateway,
            }
            .render()
            .html
            .to_lowercase();
            for word in [
                "custody", "court", "opted", "opt-out", "withdr", "parent", "guardian",
            ] {
                assert!(
                    !html.contains(word),
                    "{audience:?} {}: {word}",
                    problem.code()
                );
            }
        }
    }
}

#[test]
fn the_hand_over_posts_the_code_to_the_agents_origin_and_nowhere_else() {
    let page = HandOver::new(Locale::En, "http://tutor--a--b.localhost:8080/", "c0de").render();
    assert!(page.html.contains(
        "action=\"http://tutor--a--b.localhost:8080/.agent-factory/session\" method=\"post\""
    ));
    assert!(page.html.contains("name=\"code\" value=\"c0de\""));
    assert_eq!(
        page.form_action,
        FormAction::Origins(vec!["http://tutor--a--b.localhost:8080".to_owned()])
    );
    assert_eq!(page.referrer, ReferrerPolicy::Origin);
}

#[test]
fn a_get_form_keeps_the_query_of_the_authorization_endpoint() {
    let url = Url::parse("https://lms.example/auth?tenant=7&scope=openid#x").unwrap();
    let form = Form::get(&url);
    assert_eq!(form.action(), "https://lms.example/auth");
    assert_eq!(
        form.fields(),
        [
            ("tenant".to_owned(), "7".to_owned()),
            ("scope".to_owned(), "openid".to_owned())
        ]
    );
    assert!(
        !format!("{form:?}").contains("openid"),
        "Debug shows no field"
    );
}

#[test]
fn the_api_reference_follows_references_and_groups_by_tag() {
    let document = document();
    let page = ApiReference {
        locale: Locale::En,
        document: &document,
        document_address: "/api/openapi.json",
    }
    .render();
    for wanted in [
        "/api/v1/tenants",
        "Idempotency-Key",
        "slug",
        "id=\"other\"",
        "id=\"tenants\"",
    ] {
        assert!(page.html.contains(wanted), "{wanted}");
    }
    assert_eq!(page.framing, Framing::Nowhere);
}

#[test]
fn the_language_is_the_launchs_then_the_browsers_then_english() {
    let choose = Locale::choose;
    assert_eq!(choose(Some("es-MX"), Some("en")), Locale::Es);
    assert_eq!(choose(Some("es_ES"), None), Locale::Es);
    assert_eq!(choose(Some("fr"), Some("es;q=0.4, en;q=0.2")), Locale::Es);
    assert_eq!(choose(None, Some("es;q=0.1,en;q=0.9")), Locale::En);
    assert_eq!(choose(None, Some("es;q=0, fr")), Locale::En);
    assert_eq!(choose(None, Some("estonian")), Locale::En);
    assert_eq!(choose(None, None), Locale::En);
}

#[test]
fn an_assets_hash_is_of_its_content() {
    let css = Asset::find("page.css").unwrap();
    assert_eq!(css.hash().len(), 16);
    assert!(
        AssetBase::Agent
            .stylesheet()
            .starts_with("/.agent-factory/assets/page.css?v=")
    );
    assert!(AssetBase::Gateway.stylesheet().ends_with(css.hash()));
    assert!(Asset::find("../page.css").is_none());
}
