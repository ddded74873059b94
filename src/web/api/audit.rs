//! A tenant's audit log: read, exported as it was hashed, and checked where it is stored.

use std::sync::Arc;

use agent_factory_audit::{self as audit, LogName, LogStore as _, Trail, VerifyError, code};
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::answers::{PageQuery, Paged, id, ok};
use super::credential::Authenticated;
use super::scopes::AUDIT;
use super::stop::{Answer, Stop};
use crate::gateway::Gateway;
use crate::ids::{EntryId, TenantId};
use crate::onboarding::{Deed, Moment, OperatorError, Page};
use crate::store::{EntryRow, TenantLogs, Unit};
use crate::web::problem::Problem;

/// How many entries are read at a time; ours.
const CHUNK: usize = 512;
/// How many rows a filtered list looks through before it gives what it has; ours.
const MAX_SCANNED: usize = 5_000;

pub(super) fn routes() -> OpenApiRouter<Arc<Gateway>> {
    OpenApiRouter::new()
        .routes(routes!(list_entries))
        .routes(routes!(show_entry))
        .routes(routes!(export_entries))
        .routes(routes!(show_checkpoint))
        .routes(routes!(show_verifier_key))
        .routes(routes!(check_log))
}

/// An entry of the log, as operators see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct EntryView {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: EntryId,
    /// `disclosure`, `activity`, `administration` or `security`.
    #[schema(value_type = String)]
    trail: Trail,
    /// What was done.
    action: String,
    /// When.
    at: Moment,
    /// Its leaf hash, in base64.
    leaf_hash: String,
    /// Its place in the log; absent until it is sequenced, and in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<i64>,
    /// The entry itself.
    #[schema(value_type = Object)]
    entry: Value,
}

impl EntryView {
    fn of(row: EntryRow) -> Self {
        Self {
            id: row.entry_id,
            trail: row.trail,
            at: Moment(row.committed_at),
            leaf_hash: audit::Digest::from_bytes(row.leaf_hash).to_base64(),
            index: None,
            entry: serde_json::from_slice(&row.bytes).unwrap_or_default(),
            action: row.action,
        }
    }
}

/// Which entries a list is about.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct TrailQuery {
    /// Only this trail: `disclosure`, `activity`, `administration` or `security`.
    trail: Option<String>,
}

/// A tenant's entries, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/audit/entries",
    tag = "audit",
    params(PageQuery, TrailQuery),
    responses((status = 200, description = "As asked", body = Page<EntryView>))
)]
async fn list_entries(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    Paged(page): Paged,
    query: Result<Query<TrailQuery>, axum::extract::rejection::QueryRejection>,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, AUDIT).await?;
    let trail = match query.ok().and_then(|Query(query)| query.trail) {
        None => None,
        Some(word) => Some(
            serde_json::from_value(Value::String(word))
                .map_err(|_| Problem::invalid("trail", "`trail` is none of the four trails"))?,
        ),
    };
    let mut unit = gateway.store.tenant(tenant.tenant_id).read().await?;
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let found = filtered(&mut unit, trail, page.after.map(EntryId), limit).await?;
    ok(&found)
}

async fn filtered(
    unit: &mut Unit,
    trail: Option<Trail>,
    mut before: Option<EntryId>,
    limit: usize,
) -> Result<Page<EntryView>, OperatorError> {
    let mut items = Vec::new();
    let mut scanned = 0;
    loop {
        let rows = unit.entries().list(before, 200).await?;
        let last_page = rows.len() < 200;
        for row in rows {
            if items.len() == limit || scanned == MAX_SCANNED {
                let next = before.map(|id| id.to_string());
                return Ok(Page { items, next });
            }
            scanned += 1;
            before = Some(row.entry_id);
            if trail.is_none_or(|trail| row.trail == trail) {
                items.push(EntryView::of(row));
            }
        }
        if last_page {
            return Ok(Page { items, next: None });
        }
    }
}

/// An entry, with its place in the log.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/audit/entries/{id}",
    tag = "audit",
    responses((status = 200, description = "As asked", body = EntryView))
)]
async fn show_entry(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path((tenant, entry)): Path<(String, String)>,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, AUDIT).await?;
    let entry: EntryId = id(&entry)?;
    let mut unit = gateway.store.tenant(tenant.tenant_id).read().await?;
    let row = unit
        .entries()
        .find(entry)
        .await?
        .ok_or(OperatorError::NotFound)?;
    let index = unit.entries().place(entry).await?;
    ok(&EntryView {
        index,
        ..EntryView::of(row)
    })
}

/// How many entries an export holds.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// So many entries from the first on: the size that a checkpoint states. All that are
    /// sequenced, when left out.
    size: Option<u64>,
}

/// The sequenced entries, a line each, exactly as they were hashed. Making an export is recorded.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/audit/entries.jsonl",
    tag = "audit",
    params(ExportQuery),
    responses((
        status = 200,
        description = "One entry a line",
        body = String,
        content_type = "application/jsonl"
    ))
)]
async fn export_entries(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
    query: Result<Query<ExportQuery>, axum::extract::rejection::QueryRejection>,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, AUDIT).await?.tenant_id;
    let Query(query) =
        query.map_err(|_| Problem::invalid("size", "`size` is a number of entries"))?;
    let (logs, log) = log_of(&gateway, tenant).await?;
    let head = logs
        .head(&log)
        .await
        .map_err(|_| Problem::unavailable())?
        .ok_or_else(none_yet)?;
    let size = query.size.map_or(head.size, |size| size.min(head.size));
    let now = gateway.clock.now();
    let deed = Deed {
        gateway,
        caller,
        now,
        kept_under: None,
    };
    let mut change = deed.begin(tenant).await?;
    let entries = audit::Detail::Number(i64::try_from(size).unwrap_or(audit::MAX_SAFE_INTEGER));
    change.record(code!("audit-exported"), |event| {
        event.detail(code!("entries"), entries)
    })?;
    change.finish(&()).await?;
    Ok(text(
        "application/jsonl",
        Body::from_stream(lines(logs, log, size)),
    ))
}

/// The entries below `size`, a chunk at a time. Storage that fails breaks the body off, so that a
/// half export never looks whole.
fn lines(
    logs: TenantLogs,
    log: LogName,
    size: u64,
) -> impl stream::Stream<Item = Result<Bytes, audit::LogStoreError>> + Send {
    stream::try_unfold((logs, log, 0), move |(logs, log, next)| async move {
        if next >= size {
            return Ok(None);
        }
        let page = logs.entries(&log, next, CHUNK).await?;
        let mut chunk = Vec::new();
        let mut after = next;
        for entry in page.iter().filter(|entry| entry.index < size) {
            chunk.extend_from_slice(&entry.bytes);
            chunk.push(b'\n');
            after = entry.index + 1;
        }
        // What is missing stays missing, for the verdict to say.
        if after == next {
            return Ok(None);
        }
        Ok(Some((Bytes::from(chunk), (logs, log, after))))
    })
}

/// The newest signed checkpoint of a tenant's log (C2SP tlog-checkpoint).
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/audit/checkpoint",
    tag = "audit",
    responses((status = 200, description = "A signed note", body = String, content_type = "text/plain"))
)]
async fn show_checkpoint(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, AUDIT).await?;
    let (logs, log) = log_of(&gateway, tenant.tenant_id).await?;
    let head = logs
        .head(&log)
        .await
        .map_err(|_| Problem::unavailable())?
        .ok_or_else(none_yet)?;
    Ok(text("text/plain; charset=utf-8", Body::from(head.note)))
}

/// The key that verifies a log's checkpoints.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct VerifierKeyView {
    /// The log's name.
    log: String,
    /// The key, as `agent-factory audit verify --key` takes it (C2SP signed-note).
    verifier_key: String,
}

/// The key that verifies a tenant's checkpoints.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/audit/key",
    tag = "audit",
    responses((status = 200, description = "As asked", body = VerifierKeyView))
)]
async fn show_verifier_key(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, AUDIT).await?;
    let (_, log) = log_of(&gateway, tenant.tenant_id).await?;
    let key = gateway
        .custody
        .checkpoint_key(tenant.tenant_id, log.clone())
        .await?;
    let verifier_key = key.verifier().to_string();
    ok(&VerifierKeyView {
        log: log.as_str().to_owned(),
        verifier_key,
    })
}

/// What a check of a log found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct VerdictView {
    /// Whether it is intact and nothing is missing up to its checkpoint.
    holds: bool,
    /// How many entries its checkpoint covers.
    size: u64,
    /// How many of them are not there.
    missing: u64,
    /// How many entries were opened and never closed.
    unclosed: u64,
    /// How many gaps there are in writers' counters.
    gaps: u64,
    /// The verdict in plain words.
    verdict: String,
}

/// Checks a tenant's log where it is stored.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant}/audit/check",
    tag = "audit",
    responses((status = 200, description = "The verdict, whichever it is", body = VerdictView))
)]
async fn check_log(
    State(gateway): Shared,
    Authenticated(caller): Authenticated,
    Path(tenant): Path<String>,
) -> Answer {
    let tenant = caller.tenant(&gateway, &tenant, AUDIT).await?.tenant_id;
    let (logs, log) = log_of(&gateway, tenant).await?;
    let key = gateway.custody.checkpoint_key(tenant, log.clone()).await?;
    let verdict = match audit::check(&logs, &log, &key.verifier(), None).await {
        Ok(verdict) => verdict,
        Err(VerifyError::NoCheckpoint) => return Err(none_yet().into()),
        Err(VerifyError::Store(_)) => return Err(Problem::unavailable().into()),
        // A head that its own key did not sign is an answer, not a failure of ours.
        Err(error) => return ok(&unusable(error)),
    };
    ok(&VerdictView {
        holds: verdict.holds(),
        size: verdict.checkpoint.size,
        missing: verdict.completeness.missing,
        unclosed: verdict.completeness.unclosed_count,
        gaps: verdict.completeness.gap_count,
        verdict: verdict.to_string(),
    })
}

fn unusable(error: VerifyError) -> VerdictView {
    VerdictView {
        holds: false,
        size: 0,
        missing: 0,
        unclosed: 0,
        gaps: 0,
        verdict: format!("the log's own checkpoint cannot be used: {error}"),
    }
}

async fn log_of(gateway: &Gateway, tenant: TenantId) -> Result<(TenantLogs, LogName), Stop> {
    let logs = gateway.store.log_store();
    let log = logs.name_of(tenant).await?;
    Ok((logs, log))
}

fn none_yet() -> Problem {
    let title = "The log has no checkpoint yet";
    Problem::new(StatusCode::NOT_FOUND, "audit-no-checkpoint", title)
}

fn text(kind: &'static str, body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}
