use metrics_exporter_prometheus::PrometheusBuilder;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::*;
use crate::vault::{OpenError, PersonKey, PersonKeyPurpose, Purpose, Sealed};

/// Every other place a ciphertext of Ada's name could be moved to.
fn other_places() -> Vec<(&'static str, Location)> {
    let here = name_of_ada();
    vec![
        (
            "row",
            Location {
                row: *BEN.as_bytes(),
                ..here
            },
        ),
        (
            "column",
            Location {
                column: "email",
                ..here
            },
        ),
        (
            "table",
            Location {
                table: "guardians",
                ..here
            },
        ),
        (
            "purpose class",
            Location {
                purpose: PurposeClass::Content,
                ..here
            },
        ),
        (
            "split of table and column",
            Location {
                table: "people.n",
                column: "ame",
                ..here
            },
        ),
    ]
}

fn key_of_ada(keys: &TenantKeys) -> PersonKey {
    keys.new_person_key(ADA, PersonKeyPurpose::Content, Dice)
        .unwrap()
        .1
}

#[tokio::test]
async fn a_sealed_name_opens_in_its_place_and_shows_nothing_before() {
    let keys = keys_of(LINCOLN).await;
    let key = key_of_ada(&keys);
    let sealed = key
        .seal(name_of_ada(), &"Ada Example".to_owned(), Dice)
        .unwrap();
    assert!(!sealed.as_bytes().windows(3).any(|part| part == b"Ada"));
    assert_eq!(sealed.as_bytes()[..6], [1, 1, 0, 0, 0, 1]);
    let stored = Sealed::<String>::from_bytes(sealed.as_bytes().to_vec());
    let opened = key.open(name_of_ada(), &stored, Purpose::Launch).unwrap();
    assert_eq!(opened.as_str(), "Ada Example");
    assert_eq!(opened.take(), "Ada Example");
}

#[tokio::test]
async fn a_persons_ciphertext_moved_anywhere_does_not_open() {
    let keys = keys_of(LINCOLN).await;
    let key = key_of_ada(&keys);
    let sealed = key
        .seal(name_of_ada(), &"Ada Example".to_owned(), Dice)
        .unwrap();
    for (what, elsewhere) in other_places() {
        let error = key.open(elsewhere, &sealed, Purpose::Launch).unwrap_err();
        assert_eq!(error, OpenError::NotAuthentic(elsewhere), "{what}");
    }
    assert!(key.open(name_of_ada(), &sealed, Purpose::Launch).is_ok());
}

#[tokio::test]
async fn a_tenants_ciphertext_moved_anywhere_does_not_open() {
    let keys = keys_of(LINCOLN).await;
    let sealed = keys
        .seal(name_of_ada(), &"secret".to_owned(), Dice)
        .unwrap();
    for (what, elsewhere) in other_places() {
        let error = keys.open(elsewhere, &sealed, Purpose::Launch).unwrap_err();
        assert_eq!(error, OpenError::NotAuthentic(elsewhere), "{what}");
    }
    assert!(keys.open(name_of_ada(), &sealed, Purpose::Launch).is_ok());
}

#[tokio::test]
async fn a_ciphertext_moved_to_another_tenant_does_not_open_there() {
    let vault = vault();
    let (_, lincoln) = vault.new_tenant(LINCOLN, Dice).await.unwrap();
    let (_, riverside) = vault.new_tenant(RIVERSIDE, Dice).await.unwrap();
    let sealed = lincoln
        .seal(name_of_ada(), &"secret".to_owned(), Dice)
        .unwrap();
    let there = Location {
        tenant: RIVERSIDE,
        ..name_of_ada()
    };
    let error = riverside.open(there, &sealed, Purpose::Launch).unwrap_err();
    assert_eq!(error, OpenError::NotAuthentic(there));
}

#[tokio::test]
async fn keys_of_one_tenant_refuse_a_place_of_another() {
    let keys = keys_of(LINCOLN).await;
    let key = key_of_ada(&keys);
    let there = Location {
        tenant: RIVERSIDE,
        ..name_of_ada()
    };
    let text = "secret".to_owned();
    assert_eq!(
        keys.seal(there, &text, Dice).unwrap_err().code(),
        "seal-wrong-tenant"
    );
    assert_eq!(
        key.seal(there, &text, Dice).unwrap_err().code(),
        "seal-wrong-tenant"
    );
    let sealed = keys.seal(name_of_ada(), &text, Dice).unwrap();
    let error = keys.open(there, &sealed, Purpose::Launch).unwrap_err();
    assert_eq!(error.code(), "open-wrong-tenant");
    assert_eq!(
        key.open(there, &sealed, Purpose::Launch)
            .unwrap_err()
            .code(),
        error.code()
    );
}

#[tokio::test]
async fn another_persons_key_and_the_tenants_own_do_not_open_a_name() {
    let keys = keys_of(LINCOLN).await;
    let sealed = key_of_ada(&keys)
        .seal(name_of_ada(), &"Ada".to_owned(), Dice)
        .unwrap();
    let (_, of_ben) = keys
        .new_person_key(BEN, PersonKeyPurpose::Content, Dice)
        .unwrap();
    let (_, record) = keys
        .new_person_key(ADA, PersonKeyPurpose::Record, Dice)
        .unwrap();
    let refused = OpenError::NotAuthentic(name_of_ada());
    assert_eq!(
        of_ben
            .open(name_of_ada(), &sealed, Purpose::Launch)
            .unwrap_err(),
        refused
    );
    assert_eq!(
        record
            .open(name_of_ada(), &sealed, Purpose::Launch)
            .unwrap_err(),
        refused
    );
    assert_eq!(
        keys.open(name_of_ada(), &sealed, Purpose::Launch)
            .unwrap_err(),
        refused
    );
}

#[tokio::test]
async fn a_strange_layout_is_an_error_that_names_the_place_and_no_content() {
    let keys = keys_of(LINCOLN).await;
    let sealed = keys
        .seal(name_of_ada(), &"Ada Example".to_owned(), Dice)
        .unwrap();
    let changed = |at: usize, to: u8| {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[at] = to;
        let sealed = Sealed::<String>::from_bytes(bytes);
        keys.open(name_of_ada(), &sealed, Purpose::Launch)
            .unwrap_err()
    };
    let at = name_of_ada();
    assert_eq!(changed(0, 9), OpenError::UnknownVersion { at, version: 9 });
    assert_eq!(
        changed(1, 9),
        OpenError::UnknownAlgorithm { at, algorithm: 9 }
    );
    assert_eq!(changed(5, 9), OpenError::UnknownKey { at, key_id: 9 });
    let shown = changed(0, 9).to_string();
    assert_eq!(shown, "`people.name` is sealed in the unknown version 9");
    for short in [
        &[][..],
        &[1][..],
        &[1, 1, 0, 0][..],
        &sealed.as_bytes()[..33],
    ] {
        let sealed = Sealed::<String>::from_bytes(short.to_vec());
        let error = keys.open(at, &sealed, Purpose::Launch).unwrap_err();
        assert_eq!(error, OpenError::Malformed(at));
    }
}

#[tokio::test]
async fn a_value_of_another_type_is_refused_without_being_shown() {
    let keys = keys_of(LINCOLN).await;
    let sealed = keys
        .seal(name_of_ada(), &"Ada Example".to_owned(), Dice)
        .unwrap();
    let as_number = Sealed::<u64>::from_bytes(sealed.into_bytes());
    let error = keys
        .open(name_of_ada(), &as_number, Purpose::Launch)
        .unwrap_err();
    assert_eq!(error.code(), "open-wrong-shape");
    assert!(!format!("{error} {error:?}").contains("Ada"));
}

#[derive(Serialize, Deserialize, Zeroize)]
struct Profile {
    name: String,
    email: Option<String>,
}

#[tokio::test]
async fn debug_of_everything_is_silent() {
    let keys = keys_of(LINCOLN).await;
    let (wrapped, key) = keys
        .new_person_key(ADA, PersonKeyPurpose::Content, Dice)
        .unwrap();
    let profile = Profile {
        name: "Ada Example".to_owned(),
        email: None,
    };
    let sealed = key.seal(name_of_ada(), &profile, Dice).unwrap();
    let opened = key.open(name_of_ada(), &sealed, Purpose::Export).unwrap();
    assert_eq!(
        (opened.name.as_str(), &opened.email),
        ("Ada Example", &None)
    );
    assert_eq!(
        format!("{sealed:?}"),
        format!("Sealed({} bytes)", sealed.as_bytes().len())
    );
    assert_eq!(format!("{opened:?}"), "Opened(..)");
    assert_eq!(format!("{key:?}"), "PersonKey(..)");
    assert_eq!(format!("{wrapped:?}"), "WrappedKey(66 bytes)");
    assert_eq!(
        format!("{keys:?}"),
        format!("TenantKeys({LINCOLN}, version 1)")
    );
    assert_eq!(format!("{:?}", name_of_ada()), "Location(people.name)");
}

#[tokio::test]
async fn each_opening_is_counted_by_its_purpose_and_a_failed_one_is_not() {
    let keys = keys_of(LINCOLN).await;
    let sealed = keys.seal(name_of_ada(), &"Ada".to_owned(), Dice).unwrap();
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || {
        keys.open(name_of_ada(), &sealed, Purpose::OperatorView)
            .unwrap();
        keys.open(name_of_ada(), &sealed, Purpose::OperatorView)
            .unwrap();
        keys.open(name_of_ada(), &sealed, Purpose::Launch).unwrap();
        keys.open(other_places()[0].1, &sealed, Purpose::Launch)
            .unwrap_err();
    });
    let counted = recorder.handle().render();
    assert!(
        counted.contains(r#"vault_opened_total{purpose="operator_view"} 2"#),
        "{counted}"
    );
    assert!(
        counted.contains(r#"vault_opened_total{purpose="launch"} 1"#),
        "{counted}"
    );
}
