//! Gives durable entries their place in their tenant's log and signs the new head, at once after
//! each commit. Any number of replicas may run it: the database keeps one order.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use agent_factory_audit::{self as audit, Backlog, CheckpointKey, LogStore};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::watch;
use tokio::time::sleep;

use super::stopped;
use crate::gateway::Gateway;
use crate::ids::TenantId;
use crate::key_custody::KeyCustodyError;
use crate::store::{LogToSequence, StoreError};

/// What another replica wrote, or a notice that was lost, is found after this long.
const LOOKS_EVERY: Duration = Duration::from_millis(500);

/// A moment's entries go under one signature.
const GATHERS_FOR: Duration = Duration::from_millis(25);

/// Logs in one round, and entries of one log in one step.
const LOGS_A_ROUND: u32 = 256;
const ENTRIES_A_STEP: usize = 2_000;

/// Why a round of sequencing did not go through.
#[derive(Debug, thiserror::Error)]
pub enum SequencingError {
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The checkpoint key is not at hand.
    #[error(transparent)]
    Key(#[from] KeyCustodyError),
    /// The log could not be advanced.
    #[error(transparent)]
    Sequence(#[from] audit::SequenceError),
}

impl SequencingError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Sequence(error) => error.code(),
        }
    }
}

type Keys = HashMap<TenantId, CheckpointKey>;

pub(super) async fn run(gateway: Arc<Gateway>, mut stop: watch::Receiver<bool>) {
    let written = gateway.store.entries_written();
    let mut keys = Keys::new();
    loop {
        tokio::select! {
            () = stopped(&mut stop) => break,
            () = written.notified() => sleep(GATHERS_FOR).await,
            () = sleep(LOOKS_EVERY) => {}
        }
        round(&gateway, &mut keys).await;
    }
    // What the last requests wrote is sequenced before the process ends.
    round(&gateway, &mut keys).await;
}

async fn round(gateway: &Gateway, keys: &mut Keys) {
    if let Err(error) = sequence_with(gateway, keys).await {
        tracing::error!(code = error.code(), "entries could not be sequenced");
    }
}

/// Sequences whatever waits, in every log.
///
/// # Errors
/// [`SequencingError`] of the first log that could not be advanced.
pub async fn sequence_all(gateway: &Gateway) -> Result<(), SequencingError> {
    sequence_with(gateway, &mut Keys::new()).await
}

async fn sequence_with(gateway: &Gateway, keys: &mut Keys) -> Result<(), SequencingError> {
    let logs = gateway.store.log_store();
    loop {
        let waiting = logs.logs_to_sequence(LOGS_A_ROUND).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let mut first_error: Option<SequencingError> = None;
        for LogToSequence { tenant, log } in &waiting {
            if !keys.contains_key(tenant) {
                match gateway.custody.checkpoint_key(*tenant, log.clone()).await {
                    Ok(key) => drop(keys.insert(*tenant, key)),
                    // One tenant's key must not stop the logs of the others.
                    Err(error) => {
                        first_error = first_error.or(Some(error.into()));
                        continue;
                    }
                }
            }
            let Some(key) = keys.get(tenant) else {
                continue;
            };
            loop {
                let now = gateway.clock.now().to_offset_date_time();
                match audit::sequence(&logs, log, key, ENTRIES_A_STEP, now).await {
                    Ok(step) if step.backlog == Backlog::Remaining => {}
                    Ok(_) => break,
                    Err(error) => {
                        first_error = first_error.or(Some(error.into()));
                        break;
                    }
                }
            }
            anchor(gateway, &logs, log).await;
        }
        if let Some(error) = first_error {
            return Err(error);
        }
    }
}

/// Writes the newest head of a log to every anchor folder. A folder that fails is an alarm, not a
/// reason to stop.
async fn anchor(gateway: &Gateway, logs: &dyn LogStore, log: &audit::LogName) {
    if gateway.config.audit.anchors.is_empty() {
        return;
    }
    let Ok(Some(head)) = logs.head(log).await else {
        return;
    };
    let name = log.as_str().replace(['/', ':'], "_");
    for folder in &gateway.config.audit.anchors {
        if let Err(error) = write_anchor(folder, &name, head.size, &head.note).await {
            tracing::error!(kind = %error.kind(), "a checkpoint could not be anchored");
        }
    }
}

async fn write_anchor(folder: &Path, log: &str, size: u64, note: &str) -> std::io::Result<()> {
    let folder = folder.join(log);
    tokio::fs::create_dir_all(&folder).await?;
    let path = folder.join(format!("{size:020}.checkpoint"));
    match tokio::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .await
    {
        Ok(mut file) => {
            file.write_all(note.as_bytes()).await?;
            file.sync_all().await
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            // Another head of the same size is what an anchor is there to show: it stays as it is.
            let held = tokio::fs::read_to_string(&path).await?;
            if held.lines().take(3).eq(note.lines().take(3)) {
                return Ok(());
            }
            tracing::error!(
                size,
                "an anchored checkpoint of this size says something else"
            );
            Err(error)
        }
        Err(error) => Err(error),
    }
}
