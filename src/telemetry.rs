//! What the process says about itself: log lines and metrics. Nothing personal ever: fields are
//! codes, counts, pseudonymous ids and times.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, TelemetrySection};

/// Installs the log subscriber; a second call changes nothing.
///
/// Log lines go to standard error, so that standard output stays for answers.
pub fn start_logging(section: &TelemetrySection) {
    let filter = EnvFilter::try_new(&section.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let _already = match section.format {
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_target(true)
            .try_init(),
        LogFormat::Text => builder.with_target(false).compact().try_init(),
    };
}

/// The buckets of every duration, in seconds.
const SECONDS: [f64; 12] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0,
];

/// The metrics of this process, ready to be rendered for Prometheus.
#[derive(Clone)]
pub struct Metrics(Option<PrometheusHandle>);

impl Metrics {
    /// Installs the recorder. In a process that has one already (tests), this handle renders
    /// nothing.
    pub fn start() -> Self {
        let builder = PrometheusBuilder::new().set_buckets(&SECONDS);
        let handle = builder.ok().and_then(|b| b.install_recorder().ok());
        describe();
        Self(handle)
    }

    /// The text a scraper reads.
    pub fn render(&self) -> String {
        self.0
            .as_ref()
            .map(PrometheusHandle::render)
            .unwrap_or_default()
    }

    /// Folds old samples together; called every few seconds by a job.
    pub fn tidy(&self) {
        if let Some(handle) = &self.0 {
            handle.run_upkeep();
        }
    }
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!("launches_total", "Launches by outcome code");
    describe_counter!("agent_requests_total", "Agent requests by outcome code");
    describe_counter!(
        "refused_before_verification_total",
        "Refusals before a signature, by code"
    );
    describe_counter!("refusals_total", "Decisions against, by code");
    describe_counter!(
        "evaluation_errors_total",
        "Policy evaluation errors; each one is an alarm"
    );
    describe_histogram!("launch_seconds", "Time from the launch POST to its answer");
    describe_histogram!(
        "admission_seconds",
        "Time to decide and record, before the first byte"
    );
    describe_gauge!("open_streams", "Agent answers being carried now");
    describe_gauge!(
        "log_unsequenced_entries",
        "Entries that no checkpoint covers yet"
    );
    describe_gauge!(
        "revocations_age_seconds",
        "Time since the revocation counters were read"
    );
}
