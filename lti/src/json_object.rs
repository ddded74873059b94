//! A JSON object whose member names are unique, and lenient reading of its members.
//!
//! Two members of one name must never pass: what one reader checks, another might not use.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

/// Why bytes are no object that can be relied on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ObjectError {
    /// Not JSON, or not an object.
    Malformed,
    /// One name twice at the top level.
    DuplicateName,
}

const DUPLICATE: &str = "duplicate member name";

struct UniqueObject(Map<String, Value>);

impl<'de> Deserialize<'de> for UniqueObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = UniqueObject;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<UniqueObject, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom(DUPLICATE));
                    }
                }
                Ok(UniqueObject(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

pub(crate) fn parse(bytes: &[u8]) -> Result<Map<String, Value>, ObjectError> {
    match serde_json::from_slice::<UniqueObject>(bytes) {
        Ok(UniqueObject(members)) => Ok(members),
        Err(error) if error.to_string().starts_with(DUPLICATE) => Err(ObjectError::DuplicateName),
        Err(_) => Err(ObjectError::Malformed),
    }
}

/// Members read as they are wanted; whatever has another type is as good as absent.
pub(crate) trait Lenient {
    fn member(&self, name: &str) -> Option<&Value>;

    /// A member that is there and not null.
    fn present(&self, name: &str) -> Option<&Value> {
        self.member(name).filter(|value| !value.is_null())
    }

    /// A text that is not empty.
    fn text(&self, name: &str) -> Option<String> {
        self.member(name)?
            .as_str()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }

    /// Texts in a list; a bare text is a list of one. Members of other types are dropped.
    fn texts(&self, name: &str) -> Vec<String> {
        match self.member(name) {
            Some(Value::String(text)) => vec![text.clone()],
            Some(Value::Array(items)) => items
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        }
    }

    fn object(&self, name: &str) -> Option<&Map<String, Value>> {
        self.member(name)?.as_object()
    }
}

impl Lenient for Map<String, Value> {
    fn member(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }
}
