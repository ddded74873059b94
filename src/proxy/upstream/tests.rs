use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;
use crate::proxy::streams::{CutHandle, CutSignal, Ending, OnEnd};

const PATIENT: Deadlines = Deadlines {
    first_byte: Duration::from_secs(5),
    idle: Duration::from_secs(5),
    total: Duration::from_secs(10),
};

const LIMITS: StreamLimits = PATIENT.limits(64 * 1024);

fn client() -> UpstreamClient {
    let rules = EgressRules {
        allow_loopback_http: true,
        localhost_names: true,
        ..EgressRules::default()
    };
    UpstreamClient::new(rules.into(), Duration::from_secs(5)).expect("a client")
}

async fn listening() -> (TcpListener, Url) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    (
        listener,
        Url::parse(&format!("http://tutor.localhost:{port}/base/")).expect("a url"),
    )
}

/// An agent that says back what it was asked.
async fn echoing() -> Url {
    let (listener, base) = listening().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(
                TokioIo::new(stream),
                service_fn(|request: Request<Incoming>| async move {
                    let (head, body) = request.into_parts();
                    let mut names: Vec<_> = head.headers.keys().map(ToString::to_string).collect();
                    names.sort();
                    let names = names.join(",");
                    let text = match body.collect().await {
                        Ok(body) => String::from_utf8_lossy(&body.to_bytes()).into_owned(),
                        Err(_) => "broken".to_owned(),
                    };
                    let said = format!("{} {} [{names}] {text}", head.method, head.uri);
                    Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(said))))
                }),
            ));
        }
    });
    base
}

/// An agent that answers its first connection with bytes as they are given.
async fn speaking() -> (mpsc::Sender<&'static str>, Url) {
    let (listener, base) = listening().await;
    let (sender, mut said) = mpsc::channel::<&'static str>(8);
    tokio::spawn(async move {
        let Ok((mut stream, _)) = listener.accept().await else {
            return;
        };
        let mut asked = [0_u8; 4096];
        let _ = stream.read(&mut asked).await;
        while let Some(text) = said.recv().await {
            let _ = stream.write_all(text.as_bytes()).await;
        }
    });
    (sender, base)
}

fn get<'a>(base: &'a Url, path: &'a PathAndQuery) -> UpstreamRequest<'a> {
    UpstreamRequest {
        base,
        path_and_query: path,
        method: Method::GET,
        headers: HeaderMap::new(),
        body: Carried::empty(),
    }
}

fn reported() -> (OnEnd, mpsc::UnboundedReceiver<Ending>) {
    let (sender, reports) = mpsc::unbounded_channel();
    (
        OnEnd::new(move |ending| sender.send(ending).expect("a reader")),
        reports,
    )
}

async fn next_data(carried: &mut Carried) -> Result<Bytes, Outcome> {
    let frame = tokio::time::timeout(Duration::from_secs(5), carried.frame()).await;
    let frame = frame.expect("a frame in time").expect("a frame");
    frame
        .map(|frame| frame.into_data().expect("data"))
        .map_err(StreamError::outcome)
}

#[tokio::test]
async fn carries_a_request_as_it_was_rebuilt_and_adds_only_host() {
    let base = echoing().await;
    let client = client();
    let path = PathAndQuery::from_static("/a%20b?x=%2F..");
    let mut request = get(&base, &path);
    request
        .headers
        .insert("accept", http::HeaderValue::from_static("*/*"));
    let response = client.send(request, PATIENT).await.expect("an answer");
    let body = response
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    assert_eq!(body, "GET /base/a%20b?x=%2F.. [accept,host] ");

    let (on_end, mut reports) = reported();
    let mut request = get(&base, &path);
    request.method = Method::POST;
    let words = Full::new(Bytes::from_static(b"why?"));
    request.body = Carried::to_agent(words, LIMITS, CutSignal::never(), on_end);
    let response = client.send(request, PATIENT).await.expect("an answer");
    let body = response
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    assert_eq!(body, "POST /base/a%20b?x=%2F.. [content-length,host] why?");
    let ending = Ending {
        outcome: Outcome::Completed,
        bytes: 4,
    };
    assert_eq!(reports.recv().await, Some(ending));
    assert_eq!(reports.recv().await, None);
}

#[tokio::test]
async fn streams_the_first_event_before_the_second_is_said() {
    let (agent, base) = speaking().await;
    agent
        .send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        .await
        .expect("said");
    let path = PathAndQuery::from_static("/events");
    let response = client()
        .send(get(&base, &path), PATIENT)
        .await
        .expect("an answer");
    let (on_end, mut reports) = reported();
    let mut carried = Carried::to_client(response.into_body(), LIMITS, CutSignal::never(), on_end);
    agent.send("8\r\ndata: 1\n\r\n").await.expect("said");
    assert_eq!(
        next_data(&mut carried).await,
        Ok(Bytes::from_static(b"data: 1\n"))
    );
    agent
        .send("8\r\ndata: 2\n\r\n0\r\n\r\n")
        .await
        .expect("said");
    assert_eq!(
        next_data(&mut carried).await,
        Ok(Bytes::from_static(b"data: 2\n"))
    );
    assert!(carried.frame().await.is_none());
    let ending = Ending {
        outcome: Outcome::Completed,
        bytes: 16,
    };
    assert_eq!(reports.recv().await, Some(ending));
}

#[tokio::test]
async fn a_cut_closes_the_agents_connection() {
    let (listener, base) = listening().await;
    let agent = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut asked = [0_u8; 4096];
        let _ = stream.read(&mut asked).await;
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n";
        stream.write_all(head.as_bytes()).await.expect("said");
        // The end of the connection, and no further byte.
        stream.read(&mut asked).await.unwrap_or_default()
    });
    let path = PathAndQuery::from_static("/events");
    let response = client()
        .send(get(&base, &path), PATIENT)
        .await
        .expect("an answer");
    let (handle, signal) = CutHandle::new();
    let (on_end, mut reports) = reported();
    let mut carried = Carried::to_client(response.into_body(), LIMITS, signal, on_end);
    assert_eq!(next_data(&mut carried).await, Ok(Bytes::from_static(b"ab")));
    handle.cut("consent-withdrawn");
    let cut = Outcome::Cut {
        code: "consent-withdrawn",
    };
    assert_eq!(next_data(&mut carried).await, Err(cut));
    assert_eq!(
        reports.recv().await,
        Some(Ending {
            outcome: cut,
            bytes: 2
        })
    );
    assert_eq!(reports.recv().await, None);
    let seen = tokio::time::timeout(Duration::from_secs(5), agent).await;
    assert_eq!(seen.expect("closed in time").expect("an agent"), 0);
}

#[tokio::test]
async fn an_agent_that_dies_in_the_middle_is_reported() {
    for (head, chunk) in [
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "2\r\nab\r\n",
        ),
        ("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n", "ab"),
    ] {
        let (agent, base) = speaking().await;
        agent.send(head).await.expect("said");
        let path = PathAndQuery::from_static("/events");
        let response = client()
            .send(get(&base, &path), PATIENT)
            .await
            .expect("an answer");
        let (on_end, mut reports) = reported();
        let mut carried =
            Carried::to_client(response.into_body(), LIMITS, CutSignal::never(), on_end);
        agent.send(chunk).await.expect("said");
        assert_eq!(next_data(&mut carried).await, Ok(Bytes::from_static(b"ab")));
        drop(agent);
        assert_eq!(next_data(&mut carried).await, Err(Outcome::UpstreamFailed));
        let ending = Ending {
            outcome: Outcome::UpstreamFailed,
            bytes: 2,
        };
        assert_eq!(reports.recv().await, Some(ending));
    }
}

#[tokio::test]
async fn a_request_that_grows_too_large_is_told_apart_from_a_broken_agent() {
    let base = echoing().await;
    let path = PathAndQuery::from_static("/upload");
    let (on_end, mut reports) = reported();
    let chunks = futures_util::stream::iter(
        ["four", "four"].map(|text| Ok::<_, Infallible>(http_body::Frame::data(Bytes::from(text)))),
    );
    let limits = StreamLimits {
        max_bytes: 5,
        ..LIMITS
    };
    let mut request = get(&base, &path);
    request.method = Method::POST;
    request.body = Carried::to_agent(StreamBody::new(chunks), limits, CutSignal::never(), on_end);
    let error = client()
        .send(request, PATIENT)
        .await
        .expect_err("a refusal");
    assert_eq!(error, UpstreamError::RequestBody(Outcome::TooLarge));
    assert_eq!(error.code(), "request-too-large");
    let ending = Ending {
        outcome: Outcome::TooLarge,
        bytes: 4,
    };
    assert_eq!(reports.recv().await, Some(ending));
}

#[tokio::test]
async fn names_each_way_an_agent_can_fail_to_answer() {
    let path = PathAndQuery::from_static("/");
    let hurried = Deadlines {
        first_byte: Duration::from_millis(100),
        ..PATIENT
    };

    let (_silent, base) = speaking().await;
    let silent = client()
        .send(get(&base, &path), hurried)
        .await
        .expect_err("a failure");
    assert_eq!(silent, UpstreamError::Timeout);

    let (listener, base) = listening().await;
    drop(listener);
    let gone = client()
        .send(get(&base, &path), PATIENT)
        .await
        .expect_err("a failure");
    assert_eq!(gone, UpstreamError::Unreachable);

    for said in [
        "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
    ] {
        let (agent, base) = speaking().await;
        agent.send(said).await.expect("said");
        drop(agent);
        let garbled = client()
            .send(get(&base, &path), PATIENT)
            .await
            .expect_err(said);
        assert_eq!(garbled, UpstreamError::Protocol, "{said}");
    }

    let base = Url::parse("https://10.0.0.7/").expect("a url");
    let barred = client()
        .send(get(&base, &path), PATIENT)
        .await
        .expect_err("a refusal");
    assert_eq!(
        barred,
        UpstreamError::Refused(EgressRefusal::PrivateAddress)
    );
    let base = Url::parse("http://10.0.0.7/").expect("a url");
    let plain = client()
        .send(get(&base, &path), PATIENT)
        .await
        .expect_err("a refusal");
    assert_eq!(plain, UpstreamError::Refused(EgressRefusal::SchemeRefused));
}
