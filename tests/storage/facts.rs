//! What decisions read: age bands, authorizations, and people after erasure.

use agent_factory::dice::Dice;
use agent_factory::ids::AgeBandId;
use agent_factory::store::{ConsentStanding, GroundStanding, PersonKeyPurpose, PersonStanding};

use super::filed::Filed;
use super::ground::{Ground, on_both_databases};
use super::school::{School, later, sealed};

on_both_databases! {
    a_later_age_band_takes_the_place_of_the_earlier,
    an_erased_person_has_no_profile_and_no_content_key,
    a_lapsed_authorization_is_not_active,
    a_withdrawn_consent_stays_on_file_as_withdrawn,
}

async fn a_later_age_band_takes_the_place_of_the_earlier(ground: &Ground) {
    let filed = Filed::open(&ground.store, "lincoln").await;
    let mut unit = ground
        .store
        .tenant(filed.school.tenant)
        .begin()
        .await
        .unwrap();
    let mut older = filed.age_band.clone();
    older.age_band_id = AgeBandId::new(Dice, later(5)).unwrap();
    older.age_band = String::from("13-15");
    older.recorded_at = later(5);
    unit.age_bands().record(&older).await.unwrap();
    let mut course = older.clone();
    course.age_band_id = AgeBandId::new(Dice, later(6)).unwrap();
    course.person_id = None;
    course.context_row_id = Some(filed.school.context);
    unit.age_bands().record(&course).await.unwrap();
    let current = unit
        .age_bands()
        .for_person(filed.school.person)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(current, older);
    let of_course = unit
        .age_bands()
        .for_context(filed.school.context)
        .await
        .unwrap();
    assert_eq!(of_course, Some(course));
    let all = unit.age_bands().list(None, 10).await.unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(all[0].superseded_at, Some(later(5)));
}

async fn an_erased_person_has_no_profile_and_no_content_key(ground: &Ground) {
    let school = School::open(&ground.store, "lincoln").await;
    let mut unit = ground.store.tenant(school.tenant).begin().await.unwrap();
    assert!(
        unit.people()
            .seen(school.person, later(9), Some(sealed("newer")))
            .await
            .unwrap()
    );
    let person = unit.people().find(school.person).await.unwrap().unwrap();
    assert_eq!(
        (person.last_seen_at, person.profile),
        (later(9), Some(sealed("newer")))
    );
    assert!(unit.people().erase(school.person).await.unwrap());
    let content = PersonKeyPurpose::Content;
    assert!(
        unit.person_keys()
            .destroy(school.person, content, later(10))
            .await
            .unwrap()
    );
    assert!(
        !unit
            .person_keys()
            .destroy(school.person, content, later(11))
            .await
            .unwrap()
    );
    let person = unit.people().find(school.person).await.unwrap().unwrap();
    assert_eq!(
        (person.standing, person.profile),
        (PersonStanding::Erased, None)
    );
    let key = unit
        .person_keys()
        .find(school.person, content)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((key.wrapped, key.destroyed_at), (None, Some(later(10))));
    let record = PersonKeyPurpose::Record;
    let key = unit
        .person_keys()
        .find(school.person, record)
        .await
        .unwrap()
        .unwrap();
    assert!(key.wrapped.is_some());
    assert!(
        !unit
            .people()
            .seen(school.person, later(12), None)
            .await
            .unwrap()
    );
}

async fn a_lapsed_authorization_is_not_active(ground: &Ground) {
    let filed = Filed::open(&ground.store, "lincoln").await;
    let mut unit = ground
        .store
        .tenant(filed.school.tenant)
        .begin()
        .await
        .unwrap();
    let id = filed.authorization.ground_id;
    assert_eq!(
        unit.school_authorizations()
            .list_active(later(99))
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        unit.school_authorizations()
            .list_active(later(100))
            .await
            .unwrap()
            .len(),
        0
    );
    assert_eq!(
        unit.school_authorizations()
            .list_granted()
            .await
            .unwrap()
            .len(),
        1
    );
    let withdrawn = GroundStanding::Withdrawn;
    assert!(
        unit.school_authorizations()
            .set_standing(id, withdrawn)
            .await
            .unwrap()
    );
    assert_eq!(
        unit.school_authorizations()
            .list_active(later(99))
            .await
            .unwrap()
            .len(),
        0
    );
}

async fn a_withdrawn_consent_stays_on_file_as_withdrawn(ground: &Ground) {
    let filed = Filed::open(&ground.store, "lincoln").await;
    let mut unit = ground
        .store
        .tenant(filed.school.tenant)
        .begin()
        .await
        .unwrap();
    let id = filed.consent.ground_id;
    assert!(
        unit.consents()
            .set_standing(id, ConsentStanding::Withdrawn)
            .await
            .unwrap()
    );
    let consents = unit
        .consents()
        .list_for_person(filed.school.person)
        .await
        .unwrap();
    assert_eq!(consents[0].standing, ConsentStanding::Withdrawn);
}
