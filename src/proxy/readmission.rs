//! An open stream is admitted again when something it rests on was revoked, when a clock ran out,
//! and every quarter of an hour at the least. Refused, it ends.

use std::sync::Arc;
use std::time::Duration;

use agent_factory_audit::{Detail, code};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until};

use super::forward::{Carrier, circumstance};
use super::streams::CutHandle;
use crate::disclosure::{ADMITS_NOTHING_AFTER, Admission, Ending, Freshness, OpenEntry};
use crate::launch::LiveSession;

/// How often a stream looks whether the counters are still being read.
const LOOKS_EVERY: Duration = Duration::from_secs(1);

/// One open stream under watch.
pub(super) struct Readmission {
    pub carrier: Carrier,
    pub live: Arc<LiveSession>,
    pub cut: CutHandle,
}

/// Whether the stream may go on.
enum Verdict {
    GoesOn(Box<(LiveSession, OpenEntry)>),
    Ends(&'static str),
}

impl Readmission {
    /// Watches the stream until it ends.
    pub fn watch(self, open_until: oneshot::Receiver<()>) {
        tokio::spawn(self.run(open_until));
    }

    async fn run(mut self, mut open_until: oneshot::Receiver<()>) {
        let mut changed = self.carrier.revocations.subscribe();
        let mut stopping = self.carrier.stopping.subscribe();
        let mut readmitted: Vec<OpenEntry> = Vec::new();
        let mut due = self.due();
        loop {
            tokio::select! {
                _ = &mut open_until => break,
                _ = changed.changed() => {
                    if self.carrier.revocations.unchanged(&self.live.counters) {
                        continue;
                    }
                }
                _ = stopping.wait_for(|asked| *asked) => {
                    self.cut.cut("shutting-down");
                    break;
                }
                () = sleep_until(due) => {}
                () = sleep(LOOKS_EVERY) => {
                    let lost = Freshness::Lost;
                    if self.carrier.revocations.freshness(Instant::now()) == lost {
                        self.cut.cut("revocations-unread");
                        break;
                    }
                    // What was revoked before this watch began rang no bell for it.
                    if self.carrier.revocations.unchanged(&self.live.counters) {
                        continue;
                    }
                }
            }
            let again = tokio::time::timeout(ADMITS_NOTHING_AFTER, self.admit_again()).await;
            match again.unwrap_or(Verdict::Ends("readmission-timed-out")) {
                Verdict::GoesOn(admitted) => {
                    let (live, entry) = *admitted;
                    self.live = Arc::new(live);
                    readmitted.push(entry);
                    due = self.due();
                }
                Verdict::Ends(code) => {
                    tracing::info!(code, "an open stream was ended");
                    metrics::counter!("streams_cut_total", "code" => code).increment(1);
                    self.cut.cut(code);
                    break;
                }
            }
        }
        for entry in readmitted {
            entry.close(&Ending {
                outcome: code!("ended"),
                status: None,
                request_bytes: 0,
                response_bytes: 0,
            });
        }
    }

    /// When the clock alone asks for the next admission.
    fn due(&self) -> Instant {
        let now = self.carrier.clock.now();
        let facts_hold = self.live.gathered.valid_until.since(now);
        let session_holds = self.live.session.expires_at.since(now);
        Instant::now()
            + facts_hold
                .min(session_holds)
                .min(self.carrier.limits.readmit)
    }

    async fn admit_again(&self) -> Verdict {
        let now = self.carrier.clock.now();
        let live = match self.carrier.sessions.reread(&self.live, now).await {
            Ok(Some(live)) => live,
            Ok(None) => return Verdict::Ends("session-ended"),
            Err(error) => {
                tracing::warn!(code = error.code(), "a stream could not be admitted again");
                return Verdict::Ends("readmission-failed");
            }
        };
        let mut circumstance = circumstance(&live, code!("agent-request"));
        circumstance
            .details
            .push((code!("readmission"), Detail::Flag(true)));
        match self
            .carrier
            .gate
            .admit_request(&live.gathered.facts, circumstance)
            .await
        {
            Ok(Admission::Admitted(admitted)) => {
                Verdict::GoesOn(Box::new((live, admitted.into_open_entry())))
            }
            Ok(Admission::Refused(_)) => Verdict::Ends("ground-withdrawn"),
            Err(error) => {
                tracing::warn!(code = error.code(), "a stream could not be admitted again");
                Verdict::Ends("readmission-failed")
            }
        }
    }
}
