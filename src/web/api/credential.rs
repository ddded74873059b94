//! Who calls the API: the bearer token of a request, and how often it may call.

use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::stop::Stop;
use crate::gateway::Gateway;
use crate::ids::TokenId;
use crate::onboarding::{Caller, CredentialError};
use crate::web::problem::Problem;

/// A bearer token is never longer; ours. Longer ones are not hashed.
const MAX_TOKEN_BYTES: usize = 512;

/// How often each credential may call; in this process.
#[derive(Default)]
pub(super) struct Throttle(OnceLock<DefaultKeyedRateLimiter<TokenId>>);

impl Throttle {
    fn take(&self, token: TokenId, per_minute: u32) -> Result<(), Stop> {
        let limiter = self.0.get_or_init(|| {
            let per_minute = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
            RateLimiter::keyed(Quota::per_minute(per_minute))
        });
        limiter
            .check_key(&token)
            .map_err(|_| Problem::too_many().into())
    }
}

/// A caller whose credential is valid and who does not call too often.
#[derive(Debug)]
pub struct Authenticated(pub Caller);

impl FromRequestParts<Arc<Gateway>> for Authenticated {
    type Rejection = Stop;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Arc<Gateway>,
    ) -> Result<Self, Self::Rejection> {
        let now = gateway.clock.now();
        let refuse = |code| {
            gateway.refused_before.count(code, "/api", None, now);
            Stop::from(Problem::unauthenticated())
        };
        let Some(token) = bearer(parts) else {
            return Err(refuse("credential-missing"));
        };
        let caller = match Caller::identify(gateway, token, now).await {
            Ok(caller) => caller,
            Err(CredentialError::NotValid) => return Err(refuse("credential-not-valid")),
            Err(error) => return Err(error.into()),
        };
        if let Some(throttle) = parts.extensions.get::<Arc<Throttle>>() {
            throttle.take(caller.token(), gateway.config.limits.api_calls_per_minute)?;
        }
        Ok(Self(caller))
    }
}

/// The bearer token of exactly one `Authorization` header.
fn bearer(parts: &Parts) -> Option<&str> {
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    let (header, None) = (headers.next()?, headers.next()) else {
        return None;
    };
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    let fits = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty();
    (fits && token.len() <= MAX_TOKEN_BYTES).then_some(token)
}
