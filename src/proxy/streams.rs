//! Bodies on their way through the gateway: counted, bounded in size and time, cut at once when a
//! permit ends, and their end reported exactly once. It must never hold back a chunk to fill a
//! buffer, nor let a stream end without its report.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

mod cutting;
mod ending;
mod pump;
#[cfg(test)]
mod tests;

pub use cutting::{CutHandle, CutSignal};
pub use ending::{Ending, OnEnd, Outcome};

/// Any error of a body under way.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How long and how large a stream may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamLimits {
    /// The longest time between two chunks, the reader's slowness included.
    pub idle: Duration,
    /// The longest time from now to the end.
    pub total: Duration,
    /// The most bytes that pass; the chunk that would exceed it does not.
    pub max_bytes: u64,
}

/// Which way a body goes: who is at fault when it stops follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    ToAgent,
    ToClient,
}

/// Why a carried body ended early, as its reader sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body ended early: `{}`", self.outcome.code())]
pub struct StreamError {
    outcome: Outcome,
}

impl StreamError {
    /// How the stream ended.
    pub const fn outcome(self) -> Outcome {
        self.outcome
    }
}

/// A body being carried. Its chunks are drawn by a task of their own, one ahead of the reader, so
/// that a cut or a deadline ends the stream even while the reader stalls. Trailers do not pass.
#[derive(Debug)]
pub struct Carried {
    chunks: Option<mpsc::Receiver<Bytes>>,
    verdict: Arc<OnceLock<Outcome>>,
    cut: CutSignal,
    remaining: Option<u64>,
}

impl Carried {
    /// A body without a byte, and without a report.
    pub fn empty() -> Self {
        Self {
            chunks: None,
            verdict: Arc::new(OnceLock::new()),
            cut: CutSignal::never(),
            remaining: Some(0),
        }
    }

    /// The body of a client's request, on its way to the agent. Must be called inside a Tokio
    /// runtime.
    pub fn to_agent<B>(body: B, limits: StreamLimits, cut: CutSignal, on_end: OnEnd) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self::carry(body, limits, cut, on_end, Direction::ToAgent)
    }

    /// The body of an agent's response, on its way to the client. Must be called inside a Tokio
    /// runtime.
    pub fn to_client<B>(body: B, limits: StreamLimits, cut: CutSignal, on_end: OnEnd) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self::carry(body, limits, cut, on_end, Direction::ToClient)
    }

    fn carry<B>(
        body: B,
        limits: StreamLimits,
        cut: CutSignal,
        on_end: OnEnd,
        direction: Direction,
    ) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        if body.is_end_stream() {
            on_end.report(Outcome::Completed);
            return Self::empty();
        }
        let remaining = body.size_hint().exact();
        let verdict = Arc::new(OnceLock::new());
        // One chunk lies ready while the next is drawn; more would be a buffer.
        let (sender, chunks) = mpsc::channel(1);
        let pump = pump::Pump {
            body: Box::pin(body),
            sender,
            limits,
            cut: cut.clone(),
            on_end,
            verdict: Arc::clone(&verdict),
            direction,
        };
        tokio::spawn(pump.run());
        Self {
            chunks: Some(chunks),
            verdict,
            cut,
            remaining,
        }
    }

    fn end(&mut self, outcome: Outcome) -> Poll<Option<Result<Frame<Bytes>, StreamError>>> {
        self.chunks = None;
        match outcome {
            Outcome::Completed => Poll::Ready(None),
            outcome => Poll::Ready(Some(Err(StreamError { outcome }))),
        }
    }
}

impl Body for Carried {
    type Data = Bytes;
    type Error = StreamError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StreamError>>> {
        let Some(chunks) = self.chunks.as_mut() else {
            return Poll::Ready(None);
        };
        let next = match chunks.poll_recv(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(next) => next,
        };
        // After a cut not even the chunk that lies ready passes.
        if let Some(code) = self.cut.code() {
            return self.end(Outcome::Cut { code });
        }
        let Some(chunk) = next else {
            let outcome = self.verdict.get().copied().unwrap_or(Outcome::Panicked);
            return self.end(outcome);
        };
        let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        self.remaining = self.remaining.map(|left| left.saturating_sub(length));
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.chunks.is_none() || self.remaining == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        match self.remaining {
            Some(left) => SizeHint::with_exact(left),
            None => SizeHint::default(),
        }
    }
}
