//! The trace a test left: entries read back from the database, refusals folded, every log checked.

use std::collections::BTreeMap;
use std::time::Duration;

use agent_factory::ids::{INSTALLATION, TenantId};
use agent_factory::jobs::sequence_all;
use agent_factory_audit::{self as audit, Integrity};

use super::entries::LogEntry;
use super::world::{TENANTS, World};

impl World {
    async fn tenant_id(&self, tenant: &str) -> TenantId {
        if tenant == "installation" {
            return INSTALLATION;
        }
        self.gate
            .gateway
            .tenant_id(&tenant.parse().unwrap())
            .await
            .unwrap()
            .unwrap()
    }

    /// Every entry of a tenant's log, in the order in which each writer wrote them.
    pub async fn entries(&self, tenant: &str) -> Vec<LogEntry> {
        let tenant = self.tenant_id(tenant).await;
        let mut unit = self.gate.gateway.store.tenant(tenant).read().await.unwrap();
        let mut rows = unit.entries().list(None, 100_000).await.unwrap();
        rows.sort_by_key(|row| (row.committed_at, row.writer, row.counter));
        rows.iter()
            .map(|row| LogEntry(serde_json::from_slice(&row.bytes).unwrap()))
            .collect()
    }

    /// The entries of one deed.
    pub async fn entries_of(&self, tenant: &str, action: &str) -> Vec<LogEntry> {
        let all = self.entries(tenant).await;
        all.into_iter()
            .filter(|entry| entry.action() == action)
            .collect()
    }

    /// The newest entry of one deed.
    pub async fn last_entry(&self, tenant: &str, action: &str) -> LogEntry {
        let mut all = self.entries_of(tenant, action).await;
        all.pop()
            .unwrap_or_else(|| panic!("an entry `{action}` of {tenant}"))
    }

    /// The entry that a page's reference finds.
    pub async fn entry_by_reference(&self, tenant: &str, reference: &str) -> LogEntry {
        let all = self.entries(tenant).await;
        let found = all.into_iter().find(|entry| entry.reference() == reference);
        found.unwrap_or_else(|| panic!("the entry of reference {reference} in {tenant}"))
    }

    /// What was refused before verification, as the log has it after the minute: how often each
    /// code was counted.
    pub async fn folded(&mut self) -> BTreeMap<String, i64> {
        self.gate.stop_jobs().await;
        self.gate.start_jobs();
        let mut counts = BTreeMap::new();
        for entry in self
            .entries_of("installation", "refused-before-verification")
            .await
        {
            let code = entry.detail("reason").as_str().unwrap().to_owned();
            *counts.entry(code).or_insert(0) += entry.detail("count").as_i64().unwrap();
        }
        counts
    }

    /// Waits until every entry that was opened is closed, and gives the closing one of `opened`.
    pub async fn closing_of(&self, tenant: &str, opened: &LogEntry) -> LogEntry {
        for _ in 0..400 {
            let all = self.entries(tenant).await;
            if let Some(closing) = all.into_iter().find(|entry| entry.closes() == opened.id()) {
                return closing;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the entry {} is closed", opened.id());
    }

    /// Checks every log: nothing altered, nothing missing, nothing left open.
    pub async fn check_logs(&self) {
        for tenant in TENANTS.into_iter().chain(["installation"]) {
            let unclosed = self.check_log(tenant, 400).await;
            assert_eq!(unclosed, 0, "{tenant}: everything opened was closed");
        }
    }

    /// How many entries of a log stay open after so many looks; everything else of it must hold.
    pub(super) async fn check_log(&self, tenant: &str, looks: usize) -> u64 {
        let id = self.tenant_id(tenant).await;
        let gateway = &self.gate.gateway;
        let logs = gateway.store.log_store();
        let log = logs.name_of(id).await.unwrap();
        let key = gateway
            .custody
            .checkpoint_key(id, log.clone())
            .await
            .unwrap();
        let mut verdict = None;
        for _ in 0..looks {
            sequence_all(gateway).await.unwrap();
            let now = audit::check(&logs, &log, &key.verifier(), None)
                .await
                .unwrap();
            let open = now.completeness.unclosed_count;
            verdict = Some(now);
            if open == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let verdict = verdict.unwrap();
        assert_eq!(verdict.integrity, Integrity::Intact, "{tenant}: {verdict}");
        let complete = &verdict.completeness;
        assert_eq!(complete.size, complete.present, "{tenant}: {verdict}");
        assert_eq!(
            (
                complete.missing,
                complete.unopened_count,
                complete.gap_count
            ),
            (0, 0, 0),
            "{tenant}: {verdict}"
        );
        complete.unclosed_count
    }
}
