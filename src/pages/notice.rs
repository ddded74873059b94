//! Short notices that need no more than a heading and a sentence or two.

use askama::Template;

use super::asset::AssetBase;
use super::locale::Locale;
use super::rendered::Rendered;

/// What is to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// There is nothing here, or nothing this reader may see: the two read the same.
    NotFound,
    /// The session ended: by time, by sign-out, or because a permission ended.
    SessionEnded,
    /// The browser did not keep the session cookie that it was just given.
    CookieNotKept,
    /// The reader signed out.
    SignedOut,
    /// The host name is none of ours.
    WrongHost,
    /// The request came from a place that may not make it.
    NotFromHere,
    /// The permit for this request was refused.
    NotAllowed,
    /// The request holds more than is taken.
    TooLarge,
    /// Something failed on our side.
    Failed,
    /// Nothing can be written down right now, so nothing is done.
    Unavailable,
}

impl Notice {
    /// Every notice.
    pub const ALL: [Self; 10] = [
        Self::NotFound,
        Self::SessionEnded,
        Self::CookieNotKept,
        Self::SignedOut,
        Self::WrongHost,
        Self::NotFromHere,
        Self::NotAllowed,
        Self::TooLarge,
        Self::Failed,
        Self::Unavailable,
    ];

    const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::SessionEnded => "session-ended",
            Self::CookieNotKept => "cookie-not-kept",
            Self::SignedOut => "signed-out",
            Self::WrongHost => "wrong-host",
            Self::NotFromHere => "not-from-here",
            Self::NotAllowed => "not-allowed",
            Self::TooLarge => "too-large",
            Self::Failed => "failed",
            Self::Unavailable => "unavailable",
        }
    }

    const fn status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::SessionEnded | Self::CookieNotKept => 401,
            Self::SignedOut => 200,
            Self::WrongHost => 421,
            Self::NotFromHere | Self::NotAllowed => 403,
            Self::TooLarge => 413,
            Self::Failed => 500,
            Self::Unavailable => 503,
        }
    }
}

/// The page itself.
#[derive(Debug, Clone)]
pub struct PlainNotice {
    /// Language.
    pub locale: Locale,
    /// What is to be said.
    pub notice: Notice,
    /// Finds the entry or the console line, where there is one.
    pub reference: Option<String>,
    /// Which origin it is shown on.
    pub assets: AssetBase,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticeTemplate<'a> {
    locale: Locale,
    assets: AssetBase,
    title: &'static str,
    what: &'static str,
    next: &'static str,
    reference: Option<&'a str>,
}

impl PlainNotice {
    /// The finished page.
    pub fn render(&self) -> Rendered {
        let words = |part: &str| {
            self.locale
                .text(&format!("notice.{}.{part}", self.notice.code()))
        };
        Rendered::plain(
            self.notice.status(),
            &NoticeTemplate {
                locale: self.locale,
                assets: self.assets,
                title: words("title"),
                what: words("what"),
                next: words("next"),
                reference: self.reference.as_deref(),
            },
        )
    }
}
