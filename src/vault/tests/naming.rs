use super::*;
use crate::ids::{AgentId, PlacementId};
use crate::vault::PseudonymKind;

const TUTOR: AgentId = AgentId(Uuid::from_u128(21));
const COACH: AgentId = AgentId(Uuid::from_u128(22));

#[tokio::test]
async fn a_blind_index_finds_the_same_person_and_only_in_its_tenant_and_column() {
    let keys = keys_of(LINCOLN).await;
    let issuer: &[u8] = b"https://canvas.example";
    let index = keys.blind_index("people.sub", &[issuer, b"ada"]);
    assert_eq!(keys.blind_index("people.sub", &[issuer, b"ada"]), index);
    assert_ne!(keys.blind_index("people.sub", &[issuer, b"ben"]), index);
    assert_ne!(
        keys.blind_index("people.sub", &[b"https://moodle.example", b"ada"]),
        index
    );
    assert_ne!(keys.blind_index("people.email", &[issuer, b"ada"]), index);
    assert_ne!(
        keys.blind_index("people.sub", &[b"https://canvas.examplea", b"da"]),
        index
    );
    assert_ne!(
        keys_of(RIVERSIDE)
            .await
            .blind_index("people.sub", &[issuer, b"ada"]),
        index
    );
}

#[tokio::test]
async fn pseudonyms_differ_across_tenants_agents_kinds_and_people() {
    let keys = keys_of(LINCOLN).await;
    let ada: &[&[u8]] = &[ADA.as_bytes()];
    let name = keys.pseudonym(TUTOR, PseudonymKind::Actor, ada);
    assert_eq!(keys.pseudonym(TUTOR, PseudonymKind::Actor, ada), name);
    assert_eq!(name.len(), 24);
    assert_ne!(keys.pseudonym(COACH, PseudonymKind::Actor, ada), name);
    assert_ne!(
        keys.pseudonym(TUTOR, PseudonymKind::Actor, &[BEN.as_bytes()]),
        name
    );
    let other = keys_of(RIVERSIDE).await;
    assert_ne!(other.pseudonym(TUTOR, PseudonymKind::Actor, ada), name);
    let kinds = [
        PseudonymKind::Actor,
        PseudonymKind::Context,
        PseudonymKind::Resource,
        PseudonymKind::Session,
        PseudonymKind::Launch,
    ];
    let names: std::collections::BTreeSet<_> = kinds
        .iter()
        .map(|kind| keys.pseudonym(TUTOR, *kind, ada))
        .collect();
    assert_eq!(names.len(), kinds.len());
}

#[tokio::test]
async fn a_host_label_differs_by_placement_by_person_and_by_tenant() {
    let keys = keys_of(LINCOLN).await;
    let (essay, quiz) = (
        PlacementId(Uuid::from_u128(31)),
        PlacementId(Uuid::from_u128(32)),
    );
    let label = keys.host_label(essay, ADA.as_bytes());
    assert_eq!(keys.host_label(essay, ADA.as_bytes()), label);
    assert_eq!(label.as_str().parse(), Ok(label.clone()));
    assert_ne!(keys.host_label(quiz, ADA.as_bytes()), label);
    assert_ne!(keys.host_label(essay, BEN.as_bytes()), label);
    assert_ne!(
        keys_of(RIVERSIDE).await.host_label(essay, ADA.as_bytes()),
        label
    );
}
