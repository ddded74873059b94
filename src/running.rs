//! A gateway at work: its listeners, its jobs, and how it stops without losing what it opened.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::gateway::Gateway;
use crate::jobs::Jobs;

/// Streams that are cut at the end close their entries within this.
const STREAMS_END_WITHIN: Duration = Duration::from_millis(200);

/// Serves a router until `stop` says so, then lets open connections finish for `drain`.
///
/// # Errors
/// When the listener failed.
async fn serve(
    listener: TcpListener,
    router: Router,
    stop: watch::Receiver<bool>,
    drain: Duration,
) -> anyhow::Result<()> {
    // An event of a stream is worth a packet of its own.
    let listener = listener.tap_io(|stream| {
        let _kept = stream.set_nodelay(true);
    });
    let asked = |mut stop: watch::Receiver<bool>| async move {
        let _asked = stop.wait_for(|asked| *asked).await.map(|asked| *asked);
    };
    let serving = axum::serve(listener, router).with_graceful_shutdown(asked(stop.clone()));
    let patience = async {
        asked(stop).await;
        tokio::time::sleep(drain).await;
    };
    tokio::select! {
        served = serving.into_future() => served?,
        () = patience => tracing::warn!("connections open after the drain time were closed"),
    }
    Ok(())
}

/// A gateway with its listeners and jobs.
pub struct Running {
    /// The gateway.
    pub gateway: Arc<Gateway>,
    /// Where the public listener is.
    pub public: SocketAddr,
    /// Where the operations listener is.
    pub operations: SocketAddr,
    stop: watch::Sender<bool>,
    servers: Vec<tokio::task::JoinHandle<anyhow::Result<()>>>,
    jobs: Jobs,
}

impl Running {
    /// Starts listeners and jobs.
    pub fn start(
        gateway: Arc<Gateway>,
        (public, router): (TcpListener, Router),
        (operations, operations_router): (TcpListener, Router),
    ) -> anyhow::Result<Self> {
        let stop = watch::Sender::new(false);
        let drain = Duration::from_secs(gateway.config.limits.drain_seconds);
        let (public_at, operations_at) = (public.local_addr()?, operations.local_addr()?);
        let servers = vec![
            tokio::spawn(serve(public, router, stop.subscribe(), drain)),
            tokio::spawn(serve(
                operations,
                operations_router,
                stop.subscribe(),
                drain,
            )),
        ];
        let jobs = Jobs::start(&gateway);
        Ok(Self {
            gateway,
            public: public_at,
            operations: operations_at,
            stop,
            servers,
            jobs,
        })
    }

    /// Stops taking connections, drains, and makes everything durable.
    ///
    /// # Errors
    /// When a listener failed.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        let mut served = Ok(());
        for server in self.servers {
            served = served.and(server.await.map_err(anyhow::Error::from).flatten());
        }
        // What outlived the drain ends now, so that its entries are closed before the log is.
        self.gateway.carrier.stopping.send_replace(true);
        tokio::time::sleep(STREAMS_END_WITHIN).await;
        self.jobs.stop().await;
        self.gateway.store.close().await;
        served
    }
}
