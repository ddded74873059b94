//! The vault seen from outside: what opens where, and what says nothing.

mod keys;
mod naming;
mod sealing;
mod tickets;

use uuid::Uuid;

use super::{Location, PurposeClass, RootKey, TenantKeys, Vault};
use crate::dice::Dice;
use crate::ids::{PersonId, TenantId};

const LINCOLN: TenantId = TenantId(Uuid::from_u128(1));
const RIVERSIDE: TenantId = TenantId(Uuid::from_u128(2));
const ADA: PersonId = PersonId(Uuid::from_u128(11));
const BEN: PersonId = PersonId(Uuid::from_u128(12));

fn vault() -> Vault {
    Vault::new(RootKey::generate(Dice).unwrap())
}

async fn keys_of(tenant: TenantId) -> TenantKeys {
    vault().new_tenant(tenant, Dice).await.unwrap().1
}

fn name_of_ada() -> Location {
    Location {
        tenant: LINCOLN,
        table: "people",
        column: "name",
        row: *ADA.as_bytes(),
        purpose: PurposeClass::Identity,
    }
}
