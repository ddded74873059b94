//! The root key from the environment. The value must never be repeated, also not when it is wrong.

use super::{RootKey, RootKeyError};

/// Reads the value of the variable.
pub(super) fn read(value: &str) -> Result<RootKey, RootKeyError> {
    RootKey::parse(value).ok_or(RootKeyError::NotAKey)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

    #[test]
    fn one_key_reads_the_same_in_every_form() {
        let hex = "e5f1".repeat(16);
        let key = read(&hex).unwrap();
        let standard = key.to_text();
        let forms = [
            hex.to_uppercase(),
            format!("  {hex}\n"),
            standard.to_string(),
            format!("{}=", &*standard),
            standard.replace('+', "-").replace('/', "_"),
        ];
        for form in forms {
            assert_eq!(read(&form).unwrap().fingerprint(), key.fingerprint());
        }
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_repeated() {
        let short = "c2hvcnQgc2VjcmV0";
        for bad in [
            "",
            short,
            &"0".repeat(64),
            &"zz".repeat(32),
            &"A".repeat(43),
            &"é".repeat(32),
        ] {
            let error = read(bad).unwrap_err();
            assert_eq!(error.code(), "root-key-not-a-key", "{bad}");
            assert!(bad.is_empty() || !format!("{error} {error:?}").contains(bad));
        }
    }

    #[test]
    fn debug_shows_a_fingerprint_and_no_key() {
        let key = RootKey::generate(Dice).unwrap();
        let shown = format!("{key:?}");
        assert!(!shown.contains(&*key.to_text()));
        assert_eq!(shown, format!("RootKey({})", key.fingerprint()));
    }
}
