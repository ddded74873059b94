//! Checkpoints: the signed head of a log, a statement that its first `size` entries hash to `root`.
//!
//! A parsed checkpoint must never be believed before a key has been asked.
//!
//! # Source
//!
//! C2SP tlog-checkpoint.

use crate::note::{Note, Signed};
use crate::{CheckpointKey, Digest, LogName, VerifierKey};

/// What a checkpoint states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log.
    pub origin: LogName,
    /// How many entries it had.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Digest,
}

/// A checkpoint with signatures that have not been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

/// Why a checkpoint is not one, or is not the log's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a signed note.
    #[error("the checkpoint is not a signed note")]
    Note,
    /// A signed note whose text states no log, size and root.
    #[error("the checkpoint does not state a log, a size and a root")]
    Body,
    /// It speaks of another log than the key's.
    #[error("the checkpoint belongs to another log")]
    Origin,
    /// The key has not signed it.
    #[error("the key has not signed the checkpoint")]
    Unsigned,
    /// It bears the key's name and hash over a signature the key did not make.
    #[error("the checkpoint's signature is not the key's")]
    Forged,
}

impl CheckpointError {
    /// A stable code for logs and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Note => "audit-checkpoint-note",
            Self::Body => "audit-checkpoint-body",
            Self::Origin => "audit-checkpoint-origin",
            Self::Unsigned => "audit-checkpoint-unsigned",
            Self::Forged => "audit-checkpoint-forged",
        }
    }
}

impl Checkpoint {
    /// The note's text: origin, size and root, a line each.
    pub fn text(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            self.root.to_base64()
        )
    }

    /// Signs it.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Origin`] if the key is another log's.
    pub fn sign(&self, key: &CheckpointKey) -> Result<String, CheckpointError> {
        if self.origin != *key.name() {
            return Err(CheckpointError::Origin);
        }
        Ok(key.sign(&self.text()))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let origin = LogName::parse(lines.next()?).ok()?;
        let written = lines.next()?;
        let size: u64 = written.parse().ok()?;
        let root = Digest::from_base64(lines.next()?)?;
        // Extension lines are allowed and mean nothing here; an empty one is not allowed.
        let fits = size.to_string() == written && lines.all(|line| !line.is_empty());
        fits.then_some(Self { origin, size, root })
    }
}

impl SignedCheckpoint {
    /// Reads a signed checkpoint without believing it.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Note`] or [`CheckpointError::Body`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let note = Note::parse(text).ok_or(CheckpointError::Note)?;
        let checkpoint = Checkpoint::parse(note.text()).ok_or(CheckpointError::Body)?;
        Ok(Self { checkpoint, note })
    }

    /// The checkpoint, if the log's key has signed it.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Origin`], [`CheckpointError::Unsigned`] or [`CheckpointError::Forged`].
    pub fn verify(&self, key: &VerifierKey) -> Result<&Checkpoint, CheckpointError> {
        if self.checkpoint.origin != *key.name() {
            return Err(CheckpointError::Origin);
        }
        match self.note.signed_by(key) {
            Signed::Yes => Ok(&self.checkpoint),
            Signed::Forged => Err(CheckpointError::Forged),
            Signed::No => Err(CheckpointError::Unsigned),
        }
    }

    /// What it states, without proof.
    pub fn claimed(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// How many signatures it bears, of whatever kind.
    pub fn signature_count(&self) -> usize {
        self.note.signature_count()
    }
}
