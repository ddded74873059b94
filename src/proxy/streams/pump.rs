//! The task that draws a body's chunks and watches knife, clocks and reader meanwhile. It must
//! never draw a chunk for which the reader has no room.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http_body::Body;
use http_body_util::BodyExt as _;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use super::{BoxError, CutSignal, Direction, OnEnd, Outcome, StreamLimits};

pub(super) struct Pump<B> {
    pub(super) body: Pin<Box<B>>,
    pub(super) sender: mpsc::Sender<Bytes>,
    pub(super) limits: StreamLimits,
    pub(super) cut: CutSignal,
    pub(super) on_end: OnEnd,
    pub(super) verdict: Arc<OnceLock<Outcome>>,
    pub(super) direction: Direction,
}

impl<B> Pump<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    pub(super) async fn run(mut self) {
        let until = Instant::now().checked_add(self.limits.total);
        let mut cut = self.cut.clone();
        let outcome = tokio::select! {
            biased;
            code = cut.wait() => Outcome::Cut { code },
            () = expiry(until) => Outcome::Deadline,
            outcome = self.draw() => outcome,
        };
        // The reader looks for the verdict once the channel is closed: it is set first, and the
        // report is made before either so that nobody sees an end that is not yet reported.
        self.on_end.report(outcome);
        let _ = self.verdict.set(outcome);
        drop(self.sender);
    }

    async fn draw(&mut self) -> Outcome {
        loop {
            match timeout(self.limits.idle, self.draw_one()).await {
                Err(_) => return Outcome::Deadline,
                Ok(Some(outcome)) => return outcome,
                Ok(None) => {}
            }
        }
    }

    /// Draws one chunk; `Some` when there was none to draw, or it was the last.
    async fn draw_one(&mut self) -> Option<Outcome> {
        let Ok(room) = self.sender.reserve().await else {
            return Some(self.reader_gone());
        };
        let frame = tokio::select! {
            biased;
            frame = self.body.frame() => frame,
            () = self.sender.closed() => return Some(self.reader_gone()),
        };
        let chunk = match frame {
            None => return Some(Outcome::Completed),
            Some(Err(error)) => return Some(self.body_failed(error.into())),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(chunk) => chunk,
                // Trailers and frames yet unknown would pass by the allow-lists of headers.
                Err(_) => return None,
            },
        };
        let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if self.on_end.bytes().saturating_add(length) > self.limits.max_bytes {
            return Some(Outcome::TooLarge);
        }
        self.on_end.count(length);
        room.send(chunk);
        // A reader that was told the length drops the body after its last byte; that is no
        // hanging up.
        self.body.is_end_stream().then_some(Outcome::Completed)
    }

    const fn reader_gone(&self) -> Outcome {
        match self.direction {
            Direction::ToAgent => Outcome::NotReadToEnd,
            Direction::ToClient => Outcome::ClientGone,
        }
    }

    fn body_failed(&self, error: BoxError) -> Outcome {
        drop(error);
        match self.direction {
            Direction::ToAgent => Outcome::ClientGone,
            Direction::ToClient => Outcome::UpstreamFailed,
        }
    }
}

async fn expiry(until: Option<Instant>) {
    match until {
        Some(until) => sleep_until(until).await,
        // Beyond the end of time there is no deadline.
        None => std::future::pending().await,
    }
}
