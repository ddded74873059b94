use std::future::poll_fn;
use std::sync::Mutex;

use futures_util::stream;
use http_body_util::{BodyExt as _, Full, StreamBody};

use super::*;

/// What was reported, and how often.
#[derive(Clone, Default)]
struct Reports(Arc<Mutex<Vec<Ending>>>);

impl Reports {
    fn on_end(&self) -> OnEnd {
        let reports = Arc::clone(&self.0);
        OnEnd::new(move |ending| reports.lock().expect("a lock").push(ending))
    }

    fn now(&self) -> Vec<Ending> {
        self.0.lock().expect("a lock").clone()
    }

    /// Waits, by yielding, for the task that carries to come to its end.
    async fn wait(&self) -> Vec<Ending> {
        tokio::time::timeout(Duration::from_secs(5), async {
            while self.now().is_empty() {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("a report");
        self.now()
    }
}

type Item = Result<Frame<Bytes>, std::io::Error>;

/// A body that is produced while it is read.
fn produced() -> (
    mpsc::Sender<Item>,
    impl Body<Data = Bytes, Error = std::io::Error> + Send,
) {
    let (sender, receiver) = mpsc::channel::<Item>(8);
    let chunks = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|item| (item, receiver))
    });
    (sender, StreamBody::new(Box::pin(chunks)))
}

fn chunk(text: &'static str) -> Frame<Bytes> {
    Frame::data(Bytes::from_static(text.as_bytes()))
}

fn broken() -> Item {
    Err(std::io::Error::other("the connection broke"))
}

const LIMITS: StreamLimits = StreamLimits {
    idle: Duration::from_mins(1),
    total: Duration::from_mins(10),
    max_bytes: 1024,
};

async fn read(carried: &mut Carried) -> Option<Result<Bytes, Outcome>> {
    let frame = tokio::time::timeout(Duration::from_secs(5), carried.frame()).await;
    frame.expect("a frame in time").map(|frame| {
        frame
            .map(|frame| frame.into_data().expect("data"))
            .map_err(StreamError::outcome)
    })
}

fn ended(outcome: Outcome, bytes: u64) -> Vec<Ending> {
    vec![Ending { outcome, bytes }]
}

#[tokio::test]
async fn the_first_chunk_passes_before_the_second_exists() {
    let reports = Reports::default();
    let (sender, body) = produced();
    let mut carried = Carried::to_client(body, LIMITS, CutSignal::never(), reports.on_end());
    sender.send(Ok(chunk("one"))).await.expect("sent");
    assert_eq!(
        read(&mut carried).await,
        Some(Ok(Bytes::from_static(b"one")))
    );
    sender.send(Ok(chunk("two"))).await.expect("sent");
    assert_eq!(
        read(&mut carried).await,
        Some(Ok(Bytes::from_static(b"two")))
    );
    assert_eq!(reports.now(), []);
    drop(sender);
    assert_eq!(read(&mut carried).await, None);
    drop(carried);
    assert_eq!(reports.wait().await, ended(Outcome::Completed, 6));
}

#[tokio::test]
async fn a_cut_ends_the_stream_and_reports_once() {
    let reports = Reports::default();
    let (handle, signal) = CutHandle::new();
    let (sender, body) = produced();
    let mut carried = Carried::to_client(body, LIMITS, signal, reports.on_end());
    sender.send(Ok(chunk("one"))).await.expect("sent");
    assert_eq!(
        read(&mut carried).await,
        Some(Ok(Bytes::from_static(b"one")))
    );
    handle.cut("consent-withdrawn");
    handle.cut("session-ended");
    let cut = Outcome::Cut {
        code: "consent-withdrawn",
    };
    assert_eq!(read(&mut carried).await, Some(Err(cut)));
    assert_eq!(read(&mut carried).await, None);
    drop(carried);
    // The agent's connection is let go too.
    sender.closed().await;
    assert_eq!(reports.wait().await, ended(cut, 3));
}

#[tokio::test]
async fn a_cut_holds_back_even_the_chunk_that_lies_ready_and_ends_a_stalled_stream() {
    let reports = Reports::default();
    let (handle, signal) = CutHandle::new();
    let (sender, body) = produced();
    let mut carried = Carried::to_client(body, LIMITS, signal, reports.on_end());
    for _ in 0..3 {
        sender.send(Ok(chunk("abc"))).await.expect("sent");
    }
    // One chunk lies ready once it was drawn from the three that were sent.
    let left = sender.max_capacity() - 2;
    while sender.capacity() < left {
        tokio::task::yield_now().await;
    }
    // Nobody reads: the report comes all the same.
    handle.cut("session-ended");
    let cut = Outcome::Cut {
        code: "session-ended",
    };
    let reported = reports.wait().await;
    assert_eq!(
        reported
            .iter()
            .map(|ending| ending.outcome)
            .collect::<Vec<_>>(),
        [cut]
    );
    assert_eq!(read(&mut carried).await, Some(Err(cut)));
}

#[tokio::test]
async fn a_stream_that_was_cut_before_it_began_passes_nothing() {
    let reports = Reports::default();
    let (handle, signal) = CutHandle::new();
    handle.cut("session-ended");
    let body = Full::new(Bytes::from_static(b"secret"));
    let mut carried = Carried::to_client(body, LIMITS, signal, reports.on_end());
    let cut = Outcome::Cut {
        code: "session-ended",
    };
    assert_eq!(read(&mut carried).await, Some(Err(cut)));
    assert_eq!(reports.wait().await, ended(cut, 0));
}

#[tokio::test]
async fn a_dropped_handle_does_not_cut() {
    let reports = Reports::default();
    let (handle, signal) = CutHandle::new();
    drop(handle);
    let body = Full::new(Bytes::from_static(b"whole"));
    let carried = Carried::to_client(body, LIMITS, signal, reports.on_end());
    assert_eq!(carried.collect().await.expect("a body").to_bytes(), "whole");
    assert_eq!(reports.wait().await, ended(Outcome::Completed, 5));
}

#[tokio::test]
async fn a_client_that_leaves_is_reported_once() {
    let reports = Reports::default();
    let (sender, body) = produced();
    let mut carried = Carried::to_client(body, LIMITS, CutSignal::never(), reports.on_end());
    sender.send(Ok(chunk("one"))).await.expect("sent");
    assert!(read(&mut carried).await.is_some());
    drop(carried);
    sender.closed().await;
    assert_eq!(reports.wait().await, ended(Outcome::ClientGone, 3));
}

#[tokio::test]
async fn an_agent_that_breaks_off_is_reported_and_seen_as_broken() {
    let reports = Reports::default();
    let (sender, body) = produced();
    let mut carried = Carried::to_client(body, LIMITS, CutSignal::never(), reports.on_end());
    sender.send(Ok(chunk("one"))).await.expect("sent");
    sender.send(broken()).await.expect("sent");
    assert!(matches!(read(&mut carried).await, Some(Ok(_))));
    assert_eq!(read(&mut carried).await, Some(Err(Outcome::UpstreamFailed)));
    assert_eq!(reports.wait().await, ended(Outcome::UpstreamFailed, 3));
}

#[tokio::test]
async fn a_request_body_names_the_other_side() {
    let reports = Reports::default();
    let (sender, body) = produced();
    let mut carried = Carried::to_agent(body, LIMITS, CutSignal::never(), reports.on_end());
    sender.send(broken()).await.expect("sent");
    assert_eq!(read(&mut carried).await, Some(Err(Outcome::ClientGone)));
    assert_eq!(reports.wait().await, ended(Outcome::ClientGone, 0));

    let reports = Reports::default();
    let (sender, body) = produced();
    drop(Carried::to_agent(
        body,
        LIMITS,
        CutSignal::never(),
        reports.on_end(),
    ));
    sender.closed().await;
    assert_eq!(reports.wait().await, ended(Outcome::NotReadToEnd, 0));
}

#[tokio::test]
async fn the_chunk_that_exceeds_the_limit_does_not_pass() {
    let reports = Reports::default();
    let (sender, body) = produced();
    let limits = StreamLimits {
        max_bytes: 5,
        ..LIMITS
    };
    let mut carried = Carried::to_agent(body, limits, CutSignal::never(), reports.on_end());
    sender.send(Ok(chunk("12345"))).await.expect("sent");
    sender.send(Ok(chunk("6"))).await.expect("sent");
    assert!(matches!(read(&mut carried).await, Some(Ok(_))));
    assert_eq!(read(&mut carried).await, Some(Err(Outcome::TooLarge)));
    assert_eq!(reports.wait().await, ended(Outcome::TooLarge, 5));
}

#[tokio::test]
async fn both_deadlines_end_a_stream_also_while_nobody_reads() {
    let short = Duration::from_millis(20);
    for limits in [
        StreamLimits {
            idle: short,
            ..LIMITS
        },
        StreamLimits {
            total: short,
            ..LIMITS
        },
    ] {
        let reports = Reports::default();
        let (sender, body) = produced();
        let mut carried = Carried::to_client(body, limits, CutSignal::never(), reports.on_end());
        assert_eq!(reports.wait().await, ended(Outcome::Deadline, 0));
        assert_eq!(read(&mut carried).await, Some(Err(Outcome::Deadline)));
        sender.closed().await;
    }
}

#[tokio::test]
async fn a_stream_longer_than_the_idle_deadline_lives_while_it_flows() {
    let reports = Reports::default();
    let (sender, body) = produced();
    let limits = StreamLimits {
        idle: Duration::from_secs(1),
        ..LIMITS
    };
    let mut carried = Carried::to_client(body, limits, CutSignal::never(), reports.on_end());
    let mut pause = tokio::time::interval(Duration::from_millis(150));
    for _ in 0..8 {
        pause.tick().await;
        sender.send(Ok(chunk("a"))).await.expect("sent");
        assert!(matches!(read(&mut carried).await, Some(Ok(_))));
    }
    drop(sender);
    assert_eq!(read(&mut carried).await, None);
    assert_eq!(reports.wait().await, ended(Outcome::Completed, 8));
}

#[tokio::test]
async fn a_reader_that_knows_the_length_and_leaves_after_it_did_not_hang_up() {
    let reports = Reports::default();
    let body = Full::new(Bytes::from_static(b"whole"));
    let mut carried = Carried::to_client(body, LIMITS, CutSignal::never(), reports.on_end());
    assert_eq!(carried.size_hint().exact(), Some(5));
    assert!(matches!(read(&mut carried).await, Some(Ok(_))));
    assert!(carried.is_end_stream());
    drop(carried);
    assert_eq!(reports.wait().await, ended(Outcome::Completed, 5));
}

#[tokio::test]
async fn an_empty_body_is_complete_at_once() {
    let reports = Reports::default();
    let body = Full::new(Bytes::new());
    let carried = Carried::to_client(body, LIMITS, CutSignal::never(), reports.on_end());
    assert_eq!(reports.now(), ended(Outcome::Completed, 0));
    assert!(carried.is_end_stream() && Carried::empty().is_end_stream());
    assert_eq!(Carried::empty().size_hint().exact(), Some(0));
}

#[tokio::test]
async fn trailers_do_not_pass() {
    let reports = Reports::default();
    let (sender, body) = produced();
    let mut carried = Carried::to_client(body, LIMITS, CutSignal::never(), reports.on_end());
    let mut trailers = http::HeaderMap::new();
    trailers.insert(
        "set-cookie",
        http::HeaderValue::from_static("a=1; Domain=example"),
    );
    sender.send(Ok(chunk("one"))).await.expect("sent");
    sender
        .send(Ok(Frame::trailers(trailers)))
        .await
        .expect("sent");
    drop(sender);
    assert!(matches!(read(&mut carried).await, Some(Ok(_))));
    assert_eq!(read(&mut carried).await, None);
    assert_eq!(reports.wait().await, ended(Outcome::Completed, 3));
}

#[tokio::test]
async fn a_panic_while_carrying_is_reported_once_and_seen_as_broken() {
    let reports = Reports::default();
    let body = StreamBody::new(Box::pin(stream::once(poll_fn::<Item, _>(|_| {
        panic!("a body that fails")
    }))));
    let mut carried = Carried::to_client(body, LIMITS, CutSignal::never(), reports.on_end());
    assert_eq!(read(&mut carried).await, Some(Err(Outcome::Panicked)));
    assert_eq!(reports.wait().await, ended(Outcome::Panicked, 0));
}

#[tokio::test]
async fn an_exchange_given_up_before_its_body_is_reported_once() {
    let reports = Reports::default();
    drop(reports.on_end());
    assert_eq!(reports.now(), ended(Outcome::ClientGone, 0));

    let reports = Reports::default();
    reports.on_end().report(Outcome::UpstreamFailed);
    assert_eq!(reports.now(), ended(Outcome::UpstreamFailed, 0));

    let reports = Reports::default();
    let on_end = reports.on_end();
    let failed = tokio::spawn(async move {
        let _held = on_end;
        panic!("code that fails before the body");
    });
    assert!(failed.await.is_err());
    assert_eq!(reports.now(), ended(Outcome::Panicked, 0));
}
