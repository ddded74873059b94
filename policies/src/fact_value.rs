//! How one fact is written and read in JSON.
//!
//! A value of the wrong shape or outside its vocabulary is an error, never a default.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::vocabulary::Vocabulary;

/// Why a value was not taken.
pub(crate) enum Misfit {
    /// It is not a value of the wanted kind.
    Shape(&'static str),
    /// It is a word the vocabulary does not have.
    Word(String),
}

/// A fact's value in JSON.
pub(crate) trait FactValue: Sized {
    /// Reads the value.
    fn read(value: &Value) -> Result<Self, Misfit>;
    /// Writes the value.
    fn write(&self) -> Value;
}

impl FactValue for bool {
    fn read(value: &Value) -> Result<Self, Misfit> {
        value.as_bool().ok_or(Misfit::Shape("true or false"))
    }

    fn write(&self) -> Value {
        Value::Bool(*self)
    }
}

impl FactValue for Option<u32> {
    fn read(value: &Value) -> Result<Self, Misfit> {
        if value.is_null() {
            return Ok(None);
        }
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        number
            .map(Some)
            .ok_or(Misfit::Shape("a whole number or null"))
    }

    fn write(&self) -> Value {
        self.map_or(Value::Null, Value::from)
    }
}

impl<V: Vocabulary> FactValue for V {
    fn read(value: &Value) -> Result<Self, Misfit> {
        let word = value.as_str().ok_or(Misfit::Shape("a word"))?;
        V::parse(word).map_err(|error| Misfit::Word(error.word))
    }

    fn write(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl<V: Vocabulary> FactValue for Option<V> {
    fn read(value: &Value) -> Result<Self, Misfit> {
        if value.is_null() {
            Ok(None)
        } else {
            V::read(value).map(Some)
        }
    }

    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Null, FactValue::write)
    }
}

impl<V: Vocabulary> FactValue for BTreeSet<V> {
    fn read(value: &Value) -> Result<Self, Misfit> {
        let list = value.as_array().ok_or(Misfit::Shape("a list of words"))?;
        list.iter().map(V::read).collect()
    }

    fn write(&self) -> Value {
        self.iter().map(FactValue::write).collect()
    }
}
