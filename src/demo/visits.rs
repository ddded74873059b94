//! Visits: one choice of a person on the campus, and what the simulated platform sent for it. Kept
//! in memory, bounded, gone with the process.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;

use super::people::CampusPerson;
use crate::dice::{Dice, DiceError};

/// How many visits are remembered.
const MAX_VISITS: usize = 200;

/// One choice of a person.
#[derive(Clone)]
pub struct Visit {
    /// Random name of the visit, in addresses of the demo.
    pub id: String,
    /// Who was chosen.
    pub person: &'static CampusPerson,
    /// What the platform sent so far.
    pub sent: Sent,
    /// The gateway's nonce and state, once it asked.
    pub asked: Option<(String, String)>,
}

impl std::fmt::Debug for Visit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Visit")
            .field("person", &self.person.key)
            .finish_non_exhaustive()
    }
}

/// What the platform sent, in order.
#[derive(Clone, Default, Serialize)]
pub struct Sent {
    /// Parameters of the login initiation.
    pub login: Vec<(String, String)>,
    /// Parameters the gateway asked with.
    pub authentication: Vec<(String, String)>,
    /// The id_token's header, decoded.
    pub header: Option<Value>,
    /// The id_token's claims, decoded.
    pub claims: Option<Value>,
}

impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sent").finish_non_exhaustive()
    }
}

impl Sent {
    /// Reads the token that was posted, for the pane alone: nothing is decided by it.
    pub fn remember_token(&mut self, compact: &str) {
        let mut parts = compact.split('.').map(|part| {
            URL_SAFE_NO_PAD
                .decode(part)
                .ok()
                .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        });
        self.header = parts.next().flatten();
        self.claims = parts.next().flatten();
    }
}

/// The visits of this process, oldest first.
#[derive(Debug, Default)]
pub struct Visits(Mutex<VecDeque<Visit>>);

impl Visits {
    /// Begins a visit.
    ///
    /// # Errors
    /// [`DiceError`] when there is no randomness.
    pub fn begin(&self, person: &'static CampusPerson, dice: Dice) -> Result<Visit, DiceError> {
        let id = URL_SAFE_NO_PAD.encode(dice.bytes::<16>()?);
        let visit = Visit {
            id,
            person,
            sent: Sent::default(),
            asked: None,
        };
        self.with(|visits| {
            if visits.len() == MAX_VISITS {
                visits.pop_front();
            }
            visits.push_back(visit.clone());
        });
        Ok(visit)
    }

    /// The visit of that name.
    pub fn find(&self, id: &str) -> Option<Visit> {
        self.with(|visits| visits.iter().find(|visit| visit.id == id).cloned())
    }

    /// The youngest visit that `continues` says an authentication request goes on with.
    pub fn find_youngest(&self, continues: impl Fn(&Visit) -> bool) -> Option<Visit> {
        self.with(|visits| visits.iter().rev().find(|visit| continues(visit)).cloned())
    }

    /// Changes what a visit remembers; nothing happens when it is gone.
    pub fn change(&self, id: &str, change: impl FnOnce(&mut Visit)) {
        self.with(|visits| {
            if let Some(visit) = visits.iter_mut().find(|visit| visit.id == id) {
                change(visit);
            }
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut VecDeque<Visit>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
