//! `placement`: an agent placed on a link, in a course or as a deployment's default; listed.

use clap::Subcommand;
use serde_json::json;
use uuid::Uuid;

use super::Exit;
use super::api_client::{ApiClient, body};
use crate::ids::Slug;

/// What to do with placements.
#[derive(Debug, Subcommand)]
pub(super) enum PlacementVerb {
    /// Places an agent; without link and course, as the deployment's default.
    Add {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
        /// The deployment's id here.
        #[arg(long)]
        deployment: Uuid,
        /// The agent's slug or id.
        #[arg(long)]
        agent: String,
        /// The platform's id of a link.
        #[arg(long)]
        resource_link: Option<String>,
        /// The platform's id of a course.
        #[arg(long)]
        context: Option<String>,
    },
    /// A tenant's placements.
    List {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
    },
}

pub(super) async fn run(verb: PlacementVerb, api: &ApiClient) -> anyhow::Result<Exit> {
    let of = |tenant: &Slug| format!("/api/v1/tenants/{tenant}/placements");
    match verb {
        PlacementVerb::Add {
            tenant,
            deployment,
            agent,
            resource_link,
            context,
        } => {
            let draft = body([
                ("deployment", Some(json!(deployment))),
                ("agent", Some(json!(agent))),
                ("resource_link", resource_link.map(|link| json!(link))),
                ("context", context.map(|context| json!(context))),
            ]);
            api.show(&api.post(&of(&tenant), &draft).await?)
        }
        PlacementVerb::List { tenant } => {
            api.list(&of(&tenant), &["id", "agent", "deployment", "link"])
                .await
        }
    }
}
