//! Export: a log as a folder of two files that anyone can verify.
//!
//! It must never rewrite what it exports: each line of `entries.jsonl` is exactly the bytes that
//! were hashed, and what is missing stays missing, for the verdict to say.

use std::io::{ErrorKind, Write};

use crate::verifier::PAGE;
use crate::{LogName, LogStore, LogStoreError};

/// What was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// How many entries the checkpoint covers.
    pub size: u64,
    /// How many entries were written; fewer than `size` if some are gone.
    pub written: u64,
}

/// Why a log could not be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] LogStoreError),
    /// The log has no checkpoint yet.
    #[error("the log has no checkpoint")]
    NoCheckpoint,
    /// The output could not be written.
    #[error("the export cannot be written: {0}")]
    Write(ErrorKind),
    /// A stored entry holds a line feed, which no entry does; as a line it would become two.
    #[error("the stored entry at index {index} is not an entry")]
    Malformed {
        /// Its index.
        index: u64,
    },
}

impl ExportError {
    /// A stable code for logs and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::NoCheckpoint => "audit-no-checkpoint",
            Self::Write(_) => "audit-export-unwritable",
            Self::Malformed { .. } => "audit-entry-malformed",
        }
    }
}

/// Writes a log up to its newest checkpoint: `entries` becomes `entries.jsonl`, `checkpoint`
/// becomes `checkpoint.txt`. Streams a page at a time.
///
/// # Errors
///
/// See [`ExportError`]; what was written by then is of no use.
pub async fn export(
    store: &dyn LogStore,
    log: &LogName,
    entries: &mut (dyn Write + Send),
    checkpoint: &mut (dyn Write + Send),
) -> Result<Exported, ExportError> {
    let head = store.head(log).await?.ok_or(ExportError::NoCheckpoint)?;
    let (mut next, mut written) = (0, 0);
    while next < head.size {
        let page = store.entries(log, next, PAGE).await?;
        let before = next;
        for entry in page.iter().filter(|entry| entry.index < head.size) {
            if entry.bytes.contains(&b'\n') {
                return Err(ExportError::Malformed { index: entry.index });
            }
            put(entries, &entry.bytes)?;
            put(entries, b"\n")?;
            written += 1;
            next = next.max(entry.index + 1);
        }
        if next == before {
            break;
        }
    }
    put(checkpoint, head.note.as_bytes())?;
    flush(entries)?;
    flush(checkpoint)?;
    Ok(Exported {
        size: head.size,
        written,
    })
}

fn put(output: &mut (dyn Write + Send), bytes: &[u8]) -> Result<(), ExportError> {
    output
        .write_all(bytes)
        .map_err(|error| ExportError::Write(error.kind()))
}

fn flush(output: &mut (dyn Write + Send)) -> Result<(), ExportError> {
    output
        .flush()
        .map_err(|error| ExportError::Write(error.kind()))
}
