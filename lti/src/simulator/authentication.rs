//! The authentication request as a platform reads it, and how platforms decline one.

use std::fmt;

use crate::form::Form;

/// The parameters of an authentication request, from the query of a redirect or the body of a form.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct AuthenticationParams {
    /// `openid`.
    pub scope: Option<String>,
    /// `id_token`.
    pub response_type: Option<String>,
    /// `form_post`.
    pub response_mode: Option<String>,
    /// `none`.
    pub prompt: Option<String>,
    /// The tool.
    pub client_id: Option<String>,
    /// Where the answer goes.
    pub redirect_uri: Option<String>,
    /// As sent at login.
    pub login_hint: Option<String>,
    /// As sent at login, if it was.
    pub lti_message_hint: Option<String>,
    /// The tool's, goes into the token.
    pub nonce: Option<String>,
    /// The tool's, comes back beside the token.
    pub state: Option<String>,
}

impl AuthenticationParams {
    /// Reads the urlencoded query and body together; of a name sent twice the value is dropped.
    pub fn parse(query: &str, body: &str) -> Self {
        let form = Form::of(&[query, body]);
        let read = |name: &str| form.one(&[name]).ok().flatten().map(str::to_owned);
        Self {
            scope: read("scope"),
            response_type: read("response_type"),
            response_mode: read("response_mode"),
            prompt: read("prompt"),
            client_id: read("client_id"),
            redirect_uri: read("redirect_uri"),
            login_hint: read("login_hint"),
            lti_message_hint: read("lti_message_hint"),
            nonce: read("nonce"),
            state: read("state"),
        }
    }
}

/// Shows which tool asks; hints, nonce and state stay unseen.
impl fmt::Debug for AuthenticationParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticationParams")
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

/// How a platform declines an authentication request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PlatformRefusal {
    /// Posted to the tool's redirect URI.
    Posted {
        /// The OAuth error word.
        error: &'static str,
        /// The platform's words.
        description: &'static str,
        /// The tool's `state`, given back.
        state: Option<String>,
    },
    /// Shown by the platform itself: the tool hears nothing.
    Page {
        /// What the page says.
        description: &'static str,
    },
}

impl PlatformRefusal {
    /// The fields posted to the tool, unless the platform shows a page of its own.
    pub fn fields(&self) -> Option<Vec<(String, String)>> {
        let Self::Posted {
            error,
            description,
            state,
        } = self
        else {
            return None;
        };
        let mut fields = vec![
            ("error".to_owned(), (*error).to_owned()),
            ("error_description".to_owned(), (*description).to_owned()),
        ];
        if let Some(state) = state {
            fields.push(("state".to_owned(), state.clone()));
        }
        Some(fields)
    }
}
