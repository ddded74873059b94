//! The world of a test: three institutions with what they signed, three platforms, an agent each,
//! one replica or more of the gateway, and a clock that stands still until it is moved.

use std::collections::BTreeMap;
use std::time::Duration;

use agent_factory::clock::{Clock as _, MockClock, Timestamp};
use agent_factory::config::Config;
use agent_factory::store::Store;
use agent_factory_lti::simulator::Flavour;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::agent::FakeAgent;
use super::browser::Browser;
use super::database::{Database, Place};
use super::gate::Gate;
use super::operator::Operator;
use super::people::{Actor, Learner};
use super::platform::Lms;

/// The gateway's own origin.
pub const GATE: &str = "https://gate.example";
/// Where agents have their origins.
pub const AGENTS: &str = "agents.example";
/// When every test begins: 2026-11-19, a Thursday in the school year.
pub const NOW: Timestamp = Timestamp::from_seconds(1_795_075_200);

/// The institutions.
pub(super) const TENANTS: [&str; 3] = ["lincoln", "riverside", "prairie"];
/// What a tutor needs at least.
const NEEDED: [&str; 6] = [
    "pseudonym",
    "role",
    "context",
    "resource",
    "prompt",
    "age_band",
];

/// What a world is to be like, before it is made.
pub struct Setting {
    database: Database,
    limits: toml::Table,
    began: Timestamp,
}

impl Setting {
    pub fn on(database: Database) -> Self {
        Self {
            database,
            limits: toml::Table::new(),
            began: NOW,
        }
    }

    pub fn database(&self) -> Database {
        self.database
    }

    /// With another bound.
    pub fn limit(mut self, name: &str, value: i64) -> Self {
        self.limits.insert(name.to_owned(), value.into());
        self
    }

    /// Beginning at another instant.
    pub fn at(mut self, began: Timestamp) -> Self {
        self.began = began;
        self
    }

    /// Makes the world.
    pub async fn open(self) -> World {
        World::open(self).await
    }
}

/// The world.
pub struct World {
    pub place: Place,
    pub clock: MockClock,
    pub gate: Gate,
    pub operator: Operator,
    /// Lincoln's own platform.
    pub canvas: Lms,
    /// The university's.
    pub moodle: Lms,
    /// The publisher, as Lincoln's readers come.
    pub press: Lms,
    /// The publisher, as Prairie's readers come.
    pub press_at_prairie: Lms,
    /// Lincoln's tutor.
    pub tutor: FakeAgent,
    /// The university's.
    pub riverside_tutor: FakeAgent,
    /// Prairie's, which must never hear of anybody.
    pub prairie_tutor: FakeAgent,
    config: Config,
    ids: BTreeMap<String, String>,
}

impl World {
    async fn open(setting: Setting) -> Self {
        let place = Place::make(setting.database).await;
        let canvas = Lms::start(Flavour::Canvas, "10000000000007", "7:lincoln").await;
        let moodle = Lms::start(Flavour::Moodle, "fR8vQ2mLx0pTz", "1").await;
        let press = Lms::start(Flavour::Publisher, "open-shelf-tutor", "os-lincoln").await;
        let press_at_prairie = press.deployed_as("os-prairie");
        let tutor = FakeAgent::start().await;
        let riverside_tutor = FakeAgent::start().await;
        let prairie_tutor = FakeAgent::start().await;
        let mut called = [&canvas, &moodle, &press].map(Lms::address).to_vec();
        called.extend([&tutor, &riverside_tutor, &prairie_tutor].map(|agent| agent.address));
        let config = config(&place, &called, setting.limits);
        let mut migration = place.config();
        "gate.example".clone_into(&mut migration.log_host);
        Store::migrate(&migration).await.unwrap();
        let clock = MockClock::at(setting.began);
        let gate = Gate::open(config.clone(), &clock).await;
        let operator = Operator::of_installation(&gate, setting.began).await;
        let mut world = Self {
            place,
            clock,
            gate,
            operator,
            canvas,
            moodle,
            press,
            press_at_prairie,
            tutor,
            riverside_tutor,
            prairie_tutor,
            config,
            ids: BTreeMap::new(),
        };
        world.enter_institutions().await;
        world.enter_platforms().await;
        world.enter_grounds().await;
        world
    }

    /// The present instant, as platforms read it.
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now().to_offset_date_time()
    }

    /// Moves the clock.
    pub fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// The id of something that was entered, such as `lincoln/agreement`.
    pub fn id(&self, name: &str) -> &str {
        self.ids
            .get(name)
            .unwrap_or_else(|| panic!("`{name}` was entered"))
    }

    fn keep(&mut self, name: impl Into<String>, id: String) {
        self.ids.insert(name.into(), id);
    }

    /// A browser on the page of the platform somebody comes from.
    pub fn browser_of(&self, actor: &dyn Actor) -> Browser {
        Browser::on_page_of(&self.gate, actor.lms(self))
    }

    /// Another replica over the same database.
    pub async fn replica(&self) -> Gate {
        Gate::open(self.config.clone(), &self.clock).await
    }

    /// The configuration of the gateway.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What an agent is entered with.
    pub fn manifest(slug: &str, upstream: &str) -> Value {
        json!({
            "slug": slug, "name": "Tutor", "upstream_url": upstream, "kind": "school_official",
            "purposes": ["tutoring"],
            "elements": [
                "pseudonym", "role", "context", "resource", "prompt", "age_band", "given_name",
                "email"
            ],
            "public_paths": ["/static/"], "retention_days": 1, "subprocessors": [],
        })
    }

    async fn enter_institutions(&mut self) {
        let agents = [&self.tutor, &self.riverside_tutor, &self.prairie_tutor].map(FakeAgent::url);
        for (slug, upstream) in TENANTS.into_iter().zip(agents) {
            let kind = if slug == "riverside" {
                "higher_ed"
            } else {
                "k12"
            };
            let body = json!({ "slug": slug, "name": format!("{slug} schools"), "kind": kind });
            let id = self.operator.records("/tenants", &body).await;
            self.keep(slug, id);
            let body = Self::manifest("tutor", &upstream);
            let id = self
                .operator
                .records(&format!("/tenants/{slug}/agents"), &body)
                .await;
            self.keep(format!("{slug}/tutor"), id);
        }
    }

    async fn enter_platforms(&mut self) {
        let mut canvas = self.canvas.registration();
        canvas["preset"] = "canvas".into();
        let mut moodle = self.moodle.registration();
        moodle["preset"] = "moodle".into();
        moodle["new_deployments"] = "ask".into();
        let mut press = self.press.registration();
        press["sharing"] = "shared".into();
        for (name, owner, body) in [
            ("canvas", "lincoln", canvas),
            ("moodle", "riverside", moodle),
            ("press", "installation", press),
        ] {
            let id = self
                .operator
                .records(&format!("/tenants/{owner}/platforms"), &body)
                .await;
            self.keep(name, id);
        }
        for (tenant, platform, deployment) in [
            ("lincoln", "canvas", "7:lincoln"),
            ("riverside", "moodle", "1"),
            ("lincoln", "press", "os-lincoln"),
            ("prairie", "press", "os-prairie"),
        ] {
            let body = json!({ "platform": self.id(platform), "deployment_id": deployment });
            let id = self
                .operator
                .records(&format!("/tenants/{tenant}/deployments"), &body)
                .await;
            let placed = json!({ "deployment": id, "agent": "tutor" });
            self.operator
                .records(&format!("/tenants/{tenant}/placements"), &placed)
                .await;
            self.keep(format!("{tenant}/{platform}"), id);
        }
    }

    async fn enter_grounds(&mut self) {
        for tenant in ["lincoln", "riverside"] {
            let id = self.signs_agreement(tenant, 300).await;
            self.keep(format!("{tenant}/agreement"), id);
        }
        let id = self.authorizes(300).await;
        self.keep("lincoln/authorization", id);
        let (mia, theo) = (Learner::mia(), Learner::theo());
        for (tenant, platform, sub, band) in [
            ("lincoln", "canvas", mia.sub(), "under_13"),
            ("lincoln", "press", theo.sub(), "13_to_17"),
            ("riverside", "moodle", Learner::ines().sub(), "18_or_over"),
        ] {
            self.knows_age(tenant, platform, sub, band).await;
        }
    }

    /// An institution signs an agreement about its tutor.
    pub async fn signs_agreement(&self, tenant: &str, days: u64) -> String {
        let body = json!({
            "agent": "tutor", "signer": "Wilhelmina Oakhollow", "annual_notice_attested": true,
            "valid_until": self.in_days(days),
        });
        self.operator
            .records(&format!("/tenants/{tenant}/agreements"), &body)
            .await
    }

    /// Lincoln authorizes its tutor for children.
    pub async fn authorizes(&self, days: u64) -> String {
        let body = json!({
            "agents": ["tutor"], "purposes": ["tutoring"], "elements": NEEDED,
            "signer": "Wilhelmina Oakhollow", "signer_role": "superintendent",
            "notice_version": "2026-08", "valid_until": self.in_days(days),
        });
        self.operator
            .records("/tenants/lincoln/school-authorizations", &body)
            .await
    }

    /// An institution enters how old somebody is.
    pub async fn knows_age(&self, tenant: &str, platform: &str, sub: &str, band: &str) {
        let body = json!({
            "platform": self.id(platform), "platform_user_id": sub, "age_band": band,
        });
        self.operator
            .records(&format!("/tenants/{tenant}/people/age-bands"), &body)
            .await;
    }

    fn in_days(&self, days: u64) -> String {
        self.clock
            .now()
            .plus(Duration::from_secs(days * 86_400))
            .to_rfc3339()
    }

    /// Ends the world: whatever a test was about, the logs must hold.
    pub async fn leave(mut self) {
        self.gate.stop_jobs().await;
        self.check_logs().await;
        self.gate.close().await;
        self.place.leave().await;
    }
}

impl World {
    /// Ends a world in which a gateway was killed: what was under way then stays open for ever, and
    /// is all that may be wrong.
    pub async fn leave_after_a_kill(mut self, under_way: u64) {
        self.gate.stop_jobs().await;
        for tenant in TENANTS.into_iter().chain(["installation"]) {
            let unclosed = self.check_log(tenant, 1).await;
            assert!(
                unclosed <= under_way,
                "{tenant}: {unclosed} entries are open"
            );
        }
        self.gate.close().await;
        self.place.leave().await;
    }
}

fn config(place: &Place, called: &[std::net::SocketAddr], limits: toml::Table) -> Config {
    let database = place.config();
    let mut section = toml::Table::new();
    section.insert("url".to_owned(), database.url.into());
    if let Some(direct) = database.direct_url {
        section.insert("direct_url".to_owned(), direct.into());
    }
    if let Some(role) = database.app_role {
        section.insert("app_role".to_owned(), role.into());
    }
    let table = |key: &str, value: toml::Value| {
        toml::Value::Table(toml::Table::from_iter([(key.to_owned(), value)]))
    };
    let called: Vec<toml::Value> = called.iter().map(|at| at.to_string().into()).collect();
    let key = "QUdFTlQtRkFDVE9SWS1URVNULVJPT1QtS0VZLTAwMDE=";
    let tree = toml::Table::from_iter([
        ("public_url".to_owned(), GATE.into()),
        ("agents".to_owned(), table("domain", AGENTS.into())),
        ("database".to_owned(), toml::Value::Table(section)),
        ("root_key".to_owned(), table("value", key.into())),
        (
            "egress".to_owned(),
            table("allowed_private_hosts", called.into()),
        ),
        ("limits".to_owned(), toml::Value::Table(limits)),
    ]);
    let config: Config = toml::Value::Table(tree).try_into().unwrap();
    config.validate().unwrap();
    config
}
