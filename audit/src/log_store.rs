//! The port to where entries, leaves and checkpoints are kept.
//!
//! A store must never decide anything: what is appended, in which order, under which signature is
//! the sequencer's; the store only says who was first.

use std::future::Future;
use std::pin::Pin;

use time::OffsetDateTime;

use crate::{Digest, EntryId, Frontier, LogName};

/// A storage call under way.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, LogStoreError>> + Send + 'a>>;

/// The signed head of a log, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// How many entries have an index.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
    /// The signed checkpoint that says so.
    pub note: String,
    /// What appending to the tree needs.
    pub frontier: Frontier,
    /// When it was signed.
    pub signed_at: OffsetDateTime,
}

/// A durable entry that has no index yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredEntry {
    /// The entry.
    pub id: EntryId,
    /// Its leaf hash.
    pub leaf_hash: Digest,
}

/// An entry's place in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// From 0, without gaps.
    pub index: u64,
    /// The entry.
    pub id: EntryId,
    /// Its leaf hash.
    pub leaf_hash: Digest,
}

/// An entry with an index, as its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequencedEntry {
    /// From 0, without gaps.
    pub index: u64,
    /// The canonical bytes, as they were stored.
    pub bytes: Vec<u8>,
}

/// Whether an advance happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advance {
    /// Head and leaves are durable.
    Done,
    /// The head was no longer the expected one; nothing was written.
    Lost,
}

/// What storage could not do. The cause stays with the store, for its own log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogStoreError {
    /// It did not answer, or answered with a failure. A write may or may not have happened.
    #[error("the log's storage is unavailable")]
    Unavailable,
    /// It holds something that cannot have been written by this crate.
    #[error("the log's storage holds a corrupt `{0}`")]
    Corrupt(&'static str),
}

impl LogStoreError {
    /// A stable code for logs and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unavailable => "audit-store-unavailable",
            Self::Corrupt(_) => "audit-store-corrupt",
        }
    }
}

/// Where logs are kept.
///
/// # Obligations
///
/// - Durable on return: what a call reported as done survives a crash, and every later call of
///   every replica sees it.
/// - Tenant-bound: a call about one log reads and writes nothing of another.
/// - Bytes as they were: entries come back exactly as they were stored.
pub trait LogStore: Send + Sync {
    /// The newest head, or `None` if the log was never sequenced.
    ///
    /// # Obligations
    ///
    /// Reads the committed state, never a cache or a replica that lags.
    fn head<'a>(&'a self, log: &'a LogName) -> Pending<'a, Option<Head>>;

    /// Up to `limit` durable entries without an index.
    ///
    /// # Obligations
    ///
    /// In durable order; at least, the entries of one writer come in the order of their counters,
    /// and none is passed over while a later one of the same writer is given.
    fn unsequenced<'a>(&'a self, log: &'a LogName, limit: usize) -> Pending<'a, Vec<StoredEntry>>;

    /// Replaces the head and adds leaves, if the head is still `expected` (`None`: no head yet).
    ///
    /// # Obligations
    ///
    /// One transaction: leaves and head, or neither. Of several callers that expect the same head,
    /// one gets [`Advance::Done`], the others [`Advance::Lost`] without having written. The stored
    /// head is compared by its note, byte for byte, or by its size and the note's hash. An index
    /// or entry that already has a leaf is an error, never a replacement.
    fn advance<'a>(
        &'a self,
        log: &'a LogName,
        expected: Option<&'a Head>,
        leaves: &'a [Leaf],
        head: &'a Head,
    ) -> Pending<'a, Advance>;

    /// Up to `limit` entries from an index on, in order of index.
    ///
    /// # Obligations
    ///
    /// Read by index, not by counting: an index whose entry is gone is left out, not closed up.
    fn entries<'a>(
        &'a self,
        log: &'a LogName,
        from_index: u64,
        limit: usize,
    ) -> Pending<'a, Vec<SequencedEntry>>;
}
