//! A synthetic school with one of everything.

use agent_factory::clock::Timestamp;
use agent_factory::dice::Dice;
use agent_factory::ids::{
    AgentId, ContextRowId, DeploymentRowId, EntryId, PersonId, PlacementId, RegistrationId,
    SessionId, TenantId,
};
use agent_factory::store::{
    Agent, AgentStanding, Context, CoppaMode, Deployment, DeploymentStanding, NewDeployments,
    NewPerson, Nonce, Person, PersonKey, PersonKeyPurpose, PersonStanding, Placement, Registration,
    RegistrationStanding, SealedBytes, Session, Sharing, Store, Tenant, TenantKind, TenantStanding,
};
use agent_factory_audit::{Code, Event, Phase, Trail};

pub const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);

/// The instant so many seconds after [`NOW`].
pub fn later(seconds: u64) -> Timestamp {
    NOW.plus(std::time::Duration::from_secs(seconds))
}

pub fn sealed(text: &str) -> SealedBytes {
    SealedBytes::new(text.as_bytes().to_vec())
}

/// 32 bytes that no other call gives.
pub fn secret() -> [u8; 32] {
    Dice.bytes().unwrap()
}

/// An entry to write.
pub fn event(action: &str) -> Event {
    let id = EntryId::new(Dice, NOW).unwrap();
    Event::new(
        agent_factory_audit::EntryId::from_bytes(*id.as_bytes()),
        NOW.to_offset_date_time(),
        Trail::Activity,
        Phase::Note,
        Code::parse(action).unwrap(),
    )
    .unwrap()
}

/// A tenant with a platform, a deployment, a course, an agent, a placement and a person.
#[derive(Debug, Clone, Copy)]
pub struct School {
    pub tenant: TenantId,
    pub registration: RegistrationId,
    pub deployment: DeploymentRowId,
    pub context: ContextRowId,
    pub agent: AgentId,
    pub placement: PlacementId,
    pub person: PersonId,
}

impl School {
    pub async fn open(store: &Store, slug: &str) -> Self {
        let school = Self {
            tenant: TenantId::new(Dice, NOW).unwrap(),
            registration: RegistrationId::new(Dice, NOW).unwrap(),
            deployment: DeploymentRowId::new(Dice, NOW).unwrap(),
            context: ContextRowId::new(Dice, NOW).unwrap(),
            agent: AgentId::new(Dice, NOW).unwrap(),
            placement: PlacementId::new(Dice, NOW).unwrap(),
            person: PersonId::new(Dice, NOW).unwrap(),
        };
        store
            .directory()
            .tenants()
            .insert(&school.tenant_row(slug))
            .await
            .unwrap();
        let registration = school.registration_row(slug);
        store
            .directory()
            .registrations()
            .insert(&registration)
            .await
            .unwrap();
        let deployment = school.deployment_row("1");
        store
            .directory()
            .deployments()
            .insert(&deployment)
            .await
            .unwrap();
        let mut unit = store.tenant(school.tenant).begin().await.unwrap();
        unit.contexts()
            .insert(&school.context_row(school.context, "course-1"))
            .await
            .unwrap();
        unit.agents()
            .insert(&school.agent_row("tutor"))
            .await
            .unwrap();
        unit.people()
            .insert(&School::new_person(school.person, secret()))
            .await
            .unwrap();
        let placement = school.placement_row(school.placement, "link-1");
        unit.placements().insert(&placement).await.unwrap();
        unit.commit().await.unwrap();
        school
    }

    fn tenant_row(&self, slug: &str) -> Tenant {
        Tenant {
            tenant_id: self.tenant,
            slug: slug.parse().unwrap(),
            name: format!("{slug} district"),
            kind: TenantKind::K12,
            state: Some("CA".to_owned()),
            standing: TenantStanding::Active,
            annual_notice_attested_at: Some(NOW),
            coppa_mode: CoppaMode::SchoolAuthorization,
            assistants_are_officials: true,
            created_at: NOW,
        }
    }

    pub fn registration_row(&self, client: &str) -> Registration {
        Registration {
            registration_id: self.registration,
            owner_tenant_id: self.tenant,
            sharing: Sharing::Dedicated,
            issuer: "https://lms.example".to_owned(),
            client_id: client.to_owned(),
            authorization_url: "https://lms.example/auth".to_owned(),
            token_url: "https://lms.example/token".to_owned(),
            jwks_url: "https://lms.example/jwks".to_owned(),
            preset: None,
            standing: RegistrationStanding::Active,
            new_deployments: NewDeployments::Accept,
            allow_anonymous: false,
            created_at: NOW,
        }
    }

    pub fn deployment_row(&self, deployment_id: &str) -> Deployment {
        Deployment {
            deployment_row_id: self.deployment,
            registration_id: self.registration,
            deployment_id: deployment_id.to_owned(),
            tenant_id: Some(self.tenant),
            guid: None,
            platform_name: Some("Campus".to_owned()),
            standing: DeploymentStanding::Active,
            framing_origins: vec!["https://lms.example".to_owned()],
            first_seen_at: NOW,
            seen_count: 1,
        }
    }

    pub fn context_row(&self, row: ContextRowId, platform_context_id: &str) -> Context {
        Context {
            context_row_id: row,
            deployment_row_id: self.deployment,
            platform_context_id: platform_context_id.to_owned(),
            label: Some("ALG1".to_owned()),
            title: None,
            created_at: NOW,
        }
    }

    pub fn agent_row(&self, slug: &str) -> Agent {
        Agent {
            agent_id: self.agent,
            slug: slug.parse().unwrap(),
            name: "Tutor".to_owned(),
            upstream_url: "https://tutor.example".to_owned(),
            kind: "tutor".to_owned(),
            manifest: serde_json::json!({"purposes": ["tutoring"]}),
            manifest_version: 1,
            standing: AgentStanding::Active,
            created_at: NOW,
            updated_at: NOW,
        }
    }

    pub fn placement_row(&self, placement: PlacementId, link_key: &str) -> Placement {
        Placement {
            placement_id: placement,
            deployment_row_id: self.deployment,
            link_key: link_key.to_owned(),
            agent_id: self.agent,
            settings: serde_json::json!({"tone": "plain"}),
            copied_from: None,
            created_at: NOW,
        }
    }

    pub fn new_person(person: PersonId, sub_index: [u8; 32]) -> NewPerson {
        let key = |purpose| PersonKey {
            person_id: person,
            purpose,
            wrapped: Some(sealed("wrapped key")),
            destroyed_at: None,
        };
        NewPerson {
            person: Person {
                person_id: person,
                sub_index,
                platform_sub: sealed("platform sub"),
                profile: Some(sealed("profile")),
                standing: PersonStanding::Active,
                created_at: NOW,
                last_seen_at: NOW,
            },
            keys: vec![
                key(PersonKeyPurpose::Content),
                key(PersonKeyPurpose::Record),
            ],
        }
    }

    pub fn nonce(&self, nonce_hash: [u8; 32]) -> Nonce {
        Nonce {
            registration_id: self.registration,
            nonce_hash,
            expires_at: later(3_600),
        }
    }

    pub fn session(&self) -> Session {
        Session {
            session_id: SessionId::new(Dice, NOW).unwrap(),
            host_label: "tutor--lincoln--abc".to_owned(),
            cookie_hash: None,
            code_hash: Some(secret()),
            code_expires_at: Some(later(60)),
            redeemed_at: None,
            actor_person_id: Some(self.person),
            subject_person_id: Some(self.person),
            agent_id: self.agent,
            placement_id: Some(self.placement),
            deployment_row_id: self.deployment,
            context_row_id: Some(self.context),
            standing: "learner".to_owned(),
            launch: sealed("launch"),
            preview: false,
            created_at: NOW,
            expires_at: later(3_600),
            ended_at: None,
            ended_reason: None,
        }
    }
}
