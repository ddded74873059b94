//! How many launches and agent requests the gateway makes in a second of CPU, database included:
//! real launches against the simulated platform, in one process, on SQLite and, where
//! `TEST_POSTGRES_URL` names a server, on PostgreSQL.
//!
//! `cargo bench --bench launches`. It says, never judges: numbers belong into docs/PERFORMANCE.md
//! with the machine they were measured on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::too_many_lines,
    clippy::large_futures,
    clippy::assigning_clones,
    dead_code,
    unused_imports,
    unused_macros,
    missing_docs,
    reason = "a measurement, built from the tests' own world"
)]

#[path = "../tests/harness/mod.rs"]
mod harness;
#[path = "../tests/storage/mod.rs"]
mod storage;

use std::sync::Arc;
use std::time::Instant;

use harness::{Browser, Database, Learner, Setting, World};

/// Launches in one measurement, and how many are under way at once.
const LAUNCHES: usize = 4_000;
const AT_ONCE: usize = 64;
/// Requests to the agent in each opened session.
const REQUESTS: usize = 5;

/// CPU time of this process in seconds: user and system, every thread.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    let ticks: f64 = [11, 12]
        .map(|at| fields[at].parse::<f64>().unwrap())
        .iter()
        .sum();
    ticks / 100.0
}

struct Measured {
    what: &'static str,
    count: usize,
    wall: f64,
    cpu: f64,
}

impl Measured {
    fn say(&self) {
        println!(
            "{:<34} {:>7} in {:>6.2} s   {:>8.0} /s   {:>8.0} /CPU-s (this process)",
            self.what,
            self.count,
            self.wall,
            self.count as f64 / self.wall,
            self.count as f64 / self.cpu
        );
    }
}

/// Runs one step for every item, `AT_ONCE` at a time.
async fn measure<T, U, F>(
    what: &'static str,
    items: Vec<T>,
    step: impl Fn(T) -> F,
) -> (Measured, Vec<U>)
where
    T: Send + 'static,
    U: Send + 'static,
    F: Future<Output = U> + Send + 'static,
{
    let count = items.len();
    let (began, cpu) = (Instant::now(), cpu_seconds());
    let mut done = Vec::with_capacity(count);
    let mut running = tokio::task::JoinSet::new();
    for item in items {
        if running.len() >= AT_ONCE {
            done.push(running.join_next().await.unwrap().unwrap());
        }
        running.spawn(step(item));
    }
    while let Some(ended) = running.join_next().await {
        done.push(ended.unwrap());
    }
    let measured = Measured {
        what,
        count,
        wall: began.elapsed().as_secs_f64(),
        cpu: cpu_seconds() - cpu,
    };
    measured.say();
    (measured, done)
}

async fn on(database: Database) {
    if !database.is_there() {
        return;
    }
    println!("\n{database:?}");
    let setting = Setting::on(database).limit("launches_per_minute", 1_000_000);
    let world = Arc::new(setting.open().await);
    let classmates: Vec<usize> = (0..LAUNCHES).collect();
    let (_, bound) = measure("login, and the platform's signing", classmates, |number| {
        let world = world.clone();
        async move {
            use harness::Actor as _;
            let learner = Learner::classmate(number % 500);
            let mut browser: Browser = world.browser_of(&learner);
            let spec = learner.launch();
            let lms = learner.lms(&world);
            let fields = browser.authenticates(lms, &spec, world.now(), None).await;
            (browser, learner, fields)
        }
    })
    .await;
    let (_, opened) = measure(
        "launch: verified to durable",
        bound,
        |(mut browser, learner, fields)| {
            let world = world.clone();
            async move {
                use harness::Actor as _;
                let page = browser.post_launch(learner.lms(&world), &fields).await;
                (browser, page)
            }
        },
    )
    .await;
    let (_, tabs) = measure(
        "hand-over and the agent's first page",
        opened,
        |(mut browser, page)| async move {
            let tab = browser.takes_over(&page).await;
            (browser, tab)
        },
    )
    .await;
    let requests: Vec<_> = tabs.into_iter().take(LAUNCHES / REQUESTS).collect();
    let count = requests.len();
    let (mut measured, _) = measure(
        "agent requests, in fives",
        requests,
        |(mut browser, tab)| async move {
            for _ in 0..REQUESTS {
                assert_eq!(browser.fetches(&tab, "/").await.status, 200);
            }
        },
    )
    .await;
    measured.what = "agent requests, each";
    measured.count = count * REQUESTS;
    measured.say();
    if let Ok(world) = Arc::try_unwrap(world) {
        world.check_logs().await;
        println!("every log verifies");
        world.leave().await;
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        for database in [Database::Sqlite, Database::Postgres] {
            on(database).await;
        }
    });
}
