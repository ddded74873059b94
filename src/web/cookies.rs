//! The two cookies that the gateway sets, one on its own origin and one on each agent's.

use http::HeaderValue;

use crate::vault::Secret32;

/// Binds a login to the browser partition it began in. On the gateway's own origin.
pub const BROWSER_COOKIE: &str = "__Host-agent-factory-browser";

/// The session, on an agent's origin.
pub const SESSION_COOKIE: &str = "__Host-agent-factory-session";

/// A `Set-Cookie` value with every attribute the walls need: host-only, secure, invisible to
/// scripts, sent in a cross-site frame, and kept apart per top-level site (CHIPS).
pub fn set_cookie(name: &str, secret: &Secret32, seconds: u64) -> HeaderValue {
    let text = secret.to_text();
    let line = format!(
        "{name}={text}; Path=/; Secure; HttpOnly; SameSite=None; Partitioned; Max-Age={seconds}"
    );
    // INVARIANT: name, base64url text and number are visible ASCII.
    HeaderValue::from_str(&line).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Takes the cookie away.
pub fn clear_cookie(name: &str) -> HeaderValue {
    let line = format!("{name}=; Path=/; Secure; HttpOnly; SameSite=None; Partitioned; Max-Age=0");
    HeaderValue::from_str(&line).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_cookies_carry_every_attribute() {
        let secret = Secret32::generate(crate::dice::Dice).unwrap();
        let cookie = set_cookie(SESSION_COOKIE, &secret, 60);
        let cookie = cookie.to_str().unwrap();
        for part in [
            "Path=/",
            "Secure",
            "HttpOnly",
            "SameSite=None",
            "Partitioned",
            "Max-Age=60",
        ] {
            assert!(cookie.contains(part), "{part}");
        }
        assert!(cookie.starts_with("__Host-") && !cookie.contains("Domain"));
    }
}
