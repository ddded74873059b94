//! Until when facts hold: the earliest instant at which the clock alone changes one of them.

use crate::clock::Timestamp;

/// What the clock alone will change, and when.
pub(super) struct Clockwork {
    pub now: Timestamp,
    pub until: Timestamp,
}

impl Clockwork {
    /// Whether it has begun; if not, facts hold until it does.
    pub fn has_begun(&mut self, at: Timestamp) -> bool {
        if at <= self.now {
            return true;
        }
        self.until = self.until.min(at);
        false
    }

    /// Whether it still runs; if so, facts hold until it ends at most.
    pub fn runs_until(&mut self, at: Timestamp) -> bool {
        if at <= self.now {
            return false;
        }
        self.until = self.until.min(at);
        true
    }
}
