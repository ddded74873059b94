//! A browser without scripts, in the manner of Chromium: cookies kept apart per top-level site and
//! host, redirects and forms followed, and the headers that tell a server where a request comes
//! from.

use std::collections::BTreeMap;

use agent_factory_lti::simulator::{AuthenticationParams, Flaw, LaunchSpec, LoginMethod};
use axum::Router;
use axum::body::Body;
use http::{HeaderName, HeaderValue, Method, Request, Response, header};
use time::OffsetDateTime;
use tower::ServiceExt as _;
use url::Url;

use super::answer::{Answer, Live};
use super::form::{Form, encoded};
use super::gate::Gate;
use super::hop::Hop;
use super::people::Actor;
use super::platform::Lms;
use super::world::{GATE, World};

/// What the browser says it is; must never reach an agent.
pub const USER_AGENT: &str = "Mozilla/5.0 (X11; TestBrowser) Probe/4711";
/// What a front proxy says of the client; must never reach an agent.
pub const CLIENT_ADDRESS: &str = "203.0.113.77";

/// Where a page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Framed,
    TopLevel,
}

/// A browser with one window open.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    jar: BTreeMap<(String, String), BTreeMap<String, String>>,
    top: String,
    shown: Shown,
}

/// An agent's page, open in the browser.
#[derive(Debug, Clone)]
pub struct Tab {
    pub origin: String,
}

/// The page that hands a code to an agent's origin.
#[derive(Debug, Clone)]
pub struct HandedOver {
    pub form: Form,
    pub origin: String,
    pub code: String,
}

impl HandedOver {
    /// Reads the page; `None` when the launch led elsewhere.
    pub fn read(answer: &Answer) -> Option<Self> {
        let form = Form::find(&answer.text(), "proceed")?;
        let code = form.field("code")?.to_owned();
        let origin = origin_of(&form.action);
        Some(Self { form, origin, code })
    }
}

impl Browser {
    /// A new browser, its window on the page of a platform that frames what is launched.
    pub fn on_page_of(gate: &Gate, lms: &Lms) -> Self {
        Self {
            router: gate.router.clone(),
            jar: BTreeMap::new(),
            top: site_of(&lms.origin),
            shown: Shown::Framed,
        }
    }

    /// The same browser, everything in a window of its own.
    pub fn in_own_window(mut self) -> Self {
        self.shown = Shown::TopLevel;
        self
    }

    /// Where the present window shows what is launched.
    pub fn shown(&mut self, shown: Shown) {
        self.shown = shown;
    }

    /// The same browser, its requests served by another replica from now on.
    pub fn served_by(&mut self, gate: &Gate) {
        self.router = gate.router.clone();
    }

    /// The same browser, its requests answered by these routes from now on.
    pub fn reaches(&mut self, router: Router) {
        self.router = router;
    }

    /// The value of a cookie that it holds for a host in the present window.
    pub fn cookie(&self, origin: &str, name: &str) -> Option<String> {
        self.jar
            .get(&self.pot(&Url::parse(origin).unwrap()))?
            .get(name)
            .cloned()
    }

    /// Puts a cookie there, as somebody who found it out would.
    pub fn plant_cookie(&mut self, origin: &str, name: &str, value: &str) {
        let pot = self.pot(&Url::parse(origin).unwrap());
        self.jar
            .entry(pot)
            .or_default()
            .insert(name.to_owned(), value.to_owned());
    }

    /// Forgets everything.
    pub fn forget(&mut self) {
        self.jar.clear();
    }

    fn pot(&self, url: &Url) -> (String, String) {
        let top = match self.shown {
            Shown::Framed => self.top.clone(),
            Shown::TopLevel => site_of(url.as_str()),
        };
        (top, url.authority().to_owned())
    }

    /// Sends one request and keeps the cookies that come back.
    pub async fn send(&mut self, hop: Hop) -> Response<Body> {
        let url = hop.url.clone();
        let request = self.request(hop);
        let response = self.router.clone().oneshot(request).await.unwrap();
        self.keep_cookies(&url, &response);
        response
    }

    /// The whole answer to one request.
    pub async fn answer(&mut self, hop: Hop) -> Answer {
        Answer::of(self.send(hop).await).await
    }

    fn request(&self, hop: Hop) -> Request<Body> {
        let mut request = Request::new(hop.body);
        *request.method_mut() = hop.method.clone();
        let target = &hop.url[url::Position::BeforePath..url::Position::AfterQuery];
        *request.uri_mut() = hop.raw.as_deref().unwrap_or(target).parse().unwrap();
        let mut set = |name: &'static str, value: &str| {
            if !hop.without.contains(&name) {
                let value = HeaderValue::from_str(value).unwrap();
                request
                    .headers_mut()
                    .insert(HeaderName::from_static(name), value);
            }
        };
        set("host", hop.url.authority());
        set("user-agent", USER_AGENT);
        set("x-forwarded-for", CLIENT_ADDRESS);
        set("forwarded", &format!("for={CLIENT_ADDRESS}"));
        set("accept-language", "en-US,en;q=0.9");
        set("accept-encoding", "gzip, deflate, br");
        set(
            "accept",
            if hop.navigates {
                "text/html,*/*;q=0.8"
            } else {
                "*/*"
            },
        );
        set("sec-ch-ua-platform", "\"Linux\"");
        set("sec-fetch-site", relation(hop.from.as_deref(), &hop.url));
        set(
            "sec-fetch-mode",
            if hop.navigates { "navigate" } else { "cors" },
        );
        let framed = self.shown == Shown::Framed;
        set(
            "sec-fetch-dest",
            match (hop.navigates, framed) {
                (true, true) => "iframe",
                (true, false) => "document",
                (false, _) => "empty",
            },
        );
        if let Some(from) = &hop.from {
            set("referer", &format!("{from}/"));
            let own = origin_of(hop.url.as_str()) == *from;
            if hop.method != Method::GET || (!hop.navigates && !own) {
                set("origin", from);
            }
        }
        if let Some(cookies) = self
            .jar
            .get(&self.pot(&hop.url))
            .filter(|jar| !jar.is_empty())
        {
            let line: Vec<String> = cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            set("cookie", &line.join("; "));
        }
        for (name, value) in hop.further {
            request.headers_mut().append(name, value);
        }
        request
    }

    fn keep_cookies(&mut self, url: &Url, response: &Response<Body>) {
        for line in response.headers().get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let mut parts = line.split(';').map(str::trim);
            let (name, value) = parts.next().unwrap().split_once('=').unwrap();
            let attributes: Vec<String> = parts.map(str::to_lowercase).collect();
            let has = |wanted: &str| attributes.iter().any(|known| known == wanted);
            // A browser that blocks third-party cookies keeps only partitioned ones in a frame.
            if self.shown == Shown::Framed && !has("partitioned") {
                continue;
            }
            let whole = has("secure") && has("path=/") && !line.to_lowercase().contains("domain=");
            if name.starts_with("__Host-") && !whole {
                continue;
            }
            let pot = self.pot(url);
            let jar = self.jar.entry(pot).or_default();
            if has("max-age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// The platform sends its login request.
    pub async fn log_in(&mut self, lms: &Lms, spec: &LaunchSpec) -> Answer {
        let fields = lms.platform.login_parameters(spec);
        self.log_in_with(lms, &fields).await
    }

    /// The same with fields of one's own.
    pub async fn log_in_with(&mut self, lms: &Lms, fields: &[(String, String)]) -> Answer {
        let login = format!("{GATE}/lti/login");
        let hop = match lms.platform.login_method() {
            LoginMethod::Post => Hop::submit(&login, fields),
            LoginMethod::Get => Hop::navigate(&format!("{login}?{}", encoded(fields))),
        };
        self.answer(hop.from(&lms.origin)).await
    }

    /// What arrives at the platform after a login: by redirect, or by the form of the page that
    /// reads the cookie back.
    ///
    /// # Panics
    /// When it does not go on.
    pub async fn goes_on_to_platform(&mut self, login: &Answer) -> AuthenticationParams {
        let request = self.tries_to_go_on(login).await;
        request.unwrap_or_else(|| panic!("the login goes on: {} {}", login.status, login.words()))
    }

    /// The same; `None` when it does not go on.
    pub async fn tries_to_go_on(&mut self, login: &Answer) -> Option<AuthenticationParams> {
        if login.status == 302 {
            let location = Url::parse(login.location()).unwrap();
            return Some(AuthenticationParams::parse(
                location.query().unwrap_or_default(),
                "",
            ));
        }
        let check = Hop::fetch(Method::GET, &format!("{GATE}/lti/login/binding")).from(GATE);
        if self.answer(check).await.status != 204 {
            return None;
        }
        let form = Form::find(&login.text(), "proceed")?;
        let action = Url::parse(&form.action).ok()?;
        Some(AuthenticationParams::parse(
            action.query().unwrap_or_default(),
            &form.encoded(),
        ))
    }

    /// Login and authentication: the fields the platform would post.
    pub async fn authenticates(
        &mut self,
        lms: &Lms,
        spec: &LaunchSpec,
        now: OffsetDateTime,
        flaw: Option<Flaw>,
    ) -> Vec<(String, String)> {
        let login = self.log_in(lms, spec).await;
        let request = self.goes_on_to_platform(&login).await;
        lms.answers(&request, spec, now, flaw)
    }

    /// The platform's answer is posted to the gateway.
    pub async fn post_launch(&mut self, lms: &Lms, fields: &[(String, String)]) -> Answer {
        let hop = Hop::submit(&format!("{GATE}/lti/launch"), fields).from(&lms.origin);
        self.answer(hop).await
    }

    /// A whole launch, up to the gateway's last page.
    pub async fn launch(&mut self, world: &World, actor: &dyn Actor) -> Answer {
        self.launch_spec(world, actor.lms(world), &actor.launch())
            .await
    }

    /// The same for a launch that differs in something.
    pub async fn launch_spec(&mut self, world: &World, lms: &Lms, spec: &LaunchSpec) -> Answer {
        let fields = self.authenticates(lms, spec, world.now(), None).await;
        self.post_launch(lms, &fields).await
    }

    /// A launch that must open, up to the agent's first page.
    pub async fn opens(&mut self, world: &World, actor: &dyn Actor) -> Tab {
        let page = self.launch(world, actor).await;
        self.takes_over(&page).await
    }

    /// From the hand-over page to the agent's first page.
    ///
    /// # Panics
    /// When the launch did not open.
    pub async fn takes_over(&mut self, page: &Answer) -> Tab {
        let handed = HandedOver::read(page)
            .unwrap_or_else(|| panic!("the launch opens: {} {}", page.status, page.words()));
        let hop = Hop::submit(&handed.form.action, &handed.form.fields).from(GATE);
        let mut answer = self.answer(hop).await;
        let mut at = Url::parse(&handed.form.action).unwrap();
        while answer.status.is_redirection() {
            at = at.join(answer.location()).unwrap();
            answer = self.answer(Hop::navigate(at.as_str()).from(GATE)).await;
        }
        assert_eq!(answer.status, 200, "{}", answer.words());
        Tab {
            origin: handed.origin,
        }
    }

    /// The agent's page is left for another of its pages.
    pub async fn visits(&mut self, tab: &Tab, path: &str) -> Answer {
        let hop = Hop::navigate(&format!("{}{path}", tab.origin)).from(&tab.origin);
        self.answer(hop).await
    }

    /// The agent's script asks its own origin.
    pub async fn fetches(&mut self, tab: &Tab, path: &str) -> Answer {
        let hop = Hop::fetch(Method::GET, &format!("{}{path}", tab.origin)).from(&tab.origin);
        self.answer(hop).await
    }

    /// The agent's script posts to its own origin.
    pub async fn posts(&mut self, tab: &Tab, path: &str, body: &str) -> Answer {
        let hop = Hop::fetch(Method::POST, &format!("{}{path}", tab.origin))
            .from(&tab.origin)
            .header("content-type", "text/plain")
            .body(body.to_owned());
        self.answer(hop).await
    }

    /// The agent's script listens to a stream.
    pub async fn listens(&mut self, tab: &Tab, path: &str) -> Live {
        let hop = Hop::fetch(Method::GET, &format!("{}{path}", tab.origin)).from(&tab.origin);
        Live::of(self.send(hop).await)
    }
}

/// The origin of an address.
pub fn origin_of(address: &str) -> String {
    Url::parse(address).unwrap().origin().ascii_serialization()
}

/// The site of an address: scheme and registrable domain.
fn site_of(address: &str) -> String {
    let url = Url::parse(address).unwrap();
    let host = url.host_str().unwrap();
    let labels: Vec<&str> = host.rsplit('.').take(2).collect();
    format!(
        "{}://{}",
        url.scheme(),
        labels.into_iter().rev().collect::<Vec<_>>().join(".")
    )
}

fn relation(from: Option<&str>, to: &Url) -> &'static str {
    let Some(from) = from else { return "none" };
    if origin_of(to.as_str()) == from {
        "same-origin"
    } else if site_of(from) == site_of(to.as_str()) {
        "same-site"
    } else {
        "cross-site"
    }
}
