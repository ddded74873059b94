//! One replica of the gateway: assembled as `serve` assembles it, its routes, its jobs.

use std::sync::Arc;

use agent_factory::app;
use agent_factory::clock::MockClock;
use agent_factory::config::Config;
use agent_factory::gateway::Gateway;
use agent_factory::jobs::Jobs;
use agent_factory::telemetry::Metrics;
use agent_factory::web::public_router;
use axum::Router;

use super::console;

/// A replica.
pub struct Gate {
    pub gateway: Arc<Gateway>,
    pub router: Router,
    jobs: Option<Jobs>,
}

impl Gate {
    pub async fn open(config: Config, clock: &MockClock) -> Self {
        console::listen();
        app::install_crypto();
        let gateway = app::build(config, Arc::new(clock.clone()), Metrics::start())
            .await
            .unwrap();
        let router = public_router(gateway.clone(), None);
        let jobs = Some(Jobs::start(&gateway));
        Self {
            gateway,
            router,
            jobs,
        }
    }

    /// Stops the jobs: what was refused before verification is folded, what waits is sequenced.
    pub async fn stop_jobs(&mut self) {
        if let Some(jobs) = self.jobs.take() {
            jobs.stop().await;
        }
    }

    /// Starts them again.
    pub fn start_jobs(&mut self) {
        self.jobs = Some(Jobs::start(&self.gateway));
    }

    /// Makes everything durable and closes the store.
    pub async fn close(mut self) {
        self.stop_jobs().await;
        self.gateway.store.close().await;
    }
}
