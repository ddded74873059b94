//! Why a request was not carried to an agent, or its answer not given back.

use super::assertion::AssertionError;
use super::origin_checks::OriginRefusal;
use super::request_headers::HeaderRefusal;
use super::request_path::PathRefusal;
use super::response_headers::ResponseRefusal;
use super::streams::Outcome;
use super::upstream::UpstreamError;
use crate::dice::DiceError;
use crate::disclosure::GateError;

/// Why a request was not carried, or its answer not given.
#[derive(Debug, thiserror::Error)]
pub enum CarryStop {
    /// The path is not safe to forward, or is the gateway's own.
    #[error(transparent)]
    Path(#[from] PathRefusal),
    /// The request comes from another origin.
    #[error(transparent)]
    Origin(#[from] OriginRefusal),
    /// Its headers cannot be trusted.
    #[error(transparent)]
    Header(#[from] HeaderRefusal),
    /// WebSockets are not carried yet.
    #[error("upgrades are not carried")]
    Upgrade,
    /// The rules decided against; on record.
    #[error("the rules decided against the request")]
    Refused(Box<agent_factory_policies::Refusal>),
    /// The request carries words, and neither prompt nor submission is permitted.
    #[error("a body was sent and none is permitted")]
    BodyNotPermitted,
    /// What the request rested on was revoked while the agent had not answered yet.
    #[error("the request was cut: `{0}`")]
    Cut(&'static str),
    /// The revocation counters were not read lately.
    #[error("the revocation counters were not read lately")]
    Stale,
    /// The gate could not answer.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// The assertion could not be signed.
    #[error(transparent)]
    Assertion(#[from] AssertionError),
    /// There was no randomness.
    #[error(transparent)]
    Dice(#[from] DiceError),
    /// The agent's own address is no address.
    #[error("the agent's address is no address")]
    AgentAddress,
    /// The agent did not answer.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// The agent's answer may not be given.
    #[error(transparent)]
    Response(#[from] ResponseRefusal),
}

impl CarryStop {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Path(refusal) => refusal.code(),
            Self::Origin(refusal) => refusal.code(),
            Self::Header(refusal) => refusal.code(),
            Self::Upgrade => "upgrade-not-carried",
            Self::Refused(_) => "refused",
            Self::BodyNotPermitted => "body-not-permitted",
            Self::Cut(code) => code,
            Self::Stale => "revocations-stale",
            Self::Gate(error) => error.code(),
            Self::Assertion(error) => error.code(),
            Self::Dice(_) => "no-randomness",
            Self::AgentAddress => "agent-address-invalid",
            Self::Upstream(error) => error.code(),
            Self::Response(refusal) => refusal.code(),
        }
    }
}

/// How an exchange without an answer is recorded.
pub(super) fn outcome_of(stop: &CarryStop) -> Outcome {
    match stop {
        CarryStop::Upstream(UpstreamError::RequestBody(outcome)) => *outcome,
        CarryStop::Upstream(UpstreamError::Timeout) => Outcome::Deadline,
        CarryStop::Upstream(UpstreamError::Refused(refusal)) => Outcome::Cut {
            code: refusal.code(),
        },
        _ => Outcome::UpstreamFailed,
    }
}
