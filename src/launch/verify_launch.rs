//! Is this launch genuine? The state is ours, this browser began it, the token is the platform's,
//! and every claim is what was expected. Nothing of a token is believed before that.

use std::sync::Arc;

use agent_factory_lti::{
    AnonymousLaunches, ClientId, Expected, IdTokenError, Issuer, KeySource, KeySourceError,
    LaunchMessage, LaunchRefused, UnverifiedToken,
};
use time::Duration;
use url::Url;

use super::login_state::{LoginState, LoginStateError, StateSealer};
use super::pace::{LaunchPace, Pace};
use super::platform_keys::PlatformKeys;
use crate::clock::Timestamp;
use crate::store::{Registration, RegistrationStanding, Store, StoreError};
use crate::vault::Secret32;

/// What came back from the platform.
#[derive(Debug, Clone)]
pub struct PlatformAnswer {
    /// The token, as posted.
    pub id_token: String,
    /// The state, as posted.
    pub state: String,
    /// The secret of the binding cookie, where it came.
    pub browser_secret: Option<Secret32>,
}

/// A launch that is genuine.
#[derive(Debug)]
pub struct VerifiedLaunch {
    /// Who signed it.
    pub registration: Registration,
    /// What it says.
    pub message: LaunchMessage,
    /// The nonce, to be used up.
    pub nonce: String,
    /// Whether the signed target is the one the login named.
    pub target_as_announced: bool,
}

/// A launch whose signature and binding are shown, and which is refused all the same. Its nonce is
/// used up too.
#[derive(Debug)]
pub struct RefusedLaunch {
    /// Who signed it.
    pub registration: Registration,
    /// The nonce, to be used up.
    pub nonce: String,
    /// The deployment it claims, where it does.
    pub deployment_id: Option<String>,
    /// The check that failed.
    pub code: &'static str,
}

/// How a verification ended.
#[derive(Debug)]
pub enum Verification {
    /// Genuine.
    Genuine(Box<VerifiedLaunch>),
    /// Signed and bound, and refused by a check.
    Refused(Box<RefusedLaunch>),
}

/// Why nothing was verified. Nothing was used up, and no cause is shown.
#[derive(Debug, thiserror::Error)]
pub enum VerifyLaunchError {
    /// The state is not ours, or too old.
    #[error(transparent)]
    State(#[from] LoginStateError),
    /// This browser did not show that it began the login.
    #[error("the browser that began the login is not shown")]
    BindingMissing,
    /// The registration that began the login is gone or inactive.
    #[error("the registration is gone")]
    RegistrationGone,
    /// The registration sends more than is taken.
    #[error("the registration sends launches too fast")]
    TooFast,
    /// The registration cannot be used.
    #[error("the registration's addresses are not usable")]
    UnusableRegistration,
    /// The token is malformed, or its signature is not the platform's.
    #[error(transparent)]
    Token(#[from] IdTokenError),
    /// The platform has no such key, or its keys cannot be had.
    #[error(transparent)]
    Key(#[from] KeySourceError),
    /// The directory did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl VerifyLaunchError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::State(error) => error.code(),
            Self::BindingMissing => "binding-missing",
            Self::RegistrationGone => "registration-gone",
            Self::TooFast => "registration-too-fast",
            Self::UnusableRegistration => "registration-unusable",
            Self::Token(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

/// Verifies launches.
#[derive(Clone)]
pub struct LaunchVerifier {
    store: Store,
    sealer: Arc<StateSealer>,
    keys: Arc<PlatformKeys>,
    public_url: Url,
    leeway: Duration,
    pace: Arc<LaunchPace>,
}

impl LaunchVerifier {
    /// A verifier for launches to `public_url`.
    pub fn new(
        store: Store,
        sealer: Arc<StateSealer>,
        keys: Arc<PlatformKeys>,
        public_url: Url,
        leeway: std::time::Duration,
        pace: Arc<LaunchPace>,
    ) -> Self {
        let leeway = Duration::try_from(leeway).unwrap_or(agent_factory_lti::CLOCK_LEEWAY);
        Self {
            store,
            sealer,
            keys,
            public_url,
            leeway,
            pace,
        }
    }

    /// Opens a state, for a platform's error answer: is it of a login that we began?
    ///
    /// # Errors
    /// [`LoginStateError`].
    pub fn open_state(&self, state: &str, now: Timestamp) -> Result<LoginState, LoginStateError> {
        self.sealer.open(state, now)
    }

    /// Verifies an answer, in the written order.
    ///
    /// # Errors
    /// [`VerifyLaunchError`] for whatever fails before signature and binding are both shown.
    #[expect(
        clippy::too_many_lines,
        reason = "the checks stand in their written order"
    )]
    pub async fn verify(
        &self,
        answer: &PlatformAnswer,
        now: Timestamp,
    ) -> Result<Verification, VerifyLaunchError> {
        let state = self.sealer.open(&answer.state, now)?;
        let bound = answer
            .browser_secret
            .as_ref()
            .is_some_and(|s| state.has_browser_secret(s));
        if !bound {
            return Err(VerifyLaunchError::BindingMissing);
        }
        let registration = self.registration(&state).await?;
        if self.pace.arrive(registration.registration_id) == Pace::TooFast {
            return Err(VerifyLaunchError::TooFast);
        }
        let token = UnverifiedToken::parse(&answer.id_token)?;
        let issuer = Issuer::parse(&registration.issuer)
            .map_err(|_| VerifyLaunchError::UnusableRegistration)?;
        let client_id = ClientId::parse(&registration.client_id)
            .map_err(|_| VerifyLaunchError::UnusableRegistration)?;
        let jwks = Url::parse(&registration.jwks_url)
            .map_err(|_| VerifyLaunchError::UnusableRegistration)?;
        let at = now.to_offset_date_time();
        let key = self
            .keys
            .find_key(&jwks, token.kid(), token.algorithm(), at)
            .await?;
        let signed = token.verify_signature(&key)?;
        let nonce = signed.nonce().unwrap_or_default().to_owned();
        let deployment_id = signed.claimed_deployment().map(str::to_owned);
        let anonymous = if registration.allow_anonymous {
            AnonymousLaunches::Allow
        } else {
            AnonymousLaunches::Refuse
        };
        let expected = Expected {
            issuer: &issuer,
            client_id: &client_id,
            nonce: &state.nonce_text(),
            deployment_hint: None,
            public_origin: &self.public_url,
            now: at,
            leeway: self.leeway,
            anonymous,
        };
        let checked = signed.check(&expected).and_then(|message| {
            if state.allows_deployment(message.deployment_id().as_str()) {
                Ok(message)
            } else {
                Err(LaunchRefused::DeploymentNotOfLogin)
            }
        });
        Ok(match checked {
            Ok(message) => {
                let target_as_announced = message
                    .target_link_uri()
                    .is_none_or(|uri| state.has_target(uri.as_str()));
                Verification::Genuine(Box::new(VerifiedLaunch {
                    registration,
                    message,
                    nonce,
                    target_as_announced,
                }))
            }
            Err(refused) => Verification::Refused(Box::new(RefusedLaunch {
                registration,
                nonce,
                deployment_id,
                code: refused.code(),
            })),
        })
    }

    async fn registration(&self, state: &LoginState) -> Result<Registration, VerifyLaunchError> {
        let found = self
            .store
            .directory()
            .registrations()
            .get(state.registration)
            .await?;
        found
            .filter(|registration| registration.standing == RegistrationStanding::Active)
            .ok_or(VerifyLaunchError::RegistrationGone)
    }
}
