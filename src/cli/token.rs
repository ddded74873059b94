//! `token`: made, listed, revoked. The secret is printed once, by `create`.

use clap::Subcommand;
use serde_json::json;
use uuid::Uuid;

use super::Exit;
use super::api_client::{ApiClient, body};
use crate::ids::Slug;

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub(super) enum TokenVerb {
    /// Makes a token and prints its secret, once.
    Create {
        /// The tenant's slug; without one, a token of the installation.
        #[arg(long)]
        tenant: Option<Slug>,
        /// What you call it.
        #[arg(long)]
        name: String,
        /// A scope; repeatable, or separated by commas. All that you have, when left out.
        #[arg(long = "scope", value_delimiter = ',')]
        scopes: Vec<String>,
        /// When it lapses: a date or an RFC 3339 instant.
        #[arg(long)]
        expires_at: Option<String>,
    },
    /// Tokens of a tenant; without one, of the installation.
    List {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Option<Slug>,
    },
    /// Revokes a token, at once.
    Revoke {
        /// The tenant's slug; without one, a token of the installation.
        #[arg(long)]
        tenant: Option<Slug>,
        /// Its id.
        id: Uuid,
    },
}

pub(super) async fn run(verb: TokenVerb, api: &ApiClient) -> anyhow::Result<Exit> {
    match verb {
        TokenVerb::Create {
            tenant,
            name,
            scopes,
            expires_at,
        } => {
            let draft = body([
                ("name", Some(json!(name))),
                ("scopes", (!scopes.is_empty()).then(|| json!(scopes))),
                ("expires_at", expires_at.map(|at| json!(at))),
            ]);
            api.show(&api.post(&path(tenant.as_ref()), &draft).await?)
        }
        TokenVerb::List { tenant } => {
            let fields = ["id", "name", "scopes", "expires_at", "revoked_at"];
            api.list(&path(tenant.as_ref()), &fields).await
        }
        TokenVerb::Revoke { tenant, id } => {
            let path = format!("{}/{id}/revoke", path(tenant.as_ref()));
            api.show(&api.post(&path, &json!({})).await?)
        }
    }
}

fn path(tenant: Option<&Slug>) -> String {
    match tenant {
        Some(tenant) => format!("/api/v1/tenants/{tenant}/tokens"),
        None => "/api/v1/tokens".to_owned(),
    }
}
