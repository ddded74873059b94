//! Bounds on sizes, times and rates. Each number is ours unless it says otherwise.

use serde::Deserialize;

use super::ConfigError;

/// Bounds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsSection {
    /// A session's life after a launch, in seconds: a school day.
    pub session_seconds: u64,
    /// Clock leeway on a platform's token, in seconds; the specification allows a few minutes.
    pub clock_leeway_seconds: u64,
    /// The largest request body an agent is sent, in bytes.
    pub request_body_bytes: u64,
    /// The largest answer an agent may give, in bytes.
    pub response_body_bytes: u64,
    /// How long an agent may take to begin its answer, in seconds.
    pub agent_first_byte_seconds: u64,
    /// How long an open stream may say nothing, in seconds.
    pub agent_idle_seconds: u64,
    /// How long a stream may stay open on one admission, in seconds; at most 15 minutes.
    pub readmit_seconds: u64,
    /// Logins and launches a minute for one registration.
    pub launches_per_minute: u32,
    /// API calls a minute for one credential.
    pub api_calls_per_minute: u32,
    /// How long open connections may go on when the process is asked to stop, in seconds.
    pub drain_seconds: u64,
}

impl Default for LimitsSection {
    fn default() -> Self {
        Self {
            session_seconds: 8 * 3600,
            clock_leeway_seconds: 120,
            request_body_bytes: 10 * 1024 * 1024,
            response_body_bytes: 200 * 1024 * 1024,
            agent_first_byte_seconds: 60,
            agent_idle_seconds: 120,
            readmit_seconds: 900,
            launches_per_minute: 6_000,
            api_calls_per_minute: 1_200,
            drain_seconds: 20,
        }
    }
}

impl LimitsSection {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        if self.clock_leeway_seconds > 300 {
            return Err(ConfigError::at(
                "limits.clock_leeway_seconds",
                "is over 300",
            ));
        }
        if self.readmit_seconds > 900 || self.readmit_seconds == 0 {
            return Err(ConfigError::at(
                "limits.readmit_seconds",
                "is not between 1 and 900",
            ));
        }
        if self.launches_per_minute == 0 || self.api_calls_per_minute == 0 {
            return Err(ConfigError::at("limits", "has a rate of zero"));
        }
        Ok(())
    }
}
