//! `agreement`: recorded, withdrawn, listed. Lists do not say who signed.

use clap::Subcommand;
use serde_json::json;
use uuid::Uuid;

use super::Exit;
use super::api_client::{ApiClient, body};
use crate::ids::Slug;

/// What to do with agreements.
#[derive(Debug, Subcommand)]
pub(super) enum AgreementVerb {
    /// Records an agreement about an agent.
    Record {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
        /// The agent's slug or id.
        #[arg(long)]
        agent: String,
        /// Until when: a date or an RFC 3339 instant.
        #[arg(long)]
        valid_until: Option<String>,
        /// Who signed; kept sealed.
        #[arg(long)]
        signer: String,
        /// Attests that the annual notice names this use.
        #[arg(long)]
        annual_notice_attested: bool,
    },
    /// Withdraws an agreement: nothing more is disclosed on it.
    Withdraw {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
        /// Its id.
        id: Uuid,
    },
    /// A tenant's agreements.
    List {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
    },
}

pub(super) async fn run(verb: AgreementVerb, api: &ApiClient) -> anyhow::Result<Exit> {
    let of = |tenant: &Slug| format!("/api/v1/tenants/{tenant}/agreements");
    match verb {
        AgreementVerb::Record {
            tenant,
            agent,
            valid_until,
            signer,
            annual_notice_attested,
        } => {
            let draft = body([
                ("agent", Some(json!(agent))),
                ("valid_until", valid_until.map(|until| json!(until))),
                ("signer", Some(json!(signer))),
                (
                    "annual_notice_attested",
                    Some(json!(annual_notice_attested)),
                ),
            ]);
            api.show(&api.post(&of(&tenant), &draft).await?)
        }
        AgreementVerb::Withdraw { tenant, id } => api.show(
            &api.post(&format!("{}/{id}/withdraw", of(&tenant)), &json!({}))
                .await?,
        ),
        AgreementVerb::List { tenant } => {
            api.list(&of(&tenant), &["id", "standing", "agent", "valid_until"])
                .await
        }
    }
}
