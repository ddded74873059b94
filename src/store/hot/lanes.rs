//! The queue of the hot writer: one lane a tenant, taken in turn, so that one tenant's flood delays
//! only itself.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};

use super::write::{HotOutcome, HotWrite};
use crate::ids::TenantId;
use crate::store::store_error::StoreError;

/// A write and who waits for it.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) write: HotWrite,
    pub(super) answer: oneshot::Sender<Result<HotOutcome, StoreError>>,
}

/// Whether a job may be refused for want of room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// It may: nothing is done yet.
    Needed,
    /// It may not: it closes what was opened, and there are no more of these than were let in.
    Owed,
}

/// What waits.
#[derive(Debug)]
pub(super) struct Lanes {
    waiting: Mutex<Waiting>,
    bell: Notify,
    queue_length: usize,
    lane_length: usize,
}

#[derive(Debug, Default)]
struct Waiting {
    lanes: HashMap<TenantId, VecDeque<Job>>,
    turn: VecDeque<TenantId>,
    total: usize,
    closed: bool,
}

impl Lanes {
    pub(super) fn new(queue_length: usize, lane_length: usize) -> Self {
        Self {
            waiting: Mutex::default(),
            bell: Notify::new(),
            queue_length,
            lane_length,
        }
    }

    /// Puts a job at the end of its tenant's lane.
    pub(super) fn push(&self, job: Job, room: Room) -> Result<(), StoreError> {
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(StoreError::Unavailable);
        }
        let tenant = job.write.tenant;
        let before = waiting.lanes.get(&tenant).map_or(0, VecDeque::len);
        let full = waiting.total >= self.queue_length || before >= self.lane_length;
        if full && room == Room::Needed {
            return Err(StoreError::Overloaded);
        }
        if before == 0 {
            waiting.turn.push_back(tenant);
        }
        waiting.lanes.entry(tenant).or_default().push_back(job);
        waiting.total += 1;
        drop(waiting);
        self.bell.notify_one();
        Ok(())
    }

    /// The next jobs, as many as wait but at most `most`; waits for the first. `None` when closed
    /// and empty. No timer: while one batch is committed, the next gathers by itself.
    pub(super) async fn next(&self, most: usize) -> Option<Vec<Job>> {
        loop {
            let jobs = self.take(most);
            if !jobs.is_empty() {
                return Some(jobs);
            }
            if self.lock().closed {
                return None;
            }
            self.bell.notified().await;
        }
    }

    /// Takes jobs now, one of each tenant in turn.
    pub(super) fn take(&self, most: usize) -> Vec<Job> {
        let mut waiting = self.lock();
        let mut jobs = Vec::new();
        while jobs.len() < most {
            let Some(tenant) = waiting.turn.pop_front() else {
                break;
            };
            let Some(lane) = waiting.lanes.get_mut(&tenant) else {
                continue;
            };
            jobs.extend(lane.pop_front());
            if lane.is_empty() {
                waiting.lanes.remove(&tenant);
            } else {
                waiting.turn.push_back(tenant);
            }
        }
        waiting.total = waiting.total.saturating_sub(jobs.len());
        jobs
    }

    /// Takes no more jobs; what waits is still given out.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.bell.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(tenant: u128) -> Job {
        let (answer, _) = oneshot::channel();
        Job {
            write: HotWrite::new(TenantId(uuid::Uuid::from_u128(tenant))),
            answer,
        }
    }

    fn tenants(jobs: &[Job]) -> Vec<u128> {
        jobs.iter()
            .map(|job| job.write.tenant.0.as_u128())
            .collect()
    }

    #[test]
    fn tenants_are_taken_in_turn() {
        let lanes = Lanes::new(10, 10);
        for tenant in [1, 1, 1, 1, 2, 3] {
            lanes.push(job(tenant), Room::Needed).unwrap();
        }
        assert_eq!(tenants(&lanes.take(4)), [1, 2, 3, 1]);
        assert_eq!(tenants(&lanes.take(4)), [1, 1]);
        assert!(lanes.take(4).is_empty());
    }

    #[test]
    fn a_tenants_flood_fills_its_own_lane_and_not_the_queue() {
        let lanes = Lanes::new(5, 3);
        let pushed = |tenant| lanes.push(job(tenant), Room::Needed);
        assert_eq!([pushed(1), pushed(1), pushed(1)], [Ok(()), Ok(()), Ok(())]);
        assert_eq!(pushed(1), Err(StoreError::Overloaded));
        assert_eq!([pushed(2), pushed(2)], [Ok(()), Ok(())]);
        assert_eq!(pushed(3), Err(StoreError::Overloaded));
        lanes.take(1);
        assert_eq!(pushed(3), Ok(()));
    }

    #[test]
    fn a_closed_queue_refuses_but_gives_out_what_waits() {
        let lanes = Lanes::new(5, 5);
        lanes.push(job(1), Room::Needed).unwrap();
        lanes.close();
        assert_eq!(
            lanes.push(job(1), Room::Needed),
            Err(StoreError::Unavailable)
        );
        assert_eq!(lanes.take(5).len(), 1);
    }

    #[test]
    fn what_closes_an_entry_is_never_refused_for_want_of_room() {
        let lanes = Lanes::new(1, 1);
        lanes.push(job(1), Room::Needed).unwrap();
        assert_eq!(
            lanes.push(job(1), Room::Needed),
            Err(StoreError::Overloaded)
        );
        assert_eq!(lanes.push(job(1), Room::Owed), Ok(()));
        assert_eq!(lanes.take(9).len(), 2);
    }
}
