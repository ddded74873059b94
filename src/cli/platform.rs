//! `platform`: registered for a tenant, or shared at installation level; listed.

use clap::Subcommand;
use serde_json::json;

use super::Exit;
use super::api_client::{ApiClient, body};
use crate::ids::Slug;

/// What to do with platforms.
#[derive(Debug, Subcommand)]
pub(super) enum PlatformVerb {
    /// Registers a platform.
    Add(Box<PlatformToAdd>),
    /// The platforms of a tenant; without one, all.
    List {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Option<Slug>,
    },
}

/// A platform to be registered.
#[derive(Debug, clap::Args)]
pub(super) struct PlatformToAdd {
    /// The tenant's slug; without one, tenants share it.
    #[arg(long)]
    tenant: Option<Slug>,
    /// The platform, exactly as its tokens name it.
    #[arg(long)]
    issuer: String,
    /// Our client id there.
    #[arg(long)]
    client_id: String,
    /// Where logins continue.
    #[arg(long)]
    authorization_url: String,
    /// Where service tokens are asked for.
    #[arg(long)]
    token_url: String,
    /// Where its keys are read.
    #[arg(long)]
    jwks_url: String,
    /// The kind of platform: `canvas`, `moodle`, `publisher`.
    #[arg(long)]
    preset: Option<String>,
    /// What becomes of new deployments: `accept` or `ask`.
    #[arg(long)]
    new_deployments: Option<String>,
    /// Takes launches without a subject.
    #[arg(long)]
    allow_anonymous: bool,
}

pub(super) async fn run(verb: PlatformVerb, api: &ApiClient) -> anyhow::Result<Exit> {
    match verb {
        PlatformVerb::Add(add) => {
            let draft = body([
                ("issuer", Some(json!(add.issuer))),
                ("client_id", Some(json!(add.client_id))),
                ("authorization_url", Some(json!(add.authorization_url))),
                ("token_url", Some(json!(add.token_url))),
                ("jwks_url", Some(json!(add.jwks_url))),
                ("preset", add.preset.map(|preset| json!(preset))),
                (
                    "new_deployments",
                    add.new_deployments.map(|word| json!(word)),
                ),
                ("allow_anonymous", Some(json!(add.allow_anonymous))),
            ]);
            api.show(&api.post(&path(add.tenant.as_ref()), &draft).await?)
        }
        PlatformVerb::List { tenant } => {
            api.list(
                &path(tenant.as_ref()),
                &["id", "sharing", "client_id", "issuer"],
            )
            .await
        }
    }
}

fn path(tenant: Option<&Slug>) -> String {
    match tenant {
        Some(tenant) => format!("/api/v1/tenants/{tenant}/platforms"),
        None => "/api/v1/registrations".to_owned(),
    }
}
