//! A store in memory, with faults to order and rows to tamper with, for tests here and elsewhere.
//!
//! It must never be reachable in a running gateway: it stands behind the feature `testing`.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::{
    Advance, Digest, Entry, EntryId, Head, Leaf, LogName, LogStore, LogStoreError, Pending,
    SequencedEntry, StoredEntry,
};

pub use crate::obligations::{ObligationError, obligations};

/// A step of storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// [`LogStore::head`].
    Head,
    /// [`LogStore::unsequenced`].
    Unsequenced,
    /// [`LogStore::advance`].
    Advance,
    /// [`LogStore::entries`].
    Entries,
}

/// How a step fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It fails, and nothing was done.
    Before,
    /// It is done, and then fails: the caller cannot know.
    After,
}

/// Logs in memory, obedient to the obligations of [`LogStore`], except where a fault was ordered.
#[derive(Debug, Default)]
pub struct MemoryLogStore {
    logs: Mutex<BTreeMap<LogName, MemoryLog>>,
    faults: Mutex<Vec<(Step, Fault)>>,
    pace: Pace,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Pace {
    #[default]
    AtOnce,
    Yielding,
}

/// One log's rows, open to tampering.
#[derive(Debug, Clone, Default)]
pub struct MemoryLog {
    /// Durable entries, in durable order.
    pub entries: Vec<MemoryEntry>,
    /// Leaves, by index.
    pub leaves: Vec<Leaf>,
    /// The head.
    pub head: Option<Head>,
}

/// One durable entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryEntry {
    /// Its id.
    pub id: EntryId,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its leaf hash, as stored.
    pub leaf_hash: Digest,
}

impl MemoryLogStore {
    /// An empty store that answers at once.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty store whose every step first lets others go ahead once, so that a test decides how
    /// calls interleave.
    pub fn yielding() -> Self {
        Self {
            pace: Pace::Yielding,
            ..Self::default()
        }
    }

    /// Makes an entry durable, as a commit would.
    pub fn store(&self, entry: &Entry) {
        let row = MemoryEntry {
            id: entry.id(),
            bytes: entry.bytes().to_vec(),
            leaf_hash: entry.leaf_hash(),
        };
        self.lock()
            .entry(entry.log().clone())
            .or_default()
            .entries
            .push(row);
    }

    /// Orders the next call of a step to fail.
    pub fn order(&self, step: Step, fault: Fault) {
        self.faults
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((step, fault));
    }

    /// Changes a log's rows behind everybody's back.
    pub fn tamper<T>(&self, log: &LogName, change: impl FnOnce(&mut MemoryLog) -> T) -> T {
        change(self.lock().entry(log.clone()).or_default())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<LogName, MemoryLog>> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self, step: Step) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let at = faults.iter().position(|(ordered, _)| *ordered == step)?;
        Some(faults.remove(at).1)
    }

    fn step<'a, T: Send + 'a>(
        &'a self,
        step: Step,
        log: &'a LogName,
        deed: impl FnOnce(&mut MemoryLog) -> Result<T, LogStoreError> + Send + 'a,
    ) -> Pending<'a, T> {
        Box::pin(async move {
            if self.pace == Pace::Yielding {
                YieldOnce::default().await;
            }
            let fault = self.fault(step);
            if fault == Some(Fault::Before) {
                return Err(LogStoreError::Unavailable);
            }
            let answer = self.tamper(log, deed);
            if fault == Some(Fault::After) {
                Err(LogStoreError::Unavailable)
            } else {
                answer
            }
        })
    }
}

impl LogStore for MemoryLogStore {
    fn head<'a>(&'a self, log: &'a LogName) -> Pending<'a, Option<Head>> {
        self.step(Step::Head, log, |rows| Ok(rows.head.clone()))
    }

    fn unsequenced<'a>(&'a self, log: &'a LogName, limit: usize) -> Pending<'a, Vec<StoredEntry>> {
        self.step(Step::Unsequenced, log, move |rows| {
            let waiting = rows.entries.iter().filter(|entry| !rows.has_leaf(entry.id));
            Ok(waiting
                .take(limit)
                .map(|entry| StoredEntry {
                    id: entry.id,
                    leaf_hash: entry.leaf_hash,
                })
                .collect())
        })
    }

    fn advance<'a>(
        &'a self,
        log: &'a LogName,
        expected: Option<&'a Head>,
        leaves: &'a [Leaf],
        head: &'a Head,
    ) -> Pending<'a, Advance> {
        self.step(Step::Advance, log, move |rows| {
            let stored = rows.head.as_ref().map(|head| &head.note);
            if stored != expected.map(|head| &head.note) {
                return Ok(Advance::Lost);
            }
            let before = rows.leaves.len();
            for leaf in leaves {
                if leaf.index != rows.leaves.len() as u64 || rows.has_leaf(leaf.id) {
                    rows.leaves.truncate(before);
                    return Err(LogStoreError::Corrupt("leaf"));
                }
                rows.leaves.push(*leaf);
            }
            rows.head = Some(head.clone());
            Ok(Advance::Done)
        })
    }

    fn entries<'a>(
        &'a self,
        log: &'a LogName,
        from_index: u64,
        limit: usize,
    ) -> Pending<'a, Vec<SequencedEntry>> {
        self.step(Step::Entries, log, move |rows| {
            let leaves = rows.leaves.iter().filter(|leaf| leaf.index >= from_index);
            let found = leaves.filter_map(|leaf| {
                let row = rows.entries.iter().find(|entry| entry.id == leaf.id)?;
                Some(SequencedEntry {
                    index: leaf.index,
                    bytes: row.bytes.clone(),
                })
            });
            Ok(found.take(limit).collect())
        })
    }
}

impl MemoryLog {
    fn has_leaf(&self, id: EntryId) -> bool {
        self.leaves.iter().any(|leaf| leaf.id == id)
    }
}

/// Runs a future to its end on this thread; for futures that wait for nothing but each other.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

#[derive(Default)]
struct YieldOnce {
    yielded: bool,
}

impl Future for YieldOnce {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
