//! Statements: every SQL text of the gateway is a constant that passed through [`sql!`].
//!
//! It must never be possible to run a text that was put together at run time.

/// One SQL text, the same for both databases unless it says so.
#[derive(Debug, Clone, Copy)]
pub struct Statement(&'static str);

impl Statement {
    /// Only `sql!` calls this; a structure test reads what stands inside it.
    pub(in crate::store) const fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// The text, for a driver.
    pub(in crate::store) const fn text(self) -> &'static str {
        self.0
    }
}

/// Declares statements as constants.
///
/// `$1` is always the tenant in statements that touch a tenant's tables.
macro_rules! sql {
    ($($(#[$meta:meta])* const $name:ident = $text:literal;)+) => {$(
        $(#[$meta])*
        const $name: $crate::store::sql::Statement = $crate::store::sql::Statement::new($text);
    )+};
}

pub(in crate::store) use sql;
