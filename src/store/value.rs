//! Values on their way into a statement: six kinds, the same for both databases.

use sqlx::Arguments;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::types::Json;
use uuid::Uuid;

use super::store_error::StoreError;

/// One bound value. `None` is null, and keeps its kind: PostgreSQL types parameters.
#[derive(Clone)]
pub enum Value {
    /// `uuid`, or a 16-byte `blob`.
    Uuid(Option<Uuid>),
    /// `text`.
    Text(Option<String>),
    /// `bigint`, or `integer`.
    Integer(Option<i64>),
    /// `bytea`, or `blob`.
    Bytes(Option<Vec<u8>>),
    /// `boolean`, or `integer`.
    Boolean(Option<bool>),
    /// `jsonb`, or `text`.
    Document(Option<serde_json::Value>),
    /// An array of one kind; PostgreSQL only.
    Many(Many),
}

/// Many values of one kind: a column of a statement that writes many rows.
#[derive(Clone)]
pub enum Many {
    /// Of `uuid`.
    Uuid(Vec<Option<Uuid>>),
    /// Of `text`.
    Text(Vec<Option<String>>),
    /// Of `bigint`.
    Integer(Vec<Option<i64>>),
    /// Of `bytea`.
    Bytes(Vec<Option<Vec<u8>>>),
    /// Of `boolean`.
    Boolean(Vec<Option<bool>>),
    /// Of `jsonb`.
    Document(Vec<Option<Json<serde_json::Value>>>),
}

impl Many {
    /// None yet, of the kind of this value.
    pub(super) fn of_kind(value: &Value) -> Self {
        match value {
            Value::Uuid(_) => Self::Uuid(Vec::new()),
            Value::Text(_) | Value::Many(_) => Self::Text(Vec::new()),
            Value::Integer(_) => Self::Integer(Vec::new()),
            Value::Bytes(_) => Self::Bytes(Vec::new()),
            Value::Boolean(_) => Self::Boolean(Vec::new()),
            Value::Document(_) => Self::Document(Vec::new()),
        }
    }

    /// Adds a value. One of another kind becomes null, which the columns' `not null` refuses
    /// or which means absent; rows are built from one struct, so kinds do not differ.
    pub(super) fn push(&mut self, value: Value) {
        match (self, value) {
            (Self::Uuid(many), Value::Uuid(value)) => many.push(value),
            (Self::Text(many), Value::Text(value)) => many.push(value),
            (Self::Integer(many), Value::Integer(value)) => many.push(value),
            (Self::Bytes(many), Value::Bytes(value)) => many.push(value),
            (Self::Boolean(many), Value::Boolean(value)) => many.push(value),
            (Self::Document(many), Value::Document(value)) => many.push(value.map(Json)),
            (Self::Uuid(many), _) => many.push(None),
            (Self::Text(many), _) => many.push(None),
            (Self::Integer(many), _) => many.push(None),
            (Self::Bytes(many), _) => many.push(None),
            (Self::Boolean(many), _) => many.push(None),
            (Self::Document(many), _) => many.push(None),
        }
    }
}

/// Binds for SQLite.
pub(super) fn sqlite_arguments(values: Vec<Value>) -> Result<SqliteArguments, StoreError> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        match value {
            Value::Uuid(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Integer(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Boolean(value) => arguments.add(value),
            Value::Document(value) => arguments.add(value.map(Json)),
            Value::Many(_) => return Err(StoreError::Unavailable),
        }
        .map_err(|_| StoreError::Unavailable)?;
    }
    Ok(arguments)
}

/// Binds for PostgreSQL.
pub(super) fn postgres_arguments(values: Vec<Value>) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Value::Uuid(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Integer(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Boolean(value) => arguments.add(value),
            Value::Document(value) => arguments.add(value.map(Json)),
            Value::Many(Many::Uuid(many)) => arguments.add(many),
            Value::Many(Many::Text(many)) => arguments.add(many),
            Value::Many(Many::Integer(many)) => arguments.add(many),
            Value::Many(Many::Bytes(many)) => arguments.add(many),
            Value::Many(Many::Boolean(many)) => arguments.add(many),
            Value::Many(Many::Document(many)) => arguments.add(many),
        }
        .map_err(|_| StoreError::Unavailable)?;
    }
    Ok(arguments)
}

/// Collects fields as bound values, in the order of the statement's parameters.
macro_rules! values {
    ($($field:expr),* $(,)?) => {
        vec![$($crate::store::record::Field::value(&$field)),*]
    };
}

pub(in crate::store) use values;
