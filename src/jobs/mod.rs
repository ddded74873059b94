//! Work that goes on beside requests: reading the revocation counters, sequencing the logs, folding
//! refusals into entries, forgetting spent nonces. Each loop ends when the process is asked to
//! stop; what must happen once is decided by the database.

mod housekeeping;
mod revocation_reader;
mod sequencer;

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::gateway::Gateway;

pub use revocation_reader::read_all as read_revocations;
pub use sequencer::{SequencingError, sequence_all};

/// The running jobs.
#[derive(Debug)]
pub struct Jobs {
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<()>>,
}

impl Jobs {
    /// Starts every job.
    pub fn start(gateway: &Arc<Gateway>) -> Self {
        let stop = watch::Sender::new(false);
        let running = vec![
            tokio::spawn(revocation_reader::run(gateway.clone(), stop.subscribe())),
            tokio::spawn(sequencer::run(gateway.clone(), stop.subscribe())),
            tokio::spawn(housekeeping::run(gateway.clone(), stop.subscribe())),
        ];
        Self { stop, running }
    }

    /// Asks every job to stop and waits until each has.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for job in self.running {
            if let Err(error) = job.await {
                tracing::error!(panicked = error.is_panic(), "a job did not end by itself");
            }
        }
    }
}

/// Resolves when the jobs are asked to stop.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // A sender that is gone asks for the same.
    let _asked = stop.wait_for(|asked| *asked).await;
}
