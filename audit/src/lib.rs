//! The audit log: what the gateway did, written so that nobody can quietly change it.
//!
//! # The life of an entry
//!
//! 1. Before a deed, its [`Event`] is described: pseudonymous ids, element names, codes, hashes.
//!    Never a value, a prompt or a name.
//! 2. A [`WriterChain`] gives it a place: log, writer, counter and the hash of that writer's entry
//!    before it. The result is an [`Entry`], whose bytes are canonical JSON (RFC 8785).
//! 3. The entry is stored, durably, and only then is the deed done. When it has ended, a second
//!    entry closes the first.
//! 4. Soon after, [`sequence`] gives stored entries their index in the log's Merkle tree (RFC 6962)
//!    and signs the new head: a C2SP checkpoint. A compare-and-swap on that checkpoint keeps one
//!    order, however many replicas run.
//! 5. [`export`] writes the entries, one line each, exactly as they were hashed, and the checkpoint.
//! 6. [`verify`] reads both on any machine, needs only the log's verifier key, and answers with a
//!    [`Verdict`]. [`check`] asks the same of a store in place.
//!
//! # What the log proves, and what not
//!
//! A bundle that verifies holds every entry up to its checkpoint, each as it was when it was
//! signed, in the order in which it was signed; entries lost between storing and signing show as
//! gaps in their writer's counter, unless they were the last their process wrote.
//!
//! The gateway's own signature does not bind the gateway: whoever holds its key can sign a second
//! history. Only a checkpoint that somebody else kept can contradict it, and [`verify_against`]
//! compares with one. Nor can the log say that a deed was written down at all; that is what the
//! order "write, then do" in the gateway is for.
//!
//! This crate knows no tenant, no web framework and no SQL; it reaches storage through
//! [`LogStore`], and takes the time as an argument.

mod bundle;
mod canonical;
mod checkpoint;
mod commitment;
mod decision;
mod digest;
mod entry;
mod entry_id;
mod event;
mod examination;
mod log_name;
mod log_store;
mod note;
#[cfg(any(test, feature = "testing"))]
mod obligations;
mod proof;
mod sequencer;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod tree;
mod verdict;
mod verifier;
mod words;
mod writer;

pub use bundle::{ExportError, Exported, export};
pub use canonical::{CanonicalError, MAX_SAFE_INTEGER, canonical};
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use commitment::{CommitmentError, Salt, commitment};
pub use decision::{CitedRule, Decision};
pub use digest::Digest;
pub use entry::{Entry, EntryError, Renewal};
pub use entry_id::{EntryId, WriterId};
pub use event::{Detail, Event, EventError, MAX_ENTRY_BYTES, Phase, Trail};
pub use log_name::LogName;
pub use log_store::{
    Advance, Head, Leaf, LogStore, LogStoreError, Pending, SequencedEntry, StoredEntry,
};
pub use note::{CheckpointKey, KeyError, VerifierKey};
pub use proof::{ConsistencyProof, InclusionProof, ProofError};
pub use sequencer::{Backlog, SequenceError, Sequenced, sequence};
pub use tree::{Frontier, FrontierError, leaf_hash, tree_root};
pub use verdict::{Completeness, Finding, Integrity, Verdict, WriterGap};
pub use verifier::{VerifyError, check, verify, verify_against};
pub use words::{Code, Label, OpaqueId, WordError};
pub use writer::{StampError, WriterChain};
