//! How many logins and launches of one registration are taken a minute: a ceiling far above a
//! school's busiest morning, never a lock-out.

use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::ids::RegistrationId;

/// The pace of each registration.
#[derive(Debug)]
pub struct LaunchPace(DefaultKeyedRateLimiter<RegistrationId>);

/// Whether one more is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// It is.
    Taken,
    /// Not now.
    TooFast,
}

impl LaunchPace {
    /// At most so many a minute; a login and its launch are one each, so twice the number of launches is
    /// let through.
    pub fn per_minute(limit: u32) -> Self {
        let limit = NonZeroU32::new(limit.saturating_mul(2)).unwrap_or(NonZeroU32::MIN);
        Self(RateLimiter::keyed(Quota::per_minute(limit)))
    }

    /// Counts one arrival.
    pub fn arrive(&self, registration: RegistrationId) -> Pace {
        match self.0.check_key(&registration) {
            Ok(()) => Pace::Taken,
            Err(_) => Pace::TooFast,
        }
    }

    /// Forgets registrations that have long been quiet.
    pub fn tidy(&self) {
        self.0.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn one_registrations_flood_delays_only_itself() {
        let pace = LaunchPace::per_minute(10);
        let (loud, quiet) = (
            RegistrationId(Uuid::from_u128(1)),
            RegistrationId(Uuid::from_u128(2)),
        );
        let taken = (0..50).filter(|_| pace.arrive(loud) == Pace::Taken).count();
        assert!((20..=21).contains(&taken), "{taken}");
        assert_eq!(pace.arrive(quiet), Pace::Taken);
    }
}
