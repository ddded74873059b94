//! One of every page, with values that try to become markup.

use serde_json::json;

use crate::pages::*;

pub(super) fn problems() -> Vec<Problem> {
    vec![
        Problem::NoAgreement,
        Problem::NoAuthorization,
        Problem::ConsentNeeded,
        Problem::ReviewNeeded,
        Problem::PendingDeployment {
            deployment: "7:<b>".to_owned(),
        },
        Problem::NoAgentChosen,
        Problem::TeacherChooses,
        Problem::Replayed,
        Problem::Expired,
        Problem::NotGenuine,
        Problem::BindingMissing {
            again: Some(form()),
        },
        Problem::BindingMissing { again: None },
        Problem::UnknownPlatform,
        Problem::UnsupportedMessage,
        Problem::Lti11,
        Problem::GetOnPost,
        Problem::Suspended,
        Problem::Overloaded,
        Problem::AgentDown,
        Problem::Malformed,
    ]
}

fn form() -> Form {
    Form::post(
        "https://lms.example/auth?a=1&b=\"",
        vec![("hint".to_owned(), "<script>\"&'".to_owned())],
    )
}

pub(super) fn document() -> serde_json::Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Gateway", "version": "1", "description": "An API." },
        "paths": {
            "/api/v1/tenants": {
                "get": { "tags": ["tenants"], "summary": "Lists", "responses": { "200": { "description": "a page" } } },
                "post": {
                    "tags": ["tenants"],
                    "parameters": [{ "$ref": "#/components/parameters/Key" }],
                    "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/NewTenant" } } } },
                    "responses": { "201": { "description": "made" } }
                }
            },
            "/api/v1/other": { "delete": { "responses": {} } }
        },
        "components": {
            "parameters": { "Key": { "name": "Idempotency-Key", "in": "header", "required": true } },
            "schemas": { "NewTenant": { "type": "object", "properties": { "slug": { "type": "string" } } } }
        }
    })
}

fn about(locale: Locale) -> AboutMe {
    AboutMe {
        locale,
        agent: "Tutor".to_owned(),
        institution: "Lincoln Unified".to_owned(),
        sent: vec![
            SentElement {
                element: "age_band".to_owned(),
                value: Some("13_to_17".to_owned()),
            },
            SentElement {
                element: "prompt".to_owned(),
                value: None,
            },
        ],
        withheld: vec![
            WithheldElement {
                element: "email".to_owned(),
                because: WithheldBecause::NotPermitted,
            },
            WithheldElement {
                element: "brand_new_thing".to_owned(),
                because: WithheldBecause::NotAsked,
            },
        ],
        back: "/".to_owned(),
        reference: "R-7".to_owned(),
    }
}

pub(super) fn every_page(locale: Locale) -> Vec<(String, Rendered)> {
    let document = document();
    let mut pages = Vec::new();
    for audience in Audience::ALL {
        for problem in problems() {
            let name = format!("{audience:?} {}", problem.code());
            let page = LaunchProblem {
                locale,
                audience,
                problem,
                reference: "R-7".to_owned(),
                assets: AssetBase::Gateway,
            };
            pages.push((name, page.render()));
        }
    }
    for notice in Notice::ALL {
        for reference in [None, Some("R-7".to_owned())] {
            let page = PlainNotice {
                locale,
                notice,
                reference,
                assets: AssetBase::Agent,
            };
            pages.push((format!("{notice:?}"), page.render()));
        }
    }
    let settle = SettleBinding {
        locale,
        check: "/lti/login/check".to_owned(),
        proceed: form(),
        new_window: form(),
    };
    pages.push(("settle".to_owned(), settle.render()));
    let hand_over = HandOver::new(
        locale,
        "https://tutor--lincoln--x7k2m9qa.agents.example",
        "c0de",
    );
    pages.push(("hand over".to_owned(), hand_over.render()));
    pages.push(("about me".to_owned(), about(locale).render()));
    let api = ApiReference {
        locale,
        document: &document,
        document_address: "/api/openapi.json",
    };
    pages.push(("api".to_owned(), api.render()));
    pages
}
