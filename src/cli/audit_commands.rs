//! `audit`: the log exported through the API, verified offline, checked where it is stored.

use std::path::PathBuf;

use clap::Subcommand;

use super::api_client::{ApiClient, Connection};
use super::{Exit, audit_check, audit_export, audit_verify};
use crate::ids::Slug;

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub(super) enum AuditVerb {
    /// Writes a tenant's log into a folder that anyone can verify.
    Export {
        /// The tenant's slug; `installation` for the installation's own log.
        #[arg(long)]
        tenant: Slug,
        /// The folder; made when it is not there.
        #[arg(long)]
        out: PathBuf,
    },
    /// Verifies an export, offline: no gateway, no database.
    Verify {
        /// The folder.
        path: PathBuf,
        /// The log's verifier key, from somebody you trust.
        #[arg(long)]
        key: String,
        /// An older checkpoint of the same log that somebody else held.
        #[arg(long)]
        held: Option<PathBuf>,
    },
    /// Gives the same verdict on the log where it is stored.
    Check {
        /// The tenant's slug; without one, every tenant.
        #[arg(long)]
        tenant: Option<Slug>,
    },
}

pub(super) async fn run(verb: AuditVerb, connection: &Connection) -> anyhow::Result<Exit> {
    match verb {
        AuditVerb::Export { tenant, out } => {
            audit_export::run(&tenant, &out, &ApiClient::new(connection)?).await
        }
        AuditVerb::Verify { path, key, held } => {
            audit_verify::run(&path, &key, held.as_deref(), connection.printed())
        }
        AuditVerb::Check { tenant } => {
            audit_check::run(tenant.as_ref(), &ApiClient::new(connection)?).await
        }
    }
}
