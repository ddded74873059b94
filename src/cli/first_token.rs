//! The token of the first start: taken from the environment, or made, and then shown to a terminal
//! or written to a file that only its owner may read.

use std::io::{IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use anyhow::Context as _;

use super::say;
use crate::config::ConfigError;
use crate::gateway::Gateway;
use crate::onboarding::bootstrap::{self, Bootstrap};

const VARIABLE: &str = "AGENT_FACTORY_BOOTSTRAP_TOKEN";
const FILE_VARIABLE: &str = "AGENT_FACTORY_BOOTSTRAP_TOKEN_FILE";

/// Opens the API for the first lasting token, where there is none yet.
///
/// # Errors
/// When the token cannot be stored, or one that was made cannot be handed over.
pub(super) async fn offer(gateway: &Gateway) -> anyhow::Result<()> {
    let given = given()?;
    let now = gateway.clock.now();
    match bootstrap::prepare(&gateway.store, gateway.dice, now, given.as_deref()).await? {
        Bootstrap::Given | Bootstrap::NotNeeded => Ok(()),
        Bootstrap::Lapsed => {
            tracing::warn!("the bootstrap token has lapsed: give another one");
            Ok(())
        }
        Bootstrap::Generated(token) => hand_over(&token),
    }
}

fn given() -> anyhow::Result<Option<String>> {
    if let Ok(token) = std::env::var(VARIABLE) {
        return strong(token).map(Some);
    }
    let Ok(path) = std::env::var(FILE_VARIABLE) else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(path).with_context(|| format!("`{FILE_VARIABLE}`"))?;
    strong(text.trim_end().to_owned()).map(Some)
}

/// Shorter texts can be guessed within the day that the token lives; ours.
const MIN_LENGTH: usize = 12;

/// A given token that could be guessed is a fault of the configuration.
fn strong(token: String) -> anyhow::Result<String> {
    if token.len() < MIN_LENGTH {
        return Err(ConfigError::Invalid {
            key: VARIABLE.to_owned(),
            reason: format!("has fewer than {MIN_LENGTH} characters"),
        }
        .into());
    }
    Ok(token)
}

fn hand_over(token: &str) -> anyhow::Result<()> {
    if std::io::stdout().is_terminal() {
        say(&format!(
            "bootstrap token (shown once, for 24 hours): {token}"
        ));
        return Ok(());
    }
    let path = PathBuf::from("agent-factory-bootstrap-token");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .context("the bootstrap token's file")?;
    file.write_all(token.as_bytes())?;
    say(&format!("bootstrap token written to {}", path.display()));
    Ok(())
}
