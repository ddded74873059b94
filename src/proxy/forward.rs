//! The path of an agent request, after its session is found: checks of the origin wall, the gate,
//! headers rebuilt, the assertion, upstream and back. Only what was admitted is carried.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use agent_factory_audit::{Code, code};
use agent_factory_policies::Element;
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, Method, Request, Response};
use http_body::Body;
use tokio::sync::watch;
use tokio::time::Instant;
use url::Url;

use super::Upgrade;
use super::assertion::{ASSERTION_HEADER, AssertionCache, AssertionSigner};
use super::carry_stop::{CarryStop, outcome_of};
use super::claims::{claims, goes};
use super::content_security_policy::{AgentPolicy, FrameAncestors, HostSource, Inline};
use super::origin_checks;
use super::readmission::Readmission;
use super::request_headers::{Carriage, HeaderPolicy, RequestHeaders, StrictMode};
use super::request_path::safe_path;
use super::response_headers::{AgentCookies, ResponseHeaders, ResponsePolicy};
use super::streams::{BoxError, Carried, CutHandle, CutSignal, OnEnd, Outcome, StreamLimits};
use super::upstream::{Deadlines, UpstreamClient, UpstreamRequest};
use crate::clock::Clock;
use crate::dice::Dice;
use crate::disclosure::{Admission, Admitted, Circumstance, Ending, Freshness, Gate, Revocations};
use crate::launch::{LiveSession, Sessions};

/// The longest that a public path may take: it is watched by nobody.
const LONGEST_PUBLIC: Duration = Duration::from_secs(60);

/// What one agent exchange is bounded by.
#[derive(Debug, Clone, Copy)]
pub struct CarryLimits {
    /// Times.
    pub deadlines: Deadlines,
    /// The largest request body, in bytes.
    pub request_bytes: u64,
    /// The largest answer, in bytes.
    pub response_bytes: u64,
    /// The longest a stream goes on one admission.
    pub readmit: Duration,
}

/// Carries requests to agents.
#[derive(Clone)]
pub struct Carrier {
    /// The pooled client.
    pub upstream: UpstreamClient,
    /// The gate.
    pub gate: Gate,
    /// Sessions, to read one again.
    pub sessions: Sessions,
    /// What was revoked.
    pub revocations: Arc<Revocations>,
    /// Signed assertions, reused for a minute.
    pub assertions: AssertionCache,
    /// Signs them.
    pub signer: AssertionSigner,
    /// The gateway's public origin, as `iss` has it.
    pub issuer: String,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The dice.
    pub dice: Dice,
    /// Set when the process stops: open streams end, and their entries close.
    pub stopping: watch::Sender<bool>,
    /// Bounds.
    pub limits: CarryLimits,
}

/// A request that passed the origin wall.
struct Checked {
    method: Method,
    path: PathAndQuery,
    headers: HeaderMap,
    own_origin: Url,
}

impl Carrier {
    /// Carries one request of a live session and gives the agent's answer.
    ///
    /// # Errors
    /// [`CarryStop`]; unless it is of the agent or its answer, the agent received nothing.
    pub async fn carry<B>(
        &self,
        live: &Arc<LiveSession>,
        own_origin: &Url,
        request: Request<B>,
    ) -> Result<Response<Carried>, CarryStop>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let (parts, body) = request.into_parts();
        let path = safe_path(&parts.uri)?;
        if matches!(parts.method, Method::CONNECT | Method::TRACE) {
            return Err(CarryStop::Upgrade);
        }
        if parts.headers.contains_key(http::header::UPGRADE) {
            return Err(CarryStop::Upgrade);
        }
        let origin = own_origin.origin();
        origin_checks::check(&parts.method, &parts.headers, &origin, Upgrade::None)?;
        let public = live.manifest.is_public_path(path.path())
            && matches!(parts.method, Method::GET | Method::HEAD)
            && path.query().is_none();
        let policy = HeaderPolicy {
            strict: StrictMode::Drop,
            manifest_headers: manifest_headers(live),
            upgrade: Upgrade::None,
            carriage: if public {
                Carriage::PublicPath
            } else {
                Carriage::Admitted
            },
        };
        let passing = RequestHeaders::from_client(&parts.headers, &policy)?;
        if passing.forged() > 0 {
            metrics::counter!("forged_headers_total").increment(passing.forged() as u64);
        }
        let checked = Checked {
            method: parts.method,
            path,
            headers: passing.into_headers(),
            own_origin: own_origin.clone(),
        };
        if public {
            return self.carry_public(live, checked).await;
        }
        if self.revocations.freshness(Instant::now()) != Freshness::Fresh {
            return Err(CarryStop::Stale);
        }
        let began = std::time::Instant::now();
        let circumstance = circumstance(live, code!("agent-request"));
        match self
            .gate
            .admit_request(&live.gathered.facts, circumstance)
            .await?
        {
            Admission::Refused(refusal) => Err(CarryStop::Refused(Box::new(refusal))),
            Admission::Admitted(admitted) => {
                metrics::histogram!("admission_seconds").record(began.elapsed().as_secs_f64());
                self.forward(*admitted, live, checked, body).await
            }
        }
    }

    /// Sends an admitted request and carries the answer back. The permit is spent here and nowhere
    /// else; its entry closes when the answer ends, however it ends.
    #[expect(
        clippy::too_many_lines,
        reason = "permit, entry, watch, exchange, answer: one straight walk"
    )]
    async fn forward<B>(
        &self,
        admitted: Admitted,
        live: &Arc<LiveSession>,
        mut checked: Checked,
        body: B,
    ) -> Result<Response<Carried>, CarryStop>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let permit = admitted.disclosure();
        let words = [Element::Prompt, Element::Submission];
        if !body.is_end_stream() && !words.iter().any(|element| goes(permit, *element)) {
            return Err(CarryStop::BodyNotPermitted);
        }
        let jti = self.dice.uuid_v7(self.clock.now())?.simple().to_string();
        let now = self.clock.now();
        let assertion = self.assertions.get_or_sign(
            live.session.session_id,
            &format!("{}/{}", permit.id(), live.agent.manifest_version),
            now,
            &self.signer,
            || claims(live, permit, &self.issuer, jti, now),
        )?;
        checked
            .headers
            .insert(HeaderName::from_static(ASSERTION_HEADER), assertion);

        let sent = Arc::new(AtomicU64::new(0));
        let (finished, open_until) = tokio::sync::oneshot::channel::<()>();
        let open = admitted.into_open_entry();
        let status = Arc::new(AtomicU64::new(0));
        let on_end = OnEnd::new({
            let (sent, status) = (sent.clone(), status.clone());
            move |ending| {
                drop(finished);
                let outcome = ending.outcome.code();
                metrics::counter!("agent_requests_total", "outcome" => outcome).increment(1);
                metrics::gauge!("open_streams").decrement(1.0);
                open.close(&Ending {
                    outcome: Code::parse(outcome).unwrap_or(code!("ended")),
                    status: u16::try_from(status.load(Ordering::Relaxed))
                        .ok()
                        .filter(|s| *s > 0),
                    request_bytes: sent.load(Ordering::Relaxed),
                    response_bytes: ending.bytes,
                });
            }
        });
        metrics::gauge!("open_streams").increment(1.0);
        let (cut, signal) = CutHandle::new();
        let counted = OnEnd::new(move |ending| sent.store(ending.bytes, Ordering::Relaxed));
        let deadlines = self.limits.deadlines;
        let request_limits = deadlines.limits(self.limits.request_bytes);
        let body = Carried::to_agent(body, request_limits, signal.clone(), counted);
        // Watched from here on: what is revoked while the agent thinks ends the exchange too.
        Readmission {
            carrier: self.clone(),
            live: live.clone(),
            cut,
        }
        .watch(open_until);
        let mut was_cut = signal.clone();
        let answer = tokio::select! {
            biased;
            code = was_cut.wait() => {
                on_end.report(Outcome::Cut { code });
                return Err(CarryStop::Cut(code));
            }
            answer = self.exchange(live, &checked, body) => answer,
        };
        let (response, policy) = match answer {
            Ok(answered) => answered,
            Err(stop) => {
                on_end.report(outcome_of(&stop));
                return Err(stop);
            }
        };
        status.store(u64::from(response.status().as_u16()), Ordering::Relaxed);
        let limits = deadlines.limits(self.limits.response_bytes);
        Self::answer(response, &policy, limits, signal, on_end)
    }

    /// A public path: inside a live session, without identity, without an entry.
    async fn carry_public(
        &self,
        live: &Arc<LiveSession>,
        checked: Checked,
    ) -> Result<Response<Carried>, CarryStop> {
        let (response, mut policy) = self.exchange(live, &checked, Carried::empty()).await?;
        policy.cookies = AgentCookies::Dropped;
        let limits = StreamLimits {
            total: LONGEST_PUBLIC,
            ..self.limits.deadlines.limits(self.limits.response_bytes)
        };
        Self::answer(
            response,
            &policy,
            limits,
            CutSignal::never(),
            OnEnd::nobody(),
        )
    }

    async fn exchange(
        &self,
        live: &LiveSession,
        checked: &Checked,
        body: Carried,
    ) -> Result<(Response<hyper::body::Incoming>, ResponsePolicy), CarryStop> {
        let base = Url::parse(&live.agent.upstream_url).map_err(|_| CarryStop::AgentAddress)?;
        let request = UpstreamRequest {
            base: &base,
            path_and_query: &checked.path,
            method: checked.method.clone(),
            headers: checked.headers.clone(),
            body,
        };
        let response = self.upstream.send(request, self.limits.deadlines).await?;
        let policy = ResponsePolicy {
            own_origin: checked.own_origin.clone(),
            upstream: base,
            request_path: checked.path.clone(),
            content_security: content_security(live),
            powers: Vec::new(),
            cookies: AgentCookies::Kept,
            upgrade: Upgrade::None,
        };
        Ok((response, policy))
    }

    fn answer(
        response: Response<hyper::body::Incoming>,
        policy: &ResponsePolicy,
        limits: StreamLimits,
        signal: CutSignal,
        on_end: OnEnd,
    ) -> Result<Response<Carried>, CarryStop> {
        let (parts, body) = response.into_parts();
        let headers = match ResponseHeaders::from_agent(&parts.headers, policy) {
            Ok(headers) => headers,
            Err(refusal) => {
                on_end.report(Outcome::Cut {
                    code: refusal.code(),
                });
                return Err(refusal.into());
            }
        };
        let mut answer = Response::new(Carried::to_client(body, limits, signal, on_end));
        *answer.status_mut() = parts.status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}

fn manifest_headers(live: &LiveSession) -> Vec<HeaderName> {
    live.manifest
        .headers
        .iter()
        .filter_map(|name| name.parse().ok())
        .collect()
}

fn content_security(live: &LiveSession) -> AgentPolicy {
    let sources = |list: &[String]| -> Vec<HostSource> {
        list.iter()
            .filter_map(|text| HostSource::parse(text).ok())
            .collect()
    };
    let inline = |asked: bool| {
        if asked {
            Inline::Allowed
        } else {
            Inline::Refused
        }
    };
    AgentPolicy {
        inline_script: inline(live.manifest.inline.script),
        inline_style: inline(live.manifest.inline.style),
        hosts: sources(&live.manifest.page_hosts),
        frame_ancestors: FrameAncestors::Listed(sources(&live.launch.framing_origins)),
    }
}

/// Who asks what of which agent in a session.
pub(super) fn circumstance(live: &LiveSession, action: Code) -> Circumstance {
    let mut circumstance = Circumstance::new(live.tenant.tenant_id, action);
    circumstance.actor = live.session.actor_person_id;
    circumstance.subject = live.session.subject_person_id;
    circumstance.agent = Some(live.agent.agent_id);
    circumstance.deployment = Some(live.session.deployment_row_id);
    circumstance.context = live.session.context_row_id;
    circumstance.placement = live.session.placement_id;
    circumstance.session = Some(live.session.session_id);
    circumstance.purpose = Code::parse(live.gathered.facts.purpose.as_str()).ok();
    circumstance
        .not_authorized
        .clone_from(&live.gathered.not_authorized);
    circumstance
}
