//! Sessions: a code works once, on its own origin, in its time.

use agent_factory::store::Session;
use futures_util::future::join_all;

use super::ground::{Ground, on_both_databases};
use super::school::{School, later, secret};

on_both_databases! {
    of_16_that_redeem_a_code_one_gets_the_session,
    a_code_is_redeemed_on_its_own_origin_and_in_its_time,
    an_ended_session_is_not_redeemed_and_says_why_it_ended,
}

async fn opened(ground: &Ground, school: &School) -> Session {
    let session = school.session();
    let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    unit.sessions().insert(&session).await.unwrap();
    unit.commit().await.unwrap();
    session
}

async fn of_16_that_redeem_a_code_one_gets_the_session(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let session = opened(ground, &school).await;
    let code = session.code_hash.unwrap();
    let tries = (0..16).map(|_| async {
        let cookie = secret();
        let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
        let redeemed = unit
            .sessions()
            .redeem(&code, &session.host_label, later(1), &cookie)
            .await
            .unwrap();
        unit.commit().await.unwrap();
        redeemed.map(|redeemed| (redeemed, cookie))
    });
    let winners: Vec<_> = join_all(tries).await.into_iter().flatten().collect();
    assert_eq!(winners.len(), 1);
    let (redeemed, cookie) = &winners[0];
    assert_eq!(redeemed.session_id, session.session_id);
    assert_eq!(redeemed.redeemed_at, Some(later(1)));
    let mut unit = ground.store.tenant(school.tenant).read().await.unwrap();
    let found = unit
        .sessions()
        .find_by_cookie(cookie)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(&found, redeemed);
    assert_eq!(
        unit.sessions().find_by_cookie(&secret()).await.unwrap(),
        None
    );
}

async fn a_code_is_redeemed_on_its_own_origin_and_in_its_time(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let session = opened(ground, &school).await;
    let code = session.code_hash.unwrap();
    let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    for (code, host, at) in [
        (code, "tutor--lincoln--xyz", later(1)),
        (code, session.host_label.as_str(), later(60)),
        (secret(), session.host_label.as_str(), later(1)),
    ] {
        let redeemed = unit
            .sessions()
            .redeem(&code, host, at, &secret())
            .await
            .unwrap();
        assert_eq!(redeemed, None);
    }
    let redeemed = unit
        .sessions()
        .redeem(&code, &session.host_label, later(59), &secret())
        .await
        .unwrap();
    assert!(redeemed.is_some());
}

async fn an_ended_session_is_not_redeemed_and_says_why_it_ended(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let session = opened(ground, &school).await;
    let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    assert!(
        unit.sessions()
            .end(session.session_id, later(1), "signed-out")
            .await
            .unwrap()
    );
    assert!(
        !unit
            .sessions()
            .end(session.session_id, later(2), "again")
            .await
            .unwrap()
    );
    let code = session.code_hash.unwrap();
    let redeemed = unit
        .sessions()
        .redeem(&code, &session.host_label, later(3), &secret())
        .await
        .unwrap();
    assert_eq!(redeemed, None);
    let ended = unit
        .sessions()
        .get(session.session_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ended.ended_reason.as_deref(), Some("signed-out"));
    assert!(unit.sessions().list(None, 10).await.unwrap().is_empty());

    let other = school.session();
    unit.sessions().insert(&other).await.unwrap();
    let ended = unit
        .sessions()
        .end_of_person(school.person, later(4), "erased")
        .await
        .unwrap();
    assert_eq!(ended, 1);
}
