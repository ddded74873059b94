//! The obligations of a [`LogStore`], asked of any store: every backend answers the same questions.
//!
//! It must never ask for more than the trait's documentation does.

use time::OffsetDateTime;

use crate::{
    Advance, Checkpoint, CheckpointError, CheckpointKey, Entry, Frontier, Head, Leaf, LogName,
    LogStore, LogStoreError, StoredEntry,
};

/// More than any page here holds.
const ALL: usize = 1_000;

/// Why a store is no [`LogStore`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ObligationError {
    /// The trial needs at least four entries that are durable and wait for their index.
    #[error("the trial needs at least four waiting entries")]
    TooFew,
    /// The trial's key is another log's.
    #[error(transparent)]
    Key(#[from] CheckpointError),
    /// Storage failed where it should not.
    #[error(transparent)]
    Store(#[from] LogStoreError),
    /// The store does not do this.
    #[error("the store breaks an obligation: {0}")]
    Broken(&'static str),
}

/// Tries a store with a log whose `entries`, at least four and by one writer, are durable and have
/// no index yet. Afterwards the log is sequenced whole. `other` is a log nobody wrote to.
///
/// # Errors
///
/// [`ObligationError::Broken`] names the first obligation that is not met.
pub async fn obligations(
    store: &dyn LogStore,
    key: &CheckpointKey,
    entries: &[Entry],
    other: &LogName,
    now: OffsetDateTime,
) -> Result<(), ObligationError> {
    let waiting: Vec<StoredEntry> = entries
        .iter()
        .map(|entry| StoredEntry {
            id: entry.id(),
            leaf_hash: entry.leaf_hash(),
        })
        .collect();
    let (first, rest) = waiting.split_at_checked(2).ok_or(ObligationError::TooFew)?;
    if rest.len() < 2 {
        return Err(ObligationError::TooFew);
    }
    let trial = Trial {
        store,
        log: key.name(),
        key,
        now,
    };
    let start = trial.grown(None, first)?;
    trial.begins(&start, &waiting).await?;
    trial.swaps_once(&start, rest).await?;
    trial.refuses_a_taken_place(&start, first, rest).await?;
    let end = trial.grown(Some(&start.head), rest)?;
    let done = store
        .advance(trial.log, Some(&start.head), &end.leaves, &end.head)
        .await?;
    require(
        done == Advance::Done,
        "a head that is the expected one is replaced",
    )?;
    trial.reads_back(entries, &end.head).await?;
    require(
        store.head(other).await?.is_none(),
        "a head belongs to one log",
    )?;
    let foreign = store.entries(other, 0, ALL).await?;
    require(foreign.is_empty(), "entries belong to one log")
}

struct Trial<'a> {
    store: &'a dyn LogStore,
    log: &'a LogName,
    key: &'a CheckpointKey,
    now: OffsetDateTime,
}

struct Step {
    leaves: Vec<Leaf>,
    head: Head,
}

impl Trial<'_> {
    fn grown(&self, from: Option<&Head>, entries: &[StoredEntry]) -> Result<Step, ObligationError> {
        let mut frontier = from.map_or_else(Frontier::new, |head| head.frontier.clone());
        let mut leaves = Vec::new();
        for StoredEntry { id, leaf_hash } in entries.iter().copied() {
            leaves.push(Leaf {
                index: frontier.size(),
                id,
                leaf_hash,
            });
            frontier.append(leaf_hash);
        }
        let (size, root) = (frontier.size(), frontier.root());
        let note = Checkpoint {
            origin: self.log.clone(),
            size,
            root,
        }
        .sign(self.key)?;
        Ok(Step {
            leaves,
            head: Head {
                size,
                root,
                note,
                frontier,
                signed_at: self.now,
            },
        })
    }

    async fn begins(&self, start: &Step, waiting: &[StoredEntry]) -> Result<(), ObligationError> {
        let Self { store, log, .. } = self;
        require(store.head(log).await?.is_none(), "a new log has no head")?;
        let all = store.unsequenced(log, ALL).await?;
        require(all == waiting, "entries wait in durable order")?;
        let page = store.unsequenced(log, 2).await?;
        require(
            Some(page.as_slice()) == waiting.get(..2),
            "no page is longer than its limit",
        )?;
        let done = store.advance(log, None, &start.leaves, &start.head).await?;
        require(done == Advance::Done, "the first head is taken")?;
        self.has_head(&start.head).await
    }

    async fn swaps_once(&self, start: &Step, rest: &[StoredEntry]) -> Result<(), ObligationError> {
        let Self { store, log, .. } = self;
        let next = self.grown(Some(&start.head), rest)?;
        let lost = store.advance(log, None, &next.leaves, &next.head).await?;
        require(
            lost == Advance::Lost,
            "who expects no head loses to whoever made one",
        )?;
        let lost = store
            .advance(log, Some(&next.head), &next.leaves, &next.head)
            .await?;
        require(lost == Advance::Lost, "who expects another head loses")?;
        self.has_head(&start.head).await?;
        let waiting = store.unsequenced(log, ALL).await?;
        require(waiting == rest, "who loses has written nothing")
    }

    async fn refuses_a_taken_place(
        &self,
        start: &Step,
        first: &[StoredEntry],
        rest: &[StoredEntry],
    ) -> Result<(), ObligationError> {
        let Self { store, log, .. } = self;
        // Good leaves first, so that a store without a transaction has written some of them.
        let again: Vec<StoredEntry> = rest.iter().chain(first).copied().collect();
        let twice = self.grown(Some(&start.head), &again)?;
        let refused = store
            .advance(log, Some(&start.head), &twice.leaves, &twice.head)
            .await;
        require(refused.is_err(), "an entry gets no second leaf")?;
        let mut taken = self.grown(Some(&start.head), rest)?;
        if let Some(leaf) = taken.leaves.last_mut() {
            leaf.index = 0;
        }
        let refused = store
            .advance(log, Some(&start.head), &taken.leaves, &taken.head)
            .await;
        require(refused.is_err(), "an index gets no second leaf")?;
        self.has_head(&start.head).await?;
        let waiting = store.unsequenced(log, ALL).await?;
        require(
            waiting == rest,
            "leaves and head are written together or not at all",
        )
    }

    async fn reads_back(&self, entries: &[Entry], end: &Head) -> Result<(), ObligationError> {
        let Self { store, log, .. } = self;
        self.has_head(end).await?;
        require(
            store.unsequenced(log, ALL).await?.is_empty(),
            "what has an index waits no more",
        )?;
        let read = store.entries(log, 0, ALL).await?;
        let same = read.len() == entries.len()
            && (0..).zip(&read).all(|(index, found)| found.index == index)
            && read
                .iter()
                .zip(entries)
                .all(|(found, entry)| found.bytes == entry.bytes());
        require(same, "entries come back in order of index, byte for byte")?;
        let one = store.entries(log, 1, 1).await?;
        let same = one.iter().map(|entry| entry.index).eq([1]);
        require(same, "entries are read from an index, up to a limit")
    }

    async fn has_head(&self, expected: &Head) -> Result<(), ObligationError> {
        let found = self.store.head(self.log).await?;
        let micros = |head: &Head| head.signed_at.unix_timestamp_nanos().div_euclid(1_000);
        let same = found.is_some_and(|found| {
            let at = micros(&found) == micros(expected);
            at && Head {
                signed_at: expected.signed_at,
                ..found
            } == *expected
        });
        require(same, "the newest head is read as it was written")
    }
}

fn require(met: bool, obligation: &'static str) -> Result<(), ObligationError> {
    if met {
        Ok(())
    } else {
        Err(ObligationError::Broken(obligation))
    }
}
