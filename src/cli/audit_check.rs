//! `audit check`: the verdict on a log where it is stored.

use serde_json::Value;

use super::api_client::{ApiClient, CallError};
use super::{Exit, say};
use crate::ids::Slug;

pub(super) async fn run(tenant: Option<&Slug>, api: &ApiClient) -> anyhow::Result<Exit> {
    if let Some(tenant) = tenant {
        let verdict = api
            .get(&format!("/api/v1/tenants/{tenant}/audit/check"))
            .await?;
        api.show(&verdict)?;
        return Ok(exit(&verdict));
    }
    let mut worst = Exit::Done;
    for tenant in api.items("/api/v1/tenants").await? {
        let slug = tenant
            .get("slug")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let verdict = match api
            .get(&format!("/api/v1/tenants/{slug}/audit/check"))
            .await
        {
            Ok(verdict) => verdict,
            // Every tenant's log begins with the tenant: one without a head was never sequenced,
            // or lost it.
            Err(error) if is_without_head(&error) => Value::Null,
            Err(error) => return Err(error),
        };
        let holds = verdict
            .get("holds")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        say(&format!(
            "{slug}  {}",
            if holds { "holds" } else { "does not hold" }
        ));
        if exit(&verdict) != Exit::Done {
            worst = Exit::No;
        }
    }
    Ok(worst)
}

fn is_without_head(error: &anyhow::Error) -> bool {
    error.downcast_ref().is_some_and(
        |refused| matches!(refused, CallError::Problem { code, .. } if code == "audit-no-checkpoint"),
    )
}

fn exit(verdict: &Value) -> Exit {
    match verdict.get("holds").and_then(Value::as_bool) {
        Some(true) => Exit::Done,
        _ => Exit::No,
    }
}
