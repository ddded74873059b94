//! The page at the login address when the browser is framed and showed no binding cookie: its
//! answer sets the cookie, the page reads it back, and only then goes on to the platform, whose
//! hint can be used once. Without the cookie it offers a new window.

use askama::Template;

use super::asset::{AssetBase, READ_BACK};
use super::form::Form;
use super::locale::Locale;
use super::rendered::{ConnectTo, FormAction, Rendered};

/// The page that settles the browser binding.
#[derive(Debug, Clone)]
pub struct SettleBinding {
    /// Language.
    pub locale: Locale,
    /// Same-origin address that answers 204 when the binding cookie came back, anything else when
    /// it did not.
    pub check: String,
    /// Goes on to the platform's authorization endpoint.
    pub proceed: Form,
    /// Repeats the login in a new window.
    pub new_window: Form,
}

#[derive(Template)]
#[template(path = "read_back.html")]
struct ReadBackTemplate<'a> {
    locale: Locale,
    assets: AssetBase,
    title: &'static str,
    waiting: &'static str,
    button: &'static str,
    check: &'a str,
    proceed: &'a Form,
    new_window: &'a Form,
    script: &'static str,
}

impl SettleBinding {
    /// The finished page.
    pub fn render(&self) -> Rendered {
        let template = ReadBackTemplate {
            locale: self.locale,
            assets: AssetBase::Gateway,
            title: self.locale.text("settle.title"),
            waiting: self.locale.text("settle.waiting"),
            button: self.locale.text("settle.continue"),
            check: &self.check,
            proceed: &self.proceed,
            new_window: &self.new_window,
            script: READ_BACK.source(),
        };
        let mut rendered = Rendered::plain(200, &template).with_script(&READ_BACK);
        rendered.connect = ConnectTo::Own;
        rendered.form_action = FormAction::Unrestricted;
        rendered
    }
}
