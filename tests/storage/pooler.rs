//! Behind a transaction pooler every statement is in a transaction and has no name.

use agent_factory::dice::Dice;
use agent_factory::store::{HotOutcome, HotWrite, Pooler, Store};
use agent_factory_audit::LogStore;

use super::ground::PostgresGround;
use super::school::{School, event, secret};

#[tokio::test]
async fn the_whole_way_works_with_unnamed_statements_in_transactions() {
    let Some(ground) = PostgresGround::make().await else {
        return;
    };
    let mut config = ground.config();
    config.pooler = Pooler::Transaction;
    Store::migrate(&config).await.unwrap();
    let store = Store::open(&config, Dice).await.unwrap();
    let school = School::open(&store, "lincoln").await;
    let nonce = secret();
    for at in 0..3 {
        let write = HotWrite {
            nonce: Some(school.nonce(nonce)),
            session: Some(school.session()),
            events: vec![event("launch")],
            events_if_replayed: vec![event("launch-refused")],
            ..HotWrite::new(school.tenant)
        };
        let outcome = store.hot().submit(write).await.unwrap();
        assert_eq!(
            matches!(outcome, HotOutcome::Written { .. }),
            at == 0,
            "{outcome:?}"
        );
    }
    let mut unit = store.tenant(school.tenant).read().await.unwrap();
    assert_eq!(unit.sessions().list(None, 10).await.unwrap().len(), 1);
    drop(unit);
    super::log::sequence_all(&store).await;
    let logs = store.log_store();
    let log = logs.name_of(school.tenant).await.unwrap();
    assert_eq!(logs.head(&log).await.unwrap().unwrap().size, 3);
    store.close().await;
    ground.drop_database().await;
}
