//! A closed vocabulary: the words one fact may take, each a Rust variant and an enumerated entity of the rules.
//!
//! A word that is not in the list must never become a value: it is an error that names it.

use std::fmt;

/// The words one fact may take.
pub trait Vocabulary: Copy + Eq + Ord + fmt::Debug + 'static {
    /// The name of the vocabulary, which is also its entity type in the Cedar schema.
    const NOUN: &'static str;
    /// Every word, in the order of declaration.
    const ALL: &'static [Self];

    /// The word as it stands in facts, cases and rules.
    fn as_str(self) -> &'static str;

    /// The variant a word stands for.
    fn parse(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .iter()
            .copied()
            .find(|value| value.as_str() == word)
            .ok_or_else(|| UnknownWord {
                noun: Self::NOUN,
                word: word.to_owned(),
            })
    }
}

/// A word that its vocabulary does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a word of `{noun}`")]
pub struct UnknownWord {
    /// The vocabulary that was asked.
    pub noun: &'static str,
    /// The word it does not have.
    pub word: String,
}

impl UnknownWord {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        "unknown-word"
    }
}

/// Declares a vocabulary: the enum, its words, and how it is written and read.
macro_rules! vocabulary {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $word:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )+
        }

        impl $name {
            /// Every word, in the order of declaration.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )+];

            /// The word as it stands in facts, cases and rules.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $word, )+ }
            }

            /// The variant a word stands for.
            pub fn parse(word: &str) -> Result<Self, $crate::vocabulary::UnknownWord> {
                <Self as $crate::vocabulary::Vocabulary>::parse(word)
            }
        }

        impl $crate::vocabulary::Vocabulary for $name {
            const NOUN: &'static str = stringify!($name);
            const ALL: &'static [Self] = $name::ALL;

            fn as_str(self) -> &'static str {
                $name::as_str(self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::vocabulary::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::parse(word)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&word).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use vocabulary;
