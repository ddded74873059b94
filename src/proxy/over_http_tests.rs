//! The carrier between a real server and a real agent, spoken to byte by byte: what a browser's
//! connection sees, and what is reported when it breaks.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use url::Url;

use super::request_headers::{HeaderPolicy, RequestHeaders};
use super::request_path::safe_path;
use super::streams::{Carried, CutHandle, CutSignal, Ending, OnEnd, Outcome};
use super::upstream::{Deadlines, UpstreamClient, UpstreamRequest};
use crate::egress::EgressRules;

const DEADLINES: Deadlines = Deadlines {
    first_byte: Duration::from_secs(5),
    idle: Duration::from_secs(5),
    total: Duration::from_secs(10),
};

/// A gateway of two functions before an agent that says what it is told.
struct Bench {
    browser: TcpStream,
    agent: mpsc::Sender<&'static str>,
    asked: mpsc::Receiver<String>,
    reports: mpsc::UnboundedReceiver<Ending>,
    cut: CutHandle,
}

impl Bench {
    async fn new() -> Self {
        let (agent, asked, base) = agent().await;
        let (sender, reports) = mpsc::unbounded_channel();
        let (cut, signal) = CutHandle::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let rules = EgressRules {
            allow_loopback_http: true,
            ..EgressRules::default()
        };
        let client = UpstreamClient::new(Arc::new(rules), Duration::from_secs(5)).expect("client");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (client, base) = (client.clone(), base.clone());
                let (sender, signal) = (sender.clone(), signal.clone());
                let carrying = service_fn(move |request| {
                    let (client, base) = (client.clone(), base.clone());
                    let on_end = OnEnd::new({
                        let sender = sender.clone();
                        move |ending| sender.send(ending).expect("a reader")
                    });
                    carry(client, base, request, signal.clone(), on_end)
                });
                let serving = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), carrying);
                tokio::spawn(serving);
            }
        });
        let browser = TcpStream::connect(address).await.expect("a connection");
        Self {
            browser,
            agent,
            asked,
            reports,
            cut,
        }
    }

    async fn asks(&mut self, text: &str) {
        self.browser
            .write_all(text.as_bytes())
            .await
            .expect("asked");
    }

    /// Reads until what came contains `text`.
    async fn sees(&mut self, text: &str) -> String {
        let mut seen = String::new();
        let mut some = [0_u8; 1024];
        while !seen.contains(text) {
            let read = tokio::time::timeout(Duration::from_secs(5), self.browser.read(&mut some));
            let length = read.await.expect("an answer in time").unwrap_or_default();
            assert_ne!(length, 0, "the connection ended after {seen:?}");
            seen.push_str(&String::from_utf8_lossy(&some[..length]));
        }
        seen
    }

    /// Reads to the connection's end, clean or not.
    async fn sees_the_rest(&mut self) -> String {
        let mut rest = Vec::new();
        let read =
            tokio::time::timeout(Duration::from_secs(5), self.browser.read_to_end(&mut rest));
        let _ = read.await.expect("an end in time");
        String::from_utf8_lossy(&rest).into_owned()
    }

    async fn reports_once(mut self, outcome: Outcome, bytes: u64) {
        let first = tokio::time::timeout(Duration::from_secs(5), self.reports.recv()).await;
        assert_eq!(
            first.expect("a report in time"),
            Some(Ending { outcome, bytes })
        );
        drop((self.browser, self.agent));
        assert!(self.reports.try_recv().is_err());
    }
}

async fn agent() -> (mpsc::Sender<&'static str>, mpsc::Receiver<String>, Url) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (sender, mut said) = mpsc::channel::<&'static str>(8);
    let (heard, asked) = mpsc::channel(8);
    tokio::spawn(async move {
        let Ok((mut stream, _)) = listener.accept().await else {
            return;
        };
        let mut some = [0_u8; 4096];
        let length = stream.read(&mut some).await.unwrap_or_default();
        let _ = heard
            .send(String::from_utf8_lossy(&some[..length]).into_owned())
            .await;
        while let Some(text) = said.recv().await {
            let _ = stream.write_all(text.as_bytes()).await;
        }
    });
    (
        sender,
        asked,
        Url::parse(&format!("http://{address}/")).expect("a url"),
    )
}

async fn carry(
    client: UpstreamClient,
    base: Url,
    request: Request<Incoming>,
    cut: CutSignal,
    on_end: OnEnd,
) -> Result<Response<Carried>, Infallible> {
    let (head, body) = request.into_parts();
    let refused = |status: u16| {
        let mut response = Response::new(Carried::empty());
        *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
        response
    };
    let passing = RequestHeaders::from_client(&head.headers, &HeaderPolicy::default());
    let (Ok(path), Ok(headers)) = (safe_path(&head.uri), passing) else {
        return Ok(refused(400));
    };
    let limits = DEADLINES.limits(1024);
    let sent = client
        .send(
            UpstreamRequest {
                base: &base,
                path_and_query: &path,
                method: head.method,
                headers: headers.into_headers(),
                body: Carried::to_agent(body, limits, cut.clone(), OnEnd::nobody()),
            },
            DEADLINES,
        )
        .await;
    let Ok(response) = sent else {
        on_end.report(Outcome::UpstreamFailed);
        return Ok(refused(502));
    };
    Ok(response.map(|body| Carried::to_client(body, limits, cut, on_end)))
}

const STREAM: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n";

#[tokio::test]
async fn a_whole_answer_is_reported_as_complete() {
    let mut bench = Bench::new().await;
    bench
        .asks("GET /chat HTTP/1.1\r\nhost: x\r\nuser-agent: a\r\nx-real-ip: 192.0.2.7\r\n\r\n")
        .await;
    bench
        .agent
        .send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwhole")
        .await
        .expect("said");
    assert!(bench.sees("whole").await.contains("content-length: 5"));
    let asked = bench.asked.recv().await.expect("a request");
    let lines: Vec<&str> = asked.split("\r\n").collect();
    assert_eq!(lines[0], "GET /chat HTTP/1.1");
    assert!(lines[1].starts_with("host: 127.0.0.1:"));
    assert_eq!(lines[2..], ["", ""]);
    bench.reports_once(Outcome::Completed, 5).await;
}

#[tokio::test]
async fn an_answer_to_head_is_complete_without_a_byte() {
    let mut bench = Bench::new().await;
    bench
        .asks(&format!(
            "{} /chat HTTP/1.1\r\nhost: x\r\n\r\n",
            Method::HEAD
        ))
        .await;
    bench
        .agent
        .send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n")
        .await
        .expect("said");
    assert!(bench.sees("\r\n\r\n").await.contains("content-length: 5"));
    bench.reports_once(Outcome::Completed, 0).await;
}

#[tokio::test]
async fn a_browser_that_closes_its_connection_is_reported_as_gone() {
    let mut bench = Bench::new().await;
    bench.asks("GET /chat HTTP/1.1\r\nhost: x\r\n\r\n").await;
    bench.agent.send(STREAM).await.expect("said");
    bench.sees("ab").await;
    bench.browser.shutdown().await.expect("closed");
    bench.reports_once(Outcome::ClientGone, 2).await;
}

#[tokio::test]
async fn a_browser_that_leaves_before_the_answer_is_reported_as_gone() {
    let mut bench = Bench::new().await;
    bench.asks("GET /chat HTTP/1.1\r\nhost: x\r\n\r\n").await;
    bench.asked.recv().await.expect("a request");
    bench.browser.shutdown().await.expect("closed");
    bench.reports_once(Outcome::ClientGone, 0).await;
}

#[tokio::test]
async fn a_cut_answer_does_not_look_whole() {
    let mut bench = Bench::new().await;
    bench.asks("GET /chat HTTP/1.1\r\nhost: x\r\n\r\n").await;
    bench.agent.send(STREAM).await.expect("said");
    bench.sees("ab").await;
    bench.cut.cut("consent-withdrawn");
    // No last chunk: a browser takes the answer for broken off.
    assert_eq!(bench.sees_the_rest().await.replace("\r\n", ""), "");
    bench
        .reports_once(
            Outcome::Cut {
                code: "consent-withdrawn",
            },
            2,
        )
        .await;
}

#[tokio::test]
async fn smuggled_and_folded_requests_never_reach_the_agent() {
    for attack in [
        "GET / HTTP/1.1\r\nhost: x\r\naccept: a\r\n x-agent-factory-assertion: b\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: x\r\ncontent-length : 4\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: x\r\nx-agent-factory-assertion\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: x\r\nconnection: x-agent-factory-assertion\r\n\r\n",
        "GET /a/..%2f.agent-factory/ HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /.agent-factory/session HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET //evil.example/ HTTP/1.1\r\nhost: x\r\n\r\n",
    ] {
        let mut bench = Bench::new().await;
        bench.asks(attack).await;
        let answer = bench.sees("\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{attack:?}: {answer}");
        assert!(bench.asked.try_recv().is_err(), "{attack:?}");
    }
}
