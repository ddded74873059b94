//! The authentication request: what the browser carries back to the platform after a login.
//!
//! It must never rewrite the registered endpoint's own query: some platforms route by it.

use std::fmt;

use url::Url;

use crate::identifier::ClientId;
use crate::login::LoginRequest;

/// Shortest URL, in bytes, that is sent as a POST form instead of a redirect. Ours: servers and
/// filters in schools cut URLs not far above.
pub const URL_TOO_LONG_BYTES: usize = 2000;

/// An OpenID Connect implicit-flow request in the one shape LTI allows.
///
/// # Source
/// LTI Security Framework 1.0, section 5.1.1.2.
#[derive(Clone)]
pub struct AuthenticationRequest {
    endpoint: Url,
    fields: Vec<(&'static str, String)>,
}

impl AuthenticationRequest {
    /// Answers `login` at the registration's authorization endpoint.
    ///
    /// `state` and `nonce` are the caller's, fresh for this login.
    pub fn new(
        endpoint: &Url,
        client_id: &ClientId,
        login: &LoginRequest,
        redirect_uri: &Url,
        state: &str,
        nonce: &str,
    ) -> Self {
        let mut endpoint = endpoint.clone();
        endpoint.set_fragment(None);
        let mut fields = vec![
            ("scope", "openid".to_owned()),
            ("response_type", "id_token".to_owned()),
            ("response_mode", "form_post".to_owned()),
            ("prompt", "none".to_owned()),
            ("client_id", client_id.as_str().to_owned()),
            ("redirect_uri", redirect_uri.as_str().to_owned()),
            ("login_hint", login.login_hint().to_owned()),
            ("state", state.to_owned()),
            ("nonce", nonce.to_owned()),
        ];
        if let Some(hint) = login.lti_message_hint() {
            fields.push(("lti_message_hint", hint.to_owned()));
        }
        Self { endpoint, fields }
    }

    /// The request as a redirect, or `None` when the whole URL would reach
    /// [`URL_TOO_LONG_BYTES`]: then it goes as a form.
    pub fn url(&self) -> Option<Url> {
        let mut url = self.endpoint.clone();
        url.query_pairs_mut().extend_pairs(&self.fields);
        (url.as_str().len() < URL_TOO_LONG_BYTES).then_some(url)
    }

    /// The request as a POST form: the action, and its fields in order.
    pub fn form(&self) -> (Url, Vec<(String, String)>) {
        let fields = self
            .fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        (self.endpoint.clone(), fields)
    }
}

/// Shows where it goes; its fields hold the hint of a person and the secrets of the login.
impl fmt::Debug for AuthenticationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticationRequest")
            .field("endpoint", &self.endpoint.as_str())
            .finish_non_exhaustive()
    }
}
