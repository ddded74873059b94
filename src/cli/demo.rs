//! `demo`: everything in one process, with a campus to try it on.

use std::path::PathBuf;

use super::serve::asked_to_stop;
use super::{Exit, runtime, say};
use crate::app;
use crate::config::{LogFormat, TelemetrySection};
use crate::demo::{Demo, DemoRequest};
use crate::telemetry::start_logging;

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The port of everything; 0 picks one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where its files lie; a new folder when absent.
    #[arg(long)]
    data: Option<PathBuf>,
    /// A PostgreSQL database instead of the embedded SQLite.
    #[arg(long)]
    database_url: Option<String>,
    /// The owner's address of that database, for migrations.
    #[arg(long)]
    direct_url: Option<String>,
}

pub(super) fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let filter = std::env::var("RUST_LOG").unwrap_or_else(|_| "warn".to_owned());
    start_logging(&TelemetrySection {
        format: LogFormat::Text,
        filter,
    });
    app::install_crypto();
    runtime()?.block_on(async move {
        let demo = Demo::start(DemoRequest {
            port: arguments.port,
            data: arguments.data,
            database_url: arguments.database_url,
            direct_url: arguments.direct_url,
        })
        .await?;
        say(&format!("folder {}", demo.data.display()));
        say(&format!("operations http://{}/metrics", demo.operations()));
        say(&format!("ready {}", demo.address));
        asked_to_stop().await?;
        demo.stop().await?;
        Ok(Exit::Done)
    })
}
