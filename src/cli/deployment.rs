//! `deployment`: bound to a tenant, listed; those that wait are listed without one.

use clap::Subcommand;
use serde_json::json;
use uuid::Uuid;

use super::Exit;
use super::api_client::{ApiClient, body};
use crate::ids::Slug;

/// What to do with deployments.
#[derive(Debug, Subcommand)]
pub(super) enum DeploymentVerb {
    /// Binds a deployment to a tenant: a new one, or one that waits.
    Add {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
        /// The platform's id here.
        #[arg(long)]
        platform: Uuid,
        /// The platform's own id of the deployment.
        #[arg(long)]
        deployment_id: String,
        /// An origin that may frame its agents; repeatable.
        #[arg(long = "framing-origin")]
        framing_origins: Vec<String>,
        /// The slug of the agent that opens by default.
        #[arg(long)]
        default_agent: Option<String>,
    },
    /// The deployments of a tenant; without one, those that wait for approval.
    List {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Option<Slug>,
    },
    /// Takes no more launches of a deployment; its open streams end.
    Disable {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
        /// Its id.
        id: Uuid,
    },
    /// Takes a deployment's launches again.
    Enable {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
        /// Its id.
        id: Uuid,
    },
}

pub(super) async fn run(verb: DeploymentVerb, api: &ApiClient) -> anyhow::Result<Exit> {
    let of = |tenant: &Slug| format!("/api/v1/tenants/{tenant}/deployments");
    match verb {
        DeploymentVerb::Add {
            tenant,
            platform,
            deployment_id,
            framing_origins,
            default_agent,
        } => {
            let draft = body([
                ("platform", Some(json!(platform))),
                ("deployment_id", Some(json!(deployment_id))),
                ("framing_origins", Some(json!(framing_origins))),
                ("default_agent", default_agent.map(|agent| json!(agent))),
            ]);
            api.show(&api.post(&of(&tenant), &draft).await?)
        }
        DeploymentVerb::List { tenant } => {
            let path = tenant.map_or_else(|| "/api/v1/deployments".to_owned(), |slug| of(&slug));
            api.list(&path, &["id", "standing", "platform", "deployment_id"])
                .await
        }
        DeploymentVerb::Disable { tenant, id } => api.show(
            &api.post(&format!("{}/{id}/disable", of(&tenant)), &json!({}))
                .await?,
        ),
        DeploymentVerb::Enable { tenant, id } => api.show(
            &api.post(&format!("{}/{id}/enable", of(&tenant)), &json!({}))
                .await?,
        ),
    }
}
