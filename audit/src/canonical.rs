//! Canonical JSON: one value, one sequence of bytes, in every language.
//!
//! It must never write a floating-point number or an integer that some reader would round.

use serde_json::Value;

/// The largest integer every JSON reader keeps exact: 2^53 - 1.
///
/// # Source
///
/// RFC 8785 section 3.2.2.3, RFC 7493 section 2.2.
pub const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

/// Ours: an entry is four levels deep; deeper values are refused before the stack is at risk.
const MAX_DEPTH: usize = 32;

/// Why a value has no canonical form here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// A number with a fraction or an exponent.
    #[error("floating-point numbers have no canonical form here")]
    Float,
    /// An integer outside ±(2^53 - 1).
    #[error("an integer is too large to survive every JSON reader")]
    IntegerTooLarge,
    /// More than 32 levels.
    #[error("the value is nested too deeply")]
    TooDeep,
}

impl CanonicalError {
    /// A stable code for logs and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Float => "audit-float",
            Self::IntegerTooLarge => "audit-integer-too-large",
            Self::TooDeep => "audit-too-deep",
        }
    }
}

/// The RFC 8785 bytes of a value: no spaces, object keys in UTF-16 order, shortest escapes.
///
/// # Errors
///
/// See [`CanonicalError`].
///
/// # Source
///
/// RFC 8785, section 3.2.
pub fn canonical(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    let mut bytes = Vec::new();
    write_value(value, 0, &mut bytes)?;
    Ok(bytes)
}

fn write_value(value: &Value, depth: usize, bytes: &mut Vec<u8>) -> Result<(), CanonicalError> {
    if depth > MAX_DEPTH {
        return Err(CanonicalError::TooDeep);
    }
    match value {
        Value::Null => bytes.extend_from_slice(b"null"),
        Value::Bool(true) => bytes.extend_from_slice(b"true"),
        Value::Bool(false) => bytes.extend_from_slice(b"false"),
        Value::Number(number) => write_integer(number, bytes)?,
        Value::String(text) => write_string(text, bytes),
        Value::Array(items) => {
            bytes.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    bytes.push(b',');
                }
                write_value(item, depth + 1, bytes)?;
            }
            bytes.push(b']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            bytes.push(b'{');
            for (index, (key, item)) in members.into_iter().enumerate() {
                if index > 0 {
                    bytes.push(b',');
                }
                write_string(key, bytes);
                bytes.push(b':');
                write_value(item, depth + 1, bytes)?;
            }
            bytes.push(b'}');
        }
    }
    Ok(())
}

fn write_integer(number: &serde_json::Number, bytes: &mut Vec<u8>) -> Result<(), CanonicalError> {
    let Some(integer) = number.as_i64() else {
        return Err(if number.is_u64() {
            CanonicalError::IntegerTooLarge
        } else {
            CanonicalError::Float
        });
    };
    if !(-MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER).contains(&integer) {
        return Err(CanonicalError::IntegerTooLarge);
    }
    bytes.extend_from_slice(integer.to_string().as_bytes());
    Ok(())
}

fn write_string(text: &str, bytes: &mut Vec<u8>) {
    bytes.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' => bytes.extend_from_slice(b"\\\""),
            b'\\' => bytes.extend_from_slice(b"\\\\"),
            0x08 => bytes.extend_from_slice(b"\\b"),
            0x09 => bytes.extend_from_slice(b"\\t"),
            0x0a => bytes.extend_from_slice(b"\\n"),
            0x0c => bytes.extend_from_slice(b"\\f"),
            0x0d => bytes.extend_from_slice(b"\\r"),
            0x00..=0x1f => bytes.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => bytes.push(byte),
        }
    }
    bytes.push(b'"');
}
