//! The languages pages are written in, and their strings. A string never comes from anywhere but
//! the locale files.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A language all pages exist in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
}

type Strings = HashMap<String, String>;

static ENGLISH: LazyLock<Strings> = LazyLock::new(|| parse(include_str!("locales/en.json")));
static SPANISH: LazyLock<Strings> = LazyLock::new(|| parse(include_str!("locales/es.json")));

// INVARIANT: the files are part of the build and a test reads them, so the default is never met.
fn parse(json: &str) -> Strings {
    serde_json::from_str(json).unwrap_or_default()
}

/// Stands where a string is missing in every language; a test looks for it on every page.
pub(crate) const MISSING: &str = "\u{fffd}";

impl Locale {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::Es];

    /// The language to answer in: the one the platform's launch named, else the browser's best,
    /// else English.
    pub fn choose(launch_locale: Option<&str>, accept_language: Option<&str>) -> Self {
        launch_locale
            .and_then(Self::from_tag)
            .or_else(|| accept_language.and_then(Self::from_accept_language))
            .unwrap_or_default()
    }

    fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|locale| locale.tag().eq_ignore_ascii_case(primary))
    }

    // Highest weight wins, the earlier of equals; weight 0 means "not this one".
    fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(Self, f32)> = None;
        for part in header.split(',').take(20) {
            let mut pieces = part.split(';');
            let Some(locale) = pieces.next().and_then(Self::from_tag) else {
                continue;
            };
            let weight = pieces
                .find_map(|piece| piece.trim().strip_prefix("q="))
                .map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
            if weight > best.map_or(0.0, |(_, weight)| weight) {
                best = Some((locale, weight));
            }
        }
        best.map(|(locale, _)| locale)
    }

    /// The language tag (BCP 47) of `lang` attributes.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }

    /// The string of that key, if this language has one.
    pub fn find(self, key: &str) -> Option<&'static str> {
        self.strings().get(key).map(String::as_str)
    }

    /// The string of that key: in this language, else in English.
    pub fn text(self, key: &str) -> &'static str {
        self.find(key)
            .or_else(|| Self::En.find(key))
            .unwrap_or(MISSING)
    }

    /// The string of that key with each `{name}` replaced by its value.
    pub fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        values
            .iter()
            .fold(self.text(key).to_owned(), |text, (name, value)| {
                text.replace(&format!("{{{name}}}"), value)
            })
    }

    pub(crate) fn strings(self) -> &'static Strings {
        match self {
            Self::En => &ENGLISH,
            Self::Es => &SPANISH,
        }
    }
}
