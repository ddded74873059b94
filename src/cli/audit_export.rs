//! `audit export`: a tenant's log as a folder of two files.

use std::path::Path;

use anyhow::Context as _;
use serde_json::json;

use super::Exit;
use super::api_client::ApiClient;
use crate::ids::Slug;

pub(super) async fn run(tenant: &Slug, out: &Path, api: &ApiClient) -> anyhow::Result<Exit> {
    let log = format!("/api/v1/tenants/{tenant}/audit");
    // The checkpoint first: it says how many entries belong to it, and the log goes on growing.
    let checkpoint = api.text(&format!("{log}/checkpoint")).await?;
    let size: u64 = checkpoint
        .lines()
        .nth(1)
        .and_then(|line| line.parse().ok())
        .context("the checkpoint states no size")?;
    std::fs::create_dir_all(out).context("the folder of the export")?;
    let entries = out.join("entries.jsonl");
    api.download(&format!("{log}/entries.jsonl?size={size}"), &entries)
        .await?;
    std::fs::write(out.join("checkpoint.txt"), &checkpoint).context("the export's checkpoint")?;
    let key = api.get(&format!("{log}/key")).await?;
    api.show(&json!({
        "folder": out.display().to_string(),
        "entries": size,
        "verifier_key": key.get("verifier_key"),
    }))
}
