//! The sequencer: gives durable entries their index and signs the new head.
//!
//! It must never sign on top of a head it cannot verify: that would turn a forgery in storage into
//! the gateway's own statement.

use time::OffsetDateTime;

use crate::{
    Advance, Checkpoint, CheckpointError, CheckpointKey, Digest, Frontier, Head, Leaf, LogName,
    LogStore, LogStoreError, SignedCheckpoint,
};

/// What one call did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sequenced {
    /// How many entries got an index from this call.
    pub count: u64,
    /// The log's size as this call last knew it.
    pub size: u64,
    /// Whether to look again at once.
    pub backlog: Backlog,
}

/// Whether entries are waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backlog {
    /// None were, when this call looked.
    Drained,
    /// There may be more: the limit was reached, or another sequencer was faster.
    Remaining,
}

/// Why a log cannot be sequenced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SequenceError {
    /// The key is another log's.
    #[error("the key belongs to another log")]
    WrongKey,
    /// Storage failed; the next call finds out how far it came.
    #[error(transparent)]
    Store(#[from] LogStoreError),
    /// The stored head is not one that this key signed. Stop and alarm.
    #[error("the stored head is not what the key signed: {0}")]
    Head(#[from] CheckpointError),
    /// The stored head's parts contradict each other. Stop and alarm.
    #[error("the stored head contradicts its own checkpoint")]
    Contradiction,
}

impl SequenceError {
    /// A stable code for logs and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongKey => "audit-sequencer-wrong-key",
            Self::Store(error) => error.code(),
            Self::Head(_) => "audit-head-unverified",
            Self::Contradiction => "audit-head-contradictory",
        }
    }

    /// Whether trying again later is pointless, because somebody must look.
    pub fn is_fatal(self) -> bool {
        !matches!(self, Self::Store(LogStoreError::Unavailable))
    }
}

/// Sequences up to `limit` waiting entries of a log in one step.
///
/// Any number of replicas may call this at once: of those that start from one head, one advances
/// it, the others lose and report [`Backlog::Remaining`]. After a failure nothing is to be undone:
/// the head says what happened.
///
/// # Errors
///
/// See [`SequenceError`].
pub async fn sequence(
    store: &dyn LogStore,
    log: &LogName,
    key: &CheckpointKey,
    limit: usize,
    now: OffsetDateTime,
) -> Result<Sequenced, SequenceError> {
    if key.name() != log {
        return Err(SequenceError::WrongKey);
    }
    // The head first: an entry sequenced by somebody else between the two reads then meets a head
    // that has moved, and the step is lost instead of sequencing it twice.
    let old = store.head(log).await?;
    let mut frontier = match &old {
        None => Frontier::new(),
        Some(head) => trusted_frontier(head, key)?,
    };
    let waiting = store.unsequenced(log, limit).await?;
    if waiting.is_empty() {
        let size = frontier.size();
        return Ok(Sequenced {
            count: 0,
            size,
            backlog: Backlog::Drained,
        });
    }
    let mut leaves = Vec::with_capacity(waiting.len());
    for entry in &waiting {
        leaves.push(Leaf {
            index: frontier.size(),
            id: entry.id,
            leaf_hash: entry.leaf_hash,
        });
        frontier.append(entry.leaf_hash);
    }
    let old_size = old.as_ref().map_or(0, |head| head.size);
    let head = signed_head(frontier, key, now)?;
    match store.advance(log, old.as_ref(), &leaves, &head).await? {
        Advance::Lost => Ok(Sequenced {
            count: 0,
            size: old_size,
            backlog: Backlog::Remaining,
        }),
        Advance::Done => {
            let full = leaves.len() >= limit;
            let backlog = if full {
                Backlog::Remaining
            } else {
                Backlog::Drained
            };
            Ok(Sequenced {
                count: leaves.len() as u64,
                size: head.size,
                backlog,
            })
        }
    }
}

/// The frontier of a stored head, after the checkpoint has vouched for it.
fn trusted_frontier(head: &Head, key: &CheckpointKey) -> Result<Frontier, SequenceError> {
    let signed = SignedCheckpoint::parse(&head.note)?;
    let stated = signed.verify(&key.verifier())?;
    let root: Digest = head.frontier.root();
    let fits = stated.size == head.size
        && stated.root == head.root
        && head.frontier.size() == head.size
        && root == head.root;
    if fits {
        Ok(head.frontier.clone())
    } else {
        Err(SequenceError::Contradiction)
    }
}

fn signed_head(
    frontier: Frontier,
    key: &CheckpointKey,
    now: OffsetDateTime,
) -> Result<Head, SequenceError> {
    let (size, root) = (frontier.size(), frontier.root());
    let note = Checkpoint {
        origin: key.name().clone(),
        size,
        root,
    }
    .sign(key)?;
    Ok(Head {
        size,
        root,
        note,
        frontier,
        signed_at: now,
    })
}
