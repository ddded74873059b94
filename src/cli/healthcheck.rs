//! `healthcheck`: is the gateway ready? For an image's health check, which has no other client.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Exit, runtime, say};

/// Arguments of `healthcheck`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The operations listener.
    #[arg(
        long,
        env = "AGENT_FACTORY_OPERATIONS__LISTEN",
        default_value = "127.0.0.1:9090"
    )]
    operations: SocketAddr,
}

const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let address = arguments.operations;
    let asked =
        runtime()?.block_on(async move { tokio::time::timeout(PATIENCE, ask(address)).await });
    let ready = matches!(asked, Ok(Ok(true)));
    say(if ready { "ready" } else { "not ready" });
    Ok(if ready { Exit::Done } else { Exit::No })
}

async fn ask(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(4_096).read_to_end(&mut answer).await?;
    Ok(answer.starts_with(b"HTTP/1.1 200"))
}
