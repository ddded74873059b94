//! Sessions: an actor in an agent after a launch. Secrets are here only as hashes; a code is redeemed
//! once.

use super::record::stored;
use super::sealed_bytes::SealedBytes;
use super::sql::sql;
use super::store_error::StoreError;
use super::unit::Unit;
use super::value::values;
use crate::clock::Timestamp;
use crate::ids::{AgentId, ContextRowId, DeploymentRowId, PersonId, PlacementId, SessionId};

stored! {
    /// An actor in an agent after a launch.
    pub struct Session in "sessions" by "session_id" {
        /// The session.
        session_id: SessionId,
        /// The first label of the origin it lives on.
        host_label: String,
        /// SHA-256 of the cookie's secret, once redeemed.
        cookie_hash: Option<[u8; 32]>,
        /// SHA-256 of the one-time code.
        code_hash: Option<[u8; 32]>,
        /// When the code lapses.
        code_expires_at: Option<Timestamp>,
        /// When the code was redeemed.
        redeemed_at: Option<Timestamp>,
        /// Who launched; nobody when anonymous.
        actor_person_id: Option<PersonId>,
        /// Whose records are meant.
        subject_person_id: Option<PersonId>,
        /// The agent.
        agent_id: AgentId,
        /// The placement that named the agent; nothing where a default did.
        placement_id: Option<PlacementId>,
        /// The deployment.
        deployment_row_id: DeploymentRowId,
        /// The course.
        context_row_id: Option<ContextRowId>,
        /// What the roles were read as.
        standing: String,
        /// What the assertion needs of the launch (sealed).
        launch: SealedBytes,
        /// Whether it is a preview without a student.
        preview: bool,
        /// When it was opened.
        created_at: Timestamp,
        /// When it lapses.
        expires_at: Timestamp,
        /// When it was ended.
        ended_at: Option<Timestamp>,
        /// Why it was ended.
        ended_reason: Option<String>,
    }
}

sql! {
    const INSERT = "
        insert into sessions (
            tenant_id, session_id, host_label, cookie_hash, code_hash, code_expires_at,
            redeemed_at, actor_person_id, subject_person_id, agent_id, placement_id,
            deployment_row_id, context_row_id, standing, launch, preview, created_at,
            expires_at, ended_at, ended_reason
        )
        values (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
            $18, $19, $20
        )
        ";
    const GET = "
        select
            session_id, host_label, cookie_hash, code_hash, code_expires_at, redeemed_at,
            actor_person_id, subject_person_id, agent_id, placement_id, deployment_row_id,
            context_row_id, standing, launch, preview, created_at, expires_at, ended_at,
            ended_reason
        from sessions
        where tenant_id = $1
            and session_id = $2
        ";
    const FIND_BY_COOKIE = "
        select
            session_id, host_label, cookie_hash, code_hash, code_expires_at, redeemed_at,
            actor_person_id, subject_person_id, agent_id, placement_id, deployment_row_id,
            context_row_id, standing, launch, preview, created_at, expires_at, ended_at,
            ended_reason
        from sessions
        where tenant_id = $1
            and cookie_hash = $2
        ";
    const LIST = "
        select
            session_id, host_label, cookie_hash, code_hash, code_expires_at, redeemed_at,
            actor_person_id, subject_person_id, agent_id, placement_id, deployment_row_id,
            context_row_id, standing, launch, preview, created_at, expires_at, ended_at,
            ended_reason
        from sessions
        where tenant_id = $1
            and ended_at is null
            and ($2 is null or session_id > $2)
        order by session_id
        limit $3
        ";
    const REDEEM = "
        update sessions
        set redeemed_at = $4, cookie_hash = $5
        where tenant_id = $1
            and code_hash = $2
            and host_label = $3
            and redeemed_at is null
            and ended_at is null
            and code_expires_at > $4
            and expires_at > $4
        returning
            session_id, host_label, cookie_hash, code_hash, code_expires_at, redeemed_at,
            actor_person_id, subject_person_id, agent_id, placement_id, deployment_row_id,
            context_row_id, standing, launch, preview, created_at, expires_at, ended_at,
            ended_reason
        ";
    const END = "
        update sessions
        set ended_at = $3, ended_reason = $4
        where tenant_id = $1
            and session_id = $2
            and ended_at is null
        ";
    const END_OF_PERSON = "
        update sessions
        set ended_at = $3, ended_reason = $4
        where tenant_id = $1
            and (actor_person_id = $2 or subject_person_id = $2)
            and ended_at is null
        ";
}

impl Unit {
    /// The tenant's sessions.
    pub fn sessions(&mut self) -> Sessions<'_> {
        Sessions { unit: self }
    }
}

/// Sessions of the tenant of a unit of work.
#[derive(Debug)]
pub struct Sessions<'u> {
    unit: &'u mut Unit,
}

impl Sessions<'_> {
    /// Opens a session. Launches do it by a hot write.
    pub async fn insert(self, session: &Session) -> Result<(), StoreError> {
        self.unit.run(INSERT, session.values()).await.map(drop)
    }

    /// The session with this id.
    pub async fn get(self, session: SessionId) -> Result<Option<Session>, StoreError> {
        self.unit.one(GET, values![session]).await
    }

    /// Redeems a one-time code on the origin it was made for, and sets the cookie's hash: `None`
    /// when it is unknown, for another origin, lapsed, ended or was redeemed before. Of several
    /// that try at once, one gets the session.
    pub async fn redeem(
        self,
        code_hash: &[u8; 32],
        host_label: &str,
        now: Timestamp,
        cookie_hash: &[u8; 32],
    ) -> Result<Option<Session>, StoreError> {
        let values = values![*code_hash, host_label.to_owned(), now, *cookie_hash];
        self.unit.one(REDEEM, values).await
    }

    /// The session whose cookie hashes to this; ended and lapsed ones too.
    pub async fn find_by_cookie(
        self,
        cookie_hash: &[u8; 32],
    ) -> Result<Option<Session>, StoreError> {
        self.unit.one(FIND_BY_COOKIE, values![*cookie_hash]).await
    }

    /// Ends a session; `false` when it is not there or ended already. Raise its revocation counter
    /// in the same unit.
    pub async fn end(
        self,
        session: SessionId,
        now: Timestamp,
        reason: &str,
    ) -> Result<bool, StoreError> {
        Ok(self
            .unit
            .run(END, values![session, now, reason.to_owned()])
            .await?
            == 1)
    }

    /// Ends every session of a person, as actor or subject; how many.
    pub async fn end_of_person(
        self,
        person: PersonId,
        now: Timestamp,
        reason: &str,
    ) -> Result<u64, StoreError> {
        self.unit
            .run(END_OF_PERSON, values![person, now, reason.to_owned()])
            .await
    }

    /// Sessions that were not ended, after `after`, by id.
    pub async fn list(
        self,
        after: Option<SessionId>,
        limit: u32,
    ) -> Result<Vec<Session>, StoreError> {
        self.unit.all(LIST, values![after, i64::from(limit)]).await
    }
}
