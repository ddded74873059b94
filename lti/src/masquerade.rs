//! Whether somebody acts as the person who seems to launch.
//!
//! Silence must never be read as "no": most platforms do not tell, and then the answer is that it
//! cannot be told.

use std::fmt;

/// Custom parameters under which the acting person's id is sent. Canvas fills them from
/// `$Canvas.masqueradingUser.id`.
pub(crate) const MASQUERADE_PARAMETERS: [&str; 2] =
    ["canvas_masquerading_user_id", "masquerading_user_id"];

/// Whether the launch is by the person it names.
#[derive(Clone, Eq, PartialEq)]
pub enum Masquerade {
    /// The platform tells, and nobody masquerades.
    No,
    /// Somebody else acts as the person.
    Yes {
        /// The acting person's id in the platform; a person's identifier, never logged.
        acting_person: String,
    },
    /// The platform does not tell.
    Undetectable,
}

impl Masquerade {
    /// Reads the parameter's value, if it was sent. In Canvas an unresolved variable means that
    /// nobody masquerades; elsewhere it only means that the variable is unknown.
    pub(crate) fn read(value: Option<&str>, family: Family) -> Self {
        match (value, family) {
            (Some(value), _) if !value.is_empty() && !value.starts_with('$') => Self::Yes {
                acting_person: value.to_owned(),
            },
            (Some(_), Family::Canvas) => Self::No,
            _ => Self::Undetectable,
        }
    }
}

/// Whose conventions about unresolved variables hold.
#[derive(Clone, Copy)]
pub(crate) enum Family {
    Canvas,
    Other,
}

/// Shows the answer and not who it is.
impl fmt::Debug for Masquerade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::No => "No",
            Self::Yes { .. } => "Yes",
            Self::Undetectable => "Undetectable",
        })
    }
}
