//! The verifier: entries and a checkpoint in, a verdict out, on any machine.
//!
//! It must never need the gateway, a network or more memory for a longer log, and never panic on
//! rubbish.

use std::io::{BufRead, ErrorKind};

use crate::event::MAX_ENTRY_BYTES;
use crate::examination::Examination;
use crate::verdict::{Finding, Verdict};
use crate::{
    Checkpoint, CheckpointError, Head, LogName, LogStore, LogStoreError, SignedCheckpoint,
    VerifierKey,
};

/// Ours: a page of 512 middling entries is half a megabyte.
pub(crate) const PAGE: usize = 512;

/// Why no verdict could be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The checkpoint is not one that the key signed for its log.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint held by somebody else is not one that the key signed for its log.
    #[error("the checkpoint held by somebody else cannot be used: {0}")]
    Held(CheckpointError),
    /// The entries could not be read.
    #[error("the entries cannot be read: {0}")]
    Read(ErrorKind),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] LogStoreError),
    /// The log has no checkpoint: it was never sequenced, or its head was deleted.
    #[error("the log has no checkpoint")]
    NoCheckpoint,
    /// The key is another log's.
    #[error("the key belongs to another log")]
    WrongKey,
}

impl VerifyError {
    /// A stable code for logs and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Checkpoint(error) => error.code(),
            Self::Held(_) => "audit-held-checkpoint-unusable",
            Self::Read(_) => "audit-entries-unreadable",
            Self::Store(error) => error.code(),
            Self::NoCheckpoint => "audit-no-checkpoint",
            Self::WrongKey => "audit-verifier-wrong-key",
        }
    }
}

/// Verifies exported entries, a line each, by their checkpoint.
///
/// The key says which log it must be: its name is the log's.
///
/// # Errors
///
/// See [`VerifyError`]. What is wrong with the entries is no error but the [`Verdict`].
pub fn verify(
    entries: impl BufRead,
    checkpoint: &str,
    key: &VerifierKey,
) -> Result<Verdict, VerifyError> {
    let checkpoint = SignedCheckpoint::parse(checkpoint)?.verify(key)?.clone();
    examine(entries, Examination::new(checkpoint, None))
}

/// Verifies exported entries by their checkpoint, and by an older one that somebody else held.
///
/// # Errors
///
/// See [`VerifyError`].
pub fn verify_against(
    entries: impl BufRead,
    checkpoint: &str,
    key: &VerifierKey,
    held: &str,
) -> Result<Verdict, VerifyError> {
    let checkpoint = SignedCheckpoint::parse(checkpoint)?.verify(key)?.clone();
    let held = verified_held(held, key)?;
    examine(entries, Examination::new(checkpoint, Some(held)))
}

/// Verifies a log where it is stored, by its own head and, if given, by a checkpoint that somebody
/// else held. Entries that wait for their index are not looked at.
///
/// # Errors
///
/// See [`VerifyError`].
pub async fn check(
    store: &dyn LogStore,
    log: &LogName,
    key: &VerifierKey,
    held: Option<&str>,
) -> Result<Verdict, VerifyError> {
    if key.name() != log {
        return Err(VerifyError::WrongKey);
    }
    let newest = store.head(log).await?.ok_or(VerifyError::NoCheckpoint)?;
    let checkpoint = SignedCheckpoint::parse(&newest.note)?.verify(key)?.clone();
    let held = held.map(|text| verified_held(text, key)).transpose()?;
    let head_fits = agrees(&newest, &checkpoint);
    let size = checkpoint.size;
    let mut examination = Examination::new(checkpoint, held);
    if !head_fits {
        examination.report(None, Finding::HeadMismatch);
    }
    while examination.index() < size {
        let page = store.entries(log, examination.index(), PAGE).await?;
        let before = examination.index();
        for entry in page.iter().filter(|entry| entry.index < size) {
            examination.skip_to(entry.index);
            examination.take(&entry.bytes);
        }
        // Nothing new below the checkpoint's size: the rest is gone.
        if examination.index() == before {
            break;
        }
    }
    Ok(examination.finish())
}

fn verified_held(text: &str, key: &VerifierKey) -> Result<Checkpoint, VerifyError> {
    let signed = SignedCheckpoint::parse(text).map_err(VerifyError::Held)?;
    Ok(signed.verify(key).map_err(VerifyError::Held)?.clone())
}

fn agrees(head: &Head, checkpoint: &Checkpoint) -> bool {
    head.size == checkpoint.size
        && head.root == checkpoint.root
        && head.frontier.size() == checkpoint.size
        && head.frontier.root() == checkpoint.root
}

fn examine(
    mut entries: impl BufRead,
    mut examination: Examination,
) -> Result<Verdict, VerifyError> {
    let mut line = Vec::new();
    loop {
        match read_line(&mut entries, &mut line)? {
            Line::End => return Ok(examination.finish()),
            Line::Whole => examination.take(&line),
            Line::Overlong => examination.take_overlong(),
        }
    }
}

enum Line {
    Whole,
    Overlong,
    End,
}

/// Reads a line without its line feed, keeping no more of it than an entry can be long.
fn read_line(entries: &mut impl BufRead, line: &mut Vec<u8>) -> Result<Line, VerifyError> {
    line.clear();
    let (mut started, mut overlong) = (false, false);
    loop {
        let available = match entries.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(VerifyError::Read(error.kind())),
        };
        if available.is_empty() && !started {
            return Ok(Line::End);
        }
        started = true;
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = available
            .get(..end.unwrap_or(available.len()))
            .unwrap_or_default();
        if line.len() + part.len() > MAX_ENTRY_BYTES {
            overlong = true;
        } else {
            line.extend_from_slice(part);
        }
        let at_end = end.is_some() || available.is_empty();
        let used = part.len() + usize::from(end.is_some());
        entries.consume(used);
        if at_end {
            return Ok(if overlong {
                Line::Overlong
            } else {
                Line::Whole
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read, repeat};

    use super::*;

    #[test]
    fn a_line_without_end_takes_no_more_memory_than_an_entry() {
        let mut endless = BufReader::new(repeat(b'x').take(10_000_000));
        let mut line = Vec::new();
        assert!(matches!(
            read_line(&mut endless, &mut line),
            Ok(Line::Overlong)
        ));
        assert!(
            line.capacity() <= 2 * MAX_ENTRY_BYTES,
            "{}",
            line.capacity()
        );
        assert!(matches!(read_line(&mut endless, &mut line), Ok(Line::End)));
    }
}
