//! The claims of a launch, in the manner of each imitated platform.
//!
//! The shapes follow recorded tokens: members that are null, lists where others send a text, times
//! of one minute. A tool that only reads the specification's example must stumble here first.

use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use super::launch_spec::{LaunchSpec, SimulatedContext, SimulatedLink};
use super::platform::{Flavour, Platform};
use crate::claim;
use crate::message_type::MessageType;

/// The claims for one launch.
pub(super) fn claims(
    platform: &Platform,
    spec: &LaunchSpec,
    nonce: &str,
    now: OffsetDateTime,
) -> Map<String, Value> {
    let mut claims = envelope(platform, nonce, now);
    let mut put = |name: &str, value: Value| {
        claims.insert(name.to_owned(), value);
    };
    put(claim::MESSAGE_TYPE, json!(spec.message_type.name()));
    put(claim::VERSION, json!("1.3.0"));
    put(claim::DEPLOYMENT_ID, json!(platform.deployment_id.as_str()));
    put(claim::TARGET_LINK_URI, json!(spec.target_link_uri));
    put(claim::ROLES, json!(spec.roles));
    put(claim::TOOL_PLATFORM, tool_platform(platform));
    put(claim::LAUNCH_PRESENTATION, presentation(platform, spec));
    if let Some(context) = &spec.context {
        put(claim::CONTEXT, self::context(platform.flavour, context));
    }
    if let (MessageType::ResourceLink, Some(link)) = (spec.message_type, &spec.resource_link) {
        put(claim::RESOURCE_LINK, resource_link(platform.flavour, link));
    }
    if !spec.custom.is_empty() {
        put(claim::CUSTOM, Value::Object(spec.custom.clone()));
    }
    if !spec.mentor_of.is_empty() {
        put(claim::ROLE_SCOPE_MENTOR, json!(spec.mentor_of));
    }
    if let Some(user_id) = &spec.for_user {
        put(claim::FOR_USER, json!({ "user_id": user_id }));
    }
    person(spec, &mut claims);
    services(platform, spec, &mut claims);
    vendor(platform, spec, &mut claims);
    claims.extend(spec.further_claims.clone());
    claims
}

fn envelope(platform: &Platform, nonce: &str, now: OffsetDateTime) -> Map<String, Value> {
    let client_id = platform.client_id.as_str();
    let (audience, authorized_party, life) = match platform.flavour {
        Flavour::Canvas => (json!(client_id), Some(client_id), Duration::hours(1)),
        Flavour::Moodle => (json!(client_id), None, Duration::seconds(60)),
        Flavour::Publisher => (json!([client_id]), Some(client_id), Duration::minutes(5)),
    };
    let mut claims = Map::new();
    claims.insert("iss".to_owned(), json!(platform.issuer.as_str()));
    claims.insert("aud".to_owned(), audience);
    if let Some(party) = authorized_party {
        claims.insert("azp".to_owned(), json!(party));
    }
    claims.insert("iat".to_owned(), json!(now.unix_timestamp()));
    claims.insert(
        "exp".to_owned(),
        json!(now.saturating_add(life).unix_timestamp()),
    );
    claims.insert("nonce".to_owned(), json!(nonce));
    claims
}

fn person(spec: &LaunchSpec, claims: &mut Map<String, Value>) {
    let person = &spec.person;
    let told = [
        ("sub", &person.sub),
        ("name", &person.name),
        ("given_name", &person.given_name),
        ("family_name", &person.family_name),
        ("email", &person.email),
        ("picture", &person.picture),
        ("locale", &person.locale),
    ];
    for (name, value) in told {
        if let Some(value) = value {
            claims.insert(name.to_owned(), json!(value));
        }
    }
}

/// Canvas serialises its own validation state along with some claims.
fn with_canvas_members(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.insert("validation_context".to_owned(), Value::Null);
        members.insert("errors".to_owned(), json!({ "errors": {} }));
    }
    value
}

fn context(flavour: Flavour, context: &SimulatedContext) -> Value {
    let SimulatedContext { id, label, title } = context;
    let offering = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering";
    match flavour {
        Flavour::Canvas => with_canvas_members(
            json!({ "id": id, "label": label, "title": title, "type": [offering] }),
        ),
        Flavour::Moodle => {
            json!({ "id": id, "label": label, "title": title, "type": ["CourseSection"] })
        }
        Flavour::Publisher => json!({ "id": id, "title": title }),
    }
}

fn resource_link(flavour: Flavour, link: &SimulatedLink) -> Value {
    let SimulatedLink { id, title } = link;
    match flavour {
        Flavour::Canvas => {
            with_canvas_members(json!({ "id": id, "title": title, "description": null }))
        }
        Flavour::Moodle => json!({ "title": title, "description": "", "id": id }),
        Flavour::Publisher => json!({ "id": id }),
    }
}

fn tool_platform(platform: &Platform) -> Value {
    let host = host(platform);
    match platform.flavour {
        Flavour::Canvas => with_canvas_members(json!({
            "guid": format!("{host}:canvas-lms"), "name": "Example Schools", "version": "cloud",
            "product_family_code": "canvas",
        })),
        Flavour::Moodle => json!({
            "product_family_code": "moodle", "version": "2024100706", "guid": host,
            "name": "Example University", "description": "Example University",
        }),
        Flavour::Publisher => json!({ "guid": host, "name": "Example Press" }),
    }
}

fn presentation(platform: &Platform, spec: &LaunchSpec) -> Value {
    let issuer = platform.issuer.as_str().trim_end_matches('/');
    let back = |path: &str| {
        spec.return_url
            .clone()
            .unwrap_or_else(|| format!("{issuer}{path}"))
    };
    match platform.flavour {
        Flavour::Canvas => json!({
            "document_target": "iframe", "height": 400, "width": 800, "locale": "en",
            "return_url": back("/courses/319/external_content/success/external_tool_redirect"),
        }),
        Flavour::Moodle => json!({
            "locale": "en", "document_target": "iframe",
            "return_url": back("/mod/lti/return.php?course=2&instanceid=1"),
        }),
        // Numbers as texts, as some platforms send them.
        Flavour::Publisher => json!({
            "document_target": "iframe", "height": "600", "width": "800",
            "return_url": back("/return"),
        }),
    }
}

fn services(platform: &Platform, spec: &LaunchSpec, claims: &mut Map<String, Value>) {
    let issuer = platform.issuer.as_str().trim_end_matches('/');
    if let Some(course) = spec.context.as_ref().map(|context| context.id.as_str()) {
        let scopes = ["lineitem", "result.readonly", "score"]
            .map(|name| format!("https://purl.imsglobal.org/spec/lti-ags/scope/{name}"));
        let (lineitems, lineitem, memberships) = match platform.flavour {
            Flavour::Canvas | Flavour::Publisher => (
                format!("{issuer}/api/lti/courses/{course}/line_items"),
                format!("{issuer}/api/lti/courses/{course}/line_items/61"),
                format!("{issuer}/api/lti/courses/{course}/names_and_roles"),
            ),
            Flavour::Moodle => (
                format!("{issuer}/mod/lti/services.php/{course}/lineitems?type_id=1"),
                format!("{issuer}/mod/lti/services.php/{course}/lineitems/1/lineitem?type_id=1"),
                format!(
                    "{issuer}/mod/lti/services.php/CourseSection/{course}/bindings/1/memberships"
                ),
            ),
        };
        claims.insert(
            claim::AGS_ENDPOINT.to_owned(),
            json!({ "scope": scopes, "lineitems": lineitems, "lineitem": lineitem }),
        );
        claims.insert(
            claim::NAMES_AND_ROLES.to_owned(),
            json!({ "context_memberships_url": memberships, "service_versions": ["2.0"] }),
        );
    }
    if spec.message_type == MessageType::DeepLinking {
        claims.insert(
            claim::DEEP_LINKING_SETTINGS.to_owned(),
            json!({
                "deep_link_return_url": format!("{issuer}/deep_links"),
                "accept_types": ["ltiResourceLink"], "accept_multiple": false,
                "accept_presentation_document_targets": ["iframe", "window"],
            }),
        );
    }
}

fn vendor(platform: &Platform, spec: &LaunchSpec, claims: &mut Map<String, Value>) {
    let sub = spec.person.sub.as_deref().unwrap_or_default();
    let sourcedid = spec.person.sourcedid.as_deref();
    match platform.flavour {
        Flavour::Canvas => {
            claims.insert(
                "https://www.instructure.com/placement".to_owned(),
                json!("assignment_view"),
            );
            if !sub.is_empty() {
                claims.insert(
                    claim::LTI11_LEGACY_USER_ID.to_owned(),
                    json!(format!("legacy-{sub}")),
                );
            }
            if let Some(id) = sourcedid {
                claims.insert(claim::LIS.to_owned(), json!({ "person_sourcedid": id }));
            }
        }
        Flavour::Moodle => {
            claims.insert(
                claim::LIS.to_owned(),
                json!({ "person_sourcedid": sourcedid.unwrap_or_default(),
                        "course_section_sourcedid": "" }),
            );
            claims.insert(
                claim::EXT.to_owned(),
                json!({ "user_username": sub, "lms": "moodle-2" }),
            );
            claims.insert(
                claim::BASIC_OUTCOME.to_owned(),
                json!({ "lis_result_sourcedid": "{\"data\":{}}",
                        "lis_outcome_service_url": platform.issuer.as_str() }),
            );
        }
        Flavour::Publisher => {}
    }
}

fn host(platform: &Platform) -> String {
    url::Url::parse(platform.issuer.as_str())
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| platform.issuer.as_str().to_owned())
}
