//! The state of a login between `/lti/login` and `/lti/launch`: sealed into the `state` parameter,
//! so that no row is written for somebody who may never come back. It must never hold what the
//! platform or the browser may not read, nor trust a state older than its life.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::clock::Timestamp;
use crate::dice::{Dice, DiceError};
use crate::ids::RegistrationId;
use crate::vault::{Secret32, TenantKeys, TicketError, TicketSealer, sha256};

/// Ours: how long somebody may take to sign in at the platform.
pub const LOGIN_STATE_LIFE: Duration = Duration::from_mins(10);

/// Ours: some platforms and proxies cut longer parameters.
pub const MAX_STATE_LEN: usize = 600;

/// What we must know again when the platform's answer comes.
///
/// `Debug` is safe: hashes and random values, nothing personal; yet nothing logs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginState {
    /// What the id_token must repeat.
    #[serde(rename = "n", with = "base64_array")]
    pub nonce: [u8; 16],
    /// Which registration began the login.
    #[serde(rename = "r")]
    pub registration: RegistrationId,
    /// Of the deployment that the login spelt, when it spelt one: half of its SHA-256.
    #[serde(rename = "d", with = "base64_array::optional", default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_hint_hash: Option<[u8; 16]>,
    /// SHA-256 of the `target_link_uri` of the login.
    #[serde(rename = "t", with = "base64_array")]
    pub target_hash: [u8; 32],
    /// SHA-256 of the browser's secret.
    #[serde(rename = "b", with = "base64_array")]
    pub browser_secret_hash: [u8; 32],
    /// The name under which platform storage keeps the browser's secret.
    #[serde(rename = "s", with = "base64_array")]
    pub short_id: [u8; 8],
    /// When the login began. Sealed with the ticket, not repeated in it.
    #[serde(skip, default = "epoch")]
    pub issued_at: Timestamp,
}

impl LoginState {
    /// A new login at `now`.
    ///
    /// # Errors
    /// [`DiceError`] when there is no randomness.
    pub fn begin(
        registration: RegistrationId,
        deployment_hint: Option<&str>,
        target_link_uri: &str,
        browser_secret: &Secret32,
        now: Timestamp,
        dice: Dice,
    ) -> Result<Self, DiceError> {
        Ok(Self {
            nonce: dice.bytes()?,
            registration,
            deployment_hint_hash: deployment_hint.map(half_hash),
            target_hash: sha256(target_link_uri.as_bytes()),
            browser_secret_hash: browser_secret.hash(),
            short_id: dice.bytes()?,
            issued_at: now,
        })
    }

    /// The nonce as it goes to the platform: 22 characters of base64url.
    pub fn nonce_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.nonce)
    }

    /// The short id as platform storage has it: 11 characters of base64url.
    pub fn short_id_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.short_id)
    }

    /// Whether the id_token's nonce is ours, in constant time.
    pub fn has_nonce(&self, presented: &str) -> bool {
        self.nonce_text()
            .as_bytes()
            .ct_eq(presented.as_bytes())
            .into()
    }

    /// Whether this browser began the login, in constant time.
    pub fn has_browser_secret(&self, presented: &Secret32) -> bool {
        presented.has_hash(&self.browser_secret_hash)
    }

    /// Whether the login spelt this deployment; true when it spelt none.
    pub fn allows_deployment(&self, deployment_id: &str) -> bool {
        self.deployment_hint_hash
            .is_none_or(|hash| hash == half_hash(deployment_id))
    }

    /// Whether the login named this target; another one is noted, not refused.
    pub fn has_target(&self, target_link_uri: &str) -> bool {
        self.target_hash == sha256(target_link_uri.as_bytes())
    }
}

/// Seals and opens login states.
#[derive(Debug)]
pub struct StateSealer(TicketSealer);

impl StateSealer {
    /// A sealer under the installation's keys.
    pub fn new(installation: &TenantKeys) -> Self {
        Self(TicketSealer::new(
            installation,
            "login-state",
            LOGIN_STATE_LIFE,
        ))
    }

    /// The `state` parameter: base64url, at most [`MAX_STATE_LEN`] characters.
    ///
    /// # Errors
    /// [`LoginStateError::NotSealed`].
    pub fn seal(&self, state: &LoginState, dice: Dice) -> Result<String, LoginStateError> {
        let text = self.0.seal(state, state.issued_at, dice)?;
        if text.len() > MAX_STATE_LEN {
            Err(LoginStateError::NotSealed)
        } else {
            Ok(text)
        }
    }

    /// Reads a `state` parameter back.
    ///
    /// # Errors
    /// [`LoginStateError`], one variant per cause.
    pub fn open(&self, text: &str, now: Timestamp) -> Result<LoginState, LoginStateError> {
        if text.len() > MAX_STATE_LEN {
            return Err(LoginStateError::Malformed);
        }
        let (state, issued_at) = self.0.open::<LoginState>(text, now)?;
        Ok(LoginState { issued_at, ..state })
    }
}

/// Why a `state` is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoginStateError {
    /// It could not be sealed.
    #[error("the login state could not be sealed")]
    NotSealed,
    /// It has not the form of a state.
    #[error("the login state is malformed")]
    Malformed,
    /// We did not write it, or it was changed.
    #[error("the login state is not ours")]
    NotOurs,
    /// It is older than ten minutes.
    #[error("the login state has expired")]
    Expired,
    /// It was issued later than now.
    #[error("the login state comes from the future")]
    FromTheFuture,
}

impl LoginStateError {
    /// Its stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotSealed => "state-not-sealed",
            Self::Malformed => "state-malformed",
            Self::NotOurs => "state-not-ours",
            Self::Expired => "state-expired",
            Self::FromTheFuture => "state-from-the-future",
        }
    }
}

impl From<TicketError> for LoginStateError {
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::NotSealed => Self::NotSealed,
            TicketError::Malformed => Self::Malformed,
            TicketError::NotOurs | TicketError::WrongShape => Self::NotOurs,
            TicketError::Expired => Self::Expired,
            TicketError::FromTheFuture => Self::FromTheFuture,
        }
    }
}

fn half_hash(text: &str) -> [u8; 16] {
    let mut half = [0; 16];
    for (to, from) in half.iter_mut().zip(sha256(text.as_bytes())) {
        *to = from;
    }
    half
}

fn epoch() -> Timestamp {
    Timestamp::from_micros(0)
}

/// Byte arrays as base64url text: a third shorter than lists of numbers.
mod base64_array {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer, const N: usize>(
        bytes: &[u8; N],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        deserializer: D,
    ) -> Result<[u8; N], D::Error> {
        let bytes = URL_SAFE_NO_PAD.decode(String::deserialize(deserializer)?);
        let bytes = bytes.map_err(|_| D::Error::custom("not base64url"))?;
        bytes
            .try_into()
            .map_err(|_| D::Error::custom("of another length"))
    }

    /// The same, where it may be absent.
    pub(super) mod optional {
        use serde::{Deserializer, Serializer};

        #[expect(clippy::ref_option, reason = "the signature that serde calls")]
        pub(in super::super) fn serialize<S: Serializer, const N: usize>(
            bytes: &Option<[u8; N]>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match bytes {
                Some(bytes) => super::serialize(bytes, serializer),
                None => serializer.serialize_none(),
            }
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
            deserializer: D,
        ) -> Result<Option<[u8; N]>, D::Error> {
            super::deserialize(deserializer).map(Some)
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::INSTALLATION;
    use crate::vault::{RootKey, Vault};

    const NOW: Timestamp = Timestamp::from_micros(1_795_389_362_123_456);

    async fn sealer() -> StateSealer {
        let vault = Vault::new(RootKey::generate(Dice).unwrap());
        StateSealer::new(&vault.new_tenant(INSTALLATION, Dice).await.unwrap().1)
    }

    fn state(secret: &Secret32) -> LoginState {
        let registration = RegistrationId(Uuid::from_u128(u128::MAX));
        let target = "https://gateway.example/lti/launch";
        LoginState::begin(registration, Some("1:abc"), target, secret, NOW, Dice).unwrap()
    }

    #[tokio::test]
    async fn a_state_comes_back_whole_and_fits_its_parameter() {
        let sealer = sealer().await;
        let secret = Secret32::generate(Dice).unwrap();
        let state = state(&secret);
        let text = sealer.seal(&state, Dice).unwrap();
        assert!(text.len() <= MAX_STATE_LEN, "{}", text.len());
        assert!(
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
        let opened = sealer
            .open(&text, NOW.plus(Duration::from_secs(599)))
            .unwrap();
        assert_eq!(opened, state);
        let unhinted = LoginState {
            deployment_hint_hash: None,
            ..state
        };
        let text = sealer.seal(&unhinted, Dice).unwrap();
        assert_eq!(sealer.open(&text, NOW).unwrap(), unhinted);
    }

    #[tokio::test]
    async fn a_state_older_than_ten_minutes_or_from_the_future_is_refused() {
        let sealer = sealer().await;
        let text = sealer
            .seal(&state(&Secret32::generate(Dice).unwrap()), Dice)
            .unwrap();
        let late = sealer.open(&text, NOW.plus(LOGIN_STATE_LIFE)).unwrap_err();
        assert_eq!(late, LoginStateError::Expired);
        let early = sealer
            .open(&text, NOW.minus(Duration::from_mins(1)))
            .unwrap_err();
        assert_eq!(early, LoginStateError::FromTheFuture);
    }

    #[tokio::test]
    async fn a_state_that_was_changed_or_is_someone_elses_is_refused() {
        let sealer = sealer().await;
        let text = sealer
            .seal(&state(&Secret32::generate(Dice).unwrap()), Dice)
            .unwrap();
        let others = self::sealer().await.open(&text, NOW).unwrap_err();
        assert_eq!(others, LoginStateError::NotOurs);
        for at in 0..text.len() {
            let mut bad = text.clone().into_bytes();
            bad[at] = if bad[at] == b'x' { b'y' } else { b'x' };
            let bad = String::from_utf8(bad).unwrap();
            assert!(sealer.open(&bad, NOW).is_err(), "character {at}");
        }
        for bad in ["", "state", "a b", &"A".repeat(MAX_STATE_LEN + 1)] {
            let error = sealer.open(bad, NOW).unwrap_err();
            assert!(matches!(
                error,
                LoginStateError::Malformed | LoginStateError::NotOurs
            ));
        }
    }

    #[test]
    fn a_state_knows_its_browser_its_nonce_its_deployment_and_its_target() {
        let secret = Secret32::generate(Dice).unwrap();
        let state = state(&secret);
        assert!(state.has_browser_secret(&secret));
        assert!(!state.has_browser_secret(&Secret32::generate(Dice).unwrap()));
        assert!(state.has_nonce(&state.nonce_text()));
        assert!(!state.has_nonce("") && !state.has_nonce(&state.nonce_text()[1..]));
        assert!(state.allows_deployment("1:abc") && !state.allows_deployment("1:abd"));
        assert!(state.has_target("https://gateway.example/lti/launch"));
        assert!(!state.has_target("https://gateway.example/lti/launch/"));
        let unhinted = LoginState {
            deployment_hint_hash: None,
            ..state
        };
        assert!(unhinted.allows_deployment("anything"));
    }
}
