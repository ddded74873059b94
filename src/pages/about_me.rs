//! "What this agent knows about you": the elements sent, those withheld, and why, one click from
//! every launch. It speaks only of the reader, and never of an order, an opt-out or another person.

use askama::Template;

use super::asset::AssetBase;
use super::locale::Locale;
use super::rendered::{Framing, Rendered};

/// Where the page stands on an agent's origin.
pub const ABOUT_ME_PATH: &str = "/.agent-factory/about";

/// An element the agent received.
#[derive(Clone, PartialEq, Eq)]
pub struct SentElement {
    /// Its name in the catalogue, such as `age_band`.
    pub element: String,
    /// What was sent, as the agent saw it; `None` where showing it would say more than the agent
    /// got (a title, a prompt).
    pub value: Option<String>,
}

/// An element the agent did not receive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithheldElement {
    /// Its name in the catalogue.
    pub element: String,
    /// Why, as far as anybody may be told.
    pub because: WithheldBecause,
}

/// Why an element was withheld, in the grain people may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithheldBecause {
    /// The agent never asked for it.
    NotAsked,
    /// The rules do not permit it.
    NotPermitted,
    /// The platform did not send it.
    NotAvailable,
    /// A made-up name was sent in its place.
    Pseudonymised,
}

impl WithheldBecause {
    const fn key(self) -> &'static str {
        match self {
            Self::NotAsked => "about.because.not-asked",
            Self::NotPermitted => "about.because.not-permitted",
            Self::NotAvailable => "about.because.not-available",
            Self::Pseudonymised => "about.because.pseudonymised",
        }
    }
}

/// The page itself.
#[derive(Clone)]
pub struct AboutMe {
    /// Language.
    pub locale: Locale,
    /// The agent's name.
    pub agent: String,
    /// The institution's name.
    pub institution: String,
    /// What the agent received.
    pub sent: Vec<SentElement>,
    /// What it did not.
    pub withheld: Vec<WithheldElement>,
    /// Address that leads back to the agent.
    pub back: String,
    /// Finds the entry.
    pub reference: String,
}

impl std::fmt::Debug for AboutMe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AboutMe").finish_non_exhaustive()
    }
}

struct Row {
    element: String,
    said: String,
}

#[derive(Template)]
#[template(path = "about_me.html")]
struct AboutMeTemplate<'a> {
    locale: Locale,
    assets: AssetBase,
    title: String,
    lead: String,
    sent: Vec<Row>,
    withheld: Vec<Row>,
    back: &'a str,
    reference: &'a str,
}

impl AboutMe {
    /// The finished page.
    pub fn render(&self) -> Rendered {
        let names = [
            ("agent", self.agent.as_str()),
            ("institution", self.institution.as_str()),
        ];
        let shown = self.locale.text("about.sent-unshown");
        let template = AboutMeTemplate {
            locale: self.locale,
            assets: AssetBase::Agent,
            title: self.locale.fill("about.title", &names),
            lead: self.locale.fill("about.lead", &names),
            sent: self
                .sent
                .iter()
                .map(|sent| Row {
                    element: self.element(&sent.element),
                    said: sent.value.clone().unwrap_or_else(|| shown.to_owned()),
                })
                .collect(),
            withheld: self
                .withheld
                .iter()
                .map(|withheld| Row {
                    element: self.element(&withheld.element),
                    said: self.locale.text(withheld.because.key()).to_owned(),
                })
                .collect(),
            back: &self.back,
            reference: &self.reference,
        };
        let mut rendered = Rendered::plain(200, &template);
        rendered.framing = Framing::Deployment;
        rendered
    }

    // The catalogue grows faster than the locale files: an element without words shows its name.
    fn element(&self, name: &str) -> String {
        let key = format!("element.{name}");
        self.locale
            .find(&key)
            .or_else(|| Locale::En.find(&key))
            .map_or_else(|| name.replace('_', " "), str::to_owned)
    }
}
