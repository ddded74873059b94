//! The examination of a log: entry after entry, in constant memory, and a verdict at the end.
//!
//! It must never keep more than a bounded number of anything: a log may be larger than the machine.

use std::collections::{BTreeSet, HashMap};

use crate::verdict::{Completeness, Finding, Integrity, Verdict, WriterGap};
use crate::{Checkpoint, Digest, Entry, EntryError, EntryId, Frontier, Phase, Renewal, WriterId};

/// Ours: one writer is one life of one process; two a day for a century.
const MAX_WRITERS: usize = 73_000;

/// Ours: entries open at one time, over all replicas.
const MAX_OPEN: usize = 65_536;

pub(crate) struct Examination {
    checkpoint: Checkpoint,
    held: Option<Checkpoint>,
    held_root: Option<Digest>,
    frontier: Frontier,
    index: u64,
    broken: Option<(Option<u64>, Finding)>,
    writers: HashMap<WriterId, LastSeen>,
    open: BTreeSet<EntryId>,
    untracked_open: u64,
    completeness: Completeness,
}

struct LastSeen {
    counter: u64,
    hash: Digest,
}

impl Examination {
    /// An examination by a checkpoint whose signature has been verified, and one that somebody
    /// else held, if there is one.
    pub(crate) fn new(checkpoint: Checkpoint, held: Option<Checkpoint>) -> Self {
        let completeness = Completeness {
            size: checkpoint.size,
            ..Completeness::default()
        };
        let mut examination = Self {
            checkpoint,
            held,
            held_root: None,
            frontier: Frontier::new(),
            index: 0,
            broken: None,
            writers: HashMap::new(),
            open: BTreeSet::new(),
            untracked_open: 0,
            completeness,
        };
        examination.compare_held();
        examination
    }

    /// How far it has come.
    pub(crate) fn index(&self) -> u64 {
        self.index
    }

    /// Takes the next entry.
    pub(crate) fn take(&mut self, bytes: &[u8]) {
        let index = self.index;
        self.index += 1;
        self.completeness.present += 1;
        // After the first finding there is nothing sound left to measure by; only counting goes on.
        if self.broken.is_none()
            && let Err(finding) = self.examine(index, bytes)
        {
            self.broken = Some((Some(index), finding));
        }
    }

    /// The next bytes are no entry, being too long to be read.
    pub(crate) fn take_overlong(&mut self) {
        self.report(Some(self.index), Finding::NotAnEntry(EntryError::TooLarge));
        self.index += 1;
        self.completeness.present += 1;
    }

    /// Passes over indices whose entries are gone.
    pub(crate) fn skip_to(&mut self, index: u64) {
        self.index = self.index.max(index);
    }

    /// Reports what was found elsewhere, unless something was found before.
    pub(crate) fn report(&mut self, index: Option<u64>, finding: Finding) {
        self.broken.get_or_insert((index, finding));
    }

    /// The verdict.
    pub(crate) fn finish(mut self) -> Verdict {
        let size = self.checkpoint.size;
        self.completeness.missing = size.saturating_sub(self.completeness.present);
        self.completeness.unclosed_count = self.open.len() as u64 + self.untracked_open;
        self.completeness.unclosed = self
            .open
            .iter()
            .copied()
            .take(Completeness::LISTED)
            .collect();
        let integrity = self.integrity();
        let anchored = self.held.filter(|_| integrity == Integrity::Intact);
        let (checkpoint, completeness) = (self.checkpoint, self.completeness);
        Verdict {
            checkpoint,
            anchored,
            integrity,
            completeness,
        }
    }

    fn integrity(&self) -> Integrity {
        if let Some((index, finding)) = self.broken {
            return Integrity::Broken { index, finding };
        }
        let broken = |finding| Integrity::Broken {
            index: None,
            finding,
        };
        if let Some(held) = &self.held {
            if held.size > self.checkpoint.size {
                return broken(Finding::OlderThanHeld);
            }
            if self.held_root.is_some_and(|root| root != held.root) {
                return broken(Finding::ContradictsHeld);
            }
        }
        if self.frontier.size() != self.checkpoint.size {
            return Integrity::Unproven;
        }
        if self.frontier.root() != self.checkpoint.root {
            return broken(Finding::RootMismatch);
        }
        Integrity::Intact
    }

    fn examine(&mut self, index: u64, bytes: &[u8]) -> Result<(), Finding> {
        if index >= self.checkpoint.size {
            return Err(Finding::BeyondCheckpoint);
        }
        let entry = Entry::parse(bytes).map_err(Finding::NotAnEntry)?;
        if *entry.log() != self.checkpoint.origin {
            return Err(Finding::OtherLog);
        }
        self.follow_writer(&entry)?;
        self.follow_deed(&entry);
        // Behind a hole the tree is another one; it is left as it was, and so stays unproven.
        if self.frontier.size() == index {
            self.frontier.append(entry.leaf_hash());
            self.compare_held();
        }
        Ok(())
    }

    /// Notes the root at the size of the checkpoint that somebody else held.
    fn compare_held(&mut self) {
        if self
            .held
            .as_ref()
            .is_some_and(|held| held.size == self.frontier.size())
        {
            self.held_root = Some(self.frontier.root());
        }
    }

    fn follow_writer(&mut self, entry: &Entry) -> Result<(), Finding> {
        let (writer, counter) = (entry.writer(), entry.counter());
        let seen = LastSeen {
            counter,
            hash: entry.leaf_hash(),
        };
        if let Some(last) = self.writers.get_mut(&writer) {
            if counter <= last.counter {
                return Err(Finding::CounterNotRising);
            }
            let next = last.counter + 1;
            if counter == next && entry.previous() != Some(last.hash) {
                return Err(Finding::PreviousChanged);
            }
            *last = seen;
            self.note_gap(writer, next, counter);
            return Ok(());
        }
        if let Some(renewal) = entry.renews() {
            self.follow_renewal(renewal);
        }
        self.note_gap(writer, 1, counter);
        if self.writers.len() < MAX_WRITERS {
            self.writers.insert(writer, seen);
        } else {
            self.completeness.unfollowed_count += 1;
        }
        Ok(())
    }

    /// The old writer's entries up to the one known durable must have been seen by now.
    fn follow_renewal(&mut self, renewal: Renewal) {
        let Renewal { writer, counter } = renewal;
        let seen = self.writers.get(&writer).map_or(0, |last| last.counter);
        self.note_gap(writer, seen + 1, counter.saturating_add(1));
    }

    /// The counters from `first` up to but without `end` are missing.
    fn note_gap(&mut self, writer: WriterId, first: u64, end: u64) {
        if first >= end {
            return;
        }
        self.completeness.gap_count += 1;
        if self.completeness.gaps.len() < Completeness::LISTED {
            self.completeness.gaps.push(WriterGap {
                writer,
                first,
                last: end - 1,
            });
        }
    }

    fn follow_deed(&mut self, entry: &Entry) {
        match entry.event().phase() {
            Phase::Note => {}
            Phase::Open if self.open.len() < MAX_OPEN => {
                self.open.insert(entry.id());
            }
            Phase::Open => self.untracked_open += 1,
            Phase::Close { of } => {
                if !self.open.remove(&of) {
                    match self.untracked_open {
                        0 => self.completeness.unopened_count += 1,
                        _ => self.untracked_open -= 1,
                    }
                }
            }
        }
    }
}
