//! The page on an agent's origin that reads the session cookie back before the agent opens, and
//! offers a new window where the browser did not keep it.

use super::asset::{AssetBase, READ_BACK};
use super::form::Form;
use super::locale::Locale;
use super::rendered::{ConnectTo, FormAction, Framing, Rendered};
use super::settle_binding::ReadBackTemplate;

/// Answers 204 on an agent's origin when the session cookie came back.
pub const SESSION_CHECK_PATH: &str = "/.agent-factory/session/check";

/// The page that reads the session cookie back.
#[derive(Debug, Clone)]
pub struct CookieCheck {
    /// Language.
    pub locale: Locale,
    /// Opens the agent: a GET form to its first path.
    pub proceed: Form,
    /// Asks the gateway for a fresh code in a new window.
    pub new_window: Form,
}

impl CookieCheck {
    /// The finished page.
    pub fn render(&self) -> Rendered {
        let template = ReadBackTemplate {
            locale: self.locale,
            assets: AssetBase::Agent,
            title: self.locale.text("cookie-check.title"),
            waiting: self.locale.text("cookie-check.waiting"),
            button: self.locale.text("cookie-check.continue"),
            check: SESSION_CHECK_PATH,
            proceed: &self.proceed,
            new_window: &self.new_window,
            script: READ_BACK.source(),
        };
        let mut rendered = Rendered::plain(200, &template).with_script(&READ_BACK);
        rendered.connect = ConnectTo::Own;
        rendered.form_action = FormAction::Origins(self.new_window.origin().into_iter().collect());
        rendered.framing = Framing::Deployment;
        rendered
    }
}
