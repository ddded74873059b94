//! What is due every few seconds: refusals folded into entries, spent nonces and lapsed idempotency
//! keys forgotten, metrics folded.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::stopped;
use crate::disclosure::Minutes;
use crate::gateway::Gateway;
use crate::ids::{INSTALLATION, TenantId};
use crate::store::{HotWrite, StoreError};

const TIDIES_EVERY: Duration = Duration::from_secs(5);
const FORGETS_EVERY: Duration = Duration::from_secs(600);

/// Tenants in one page of the directory.
const PAGE: u32 = 200;

pub(super) async fn run(gateway: Arc<Gateway>, mut stop: watch::Receiver<bool>) {
    let mut forgotten_at = Instant::now();
    loop {
        tokio::select! {
            () = stopped(&mut stop) => break,
            () = sleep(TIDIES_EVERY) => {}
        }
        fold(&gateway, Minutes::Over).await;
        gateway.metrics.tidy();
        gateway.pace.tidy();
        if forgotten_at.elapsed() >= FORGETS_EVERY {
            forgotten_at = Instant::now();
            if let Err(error) = forget(&gateway).await {
                tracing::error!(code = error.code(), "spent nonces could not be forgotten");
            }
        }
    }
    fold(&gateway, Minutes::All).await;
}

async fn fold(gateway: &Gateway, minutes: Minutes) {
    let now = gateway.clock.now();
    let events = match gateway.refused_before.take(now, gateway.dice, minutes) {
        Ok(events) if events.is_empty() => return,
        Ok(events) => events,
        Err(error) => {
            tracing::error!(code = error.code(), "refusals could not be folded");
            return;
        }
    };
    let write = HotWrite::of_events(INSTALLATION, events);
    if let Err(error) = gateway.store.hot().submit(write).await {
        tracing::error!(code = error.code(), "folded refusals could not be recorded");
    }
}

async fn forget(gateway: &Gateway) -> Result<(), StoreError> {
    let mut after: Option<TenantId> = None;
    loop {
        let tenants = gateway
            .store
            .directory()
            .tenants()
            .list(after, PAGE)
            .await?;
        let Some(last) = tenants.last() else {
            return Ok(());
        };
        after = Some(last.tenant_id);
        for tenant in &tenants {
            let now = gateway.clock.now();
            let mut unit = gateway.store.tenant(tenant.tenant_id).begin().await?;
            unit.nonces().forget_expired(now).await?;
            unit.idempotency_keys().forget_expired(now).await?;
            unit.commit().await?;
        }
    }
}
