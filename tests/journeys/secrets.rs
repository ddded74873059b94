//! After everybody came and went: no name, no address and no platform's id of a person in the
//! database's files or in what the process said.

use sqlx::{AssertSqlSafe, Row};

use crate::harness::{
    Actor, Learner, Observer, Place, Setting, Teacher, World, console, on_both_databases,
};

on_both_databases! {
    nobodys_name_is_in_the_database_or_in_the_log_lines,
}

/// What is kept of a school that is a secret too: who signed, what a course is called.
const OF_THE_SCHOOL: [&str; 4] = [
    "Oakhollow",
    "Science, Room Twelve",
    "How leaves eat light",
    "Why is a leaf green",
];

/// All that lies in the database, as bytes.
async fn everything(world: &World) -> Vec<u8> {
    if let Some(bytes) = world.place.file_bytes() {
        return bytes;
    }
    let Place::Postgres(ground) = &world.place else {
        unreachable!("neither database")
    };
    let mut connection = ground.connect_admin().await;
    let tables = sqlx::query("select tablename from pg_tables where schemaname = 'public'")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let mut bytes = Vec::new();
    for table in tables {
        let name: String = table.get(0);
        let all = AssertSqlSafe(format!("select t::text from {name} t"));
        for row in sqlx::query(all).fetch_all(&mut connection).await.unwrap() {
            bytes.extend(row.get::<String, _>(0).into_bytes());
        }
    }
    bytes
}

fn contains(haystack: &str, needle: &str) -> bool {
    let hex = needle
        .bytes()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    haystack.contains(needle) || haystack.contains(&hex)
}

async fn nobodys_name_is_in_the_database_or_in_the_log_lines(setting: Setting) {
    let mut world = setting.open().await;
    let (mia, theo, ines) = (Learner::mia(), Learner::theo(), Learner::ines());
    let (harlan, rosalind, odell) = (Teacher::harlan(), Observer::rosalind(), Learner::odell());
    let everybody: [&dyn Actor; 6] = [&mia, &theo, &ines, &harlan, &rosalind, &odell];
    let mut secrets: Vec<String> = OF_THE_SCHOOL.map(str::to_owned).to_vec();
    for actor in everybody {
        secrets.extend(actor.secrets());
        let mut browser = world.browser_of(actor);
        let page = browser.launch(&world, actor).await;
        if page.status == 200 {
            let tab = browser.takes_over(&page).await;
            browser
                .posts(&tab, "/ask", "Why is a leaf green?")
                .await
                .is(200);
        }
        // And once with a token that is refused, and once with one that is not ours.
        let flaw = Some(agent_factory_lti::simulator::Flaw::Expired);
        let lms = actor.lms(&world);
        let fields = browser
            .authenticates(lms, &actor.launch(), world.now(), flaw)
            .await;
        browser.post_launch(lms, &fields).await.is(401);
        let flaw = Some(agent_factory_lti::simulator::Flaw::SignedByStranger);
        let fields = browser
            .authenticates(lms, &actor.launch(), world.now(), flaw)
            .await;
        browser.post_launch(lms, &fields).await.is(401);
    }
    world.gate.stop_jobs().await;
    let bytes = everything(&world).await;
    let bytes = String::from_utf8_lossy(&bytes);
    assert!(
        contains(&bytes, "lincoln schools"),
        "the search finds what is there"
    );
    let said = console::said();
    assert!(
        said.contains("a signed launch was refused"),
        "the process said something"
    );
    for secret in &secrets {
        assert!(!contains(&bytes, secret), "{secret} is in the database");
        assert!(!said.contains(secret.as_str()), "{secret} is in a log line");
    }
    world.gate.start_jobs();
    world.leave().await;
}
