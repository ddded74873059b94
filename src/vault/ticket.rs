//! Sealed, stateless tickets: something we say to ourselves through a browser, for a short while.
//! A ticket proves only that we wrote it; it is never single use by itself.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::field_cipher::{self, CipherError, Envelope};
use super::framing::frame;
use super::key_ring::TenantKeys;
use crate::clock::Timestamp;
use crate::dice::Dice;

/// Ours: how far the clocks of two replicas may differ.
const REPLICA_SKEW: Duration = Duration::from_secs(30);

/// Ours: longer than any form we could have written; read no further.
const MAX_TEXT_LEN: usize = 64 * 1024;

/// Seals and opens tickets of one kind, under the installation's keys.
///
/// The label separates kinds: a ticket of one kind never opens as another.
pub struct TicketSealer {
    label: &'static str,
    life: Duration,
    active: u32,
    keys: Vec<(u32, super::derivation::Key)>,
}

impl TicketSealer {
    /// A sealer for tickets that live for `life`, under keys derived for `label`.
    pub fn new(keys: &TenantKeys, label: &'static str, life: Duration) -> Self {
        let active = keys.active_version();
        Self {
            label,
            life,
            active,
            keys: keys.keys_for_use(label),
        }
    }

    /// Seals `value`, issued at `now`; base64url.
    ///
    /// # Errors
    /// [`TicketError::NotSealed`] when it cannot be serialised or there is no randomness.
    pub fn seal<T: Serialize>(
        &self,
        value: &T,
        now: Timestamp,
        dice: Dice,
    ) -> Result<String, TicketError> {
        let issued = Issued {
            at: now.as_micros(),
            value,
        };
        let text = serde_json::to_vec(&issued).map_err(|_| TicketError::NotSealed)?;
        let text = Zeroizing::new(text);
        let key = self.key(self.active).ok_or(TicketError::NotSealed)?;
        let mut buffer = field_cipher::buffer(text.len());
        buffer.extend_from_slice(&text);
        let sealed = field_cipher::seal(key, self.active, &self.binding(), buffer, dice)
            .map_err(|_| TicketError::NotSealed)?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens a ticket that is not older than its life; gives its value and when it was issued.
    ///
    /// # Errors
    /// [`TicketError`], one variant per cause.
    pub fn open<T: DeserializeOwned>(
        &self,
        text: &str,
        now: Timestamp,
    ) -> Result<(T, Timestamp), TicketError> {
        if text.len() > MAX_TEXT_LEN {
            return Err(TicketError::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| TicketError::Malformed)?;
        let envelope = Envelope::parse(&bytes)?;
        let key = self.key(envelope.key_id()).ok_or(TicketError::NotOurs)?;
        let plain = envelope.open(key, &self.binding())?;
        let issued: Issued<T> =
            serde_json::from_slice(&plain).map_err(|_| TicketError::WrongShape)?;
        let at = Timestamp::from_micros(issued.at);
        if at > now.plus(REPLICA_SKEW) {
            return Err(TicketError::FromTheFuture);
        }
        if now >= at.plus(self.life) {
            return Err(TicketError::Expired);
        }
        Ok((issued.value, at))
    }

    fn key(&self, version: u32) -> Option<&super::derivation::Key> {
        self.keys
            .iter()
            .find(|(known, _)| *known == version)
            .map(|(_, key)| key)
    }

    fn binding(&self) -> Vec<u8> {
        frame(&[b"ticket", self.label.as_bytes()])
    }
}

impl fmt::Debug for TicketSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TicketSealer({})", self.label)
    }
}

/// Why a ticket was not written or is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// It could not be sealed.
    #[error("the ticket could not be sealed")]
    NotSealed,
    /// It is not of the form of a ticket.
    #[error("the ticket is malformed")]
    Malformed,
    /// We did not write it, or not as this kind, or it was changed.
    #[error("the ticket is not ours")]
    NotOurs,
    /// We wrote it, but not with this content.
    #[error("the ticket holds something else than expected")]
    WrongShape,
    /// Its time is over.
    #[error("the ticket has expired")]
    Expired,
    /// It was issued later than now.
    #[error("the ticket comes from the future")]
    FromTheFuture,
}

impl TicketError {
    /// Its stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotSealed => "ticket-not-sealed",
            Self::Malformed => "ticket-malformed",
            Self::NotOurs => "ticket-not-ours",
            Self::WrongShape => "ticket-wrong-shape",
            Self::Expired => "ticket-expired",
            Self::FromTheFuture => "ticket-from-the-future",
        }
    }
}

impl From<CipherError> for TicketError {
    fn from(error: CipherError) -> Self {
        match error {
            CipherError::Malformed => Self::Malformed,
            _ => Self::NotOurs,
        }
    }
}

/// What is sealed: short names, since the login state must stay under 600 characters.
#[derive(Serialize, Deserialize)]
struct Issued<T> {
    #[serde(rename = "i")]
    at: i64,
    #[serde(rename = "v")]
    value: T,
}
