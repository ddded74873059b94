//! The verdict on a log, in values and in plain words.
//!
//! It must never sound surer than its evidence: without a checkpoint that somebody else held, it
//! says that only the gateway's own signature speaks.

use std::fmt;

use crate::{Checkpoint, EntryError, EntryId, WriterId};

/// What verification found out about a log, up to a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The checkpoint everything was measured by; its signature is the log's.
    pub checkpoint: Checkpoint,
    /// The checkpoint held by somebody other than the gateway's operator that this log agrees
    /// with. After it, only the gateway's own signature speaks.
    pub anchored: Option<Checkpoint>,
    /// Whether what is here is what was written.
    pub integrity: Integrity,
    /// Whether nothing is missing.
    pub completeness: Completeness,
}

/// Whether what is here is what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integrity {
    /// Every entry is, and the checkpoint proves it.
    Intact,
    /// Something is not.
    Broken {
        /// The first entry at which it shows, from 0; `None` if it shows only in the whole.
        index: Option<u64>,
        /// What shows.
        finding: Finding,
    },
    /// Entries are missing, so the checkpoint cannot prove the rest. See [`Completeness`].
    Unproven,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The bytes are not an entry.
    NotAnEntry(EntryError),
    /// The entry was written for another log.
    OtherLog,
    /// The writer's counter does not rise: an entry was moved, repeated or inserted.
    CounterNotRising,
    /// The entry names another entry before it than the one that stands there.
    PreviousChanged,
    /// The entry stands after the last one the checkpoint covers.
    BeyondCheckpoint,
    /// The entries do not hash to the checkpoint's root.
    RootMismatch,
    /// The stored head is not what its own checkpoint states.
    HeadMismatch,
    /// A checkpoint held by somebody else states another history.
    ContradictsHeld,
    /// A checkpoint held by somebody else covers more entries: this is an older state of the log.
    OlderThanHeld,
}

/// Whether nothing is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completeness {
    /// How many entries the checkpoint covers.
    pub size: u64,
    /// How many entries are here.
    pub present: u64,
    /// How many of those the checkpoint covers are not here.
    pub missing: u64,
    /// How many entries were opened and never closed.
    pub unclosed_count: u64,
    /// Their ids, at most [`Completeness::LISTED`] of them.
    pub unclosed: Vec<EntryId>,
    /// How many closing entries name an entry that is not open.
    pub unopened_count: u64,
    /// How many gaps there are in writers' counters.
    pub gap_count: u64,
    /// The gaps, at most [`Completeness::LISTED`] of them.
    pub gaps: Vec<WriterGap>,
    /// How many entries' counters were not followed, because too many writers were seen.
    pub unfollowed_count: u64,
}

/// Entries of a writer that were numbered and are not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriterGap {
    /// The writer.
    pub writer: WriterId,
    /// The first counter that is missing.
    pub first: u64,
    /// The last counter that is missing.
    pub last: u64,
}

impl Completeness {
    /// Ours: as many ids and gaps as a person would read.
    pub const LISTED: usize = 1_000;

    fn is_whole(&self) -> bool {
        self.missing == 0 && self.gap_count == 0 && self.unfollowed_count == 0
    }
}

impl Verdict {
    /// Whether the log holds: intact, and nothing missing up to the checkpoint. Entries that were
    /// never closed are facts about the gateway's life, and do not break it.
    pub fn holds(&self) -> bool {
        self.integrity == Integrity::Intact && self.completeness.is_whole()
    }
}

impl Finding {
    /// A stable code for logs and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAnEntry(error) => error.code(),
            Self::OtherLog => "audit-other-log",
            Self::CounterNotRising => "audit-counter-not-rising",
            Self::PreviousChanged => "audit-previous-changed",
            Self::BeyondCheckpoint => "audit-beyond-checkpoint",
            Self::RootMismatch => "audit-root-mismatch",
            Self::HeadMismatch => "audit-head-mismatch",
            Self::ContradictsHeld => "audit-contradicts-held",
            Self::OlderThanHeld => "audit-older-than-held",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Checkpoint { origin, size, root } = &self.checkpoint;
        let answer = if self.holds() {
            "holds"
        } else {
            "does not hold"
        };
        match &self.anchored {
            Some(held) => writeln!(
                f,
                "anchor: agrees with the checkpoint at {} entries that somebody else held; after \
                 it only the gateway's own signature speaks",
                held.size
            )?,
            None => writeln!(
                f,
                "anchor: none; no checkpoint held by somebody else was given, so only the \
                 gateway's own signature speaks for this log"
            )?,
        }
        writeln!(f, "log: {origin} {answer}")?;
        writeln!(f, "checkpoint: {size} entries, root {}", root.to_base64())?;
        writeln!(f, "integrity: {}", self.integrity)?;
        if let Integrity::Broken {
            index: Some(index), ..
        } = self.integrity
        {
            writeln!(
                f,
                "from index {index} on, entries were counted and not examined"
            )?;
        }
        write!(f, "completeness: {}", self.completeness)
    }
}

impl fmt::Display for Integrity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Intact => f.write_str("every entry here is what was written"),
            Self::Unproven => {
                f.write_str("cannot be proved, because entries are missing (see completeness)")
            }
            Self::Broken {
                index: Some(index),
                finding,
            } => {
                write!(f, "broken, first seen at index {index}: {finding}")
            }
            Self::Broken {
                index: None,
                finding,
            } => write!(f, "broken: {finding}"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnEntry(error) => return write!(f, "this is not an entry ({error})"),
            Self::OtherLog => "this entry was written for another log",
            Self::CounterNotRising => "this entry was moved, repeated or inserted",
            Self::PreviousChanged => "the entry its writer wrote before this one was changed",
            Self::BeyondCheckpoint => "this entry is not covered by the checkpoint",
            Self::RootMismatch => "the entries are not those the checkpoint was signed over",
            Self::HeadMismatch => "the stored head is not what its checkpoint states",
            Self::ContradictsHeld => "the checkpoint somebody else held states another history",
            Self::OlderThanHeld => {
                "the checkpoint somebody else held covers more entries: this is an older state"
            }
        })
    }
}

impl fmt::Display for Completeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { size, missing, .. } = self;
        match missing {
            0 if self.gap_count == 0 => {
                write!(
                    f,
                    "nothing up to the checkpoint ({size} entries) is missing"
                )?;
            }
            0 => write!(
                f,
                "the checkpoint's {size} entries are here, others are missing"
            )?,
            _ => write!(f, "{missing} of {size} entries are missing")?,
        }
        for gap in &self.gaps {
            let WriterGap {
                writer,
                first,
                last,
            } = gap;
            write!(
                f,
                "\n  writer {writer}: entries {first} to {last} were numbered and are gone"
            )?;
        }
        if self.gap_count > self.gaps.len() as u64 {
            write!(
                f,
                "\n  and {} more gaps",
                self.gap_count - self.gaps.len() as u64
            )?;
        }
        if self.unfollowed_count > 0 {
            let count = self.unfollowed_count;
            write!(
                f,
                "\n  too many writers: the counters of {count} entries were not followed"
            )?;
        }
        if self.unopened_count > 0 {
            let count = self.unopened_count;
            write!(f, "\nclosed without being open: {count} entries")?;
        }
        if self.unclosed_count > 0 {
            write!(
                f,
                "\nopened and never closed: {} entries",
                self.unclosed_count
            )?;
        }
        for id in &self.unclosed {
            write!(f, "\n  {id}")?;
        }
        Ok(())
    }
}
