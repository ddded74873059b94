//! One request of a browser, before it is sent: what it is, where it comes from, and what about it
//! no browser would do.

use axum::body::Body;
use http::{HeaderName, HeaderValue, Method};
use url::Url;

use super::form::encoded;

/// One request on its way.
pub struct Hop {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) from: Option<String>,
    pub(super) raw: Option<String>,
    pub(super) navigates: bool,
    pub(super) without: Vec<&'static str>,
    pub(super) further: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Body,
}

impl Hop {
    /// A page is opened.
    pub fn navigate(url: &str) -> Self {
        Self::new(Method::GET, url, true)
    }

    /// A form is sent.
    pub fn submit(url: &str, fields: &[(String, String)]) -> Self {
        let hop = Self::new(Method::POST, url, true);
        hop.header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(fields))
    }

    /// A script of a page asks.
    pub fn fetch(method: Method, url: &str) -> Self {
        Self::new(method, url, false)
    }

    fn new(method: Method, url: &str, navigates: bool) -> Self {
        Self {
            method,
            url: Url::parse(url).unwrap(),
            from: None,
            raw: None,
            navigates,
            without: Vec::new(),
            further: Vec::new(),
            body: Body::empty(),
        }
    }

    /// For this path exactly as it is spelt, which a browser would have tidied up.
    pub fn path(mut self, path: &str) -> Self {
        self.raw = Some(path.to_owned());
        self
    }

    /// From a page of this origin.
    pub fn from(mut self, origin: &str) -> Self {
        self.from = Some(origin.to_owned());
        self
    }

    /// With one more header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        self.further.push((name.parse().unwrap(), value));
        self
    }

    /// Without a header that a browser sends.
    pub fn without(mut self, name: &'static str) -> Self {
        self.without.push(name);
        self
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }
}
