//! A whole gateway in this process, with everything around it that is not its own: platforms,
//! agents, a browser without scripts, operators, a clock that stands still. Tests speak through
//! these and look at what came out and at the trace it left.

mod agent;
mod answer;
mod assertion;
mod browser;
pub mod console;
mod database;
mod entries;
mod form;
mod gate;
mod hop;
mod operator;
mod people;
mod platform;
mod process;
mod trace;
mod world;

pub use agent::{FakeAgent, Received};
pub use answer::{Answer, Live};
pub use assertion::Assertion;
pub use browser::{Browser, CLIENT_ADDRESS, HandedOver, Shown, Tab, USER_AGENT};
pub use database::{Database, Place};
pub use entries::LogEntry;
pub use form::{Form, encoded};
pub use gate::Gate;
pub use hop::Hop;
pub use operator::Operator;
pub use people::{Actor, Learner, Observer, Teacher};
pub use platform::Lms;
pub use process::Process;
pub use world::{GATE, Setting, World};

/// Runs each test on SQLite and, when there is a server, on PostgreSQL.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let setting = $crate::harness::Setting::on($crate::harness::Database::Sqlite);
                super::$name(setting).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if !$crate::harness::Database::Postgres.is_there() {
                    return;
                }
                let setting = $crate::harness::Setting::on($crate::harness::Database::Postgres);
                super::$name(setting).await;
            })+
        }
    };
}

pub(crate) use on_both_databases;
