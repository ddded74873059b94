use super::*;
use crate::vault::{PersonKeyPurpose, Purpose, WrappedKey};

const CONTENT: PersonKeyPurpose = PersonKeyPurpose::Content;

#[tokio::test]
async fn a_tenants_keys_open_again_under_the_same_root_key() {
    let vault = vault();
    let (wrapped, keys) = vault.new_tenant(LINCOLN, Dice).await.unwrap();
    let sealed = keys
        .seal(name_of_ada(), &"secret".to_owned(), Dice)
        .unwrap();
    let again = vault.open_tenant(LINCOLN, &[(1, wrapped)]).await.unwrap();
    assert_eq!(
        *again.open(name_of_ada(), &sealed, Purpose::Export).unwrap(),
        "secret"
    );
}

#[tokio::test]
async fn a_tenants_wrapped_key_opens_for_no_other_tenant_version_or_root_key() {
    let vault = vault();
    let (wrapped, _) = vault.new_tenant(LINCOLN, Dice).await.unwrap();
    let given = |version| [(version, wrapped.clone())];
    let tenant = vault.open_tenant(RIVERSIDE, &given(1)).await.unwrap_err();
    assert_eq!(tenant.code(), "root-key-not-authentic");
    let version = vault.open_tenant(LINCOLN, &given(2)).await.unwrap_err();
    assert_eq!(version.code(), "root-key-not-authentic");
    let root = super::vault()
        .open_tenant(LINCOLN, &given(1))
        .await
        .unwrap_err();
    assert_eq!(root.code(), "root-key-other");
    let none = vault.open_tenant(LINCOLN, &[]).await.unwrap_err();
    assert_eq!(none.code(), "key-no-version");
    let twice = [(1, wrapped.clone()), (1, wrapped.clone())];
    let twice = vault.open_tenant(LINCOLN, &twice).await.unwrap_err();
    assert_eq!(twice.code(), "key-version-twice");
    let garbage = [(1, WrappedKey(vec![9; 98]))];
    let garbage = vault.open_tenant(LINCOLN, &garbage).await.unwrap_err();
    assert_eq!(garbage.code(), "root-key-unknown-layout");
}

#[tokio::test]
async fn after_rotation_the_new_version_seals_and_the_old_still_reads() {
    let vault = vault();
    let (first, keys) = vault.new_tenant(LINCOLN, Dice).await.unwrap();
    let old = keys.seal(name_of_ada(), &"old".to_owned(), Dice).unwrap();
    let index = keys.blind_index("people.sub", &[b"ada"]);
    let (wrapped_key, of_ada) = keys.new_person_key(ADA, CONTENT, Dice).unwrap();
    let name = of_ada.seal(name_of_ada(), &"Ada".to_owned(), Dice).unwrap();

    let (version, second, _) = vault.rotate_tenant(keys, Dice).await.unwrap();
    let both = [(version, second.clone()), (1, first)];
    let keys = vault.open_tenant(LINCOLN, &both).await.unwrap();
    assert_eq!((version, keys.active_version()), (2, 2));
    let new = keys.seal(name_of_ada(), &"new".to_owned(), Dice).unwrap();
    assert_eq!(new.as_bytes()[2..6], [0, 0, 0, 2]);
    assert_eq!(
        *keys.open(name_of_ada(), &old, Purpose::Rotation).unwrap(),
        "old"
    );
    assert_eq!(
        *keys.open(name_of_ada(), &new, Purpose::Rotation).unwrap(),
        "new"
    );
    assert_eq!(keys.blind_index("people.sub", &[b"ada"]), index);

    let rewrapped = keys
        .rewrap_person_key(ADA, CONTENT, &wrapped_key, Dice)
        .unwrap();
    let only_new = vault.open_tenant(LINCOLN, &[(2, second)]).await.unwrap();
    let error = only_new
        .open(name_of_ada(), &old, Purpose::Rotation)
        .unwrap_err();
    assert_eq!(error.code(), "open-unknown-key");
    let error = only_new
        .open_person_key(ADA, CONTENT, &wrapped_key)
        .unwrap_err();
    assert_eq!(error.code(), "key-unknown");
    let of_ada = only_new.open_person_key(ADA, CONTENT, &rewrapped).unwrap();
    assert_eq!(
        *of_ada.open(name_of_ada(), &name, Purpose::Launch).unwrap(),
        "Ada"
    );
}

#[tokio::test]
async fn a_persons_wrapped_key_opens_for_no_other_person_purpose_or_tenant() {
    let keys = keys_of(LINCOLN).await;
    let (wrapped, key) = keys.new_person_key(ADA, CONTENT, Dice).unwrap();
    let name = key.seal(name_of_ada(), &"Ada".to_owned(), Dice).unwrap();
    let again = keys.open_person_key(ADA, CONTENT, &wrapped).unwrap();
    assert_eq!(
        *again.open(name_of_ada(), &name, Purpose::Launch).unwrap(),
        "Ada"
    );

    let refused = |opened: Result<_, crate::vault::KeyError>| opened.unwrap_err().code();
    let person = keys.open_person_key(BEN, CONTENT, &wrapped);
    assert_eq!(refused(person), "key-not-authentic");
    let purpose = keys.open_person_key(ADA, PersonKeyPurpose::Record, &wrapped);
    assert_eq!(refused(purpose), "key-not-authentic");
    let tenant = keys_of(RIVERSIDE)
        .await
        .open_person_key(ADA, CONTENT, &wrapped);
    assert_eq!(refused(tenant), "key-not-authentic");
    let short = keys.open_person_key(ADA, CONTENT, &WrappedKey(vec![1, 1]));
    assert_eq!(refused(short), "key-unknown-layout");
}

#[tokio::test]
async fn two_keys_of_one_person_are_never_the_same() {
    let keys = keys_of(LINCOLN).await;
    let (_, first) = keys.new_person_key(ADA, CONTENT, Dice).unwrap();
    let (_, second) = keys.new_person_key(ADA, CONTENT, Dice).unwrap();
    let name = first.seal(name_of_ada(), &"Ada".to_owned(), Dice).unwrap();
    assert!(second.open(name_of_ada(), &name, Purpose::Launch).is_err());
}
