//! When a token is good: the checks of `exp`, `iat` and `nbf`.
//!
//! Times are JSON numbers within this age; a text that looks like one must never be read as one,
//! since the next reader might not.

use serde_json::{Map, Number, Value};
use time::{Duration, OffsetDateTime};

use crate::json_object::Lenient as _;
use crate::launch_refused::LaunchRefused;

/// Leeway between the platform's clock and ours, where nothing else is set. Ours.
pub const CLOCK_LEEWAY: Duration = Duration::seconds(120);
/// Most leeway that is given, whatever is set.
///
/// # Source
/// LTI Security Framework 1.0, section 5.1.3: "usually no more than a few minutes".
pub const CLOCK_LEEWAY_MAX: Duration = Duration::seconds(300);
/// Longest time between a token's `iat` and `exp`. Ours: platforms give 60 seconds to one hour, and
/// a token that lives longer than a day is a mistake or a trap.
pub const TOKEN_LIFE_MAX: Duration = Duration::hours(24);
/// When a token was issued, and when it stops being good.
pub(crate) struct TokenTimes {
    pub(crate) issued_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
}

/// Checks `exp`, `iat` and, where it is there, `nbf`.
pub(crate) fn check_times(
    claims: &Map<String, Value>,
    now: OffsetDateTime,
    leeway: Duration,
) -> Result<TokenTimes, LaunchRefused> {
    let leeway = leeway.clamp(Duration::ZERO, CLOCK_LEEWAY_MAX);

    let expires_at = match claims.present("exp") {
        None => return Err(LaunchRefused::ExpiryMissing),
        Some(Value::Number(number)) => instant(number).ok_or(LaunchRefused::ExpiryAbsurd)?,
        Some(_) => return Err(LaunchRefused::ExpiryNotNumber),
    };
    if now >= expires_at.saturating_add(leeway) {
        return Err(LaunchRefused::Expired);
    }

    let issued_at = match claims.present("iat") {
        None => return Err(LaunchRefused::IssuedAtMissing),
        Some(Value::Number(number)) => instant(number).ok_or(LaunchRefused::IssuedAtAbsurd)?,
        Some(_) => return Err(LaunchRefused::IssuedAtNotNumber),
    };
    if issued_at > now.saturating_add(leeway) {
        return Err(LaunchRefused::IssuedInFuture);
    }
    if expires_at < issued_at || expires_at - issued_at > TOKEN_LIFE_MAX {
        return Err(LaunchRefused::LifetimeAbsurd);
    }

    match claims.present("nbf") {
        None => {}
        Some(Value::Number(number)) => {
            let not_before = instant(number).ok_or(LaunchRefused::NotBeforeAbsurd)?;
            if not_before > now.saturating_add(leeway) {
                return Err(LaunchRefused::NotYetValid);
            }
        }
        Some(_) => return Err(LaunchRefused::NotBeforeNotNumber),
    }
    Ok(TokenTimes {
        issued_at,
        expires_at,
    })
}

/// Seconds since 1970, also fractional ones, between the years 2000 and 2200: beyond lie units
/// mistaken (milliseconds) and numbers chosen to overflow somebody's clock.
fn instant(number: &Number) -> Option<OffsetDateTime> {
    const YEAR_2000: i64 = 946_684_800;
    const YEAR_2200: i64 = 7_258_118_400;
    let seconds = match number.as_i64() {
        Some(seconds) => seconds,
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float saturates, and is then refused"
        )]
        None => number.as_f64()?.floor() as i64,
    };
    if !(YEAR_2000..YEAR_2200).contains(&seconds) {
        return None;
    }
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}
