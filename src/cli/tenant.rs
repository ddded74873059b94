//! `tenant`: entered, listed, shown, suspended, served again.

use clap::Subcommand;
use serde_json::json;

use super::Exit;
use super::api_client::{ApiClient, body};
use crate::ids::Slug;

/// What to do with tenants.
#[derive(Debug, Subcommand)]
pub(super) enum TenantVerb {
    /// Enters a tenant.
    Create {
        /// Its name in hosts and paths, for ever.
        slug: Slug,
        /// Its name for people.
        #[arg(long)]
        name: String,
        /// `k12`, `higher_ed` or `publisher`.
        #[arg(long)]
        kind: String,
        /// Two letters of the state whose law applies as well.
        #[arg(long)]
        state: Option<String>,
        /// Attests that the annual FERPA notice went out.
        #[arg(long)]
        annual_notice_attested: bool,
        /// `school_authorization` or `parental_consent_only`.
        #[arg(long)]
        coppa_mode: Option<String>,
    },
    /// Every tenant.
    List,
    /// One tenant.
    Show {
        /// Its slug.
        slug: Slug,
    },
    /// Stops serving a tenant; its open streams end.
    Suspend {
        /// Its slug.
        slug: Slug,
    },
    /// Serves a tenant again.
    Activate {
        /// Its slug.
        slug: Slug,
    },
}

pub(super) async fn run(verb: TenantVerb, api: &ApiClient) -> anyhow::Result<Exit> {
    const TENANTS: &str = "/api/v1/tenants";
    match verb {
        TenantVerb::Create {
            slug,
            name,
            kind,
            state,
            annual_notice_attested,
            coppa_mode,
        } => {
            let draft = body([
                ("slug", Some(json!(slug))),
                ("name", Some(json!(name))),
                ("kind", Some(json!(kind))),
                ("state", state.map(|state| json!(state))),
                (
                    "annual_notice_attested",
                    Some(json!(annual_notice_attested)),
                ),
                ("coppa_mode", coppa_mode.map(|mode| json!(mode))),
            ]);
            api.show(&api.post(TENANTS, &draft).await?)
        }
        TenantVerb::List => {
            api.list(TENANTS, &["slug", "kind", "standing", "name"])
                .await
        }
        TenantVerb::Show { slug } => api.show(&api.get(&format!("{TENANTS}/{slug}")).await?),
        TenantVerb::Suspend { slug } => api.show(
            &api.post(&format!("{TENANTS}/{slug}/suspend"), &json!({}))
                .await?,
        ),
        TenantVerb::Activate { slug } => api.show(
            &api.post(&format!("{TENANTS}/{slug}/activate"), &json!({}))
                .await?,
        ),
    }
}
