//! The page that hands a one-time code to an agent's own origin by POST. The code must never stand
//! in an address.

use askama::Template;

use super::asset::{AssetBase, SUBMIT};
use super::form::Form;
use super::locale::Locale;
use super::rendered::{FormAction, ReferrerPolicy, Rendered};

/// The path on an agent's origin that redeems a code.
pub const SESSION_PATH: &str = "/.agent-factory/session";

/// The self-submitting hand-over.
#[derive(Clone)]
pub struct HandOver {
    locale: Locale,
    form: Form,
    origin: String,
}

impl std::fmt::Debug for HandOver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HandOver").finish_non_exhaustive()
    }
}

#[derive(Template)]
#[template(path = "hand_over.html")]
struct HandOverTemplate<'a> {
    locale: Locale,
    assets: AssetBase,
    proceed: &'a Form,
    script: &'static str,
}

impl HandOver {
    /// Hands `code` to the agent at `agent_origin` (scheme, host and port, no path).
    pub fn new(locale: Locale, agent_origin: &str, code: &str) -> Self {
        let origin = agent_origin.trim_end_matches('/').to_owned();
        let fields = vec![("code".to_owned(), code.to_owned())];
        Self {
            locale,
            form: Form::post(format!("{origin}{SESSION_PATH}"), fields),
            origin,
        }
    }

    /// The finished page.
    pub fn render(&self) -> Rendered {
        let template = HandOverTemplate {
            locale: self.locale,
            assets: AssetBase::Gateway,
            proceed: &self.form,
            script: SUBMIT.source(),
        };
        let mut rendered = Rendered::plain(200, &template).with_script(&SUBMIT);
        rendered.form_action = FormAction::Origins(vec![self.origin.clone()]);
        rendered.referrer = ReferrerPolicy::Origin;
        rendered
    }
}
