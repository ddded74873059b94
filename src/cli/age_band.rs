//! `age-band`: how old a person, or everybody in a course, is taken to be.

use clap::Subcommand;
use serde_json::json;
use uuid::Uuid;

use super::Exit;
use super::api_client::{ApiClient, body};
use crate::ids::Slug;

/// What to do with age bands.
#[derive(Debug, Subcommand)]
pub(super) enum AgeBandVerb {
    /// Records an age band; it takes the place of the one before.
    Set {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
        /// The platform's id here, with `--platform-user-id`.
        #[arg(long, requires = "platform_user_id")]
        platform: Option<Uuid>,
        /// The person's id on the platform.
        #[arg(long, requires = "platform", conflicts_with = "context")]
        platform_user_id: Option<String>,
        /// A course: its id here, or the platform's.
        #[arg(long, required_unless_present = "platform_user_id")]
        context: Option<String>,
        /// The deployment of that course, where the tenant has several.
        #[arg(long, requires = "context")]
        deployment: Option<Uuid>,
        /// `under_13`, `13_to_17`, `18_or_over` or `unknown`.
        age_band: String,
    },
}

pub(super) async fn run(verb: AgeBandVerb, api: &ApiClient) -> anyhow::Result<Exit> {
    let AgeBandVerb::Set {
        tenant,
        platform,
        platform_user_id,
        context,
        deployment,
        age_band,
    } = verb;
    let draft = body([
        ("platform", platform.map(|platform| json!(platform))),
        ("platform_user_id", platform_user_id.map(|id| json!(id))),
        ("context", context.map(|context| json!(context))),
        ("deployment", deployment.map(|deployment| json!(deployment))),
        ("age_band", Some(json!(age_band))),
    ]);
    let path = format!("/api/v1/tenants/{tenant}/people/age-bands");
    api.show(&api.post(&path, &draft).await?)
}
