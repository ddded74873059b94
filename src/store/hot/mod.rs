//! Hot writes: what launches and agent requests make durable, group-committed by one writer task.
//!
//! A write is answered only when it is durable. It must never fail because of another one in its
//! batch, and a full queue refuses: nothing is ever done unlogged.

mod batch;
mod lanes;
mod write;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use write::{HotOutcome, HotWrite};

use super::chain::Chain;
use super::db::Db;
use super::store_error::StoreError;
use lanes::{Job, Lanes, Room};

/// Ours: how many writes wait at most; with group commit they are done in a few tens of
/// milliseconds.
const QUEUE_LENGTH: usize = 4_096;

/// Ours: how many of them one tenant may have, so that its flood does not refuse others.
const LANE_LENGTH: usize = 1_024;

/// Ours: how many go into one commit; measured best between 256 and 1,024.
const BATCH_LENGTH: usize = 256;

/// The answer to a write that nobody has to wait for.
#[derive(Debug)]
#[must_use = "a write that failed should be said aloud"]
pub struct Owed(Result<oneshot::Receiver<Result<HotOutcome, StoreError>>, StoreError>);

impl Owed {
    /// How it ended.
    ///
    /// # Errors
    /// As [`Hot::submit`].
    pub async fn settled(self) -> Result<HotOutcome, StoreError> {
        self.0?.await.unwrap_or(Err(StoreError::Unavailable))
    }
}

/// The hot writer of one store. Cloning shares it; when the last is dropped, it ends.
#[derive(Debug, Clone)]
pub struct Hot {
    handle: Arc<Handle>,
}

#[derive(Debug)]
struct Handle {
    lanes: Arc<Lanes>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.lanes.close();
    }
}

/// Closes the queue when the writer ends, however it ends: nobody waits for a writer that is gone.
struct ClosesLanes(Arc<Lanes>);

impl Drop for ClosesLanes {
    fn drop(&mut self) {
        self.0.close();
        drop(self.0.take(usize::MAX));
    }
}

impl Hot {
    pub(super) fn start(db: Db, chain: Arc<Chain>) -> Self {
        let lanes = Arc::new(Lanes::new(QUEUE_LENGTH, LANE_LENGTH));
        let closes = ClosesLanes(Arc::clone(&lanes));
        let task = tokio::spawn(async move {
            while let Some(jobs) = closes.0.next(BATCH_LENGTH).await {
                batch::write(&db, &chain, jobs).await;
            }
        });
        Self {
            handle: Arc::new(Handle {
                lanes,
                task: Mutex::new(Some(task)),
            }),
        }
    }

    /// Submits a write and waits until it is durable, or known not to be written.
    ///
    /// # Errors
    /// [`StoreError::Overloaded`] when too much is waiting; [`StoreError::Conflict`] when the rows
    /// cannot be; anything else: nothing may be relied on.
    pub async fn submit(&self, write: HotWrite) -> Result<HotOutcome, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.handle
            .lanes
            .push(Job { write, answer }, Room::Needed)?;
        answered.await.unwrap_or(Err(StoreError::Unavailable))
    }

    /// Puts a write into the queue without waiting for it, whatever room there is: what closes an
    /// open entry. It is in the queue when this returns, so that a process that stops writes it.
    pub fn owe(&self, write: HotWrite) -> Owed {
        let (answer, answered) = oneshot::channel();
        match self.handle.lanes.push(Job { write, answer }, Room::Owed) {
            Ok(()) => Owed(Ok(answered)),
            Err(error) => Owed(Err(error)),
        }
    }

    /// Takes no more, and waits until what was taken is written.
    pub(super) async fn stop(&self) {
        self.handle.lanes.close();
        let task = self
            .handle
            .task
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(task) = task {
            // A writer that panicked has nothing left to finish.
            drop(task.await);
        }
    }
}
