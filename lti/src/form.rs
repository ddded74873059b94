//! Urlencoded parameters as browsers send them, with the one rule that keeps them unambiguous.
//!
//! A name that is read must never have two values: whoever reads the first and whoever reads the
//! last would see different launches.

use url::form_urlencoded;

/// A name came twice with different values.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct TwoValues;

/// The parameters of a query, a body, or both together.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn of(sources: &[&str]) -> Self {
        let pairs = sources
            .iter()
            .flat_map(|source| form_urlencoded::parse(source.as_bytes()))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        Self(pairs)
    }

    /// The one value given under any of these spellings of a name.
    pub(crate) fn one(&self, spellings: &[&str]) -> Result<Option<&str>, TwoValues> {
        let mut found: Option<&str> = None;
        for (_, value) in self
            .0
            .iter()
            .filter(|(name, _)| spellings.contains(&name.as_str()))
        {
            match found {
                Some(earlier) if earlier != value => return Err(TwoValues),
                _ => found = Some(value),
            }
        }
        Ok(found)
    }

    /// How often a name was given, whatever its values.
    pub(crate) fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|(given, _)| given == name).count()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.count(name) > 0
    }
}
