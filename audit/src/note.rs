//! Signed notes: a text, and lines of signatures under it, with the keys that make and check them.
//!
//! It must never take a signature for good because its key's name and hash fit: only the key says.
//!
//! # Source
//!
//! C2SP signed-note; Ed25519 is RFC 8032.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use crate::{Digest, LogName};

/// The signature type of plain Ed25519.
///
/// # Source
///
/// C2SP signed-note, "Signature types".
const ED25519_TYPE: u8 = 0x01;

/// Starts each signature line.
const SIGNATURE_MARK: &str = "\u{2014} ";

/// Ours: a note with a hundred cosignatures is a tenth of this.
const MAX_NOTE_BYTES: usize = 1_000_000;

/// The key that signs the checkpoints of one log and bears its name.
///
/// One secret may serve many logs: each is a key of its own, since the name is hashed into the
/// key's id.
pub struct CheckpointKey {
    name: LogName,
    pair: Ed25519KeyPair,
}

/// The public half, as an auditor holds it: `name+hash+base64`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: LogName,
    public: [u8; 32],
}

/// Why a text or some bytes are no key. Nothing of them is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes are no Ed25519 private key.
    #[error("not an Ed25519 private key")]
    Private,
    /// Not of the form `name+hash+base64`.
    #[error("a verifier key is written `name+hash+base64`")]
    Form,
    /// The hash does not belong to the name and key.
    #[error("the verifier key's hash does not fit its name and key")]
    Hash,
    /// Another signature algorithm.
    #[error("the verifier key is not an Ed25519 key")]
    Algorithm,
}

impl KeyError {
    /// A stable code for logs and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Private => "audit-key-private",
            Self::Form => "audit-key-form",
            Self::Hash => "audit-key-hash",
            Self::Algorithm => "audit-key-algorithm",
        }
    }
}

impl CheckpointKey {
    /// The key of this log from a 32-byte seed.
    ///
    /// # Errors
    ///
    /// [`KeyError::Private`].
    pub fn from_seed(name: LogName, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::Private)?;
        Ok(Self { name, pair })
    }

    /// The key of this log from a PKCS#8 document, version 1 or 2.
    ///
    /// # Errors
    ///
    /// [`KeyError::Private`].
    pub fn from_pkcs8(name: LogName, document: &[u8]) -> Result<Self, KeyError> {
        let pair =
            Ed25519KeyPair::from_pkcs8_maybe_unchecked(document).map_err(|_| KeyError::Private)?;
        Ok(Self { name, pair })
    }

    /// The log it signs for.
    pub fn name(&self) -> &LogName {
        &self.name
    }

    /// The public half.
    pub fn verifier(&self) -> VerifierKey {
        let mut public = [0; 32];
        for (to, from) in public.iter_mut().zip(self.pair.public_key().as_ref()) {
            *to = *from;
        }
        VerifierKey {
            name: self.name.clone(),
            public,
        }
    }

    /// The text with one signature line under it. The text must end in a line feed.
    pub(crate) fn sign(&self, text: &str) -> String {
        let mut signature = self.verifier().key_hash().to_vec();
        signature.extend_from_slice(self.pair.sign(text.as_bytes()).as_ref());
        let signature = STANDARD.encode(signature);
        format!("{text}\n{SIGNATURE_MARK}{} {signature}\n", self.name)
    }
}

impl fmt::Debug for CheckpointKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckpointKey")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl VerifierKey {
    /// Parses `name+hash+base64`.
    ///
    /// # Errors
    ///
    /// See [`KeyError`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Form);
        };
        let name = LogName::parse(name).map_err(|_| KeyError::Form)?;
        let bytes = STANDARD.decode(key).map_err(|_| KeyError::Form)?;
        let (algorithm, public) = bytes.split_first().ok_or(KeyError::Form)?;
        if *algorithm != ED25519_TYPE {
            return Err(KeyError::Algorithm);
        }
        let public = public.try_into().map_err(|_| KeyError::Form)?;
        let key = Self { name, public };
        if key.written_hash() == hash {
            Ok(key)
        } else {
            Err(KeyError::Hash)
        }
    }

    /// The log whose checkpoints it checks.
    pub fn name(&self) -> &LogName {
        &self.name
    }

    /// The first four bytes of SHA-256 over name, line feed, type and key.
    fn key_hash(&self) -> [u8; 4] {
        let name = self.name.as_str().as_bytes();
        let digest = Digest::of(&[name, b"\n", &[ED25519_TYPE], &self.public]);
        let [a, b, c, d, ..] = *digest.as_bytes();
        [a, b, c, d]
    }

    fn written_hash(&self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.key_hash()))
    }

    fn accepts(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.public)
            .verify(text.as_bytes(), signature)
            .is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![ED25519_TYPE];
        bytes.extend_from_slice(&self.public);
        write!(
            f,
            "{}+{}+{}",
            self.name,
            self.written_hash(),
            STANDARD.encode(bytes)
        )
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A note as read: its text, and signatures that nobody has checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct NoteSignature {
    name: String,
    key_hash: [u8; 4],
    bytes: Vec<u8>,
}

/// What a key says of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed {
    /// It signed this text.
    Yes,
    /// A signature in its name is not its own.
    Forged,
    /// No signature bears its name and hash.
    No,
}

impl Note {
    /// Splits a signed note; `None` if it is none.
    pub(crate) fn parse(note: &str) -> Option<Self> {
        let control = |letter: char| letter.is_ascii_control() && letter != '\n';
        if note.len() > MAX_NOTE_BYTES || note.chars().any(control) {
            return None;
        }
        let at = note.rfind("\n\n")?;
        let text = note.get(..=at)?.to_owned();
        let lines = note.get(at + 2..)?.strip_suffix('\n')?;
        let signatures = lines
            .split('\n')
            .map(NoteSignature::parse)
            .collect::<Option<_>>()?;
        Some(Self { text, signatures })
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn signature_count(&self) -> usize {
        self.signatures.len()
    }

    /// Asks a key. Signatures by other keys are passed over, whatever their kind.
    pub(crate) fn signed_by(&self, key: &VerifierKey) -> Signed {
        let mut answer = Signed::No;
        for signature in &self.signatures {
            if signature.name == key.name.as_str() && signature.key_hash == key.key_hash() {
                if !key.accepts(&self.text, &signature.bytes) {
                    return Signed::Forged;
                }
                answer = Signed::Yes;
            }
        }
        answer
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Option<Self> {
        let (name, signature) = line.strip_prefix(SIGNATURE_MARK)?.split_once(' ')?;
        let name_fits = !name.is_empty() && !name.contains('+');
        let signature = STANDARD.decode(signature).ok()?;
        let (key_hash, bytes) = signature.split_first_chunk::<4>()?;
        let fits = name_fits && !bytes.is_empty();
        fits.then(|| Self {
            name: name.to_owned(),
            key_hash: *key_hash,
            bytes: bytes.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const PETER_SECRET: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
    const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                        then you don't know what your problem is.\n";
    const PETER_LINE: &str = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNI\
                              uGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    const ENOCH_LINE: &str = "\u{2014} EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2t\
                              iOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

    #[test]
    fn the_published_key_signs_the_published_note() {
        let secret = STANDARD.decode(PETER_SECRET).unwrap();
        let seed = <[u8; 32]>::try_from(&secret[1..]).unwrap();
        let key = CheckpointKey::from_seed(LogName::parse("PeterNeumann").unwrap(), &seed).unwrap();
        assert_eq!(key.verifier().to_string(), PETER);
        assert_eq!(key.sign(TEXT), format!("{TEXT}\n{PETER_LINE}"));
        assert!(!format!("{key:?}").contains("AYEK"));
    }

    #[test]
    fn a_note_with_two_signatures_answers_for_each_key() {
        let note = Note::parse(&format!("{TEXT}\n{PETER_LINE}{ENOCH_LINE}")).unwrap();
        assert_eq!(note.signature_count(), 2);
        assert_eq!(
            note.signed_by(&VerifierKey::parse(PETER).unwrap()),
            Signed::Yes
        );
        assert_eq!(
            note.signed_by(&VerifierKey::parse(ENOCH).unwrap()),
            Signed::Yes
        );
        let one = Note::parse(&format!("{TEXT}\n{ENOCH_LINE}")).unwrap();
        assert_eq!(
            one.signed_by(&VerifierKey::parse(PETER).unwrap()),
            Signed::No
        );
        let other_text = Note::parse(&format!("Other words.\n\n{PETER_LINE}")).unwrap();
        assert_eq!(
            other_text.signed_by(&VerifierKey::parse(PETER).unwrap()),
            Signed::Forged
        );
    }

    #[test]
    fn a_mangled_verifier_key_is_refused() {
        for end in 0..PETER.len() {
            assert!(VerifierKey::parse(&PETER[..end]).is_err(), "{end}");
        }
        for start in 1..PETER.len() {
            assert!(VerifierKey::parse(&PETER[start..]).is_err(), "{start}");
        }
        let long = "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==";
        assert!(VerifierKey::parse(long).is_err());
        let unknown = "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        assert_eq!(VerifierKey::parse(unknown), Err(KeyError::Algorithm));
        assert_eq!(
            VerifierKey::parse(&PETER.replace("c74f", "c74e")),
            Err(KeyError::Hash)
        );
    }

    #[test]
    fn what_is_no_note_is_not_taken_for_one() {
        for text in [
            "",
            "\n",
            "\n\n",
            "text\n",
            "text\n\n",
            "text\n\nno mark\n",
            "a\tb\n\n\u{2014} a AAAAAAA=\n",
        ] {
            assert_eq!(Note::parse(text), None, "{text:?}");
        }
        let cut = format!("{TEXT}\n{PETER_LINE}");
        assert_eq!(Note::parse(cut.trim_end()), None);
    }
}
