//! `consent`: consents and refusals recorded, withdrawn, listed.

use clap::Subcommand;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Exit;
use super::api_client::{ApiClient, body};
use crate::ids::Slug;

/// What to do with consents.
#[derive(Debug, Subcommand)]
pub(super) enum ConsentVerb {
    /// Records a consent, or a refusal.
    Record(Box<ConsentToRecord>),
    /// Withdraws a consent: open streams that rest on it end.
    Withdraw {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
        /// Its id.
        id: Uuid,
    },
    /// A tenant's consents.
    List {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
    },
}

/// A consent to be recorded.
#[derive(Debug, clap::Args)]
pub(super) struct ConsentToRecord {
    /// The tenant's slug.
    #[arg(long)]
    tenant: Slug,
    /// The person's id here.
    #[arg(long, required_unless_present = "platform_user_id")]
    person: Option<Uuid>,
    /// The platform's id here, with `--platform-user-id`.
    #[arg(long, requires = "platform_user_id", conflicts_with = "person")]
    platform: Option<Uuid>,
    /// The person's id on the platform.
    #[arg(long, requires = "platform")]
    platform_user_id: Option<String>,
    /// `ferpa`, `coppa_use` or `coppa_disclosure`.
    #[arg(long)]
    kind: String,
    /// An agent's slug or id; repeatable, or separated by commas.
    #[arg(long = "agent", required = true, value_delimiter = ',')]
    agents: Vec<String>,
    /// A purpose; repeatable, or separated by commas.
    #[arg(long = "purpose", required = true, value_delimiter = ',')]
    purposes: Vec<String>,
    /// A data element; repeatable, or separated by commas.
    #[arg(long = "element", required = true, value_delimiter = ',')]
    elements: Vec<String>,
    /// How it was given, such as `signed_form`.
    #[arg(long)]
    method: String,
    /// When it was signed: a date or an RFC 3339 instant.
    #[arg(long)]
    signed_at: String,
    /// Until when: a date or an RFC 3339 instant.
    #[arg(long)]
    valid_until: Option<String>,
    /// Records a refusal.
    #[arg(long)]
    refused: bool,
}

pub(super) async fn run(verb: ConsentVerb, api: &ApiClient) -> anyhow::Result<Exit> {
    let of = |tenant: &Slug| format!("/api/v1/tenants/{tenant}/consents");
    match verb {
        ConsentVerb::Record(record) => {
            let path = of(&record.tenant);
            api.show(&api.post(&path, &draft(*record)).await?)
        }
        ConsentVerb::Withdraw { tenant, id } => api.show(
            &api.post(&format!("{}/{id}/withdraw", of(&tenant)), &json!({}))
                .await?,
        ),
        ConsentVerb::List { tenant } => {
            let fields = ["id", "standing", "kind", "person", "agents", "valid_until"];
            api.list(&of(&tenant), &fields).await
        }
    }
}

fn draft(record: ConsentToRecord) -> Value {
    let person = match (record.person, record.platform, record.platform_user_id) {
        (_, Some(platform), Some(id)) => json!({"platform": platform, "platform_user_id": id}),
        (person, _, _) => json!(person),
    };
    body([
        ("person", Some(person)),
        ("kind", Some(json!(record.kind))),
        ("agents", Some(json!(record.agents))),
        ("purposes", Some(json!(record.purposes))),
        ("elements", Some(json!(record.elements))),
        ("method", Some(json!(record.method))),
        ("signed_at", Some(json!(record.signed_at))),
        ("valid_until", record.valid_until.map(|until| json!(until))),
        ("decision", record.refused.then(|| json!("refused"))),
    ])
}
