//! How a stream ended, and the report of it that is made exactly once. A report must never depend
//! on somebody remembering to make it: dropping it makes it.

/// How the carrying of a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Every byte passed.
    Completed,
    /// The client went away, or broke off its own body.
    ClientGone,
    /// The gateway ended it, for a reason with a stable code.
    Cut {
        /// The reason.
        code: &'static str,
    },
    /// The agent's connection broke before its body was whole.
    UpstreamFailed,
    /// The idle or total deadline passed.
    Deadline,
    /// The body grew beyond its limit.
    TooLarge,
    /// The agent stopped reading the request, as one does that answers early.
    NotReadToEnd,
    /// The gateway's own code failed while carrying.
    Panicked,
}

impl Outcome {
    /// The stable code of this outcome; a cut has its reason's.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::ClientGone => "client-gone",
            Self::Cut { code } => code,
            Self::UpstreamFailed => "upstream-failed",
            Self::Deadline => "deadline",
            Self::TooLarge => "too-large",
            Self::NotReadToEnd => "not-read-to-end",
            Self::Panicked => "panicked",
        }
    }
}

/// The end of a stream, as it is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// How it ended.
    pub outcome: Outcome,
    /// How many bytes of body passed.
    pub bytes: u64,
}

type Report = Box<dyn FnOnce(Ending) + Send>;

/// A report that will be made exactly once: by [`OnEnd::report`], or when this is dropped.
///
/// Make it before the first byte leaves and hand it to the response's [`super::Carried`]: an
/// exchange given up in between (the client hung up, the code failed) is reported as well. The
/// callback runs wherever the end is noticed and must neither block
/// nor panic.
#[must_use]
pub struct OnEnd {
    report: Option<Report>,
    bytes: u64,
}

impl OnEnd {
    /// A report to be made by `report`.
    pub fn new(report: impl FnOnce(Ending) + Send + 'static) -> Self {
        Self {
            report: Some(Box::new(report)),
            bytes: 0,
        }
    }

    /// Reports nothing, for bodies whose end nobody needs to know.
    pub fn nobody() -> Self {
        Self {
            report: None,
            bytes: 0,
        }
    }

    /// Makes the report.
    pub fn report(mut self, outcome: Outcome) {
        self.make(outcome);
    }

    pub(super) fn count(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
    }

    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    fn make(&mut self, outcome: Outcome) {
        if let Some(report) = self.report.take() {
            report(Ending {
                outcome,
                bytes: self.bytes,
            });
        }
    }
}

impl std::fmt::Debug for OnEnd {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("OnEnd")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl Drop for OnEnd {
    fn drop(&mut self) {
        // Whoever awaited the exchange is dropped when the client hangs up.
        let outcome = if std::thread::panicking() {
            Outcome::Panicked
        } else {
            Outcome::ClientGone
        };
        self.make(outcome);
    }
}
