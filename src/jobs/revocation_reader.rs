//! Reads the revocation counters twice a second, and at once when this replica has revoked
//! something.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::stopped;
use crate::clock::Timestamp;
use crate::disclosure::{RevocationCount, RevocationScope};
use crate::gateway::Gateway;
use crate::store::{RevocationCounter, StoreError};

/// Every replica reads at least once a second; this leaves room for a slow read.
const READS_EVERY: Duration = Duration::from_millis(400);

/// Changes are read again for this long: another replica's clock may be behind, and its commit may
/// become visible late.
const OVERLAP: Duration = Duration::from_secs(30);

/// All counters are read anew after this long, so that nothing rests on the clocks alone.
const ALL_EVERY: Duration = Duration::from_secs(60);

pub(super) async fn run(gateway: Arc<Gateway>, mut stop: watch::Receiver<bool>) {
    let mut all_at = Instant::now();
    let mut since = None;
    loop {
        let began = Instant::now();
        let now = gateway.clock.now();
        let reading = match since {
            Some(since) if began.duration_since(all_at) < ALL_EVERY => read(&gateway, since).await,
            _ => {
                all_at = began;
                read_all(&gateway).await
            }
        };
        match reading {
            Ok(()) => since = Some(now.minus(OVERLAP)),
            Err(error) => tracing::error!(code = error.code(), "revocations could not be read"),
        }
        metrics::gauge!("revocations_age_seconds").set(began.elapsed().as_secs_f64());
        tokio::select! {
            () = stopped(&mut stop) => return,
            () = gateway.revocations.wanted() => {}
            () = sleep(READS_EVERY) => {}
        }
    }
}

/// Reads every counter, as at start.
///
/// # Errors
/// [`StoreError`].
pub async fn read_all(gateway: &Gateway) -> Result<(), StoreError> {
    let began = Instant::now();
    let rows = gateway.store.directory().revocations().read_all().await?;
    gateway.revocations.took(counts(rows), began);
    Ok(())
}

async fn read(gateway: &Gateway, since: Timestamp) -> Result<(), StoreError> {
    let began = Instant::now();
    let rows = gateway
        .store
        .directory()
        .revocations()
        .read_all_since(since)
        .await?;
    gateway.revocations.took(counts(rows), began);
    Ok(())
}

fn counts(rows: Vec<RevocationCounter>) -> impl Iterator<Item = RevocationCount> {
    rows.into_iter().filter_map(|row| {
        Some(RevocationCount {
            tenant: row.tenant_id,
            scope: RevocationScope::from_row(row.scope, &row.scope_id)?,
            count: row.counter,
        })
    })
}
