//! `authorization`: school authorizations recorded, withdrawn, listed. Lists do not say who signed.

use clap::Subcommand;
use serde_json::json;
use uuid::Uuid;

use super::Exit;
use super::api_client::{ApiClient, body};
use crate::ids::Slug;

/// What to do with school authorizations.
#[derive(Debug, Subcommand)]
pub(super) enum AuthorizationVerb {
    /// Records a school authorization.
    Record(Box<AuthorizationToRecord>),
    /// Withdraws a school authorization: nothing more is disclosed on it.
    Withdraw {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
        /// Its id.
        id: Uuid,
    },
    /// A tenant's school authorizations.
    List {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
    },
}

/// A school authorization to be recorded.
#[derive(Debug, clap::Args)]
pub(super) struct AuthorizationToRecord {
    /// The tenant's slug.
    #[arg(long)]
    tenant: Slug,
    /// An agent's slug or id; repeatable, or separated by commas.
    #[arg(long = "agent", required = true, value_delimiter = ',')]
    agents: Vec<String>,
    /// A purpose; repeatable, or separated by commas.
    #[arg(long = "purpose", required = true, value_delimiter = ',')]
    purposes: Vec<String>,
    /// A data element; repeatable, or separated by commas.
    #[arg(long = "element", required = true, value_delimiter = ',')]
    elements: Vec<String>,
    /// Who signed; kept sealed.
    #[arg(long)]
    signer: String,
    /// In which role.
    #[arg(long)]
    signer_role: String,
    /// The notice they were shown.
    #[arg(long)]
    notice_version: String,
    /// Until when: a date or an RFC 3339 instant.
    #[arg(long)]
    valid_until: Option<String>,
}

pub(super) async fn run(verb: AuthorizationVerb, api: &ApiClient) -> anyhow::Result<Exit> {
    let of = |tenant: &Slug| format!("/api/v1/tenants/{tenant}/school-authorizations");
    match verb {
        AuthorizationVerb::Record(record) => {
            let draft = body([
                ("agents", Some(json!(record.agents))),
                ("purposes", Some(json!(record.purposes))),
                ("elements", Some(json!(record.elements))),
                ("signer", Some(json!(record.signer))),
                ("signer_role", Some(json!(record.signer_role))),
                ("notice_version", Some(json!(record.notice_version))),
                ("valid_until", record.valid_until.map(|until| json!(until))),
            ]);
            api.show(&api.post(&of(&record.tenant), &draft).await?)
        }
        AuthorizationVerb::Withdraw { tenant, id } => api.show(
            &api.post(&format!("{}/{id}/withdraw", of(&tenant)), &json!({}))
                .await?,
        ),
        AuthorizationVerb::List { tenant } => {
            let fields = ["id", "standing", "agents", "purposes", "valid_until"];
            api.list(&of(&tenant), &fields).await
        }
    }
}
