//! `serve`: the gateway, by its configuration, until it is asked to stop.

use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;

use super::{ConfigFiles, Exit, environment, first_token, runtime, say};
use crate::app;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::running::Running;
use crate::telemetry::{Metrics, start_logging};
use crate::web::{operations_router, public_router};

pub(super) fn run(files: &ConfigFiles) -> anyhow::Result<Exit> {
    let config = Config::load(&files.files, &environment())?;
    start_logging(&config.telemetry);
    app::install_crypto();
    runtime()?.block_on(serve(config))
}

async fn serve(config: Config) -> anyhow::Result<Exit> {
    let public = TcpListener::bind(config.server.listen)
        .await
        .context("`server.listen`")?;
    let operations = TcpListener::bind(config.operations.listen)
        .await
        .context("`operations.listen`")?;
    let address = config.public_url.clone();
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    let gateway = app::build(config, Arc::new(SystemClock), Metrics::start()).await?;
    first_token::offer(&gateway).await?;
    let router = public_router(gateway.clone(), None);
    let running = Running::start(
        gateway.clone(),
        (public, router),
        (operations, operations_router(gateway)),
    )?;
    say(&format!("ready {address}"));
    tracing::info!(public = %running.public, operations = %running.operations, "ready");
    asked_to_stop().await?;
    tracing::info!("stopping");
    running.stop().await?;
    Ok(Exit::Done)
}

/// Resolves at an interrupt or a termination signal.
pub(crate) async fn asked_to_stop() -> anyhow::Result<()> {
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminated.recv() => {}
    }
    Ok(())
}
