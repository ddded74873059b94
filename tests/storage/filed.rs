//! One of every other noun, filed under a school.

use agent_factory::dice::Dice;
use agent_factory::ids::{AgeBandId, EntryId, GroundId, SigningKeyId};
use agent_factory::store::{
    AgeBand, AgentEnablement, Agreement, Consent, ConsentKind, ConsentStanding, GroundStanding,
    IdempotencyKey, KeyStanding, SchoolAuthorization, SealedPart, Session, SigningKey,
    SigningKeyKind, Store, TenantKey,
};

use super::school::{NOW, School, event, later, sealed, secret};

/// A school with one of every noun.
pub struct Filed {
    pub school: School,
    pub tenant_key: TenantKey,
    pub signing_key: SigningKey,
    pub enablement: AgentEnablement,
    pub agreement: Agreement,
    pub authorization: SchoolAuthorization,
    pub consent: Consent,
    pub age_band: AgeBand,
    pub session: Session,
    pub entry: EntryId,
    pub part: SealedPart,
    pub kept: IdempotencyKey,
    pub cookie: [u8; 32],
    pub nonce: [u8; 32],
}

impl Filed {
    pub async fn open(store: &Store, slug: &str) -> Self {
        let school = School::open(store, slug).await;
        let unit = store.tenant(school.tenant).begin().await.unwrap();
        let entry = unit.commit_recording(vec![event("launch")]).await.unwrap()[0].entry_id;
        let filed = Self {
            tenant_key: tenant_key(),
            signing_key: signing_key(),
            enablement: enablement(&school),
            agreement: agreement(&school),
            authorization: authorization(&school),
            consent: consent(&school),
            age_band: age_band(&school),
            session: school.session(),
            entry,
            part: part(entry),
            kept: kept(),
            cookie: secret(),
            nonce: secret(),
            school,
        };
        filed.file(store).await;
        filed
    }

    async fn file(&self, store: &Store) {
        let mut unit = store.tenant(self.school.tenant).begin().await.unwrap();
        unit.tenant_keys().insert(&self.tenant_key).await.unwrap();
        unit.signing_keys().insert(&self.signing_key).await.unwrap();
        unit.agent_enablements()
            .put(&self.enablement)
            .await
            .unwrap();
        unit.agreements().insert(&self.agreement).await.unwrap();
        unit.school_authorizations()
            .insert(&self.authorization)
            .await
            .unwrap();
        unit.consents().insert(&self.consent).await.unwrap();
        let ground = self.consent.ground_id;
        unit.ground_events()
            .add(ground, NOW, "recorded", None)
            .await
            .unwrap();
        unit.ground_events()
            .add(ground, later(1), "seen", None)
            .await
            .unwrap();
        unit.age_bands().record(&self.age_band).await.unwrap();
        unit.sessions().insert(&self.session).await.unwrap();
        unit.sealed_parts().insert(&self.part).await.unwrap();
        unit.idempotency_keys().insert(&self.kept).await.unwrap();
        assert!(
            unit.nonces()
                .use_up(&self.school.nonce(self.nonce))
                .await
                .unwrap()
        );
        unit.commit().await.unwrap();
    }
}

fn tenant_key() -> TenantKey {
    TenantKey {
        version: 1,
        wrapped: sealed("wrapped"),
        standing: KeyStanding::Active,
        created_at: NOW,
    }
}

fn signing_key() -> SigningKey {
    SigningKey {
        signing_key_id: SigningKeyId::new(Dice, NOW).unwrap(),
        kind: SigningKeyKind::Checkpoint,
        algorithm: "ed25519".to_owned(),
        private: sealed("private"),
        public: vec![1, 2, 3],
        standing: KeyStanding::Active,
        created_at: NOW,
    }
}

fn enablement(school: &School) -> AgentEnablement {
    AgentEnablement {
        agent_id: school.agent,
        deployment_row_id: school.deployment,
        context_row_id: Some(school.context),
        is_default: true,
        created_at: NOW,
    }
}

fn agreement(school: &School) -> Agreement {
    Agreement {
        ground_id: GroundId::new(Dice, NOW).unwrap(),
        agent_id: school.agent,
        valid_from: NOW,
        valid_until: None,
        signer: sealed("signer"),
        annual_notice_attested: true,
        terms: serde_json::json!({"audits": "yearly"}),
        standing: GroundStanding::Granted,
        recorded_at: NOW,
    }
}

fn authorization(school: &School) -> SchoolAuthorization {
    SchoolAuthorization {
        ground_id: GroundId::new(Dice, NOW).unwrap(),
        agents: vec![school.agent],
        purposes: vec!["tutoring".to_owned()],
        elements: vec!["given_name".to_owned()],
        signer: sealed("signer"),
        signer_role: "principal".to_owned(),
        notice_version: "2026-08".to_owned(),
        valid_until: Some(later(100)),
        standing: GroundStanding::Granted,
        recorded_at: NOW,
    }
}

fn consent(school: &School) -> Consent {
    Consent {
        ground_id: GroundId::new(Dice, NOW).unwrap(),
        person_id: school.person,
        kind: ConsentKind::CoppaUse,
        agents: vec![school.agent],
        purposes: vec!["tutoring".to_owned()],
        elements: vec!["prompt".to_owned()],
        method: "signed-form".to_owned(),
        evidence: Some(sealed("shelf 3")),
        signed_at: NOW,
        valid_until: None,
        standing: ConsentStanding::Granted,
        recorded_at: NOW,
    }
}

fn age_band(school: &School) -> AgeBand {
    AgeBand {
        age_band_id: AgeBandId::new(Dice, NOW).unwrap(),
        person_id: Some(school.person),
        context_row_id: None,
        age_band: "under-13".to_owned(),
        source: "roster".to_owned(),
        recorded_at: NOW,
        superseded_at: None,
    }
}

fn part(entry: EntryId) -> SealedPart {
    SealedPart {
        entry_id: entry,
        part: "address".to_owned(),
        salt: vec![9; 32],
        payload: sealed("payload"),
        expires_at: Some(later(10)),
    }
}

fn kept() -> IdempotencyKey {
    IdempotencyKey {
        key_hash: secret(),
        route: "agents".to_owned(),
        body_hash: secret(),
        status: 201,
        response: serde_json::json!({"id": "x"}),
        created_at: NOW,
        expires_at: later(86_400),
    }
}
