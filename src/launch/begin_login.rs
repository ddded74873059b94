//! Someone arrives from a platform: answer with the platform's authentication request. Nothing is
//! signed yet, so nothing is believed, and no row is written.

use std::sync::Arc;

use agent_factory_lti::{AuthenticationRequest, LoginError, LoginRequest};
use url::Url;

use super::login_state::{LoginState, LoginStateError, StateSealer};
use super::pace::{LaunchPace, Pace};
use crate::clock::Timestamp;
use crate::dice::{Dice, DiceError};
use crate::store::{Registration, RegistrationStanding, Store, StoreError};
use crate::vault::Secret32;

/// Whether the browser shows the login inside a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// In the whole window or tab.
    TopLevel,
    /// In a frame of the platform.
    Framed,
}

/// What the browser brought along.
#[derive(Debug, Clone)]
pub struct BrowserEvidence {
    /// The secret of the binding cookie, where it came.
    pub secret: Option<Secret32>,
    /// Where the login is shown.
    pub shown: Shown,
}

/// How the login is bound to the browser.
#[derive(Debug, Clone)]
pub enum Binding {
    /// The cookie came with the request: go on at once.
    Held,
    /// A new cookie is set in an unframed window: go on at once.
    Set(Secret32),
    /// A new cookie is tried in a frame: a page reads it back first.
    Tried(Secret32),
}

/// A login that has begun.
#[derive(Debug)]
pub struct BegunLogin {
    /// What goes to the platform.
    pub request: AuthenticationRequest,
    /// How it is bound to the browser.
    pub binding: Binding,
    /// The registration it is for.
    pub registration: Registration,
}

/// Why a login did not begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginLoginError {
    /// The parameters are not those of a login.
    #[error(transparent)]
    Malformed(#[from] LoginError),
    /// Nobody registered that platform and client id.
    #[error("no registration fits the login")]
    UnknownRegistration,
    /// The issuer has several registrations and the login names none.
    #[error("several registrations fit the login")]
    AmbiguousRegistration,
    /// The registration waits for its owner.
    #[error("the registration is not active")]
    InactiveRegistration,
    /// The registration's addresses are not usable.
    #[error("the registration's authorization address is not usable")]
    UnusableRegistration,
    /// The registration sends more than is taken.
    #[error("the registration sends logins too fast")]
    TooFast,
    /// The state could not be sealed.
    #[error(transparent)]
    State(#[from] LoginStateError),
    /// The directory did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There was no randomness.
    #[error(transparent)]
    Dice(#[from] DiceError),
}

impl BeginLoginError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(error) => error.code(),
            Self::UnknownRegistration => "registration-unknown",
            Self::AmbiguousRegistration => "registration-ambiguous",
            Self::InactiveRegistration => "registration-inactive",
            Self::UnusableRegistration => "registration-unusable",
            Self::TooFast => "registration-too-fast",
            Self::State(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Dice(_) => "no-randomness",
        }
    }
}

/// Begins logins.
#[derive(Clone)]
pub struct Logins {
    store: Store,
    sealer: Arc<StateSealer>,
    redirect_uri: Url,
    pace: Arc<LaunchPace>,
    dice: Dice,
}

impl Logins {
    /// Logins whose answers come back to `redirect_uri`.
    pub fn new(
        store: Store,
        sealer: Arc<StateSealer>,
        redirect_uri: Url,
        pace: Arc<LaunchPace>,
        dice: Dice,
    ) -> Self {
        Self {
            store,
            sealer,
            redirect_uri,
            pace,
            dice,
        }
    }

    /// Answers a login.
    ///
    /// # Errors
    /// [`BeginLoginError`]; nothing was written in any case.
    pub async fn begin(
        &self,
        login: &LoginRequest,
        browser: &BrowserEvidence,
        now: Timestamp,
    ) -> Result<BegunLogin, BeginLoginError> {
        let registration = self.registration(login).await?;
        if registration.standing != RegistrationStanding::Active {
            return Err(BeginLoginError::InactiveRegistration);
        }
        if self.pace.arrive(registration.registration_id) == Pace::TooFast {
            return Err(BeginLoginError::TooFast);
        }
        let (secret, binding) = match (&browser.secret, browser.shown) {
            (Some(held), _) => (held.clone(), Binding::Held),
            (None, Shown::TopLevel) => {
                let fresh = Secret32::generate(self.dice)?;
                (fresh.clone(), Binding::Set(fresh))
            }
            (None, Shown::Framed) => {
                let fresh = Secret32::generate(self.dice)?;
                (fresh.clone(), Binding::Tried(fresh))
            }
        };
        let state = LoginState::begin(
            registration.registration_id,
            login
                .deployment_hint()
                .map(agent_factory_lti::DeploymentId::as_str),
            login.target_link_uri(),
            &secret,
            now,
            self.dice,
        )?;
        let endpoint = Url::parse(&registration.authorization_url)
            .map_err(|_| BeginLoginError::UnusableRegistration)?;
        let client_id = agent_factory_lti::ClientId::parse(&registration.client_id)
            .map_err(|_| BeginLoginError::UnusableRegistration)?;
        let request = AuthenticationRequest::new(
            &endpoint,
            &client_id,
            login,
            &self.redirect_uri,
            &self.sealer.seal(&state, self.dice)?,
            &state.nonce_text(),
        );
        Ok(BegunLogin {
            request,
            binding,
            registration,
        })
    }

    /// The registration a login is for: the one it names, else the issuer's only one, else the only
    /// one that has the deployment it names.
    async fn registration(&self, login: &LoginRequest) -> Result<Registration, BeginLoginError> {
        let registrations = self.store.directory().registrations();
        let issuer = login.issuer().as_str();
        if let Some(client_id) = login.client_id() {
            return registrations
                .find(issuer, client_id.as_str())
                .await?
                .ok_or(BeginLoginError::UnknownRegistration);
        }
        let mut found = registrations.find_by_issuer(issuer).await?;
        if found.len() > 1
            && let Some(hint) = login.deployment_hint()
        {
            let mut having = Vec::new();
            for registration in found {
                let id = registration.registration_id;
                let deployments = self.store.directory().deployments();
                if deployments.find(id, hint.as_str()).await?.is_some() {
                    having.push(registration);
                }
            }
            found = having;
        }
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Ok(only),
            (None, _) => Err(BeginLoginError::UnknownRegistration),
            (Some(_), false) => Err(BeginLoginError::AmbiguousRegistration),
        }
    }
}
