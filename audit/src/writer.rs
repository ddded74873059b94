//! The chain of one writer: it gives each event its counter and the hash of the entry before it.
//!
//! It must never give one number to two entries that could both be durable.

use std::collections::HashMap;

use crate::entry::Place;
use crate::{Digest, Entry, EntryError, Event, LogName, Renewal, WriterId};

/// One writer's places, per log.
///
/// Entries are stamped in batches, a batch being what one commit makes durable:
/// [`begin`](Self::begin), [`stamp`](Self::stamp) each event, commit, then
/// [`confirm`](Self::confirm). After a rollback, [`abandon`](Self::abandon) and stamp the events
/// anew: they get the same numbers. After a commit of unknown outcome, [`renew`](Self::renew): the
/// old writer's next number may or may not be taken, so nobody may give it again.
#[derive(Debug)]
pub struct WriterChain {
    writer: WriterId,
    batch: Batch,
    logs: HashMap<LogName, Chain>,
}

#[derive(Debug)]
enum Batch {
    Closed,
    /// With the logs stamped in, each once: settling must not walk through all tenants.
    Open(Vec<LogName>),
}

/// One log's places. `tip` runs ahead of `durable` within a batch.
#[derive(Debug, Clone, Copy, Default)]
struct Chain {
    durable: Position,
    tip: Position,
    renews: Option<Renewal>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Position {
    counter: u64,
    hash: Option<Digest>,
}

/// Why an event got no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// Stamped or confirmed outside a batch.
    #[error("no batch is open")]
    NoBatch,
    /// The batch before was neither confirmed nor abandoned: its outcome is unknown, and the
    /// writer must be renewed.
    #[error("the batch before has no known outcome")]
    BatchOpen,
    /// The event cannot be an entry.
    #[error(transparent)]
    Entry(#[from] EntryError),
}

impl StampError {
    /// A stable code for logs and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoBatch => "audit-no-batch",
            Self::BatchOpen => "audit-batch-open",
            Self::Entry(error) => error.code(),
        }
    }
}

impl WriterChain {
    /// A chain for a writer id that nobody has used before: one per process start.
    pub fn new(writer: [u8; 16]) -> Self {
        Self {
            writer: WriterId::from_bytes(writer),
            batch: Batch::Closed,
            logs: HashMap::new(),
        }
    }

    /// The writer's id.
    pub fn writer(&self) -> WriterId {
        self.writer
    }

    /// Opens a batch.
    ///
    /// # Errors
    ///
    /// [`StampError::BatchOpen`] if the batch before was never settled, as when its commit was
    /// cut off: then only [`renew`](Self::renew) leads on.
    pub fn begin(&mut self) -> Result<(), StampError> {
        match self.batch {
            Batch::Open(_) => Err(StampError::BatchOpen),
            Batch::Closed => {
                self.batch = Batch::Open(Vec::new());
                Ok(())
            }
        }
    }

    /// Gives an event the next place in a log.
    ///
    /// # Errors
    ///
    /// [`StampError::NoBatch`] outside a batch; [`StampError::Entry`] if the event is too large. A
    /// refused event uses up no number.
    pub fn stamp(&mut self, log: &LogName, event: &Event) -> Result<Entry, StampError> {
        let Batch::Open(stamped) = &mut self.batch else {
            return Err(StampError::NoBatch);
        };
        let chain = self.logs.get(log).copied().unwrap_or_default();
        let mut place = Place::new(log.clone(), self.writer, chain.tip.counter + 1);
        place.previous = chain.tip.hash;
        if chain.tip.counter == 0 {
            place.renews = chain.renews;
        }
        let entry = Entry::compose(place, event.clone())?;
        if chain.tip.counter == chain.durable.counter {
            stamped.push(log.clone());
        }
        let tip = Position {
            counter: entry.counter(),
            hash: Some(entry.leaf_hash()),
        };
        self.logs.entry(log.clone()).or_default().tip = tip;
        Ok(entry)
    }

    /// The batch is durable: its numbers are taken for good.
    ///
    /// # Errors
    ///
    /// [`StampError::NoBatch`].
    pub fn confirm(&mut self) -> Result<(), StampError> {
        self.settle(|chain| chain.durable = chain.tip)
    }

    /// The batch is known not to be durable: its numbers are free again.
    ///
    /// # Errors
    ///
    /// [`StampError::NoBatch`].
    pub fn abandon(&mut self) -> Result<(), StampError> {
        self.settle(|chain| chain.tip = chain.durable)
    }

    /// Takes a new writer id after a commit of unknown outcome. In each log the first entry of the
    /// new writer names the newest writer with an entry known durable there, and its counter.
    pub fn renew(&mut self, writer: [u8; 16]) {
        let old = self.writer;
        for chain in self.logs.values_mut() {
            // A writer of which nothing is known durable here is evidence of nothing: what it was
            // to say of the writer before it is said again.
            if chain.durable.counter > 0 || chain.renews.is_none() {
                chain.renews = Some(Renewal {
                    writer: old,
                    counter: chain.durable.counter,
                });
            }
            chain.durable = Position::default();
            chain.tip = Position::default();
        }
        self.writer = WriterId::from_bytes(writer);
        self.batch = Batch::Closed;
    }

    fn settle(&mut self, each: impl Fn(&mut Chain)) -> Result<(), StampError> {
        let Batch::Open(stamped) = std::mem::replace(&mut self.batch, Batch::Closed) else {
            return Err(StampError::NoBatch);
        };
        for log in &stamped {
            if let Some(chain) = self.logs.get_mut(log) {
                each(chain);
            }
        }
        Ok(())
    }
}
