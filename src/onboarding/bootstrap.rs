//! The token of the first start: it opens the API until the first lasting token is made, and never
//! again. Unused it lapses after a day; its making and its first use are in the installation's log.

use std::time::Duration;

use agent_factory_audit::{OpaqueId, Trail, code};
use zeroize::Zeroizing;

use super::administration::plain_event;
use super::{OperatorError, Scope};
use crate::clock::Timestamp;
use crate::dice::Dice;
use crate::ids::{INSTALLATION, TokenId};
use crate::store::{ApiToken, Store};
use crate::vault;

/// How long it opens the API at most.
///
/// # Source
/// The gateway's own contract: unused it lapses after 24 h.
const LIFE: Duration = Duration::from_secs(24 * 3600);

/// How the API is opened at the first start.
pub enum Bootstrap {
    /// By the token that was given.
    Given,
    /// By this one, made now: to be shown once.
    Generated(Zeroizing<String>),
    /// The token that was given has lapsed; another one must be given.
    Lapsed,
    /// Not at all: a lasting token was made.
    NotNeeded,
}

impl std::fmt::Debug for Bootstrap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Given => "Given",
            Self::Generated(_) => "Generated(..)",
            Self::Lapsed => "Lapsed",
            Self::NotNeeded => "NotNeeded",
        })
    }
}

/// Why the API could not be opened.
pub type BootstrapError = OperatorError;

/// Stores the hash of the bootstrap token, while no lasting token was ever made. `given` may be any
/// text that is not empty; a new one replaces the one before.
///
/// # Errors
/// [`BootstrapError`].
pub async fn prepare(
    store: &Store,
    dice: Dice,
    now: Timestamp,
    given: Option<&str>,
) -> Result<Bootstrap, BootstrapError> {
    if store.directory().api_tokens().count_lasting().await? > 0 {
        return Ok(Bootstrap::NotNeeded);
    }
    let given = given.filter(|text| !text.is_empty());
    let text = match given {
        Some(text) => Zeroizing::new(text.to_owned()),
        None => Zeroizing::new(vault::ApiToken::generate(dice)?.to_text()),
    };
    let hash = vault::ApiToken::hash_text(&text);
    if let Some(known) = store.directory().api_tokens().find_by_hash(&hash).await? {
        let over = known.revoked_at.is_some() || known.expires_at.is_some_and(|at| at <= now);
        return Ok(if over {
            Bootstrap::Lapsed
        } else {
            Bootstrap::Given
        });
    }
    replace(store, dice, now, hash).await?;
    Ok(match given {
        Some(_) => Bootstrap::Given,
        None => Bootstrap::Generated(text),
    })
}

async fn replace(
    store: &Store,
    dice: Dice,
    now: Timestamp,
    token_hash: [u8; 32],
) -> Result<(), BootstrapError> {
    let row = ApiToken {
        token_id: TokenId::new(dice, now)?,
        token_hash,
        tenant_id: None,
        name: "bootstrap".to_owned(),
        scopes: vec![Scope::Installation.as_str().to_owned()],
        bootstrap: true,
        expires_at: Some(now.plus(LIFE)),
        revoked_at: None,
        first_used_at: None,
        created_at: now,
    };
    let mut unit = store.tenant(INSTALLATION).begin().await?;
    let before = unit.directory().api_tokens().list(None, None, 200).await?;
    for old in before
        .iter()
        .filter(|old| old.bootstrap && old.revoked_at.is_none())
    {
        unit.directory()
            .api_tokens()
            .revoke(old.token_id, now)
            .await?;
    }
    unit.directory().api_tokens().insert(&row).await?;
    let event = plain_event(
        dice,
        now,
        Trail::Security,
        code!("bootstrap-token-prepared"),
    )?;
    let event = event.resource(OpaqueId::uuid(*row.token_id.as_bytes()));
    unit.commit_recording(vec![event]).await?;
    Ok(())
}
