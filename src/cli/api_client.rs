//! The API as the command line calls it: one address, one token, answers as JSON, problems as exit
//! codes. It must never print a token.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use url::Url;

use super::{Exit, say};

/// Longer than any answer but an export takes; ours.
const PATIENCE: Duration = Duration::from_secs(60);
/// A connection that does not come about by then does not; ours.
const CONNECT: Duration = Duration::from_secs(10);

/// Where the gateway is, and who asks.
#[derive(Debug, Clone, clap::Args)]
pub struct Connection {
    /// The gateway's public address.
    #[arg(
        long,
        env = "AGENT_FACTORY_URL",
        default_value = "http://127.0.0.1:8080",
        global = true
    )]
    url: Url,
    /// The API token; better given by the environment than on the command line.
    #[arg(
        long,
        env = "AGENT_FACTORY_TOKEN",
        hide_env_values = true,
        global = true
    )]
    token: Option<Token>,
    /// Prints the answer as JSON, for machines.
    #[arg(long, global = true)]
    json: bool,
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Printed {
    /// For people.
    Plain,
    /// For machines.
    Json,
}

impl Connection {
    /// How answers are printed.
    pub fn printed(&self) -> Printed {
        if self.json {
            Printed::Json
        } else {
            Printed::Plain
        }
    }
}

/// A token; silent in `Debug`.
#[derive(Clone)]
struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(..)")
    }
}

impl std::str::FromStr for Token {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.trim().to_owned()))
    }
}

/// What the gateway said no to, or why it could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// There is no token.
    #[error("no token: set `AGENT_FACTORY_TOKEN` or give `--token`")]
    NoToken,
    /// Something answered, and it is not the API.
    #[error("what answers at `--url` is no gateway's API (status {status})")]
    NotTheApi {
        /// The status.
        status: u16,
    },
    /// The gateway answered with a problem.
    #[error("{code}: {said}")]
    Problem {
        /// The status.
        status: u16,
        /// The problem's code.
        code: String,
        /// What it says.
        said: String,
    },
}

impl CallError {
    /// What the process ends with.
    pub fn exit(&self) -> Exit {
        match self {
            Self::NoToken
            | Self::NotTheApi { .. }
            | Self::Problem {
                status: 400 | 401 | 413 | 415 | 422 | 428,
                ..
            } => Exit::Usage,
            Self::Problem {
                status: 403 | 404 | 409 | 412,
                ..
            } => Exit::No,
            Self::Problem { .. } => Exit::Failed,
        }
    }
}

/// The client.
#[derive(Debug)]
pub struct ApiClient {
    http: reqwest::Client,
    connection: Connection,
}

impl ApiClient {
    /// A client for a connection.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(connection: &Connection) -> anyhow::Result<Self> {
        crate::app::install_crypto();
        // The operator names the address: the rules for calls that others cause do not apply.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .build()
            .context("the client")?;
        Ok(Self {
            http,
            connection: connection.clone(),
        })
    }

    fn request(&self, method: Method, path: &str) -> anyhow::Result<RequestBuilder> {
        let token = self.connection.token.as_ref().ok_or(CallError::NoToken)?;
        let url = self.connection.url.join(path).context("`--url`")?;
        Ok(self.http.request(method, url).bearer_auth(&token.0))
    }

    async fn send(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        let response = request.send().await.map_err(reqwest::Error::without_url);
        let response = response.context("the gateway cannot be reached")?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status().as_u16();
        let problem: Value = response.json().await.unwrap_or_default();
        let text = |field: &str| problem.get(field).and_then(Value::as_str);
        let said = text("detail")
            .or(text("title"))
            .unwrap_or("the gateway gave no reason");
        let Some(code) = text("code").map(str::to_owned) else {
            return Err(CallError::NotTheApi { status }.into());
        };
        Err(CallError::Problem {
            status,
            code,
            said: said.to_owned(),
        }
        .into())
    }

    /// Reads.
    ///
    /// # Errors
    /// [`CallError`], or why the gateway cannot be reached.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let request = self.request(Method::GET, path)?.timeout(PATIENCE);
        self.send(request).await?.json().await.context("the answer")
    }

    /// Reads a text, such as a checkpoint.
    ///
    /// # Errors
    /// [`CallError`], or why the gateway cannot be reached.
    pub async fn text(&self, path: &str) -> anyhow::Result<String> {
        let request = self.request(Method::GET, path)?.timeout(PATIENCE);
        self.send(request).await?.text().await.context("the answer")
    }

    /// Reads with the ETag by which it can be replaced.
    ///
    /// # Errors
    /// [`CallError`], or why the gateway cannot be reached.
    pub async fn etag(&self, path: &str) -> anyhow::Result<String> {
        let response = self
            .send(self.request(Method::GET, path)?.timeout(PATIENCE))
            .await?;
        let etag = response.headers().get(reqwest::header::ETAG);
        let etag = etag
            .and_then(|value| value.to_str().ok())
            .context("no ETag came")?;
        Ok(etag.to_owned())
    }

    /// Does something.
    ///
    /// # Errors
    /// [`CallError`], or why the gateway cannot be reached.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self
            .request(Method::POST, path)?
            .timeout(PATIENCE)
            .json(body);
        self.send(request).await?.json().await.context("the answer")
    }

    /// Replaces what has this ETag.
    ///
    /// # Errors
    /// [`CallError`], or why the gateway cannot be reached.
    pub async fn put(&self, path: &str, etag: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self
            .request(Method::PUT, path)?
            .timeout(PATIENCE)
            .json(body);
        let request = request.header(reqwest::header::IF_MATCH, etag);
        self.send(request).await?.json().await.context("the answer")
    }

    /// Writes an answer of any length into a file.
    ///
    /// # Errors
    /// [`CallError`], or why it broke off; the file is of no use then.
    pub async fn download(&self, path: &str, into: &Path) -> anyhow::Result<()> {
        let mut response = self.send(self.request(Method::GET, path)?).await?;
        let mut file = tokio::fs::File::create(into)
            .await
            .context("the export's file")?;
        while let Some(chunk) = response.chunk().await.context("the export broke off")? {
            file.write_all(&chunk).await.context("the export's file")?;
        }
        file.sync_all().await.context("the export's file")
    }

    /// Every item of a list, page by page.
    ///
    /// # Errors
    /// [`CallError`], or why the gateway cannot be reached.
    pub async fn items(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let (mut items, mut after) = (Vec::new(), String::new());
        loop {
            let mut page = self.get(&format!("{path}?limit=200{after}")).await?;
            if let Some(Value::Array(more)) = page.get_mut("items").map(Value::take) {
                items.extend(more);
            }
            match page.get("next").and_then(Value::as_str) {
                Some(next) => after = format!("&after={next}"),
                None => return Ok(items),
            }
        }
    }

    /// The same, printed with these fields a line.
    ///
    /// # Errors
    /// [`CallError`], or why the gateway cannot be reached.
    pub async fn list(&self, path: &str, fields: &[&str]) -> anyhow::Result<Exit> {
        let items = self.items(path).await?;
        if self.connection.json {
            say(&serde_json::to_string_pretty(&items)?);
            return Ok(Exit::Done);
        }
        for item in &items {
            let words = fields.iter().map(|field| plain(item.get(*field)));
            say(&words.collect::<Vec<_>>().join("  "));
        }
        Ok(Exit::Done)
    }

    /// Prints one thing.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn show(&self, thing: &Value) -> anyhow::Result<Exit> {
        if self.connection.json {
            say(&serde_json::to_string_pretty(thing)?);
            return Ok(Exit::Done);
        }
        for (field, value) in thing.as_object().into_iter().flatten() {
            if !value.is_null() {
                say(&format!("{field}: {}", plain(Some(value))));
            }
        }
        Ok(Exit::Done)
    }
}

fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| plain(Some(item)))
            .collect::<Vec<_>>()
            .join(","),
        Some(other) => other.to_string(),
    }
}

/// Fields of a body that were given; the others are left out.
pub(super) fn body<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let given = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(given.collect())
}
