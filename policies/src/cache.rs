//! Decisions kept by policy fingerprint and facts, bounded and shared by threads.
//!
//! A decision never grows old: the facts do. Whoever gathers facts must drop them in time.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use crate::decision::Decision;
use crate::engine::Engine;
use crate::facts::Facts;
use crate::fingerprint::Fingerprint;

/// How many locks the cache is split over; ours, enough for the threads of one replica.
const SHARDS: usize = 16;

/// Decisions by (fingerprint, facts).
#[derive(Debug)]
pub struct DecisionCache {
    hasher: RandomState,
    capacity_per_shard: usize,
    shards: Vec<Mutex<Shard>>,
}

#[derive(Debug, Default)]
struct Shard {
    kept: HashMap<u64, Kept>,
    oldest_first: VecDeque<u64>,
}

#[derive(Debug)]
struct Kept {
    fingerprint: Fingerprint,
    facts: Facts,
    decision: Arc<Decision>,
}

impl DecisionCache {
    /// A cache that keeps about `capacity` decisions, at least one in each of its parts.
    pub fn new(capacity: usize) -> Self {
        Self {
            hasher: RandomState::new(),
            capacity_per_shard: capacity.div_ceil(SHARDS).max(1),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
        }
    }

    /// The engine's decision on these facts, kept or made.
    pub fn decide(&self, engine: &Engine, facts: &Facts) -> Arc<Decision> {
        let key = self.hasher.hash_one((engine.fingerprint(), facts));
        if let Some(decision) = self.find(key, engine, facts) {
            return decision;
        }
        // Made outside the lock: two threads may make the same decision, and it is the same.
        let decision = Arc::new(engine.decide(facts));
        self.keep(key, engine, facts, &decision);
        decision
    }

    /// How many decisions are kept.
    pub fn len(&self) -> usize {
        self.shards
            .iter()
            .map(|shard| {
                shard
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .kept
                    .len()
            })
            .sum()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn find(&self, key: u64, engine: &Engine, facts: &Facts) -> Option<Arc<Decision>> {
        let shard = self
            .shard(key)?
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Equal hashes are not equal facts: the kept facts are compared.
        let same = |kept: &&Kept| kept.fingerprint == *engine.fingerprint() && kept.facts == *facts;
        shard
            .kept
            .get(&key)
            .filter(same)
            .map(|kept| Arc::clone(&kept.decision))
    }

    fn keep(&self, key: u64, engine: &Engine, facts: &Facts, decision: &Arc<Decision>) {
        let kept = Kept {
            fingerprint: engine.fingerprint().clone(),
            facts: facts.clone(),
            decision: Arc::clone(decision),
        };
        let Some(shard) = self.shard(key) else { return };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if shard.kept.insert(key, kept).is_some() {
            return;
        }
        shard.oldest_first.push_back(key);
        while shard.kept.len() > self.capacity_per_shard {
            let Some(oldest) = shard.oldest_first.pop_front() else {
                return;
            };
            shard.kept.remove(&oldest);
        }
    }

    fn shard(&self, key: u64) -> Option<&Mutex<Shard>> {
        let place = usize::try_from(key % SHARDS as u64).unwrap_or_default();
        self.shards.get(place)
    }
}
