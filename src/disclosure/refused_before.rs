//! What is refused before a signature or a credential was verified: counted here, and folded into
//! one security entry per code, route, registration and minute, so that a stranger cannot fill the
//! log.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use agent_factory_audit::{Detail, Event, Label, OpaqueId, Phase, Trail, code};

use super::gate::{GateError, entry_id};
use super::record::Circumstance;
use crate::clock::Timestamp;
use crate::dice::Dice;
use crate::ids::{INSTALLATION, RegistrationId};

/// More kinds than this in one minute are counted together; a stranger chooses none of the codes,
/// so it is never met in fact.
const MAX_KINDS: usize = 1_000;

const MICROS_A_MINUTE: i64 = 60_000_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    code: &'static str,
    route: &'static str,
    registration: Option<RegistrationId>,
    minute: i64,
}

/// The counts of this process since the last entry.
#[derive(Debug, Default)]
pub struct RefusedBefore {
    counts: Mutex<HashMap<Kind, i64>>,
}

impl RefusedBefore {
    /// Counts one refusal.
    pub fn count(
        &self,
        code: &'static str,
        route: &'static str,
        registration: Option<RegistrationId>,
        now: Timestamp,
    ) {
        metrics::counter!("refused_before_verification_total", "code" => code, "route" => route)
            .increment(1);
        let minute = now.as_micros().div_euclid(MICROS_A_MINUTE);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kind = Kind {
            code,
            route,
            registration,
            minute,
        };
        if counts.len() >= MAX_KINDS && !counts.contains_key(&kind) {
            kind = Kind {
                code: "other",
                route: "other",
                registration: None,
                minute,
            };
        }
        *counts.entry(kind).or_insert(0) += 1;
    }

    /// Takes the counts of every minute that is over, or all of them when the process ends, as
    /// events for the installation's log.
    ///
    /// # Errors
    /// [`GateError`] when an event cannot be built.
    pub fn take(
        &self,
        now: Timestamp,
        dice: Dice,
        which: Minutes,
    ) -> Result<Vec<Event>, GateError> {
        let minute = now.as_micros().div_euclid(MICROS_A_MINUTE);
        let taken: Vec<(Kind, i64)> = {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            let over = |kind: &Kind| which == Minutes::All || kind.minute < minute;
            let (gone, kept) = counts
                .drain()
                .partition::<Vec<_>, _>(|(kind, _)| over(kind));
            counts.extend(kept);
            gone
        };
        taken
            .iter()
            .map(|(kind, count)| event(kind, *count, now, dice))
            .collect()
    }
}

/// Which minutes' counts are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Minutes {
    /// Those that are over.
    Over,
    /// The present one as well: the process ends.
    All,
}

fn event(kind: &Kind, count: i64, now: Timestamp, dice: Dice) -> Result<Event, GateError> {
    let mut circumstance = Circumstance::new(INSTALLATION, code!("refused-before-verification"));
    let mut text = |name, value: &str| -> Result<(), GateError> {
        circumstance
            .details
            .push((name, Detail::Text(Label::parse(value)?)));
        Ok(())
    };
    text(code!("reason"), kind.code)?;
    text(code!("route"), kind.route)?;
    circumstance
        .details
        .push((code!("count"), Detail::Number(count)));
    let since = kind.minute.saturating_mul(MICROS_A_MINUTE);
    circumstance
        .details
        .push((code!("minute-beginning"), Detail::Number(since)));
    let mut event = circumstance.event(entry_id(dice, now)?, now, Trail::Security, Phase::Note)?;
    if let Some(registration) = kind.registration {
        event = event.resource(OpaqueId::uuid(*registration.as_bytes()));
    }
    Ok(event.outcome(code!("refused")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_refusals_of_one_kind_and_minute_become_one_event() {
        let refused = RefusedBefore::default();
        let now = Timestamp::from_seconds(1_800_000_000);
        for _ in 0..1_000 {
            refused.count("state-malformed", "lti-launch", None, now);
        }
        refused.count("state-expired", "lti-launch", None, now);
        assert!(refused.take(now, Dice, Minutes::Over).unwrap().is_empty());
        let later = now.plus(std::time::Duration::from_secs(60));
        let events = refused.take(later, Dice, Minutes::Over).unwrap();
        assert_eq!(events.len(), 2);
        assert!(format!("{events:?}").contains("Number(1000)"));
        assert!(refused.take(later, Dice, Minutes::All).unwrap().is_empty());
    }
}
