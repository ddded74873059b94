//! Instants as operators write them: RFC 3339, or a plain date. A date that ends something includes
//! its whole day (UTC).

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::clock::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// An instant at which something is or begins. A plain date means its first moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub Timestamp);

/// An instant at which something ends. A plain date means the end of that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Until(pub Timestamp);

fn parse(text: &str, date_ends: Duration) -> Option<Timestamp> {
    if text.len() == 10 {
        return Timestamp::parse_rfc3339(&format!("{text}T00:00:00Z")).map(|at| at.plus(date_ends));
    }
    Timestamp::parse_rfc3339(text)
}

macro_rules! instants {
    ($($name:ident: $date_ends:expr),+) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0.to_rfc3339())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                parse(&text, $date_ends).map(Self).ok_or_else(|| {
                    serde::de::Error::custom("is neither an RFC 3339 instant nor a date")
                })
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                        utoipa::openapi::KnownFormat::DateTime,
                    )))
                    .description(Some("An RFC 3339 instant; a plain date is taken as well."))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )+};
}

instants! { Moment: Duration::ZERO, Until: DAY }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_that_ends_something_includes_its_day() {
        let until: Until = serde_json::from_str("\"2027-06-30\"").unwrap();
        assert_eq!(until.0.to_rfc3339(), "2027-07-01T00:00:00Z");
        let moment: Moment = serde_json::from_str("\"2027-06-30\"").unwrap();
        assert_eq!(moment.0.to_rfc3339(), "2027-06-30T00:00:00Z");
        assert!(serde_json::from_str::<Moment>("\"30.6.2027\"").is_err());
    }
}
