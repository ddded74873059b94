//! What a caller sends: a JSON body read strictly, an idempotency key, an ETag. A body is read only
//! after the caller was let in, so that a stranger learns nothing from how it is refused.

use std::sync::Arc;

use agent_factory_audit::Digest;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use axum::{Json, body};
use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::stop::Stop;
use crate::gateway::Gateway;
use crate::ids::TenantId;
use crate::onboarding::{Caller, Deed, KeptUnder};
use crate::web::problem::Problem;

/// The largest body of the API; ours: a manifest is a few kilobytes.
const MAX_BODY_BYTES: usize = 256 * 1024;
/// The longest idempotency key; ours.
const MAX_KEY_CHARACTERS: usize = 255;

/// A request's body and headers, not yet read.
#[derive(Debug)]
pub struct Sent {
    bytes: Bytes,
    headers: HeaderMap,
    route: String,
}

impl FromRequest<Arc<Gateway>> for Sent {
    type Rejection = Stop;

    async fn from_request(request: Request, _: &Arc<Gateway>) -> Result<Self, Self::Rejection> {
        let (parts, sent) = request.into_parts();
        let bytes = body::to_bytes(sent, MAX_BODY_BYTES).await.map_err(|_| {
            let title = "The body is too large, or broke off";
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", title)
        })?;
        let route = format!("{} {}", parts.method, parts.uri.path());
        Ok(Self {
            bytes,
            headers: parts.headers,
            route,
        })
    }
}

impl Sent {
    /// The body as what the operation takes; an empty one is an empty object.
    ///
    /// # Errors
    /// A problem that names the field at fault and repeats no value.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Stop> {
        if self.bytes.is_empty() {
            return read(b"{}");
        }
        let json = self
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| {
                let essence = value.split(';').next().unwrap_or_default().trim();
                essence.eq_ignore_ascii_case("application/json")
            });
        if !json {
            let title = "A body here is `application/json`";
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                title,
            )
            .into());
        }
        read(&self.bytes)
    }

    /// The request as an operator's deed in a tenant, unless it was answered before.
    ///
    /// # Errors
    /// [`Stop::Replayed`] for the same key and body; a problem for the same key and another body.
    pub async fn deed(
        &self,
        gateway: &Arc<Gateway>,
        caller: &Caller,
        tenant: TenantId,
        status: StatusCode,
    ) -> Result<Deed, Stop> {
        let now = gateway.clock.now();
        let mut deed = Deed {
            gateway: gateway.clone(),
            caller: caller.clone(),
            now,
            kept_under: None,
        };
        let Some(key) = self.idempotency_key()? else {
            return Ok(deed);
        };
        let digest = |parts: &[&[u8]]| *Digest::of(parts).as_bytes();
        let kept = KeptUnder {
            key_hash: digest(&[
                b"idempotency key",
                caller.token().as_bytes(),
                key.as_bytes(),
            ]),
            route: self.route.clone(),
            // The key is the salt: what was sent may be about a person.
            body_hash: digest(&[b"body", key.as_bytes(), b"\n", &self.bytes]),
            status: status.as_u16(),
        };
        let mut unit = gateway.store.tenant(tenant).read().await?;
        let found = unit
            .idempotency_keys()
            .find(&kept.key_hash, &kept.route, now)
            .await?;
        match found {
            Some(found) if found.body_hash == kept.body_hash => Err(Stop::Replayed(Box::new(
                replayed(found.status, found.response),
            ))),
            Some(_) => {
                let detail = "this key came with another body before";
                Err(Problem::conflict("idempotency-key-reused", detail).into())
            }
            None => {
                deed.kept_under = Some(kept);
                Ok(deed)
            }
        }
    }

    fn idempotency_key(&self) -> Result<Option<&str>, Stop> {
        let Some(value) = self.headers.get("idempotency-key") else {
            return Ok(None);
        };
        match value.to_str() {
            Ok(key) if (1..=MAX_KEY_CHARACTERS).contains(&key.len()) => Ok(Some(key)),
            _ => Err(Problem::invalid(
                "Idempotency-Key",
                "an idempotency key has 1 to 255 visible characters",
            )
            .into()),
        }
    }

    /// The ETag that a change is based on.
    ///
    /// # Errors
    /// A problem when there is none.
    pub fn if_match(&self) -> Result<&str, Stop> {
        let etag = self
            .headers
            .get(header::IF_MATCH)
            .and_then(|value| value.to_str().ok());
        let tag = etag.and_then(|etag| etag.strip_prefix('"')?.strip_suffix('"'));
        tag.ok_or_else(|| {
            let title = "A change names what it is based on";
            Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "if-match-required",
                title,
            )
            .detail("send the ETag of what you read as `If-Match`")
            .into()
        })
    }
}

fn replayed(status: i64, body: serde_json::Value) -> Response {
    let status = u16::try_from(status)
        .ok()
        .and_then(|code| StatusCode::from_u16(code).ok());
    let mut response = (status.unwrap_or(StatusCode::OK), Json(body)).into_response();
    let replayed = http::HeaderValue::from_static("true");
    response
        .headers_mut()
        .insert("idempotency-replayed", replayed);
    response
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Stop> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| problem(&error.path().to_string(), error.inner()))?;
    deserializer
        .end()
        .map_err(|_| Problem::malformed("something follows the JSON value"))?;
    Ok(parsed)
}

/// Names the field; serde's own words are used only where they repeat no value.
fn problem(path: &str, error: &serde_json::Error) -> Problem {
    if !error.is_data() {
        return Problem::malformed("the body is no JSON");
    }
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    let quoted = |from: &str| {
        said.strip_prefix(from)?
            .split('`')
            .next()
            .map(str::to_owned)
    };
    if let Some(field) = quoted("unknown field `") {
        // A name that was sent is repeated, but only as far as it looks like one.
        let name: String = field
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
            .take(64)
            .collect();
        let detail = format!("there is no field `{name}` here");
        return Problem::invalid(&name, detail);
    }
    if let Some(field) = quoted("missing field `") {
        return Problem::invalid(&field, format!("`{field}` is missing"));
    }
    let field = if path == "." { "body" } else { path };
    let named =
        quoted("`").filter(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
    let field = named.as_deref().unwrap_or(field);
    Problem::invalid(
        field,
        format!("`{field}` has another type or form than is taken here"),
    )
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Note {
        #[expect(dead_code, reason = "only whether it parses is asked")]
        name: String,
    }

    #[test]
    fn a_fault_names_its_field_and_repeats_no_value() {
        for (body, status, field) in [
            (r#"{"name":"x","nick":"Ada"}"#, 422, Some("nick")),
            ("{}", 422, Some("name")),
            (r#"{"name":42424242}"#, 422, Some("name")),
            (r#"{"name":"Ada""#, 400, None),
            (r#"{"name":"Ada"} {}"#, 400, None),
        ] {
            let Stop::Problem(problem) = read::<Note>(body.as_bytes()).unwrap_err() else {
                panic!("{body}");
            };
            assert_eq!(
                (problem.status, problem.field.as_deref()),
                (status, field),
                "{body}"
            );
            let said = format!("{problem:?}");
            assert!(!said.contains("Ada") && !said.contains("4242"), "{said}");
        }
    }
}
