//! `agent`: entered and replaced from a manifest file, listed, shown, switched off and on.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::{Value, json};

use super::api_client::ApiClient;
use super::{Exit, say};
use crate::ids::Slug;

/// What to do with agents.
#[derive(Debug, Subcommand)]
pub(super) enum AgentVerb {
    /// Enters an agent with its manifest.
    Add {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
        /// The manifest, in TOML.
        file: PathBuf,
    },
    /// Replaces an agent's manifest.
    Change {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
        /// The manifest, in TOML.
        file: PathBuf,
    },
    /// A tenant's agents.
    List {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
    },
    /// One agent.
    Show {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
        /// Its slug.
        agent: Slug,
    },
    /// Switches an agent off; its open streams end.
    Disable {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
        /// Its slug.
        agent: Slug,
    },
    /// Switches an agent on again.
    Enable {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Slug,
        /// Its slug.
        agent: Slug,
    },
}

pub(super) async fn run(verb: AgentVerb, api: &ApiClient) -> anyhow::Result<Exit> {
    let of = |tenant: &Slug| format!("/api/v1/tenants/{tenant}/agents");
    match verb {
        AgentVerb::Add { tenant, file } => match manifest(&file) {
            Ok(manifest) => api.show(&api.post(&of(&tenant), &manifest).await?),
            Err(error) => Ok(unusable(&error)),
        },
        AgentVerb::Change { tenant, file } => match manifest(&file) {
            Ok(manifest) => {
                let slug: Slug = manifest
                    .get("slug")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .parse()
                    .context("`slug` in the manifest")?;
                let path = format!("{}/{slug}", of(&tenant));
                let etag = api.etag(&path).await?;
                api.show(&api.put(&path, &etag, &manifest).await?)
            }
            Err(error) => Ok(unusable(&error)),
        },
        AgentVerb::List { tenant } => {
            api.list(
                &of(&tenant),
                &["slug", "standing", "kind", "manifest_version", "name"],
            )
            .await
        }
        AgentVerb::Show { tenant, agent } => {
            api.show(&api.get(&format!("{}/{agent}", of(&tenant))).await?)
        }
        AgentVerb::Disable { tenant, agent } => api.show(
            &api.post(&format!("{}/{agent}/disable", of(&tenant)), &json!({}))
                .await?,
        ),
        AgentVerb::Enable { tenant, agent } => api.show(
            &api.post(&format!("{}/{agent}/enable", of(&tenant)), &json!({}))
                .await?,
        ),
    }
}

fn manifest(file: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("`{}` cannot be read", file.display()))?;
    toml::from_str(&text).with_context(|| format!("`{}` is no TOML", file.display()))
}

fn unusable(error: &anyhow::Error) -> Exit {
    say(&format!("{error:#}"));
    Exit::Usage
}
