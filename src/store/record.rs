//! Rows on their way out: read into domain types at once, so that a corrupt row is found where it
//! is read and named by table, column and id.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::types::Json;
use sqlx::{Decode, Postgres, Row, Sqlite, Type};
use uuid::Uuid;

use super::sealed_bytes::SealedBytes;
use super::store_error::StoreError;
use super::value::Value;
use crate::clock::Timestamp;
use crate::ids::{
    AgeBandId, AgentId, ContextRowId, DeploymentRowId, EntryId, GroundId, PersonId, PlacementId,
    RegistrationId, SessionId, SigningKeyId, Slug, TenantId, TokenId,
};

/// A row of either database.
pub enum Record {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

/// A column does not hold what it should.
pub struct Misfit(pub(in crate::store) &'static str);

impl Record {
    fn raw<T>(&self, column: &'static str) -> Result<Option<T>, Misfit>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite>,
        T: for<'r> Decode<'r, Postgres> + Type<Postgres>,
    {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
        .map_err(|_| Misfit(column))
    }

    /// Reads one column.
    pub fn read<T: Field>(&self, column: &'static str) -> Result<T, Misfit> {
        T::read(self, column)
    }

    /// Reads the whole row.
    pub fn parse<T: Stored>(&self) -> Result<T, StoreError> {
        T::read(self).map_err(|Misfit(column)| StoreError::Corrupt {
            table: T::TABLE,
            column,
            row: self.key(T::KEY),
        })
    }

    fn key(&self, column: &'static str) -> String {
        if let Ok(Some(id)) = self.raw::<Uuid>(column) {
            return id.to_string();
        }
        match self.raw::<i64>(column) {
            Ok(Some(number)) => number.to_string(),
            _ => "unknown".to_owned(),
        }
    }
}

/// A domain type that is one row.
pub trait Stored: Sized {
    /// Its table.
    const TABLE: &'static str;
    /// The column that tells its rows apart within a tenant.
    const KEY: &'static str;
    /// Reads it.
    fn read(record: &Record) -> Result<Self, Misfit>;
}

/// One of the six kinds a column can be.
pub trait Primitive: Sized {
    /// Reads it, if there.
    fn take(record: &Record, column: &'static str) -> Result<Option<Self>, Misfit>;
    /// Binds it, or null of its kind.
    fn bind(value: Option<Self>) -> Value;
}

macro_rules! primitives {
    ($($kind:ty => $variant:ident),+ $(,)?) => {$(
        impl Primitive for $kind {
            fn take(record: &Record, column: &'static str) -> Result<Option<Self>, Misfit> {
                record.raw(column)
            }
            fn bind(value: Option<Self>) -> Value {
                Value::$variant(value)
            }
        }
    )+};
}

primitives! { Uuid => Uuid, String => Text, i64 => Integer, Vec<u8> => Bytes, bool => Boolean }

impl Primitive for serde_json::Value {
    fn take(record: &Record, column: &'static str) -> Result<Option<Self>, Misfit> {
        Ok(record.raw::<Json<Self>>(column)?.map(|Json(value)| value))
    }
    fn bind(value: Option<Self>) -> Value {
        Value::Document(value)
    }
}

/// What a column means: a domain type over a primitive.
pub trait Column: Sized {
    /// How it lies in the database.
    type Raw: Primitive;
    /// Reads the meaning; `None` when it has none.
    fn parse(raw: Self::Raw) -> Option<Self>;
    /// Back to how it lies in the database.
    fn raw(&self) -> Self::Raw;
}

/// A field of a row: a column that must be there, or may be null.
pub trait Field: Sized {
    /// Reads it.
    fn read(record: &Record, column: &'static str) -> Result<Self, Misfit>;
    /// Binds it.
    fn value(&self) -> Value;
}

impl<T: Column> Field for T {
    fn read(record: &Record, column: &'static str) -> Result<Self, Misfit> {
        T::Raw::take(record, column)?
            .and_then(T::parse)
            .ok_or(Misfit(column))
    }
    fn value(&self) -> Value {
        T::Raw::bind(Some(self.raw()))
    }
}

impl<T: Column> Field for Option<T> {
    fn read(record: &Record, column: &'static str) -> Result<Self, Misfit> {
        T::Raw::take(record, column)?
            .map(|raw| T::parse(raw).ok_or(Misfit(column)))
            .transpose()
    }
    fn value(&self) -> Value {
        T::Raw::bind(self.as_ref().map(Column::raw))
    }
}

macro_rules! id_columns {
    ($($id:ident),+ $(,)?) => {$(
        impl Column for $id {
            type Raw = Uuid;
            fn parse(raw: Uuid) -> Option<Self> {
                Some(Self(raw))
            }
            fn raw(&self) -> Uuid {
                self.0
            }
        }
    )+};
}

id_columns!(
    TenantId,
    RegistrationId,
    DeploymentRowId,
    PersonId,
    ContextRowId,
    AgentId,
    PlacementId,
    SessionId,
    EntryId,
    GroundId,
    AgeBandId,
    TokenId,
    SigningKeyId,
);

macro_rules! plain_columns {
    ($($kind:ty),+ $(,)?) => {$(
        impl Column for $kind {
            type Raw = Self;
            fn parse(raw: Self) -> Option<Self> {
                Some(raw)
            }
            fn raw(&self) -> Self {
                self.clone()
            }
        }
    )+};
}

plain_columns!(String, i64, bool, Vec<u8>, Uuid, serde_json::Value);

macro_rules! document_columns {
    ($($kind:ty),+ $(,)?) => {$(
        impl Column for $kind {
            type Raw = serde_json::Value;
            fn parse(raw: serde_json::Value) -> Option<Self> {
                serde_json::from_value(raw).ok()
            }
            fn raw(&self) -> serde_json::Value {
                serde_json::json!(self)
            }
        }
    )+};
}

document_columns!(Vec<String>, Vec<AgentId>);

impl Column for Timestamp {
    type Raw = i64;
    fn parse(raw: i64) -> Option<Self> {
        Some(Self::from_micros(raw))
    }
    fn raw(&self) -> i64 {
        self.as_micros()
    }
}

impl Column for Slug {
    type Raw = String;
    fn parse(raw: String) -> Option<Self> {
        raw.parse().ok()
    }
    fn raw(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Column for SealedBytes {
    type Raw = Vec<u8>;
    fn parse(raw: Vec<u8>) -> Option<Self> {
        Some(Self::new(raw))
    }
    fn raw(&self) -> Vec<u8> {
        self.as_slice().to_vec()
    }
}

impl Column for [u8; 32] {
    type Raw = Vec<u8>;
    fn parse(raw: Vec<u8>) -> Option<Self> {
        raw.try_into().ok()
    }
    fn raw(&self) -> Vec<u8> {
        self.to_vec()
    }
}

/// Declares a domain type that is one row: its columns are its fields, in the order in which its
/// insert binds them.
macro_rules! stored {
    (
        $(#[$meta:meta])*
        pub struct $name:ident in $table:literal by $key:literal {
            $($(#[$field_meta:meta])* $field:ident: $kind:ty,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $kind,)+
        }

        impl $crate::store::record::Stored for $name {
            const TABLE: &'static str = $table;
            const KEY: &'static str = $key;
            fn read(
                record: &$crate::store::record::Record,
            ) -> Result<Self, $crate::store::record::Misfit> {
                Ok(Self { $($field: record.read(stringify!($field))?,)+ })
            }
        }

        impl $name {
            /// Its columns, in the order of its insert.
            #[allow(dead_code, reason = "rows written by other statements have no plain insert")]
            pub(in crate::store) fn values(&self) -> Vec<$crate::store::value::Value> {
                vec![$($crate::store::record::Field::value(&self.$field),)+]
            }
        }
    };
}

/// Declares a domain type that is one word of a column.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// The word, as stored.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Reads the word; `None` when it is none of them.
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl $crate::store::record::Column for $name {
            type Raw = String;
            fn parse(raw: String) -> Option<Self> {
                Self::from_word(&raw)
            }
            fn raw(&self) -> String {
                self.as_str().to_owned()
            }
        }
    };
}

pub(in crate::store) use {stored, words};
