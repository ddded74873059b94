//! API tokens: credentials of operators and programs. Only the hash of a secret is ever here.

use super::Reach;
use crate::clock::Timestamp;
use crate::ids::{TenantId, TokenId};
use crate::store::record::stored;
use crate::store::sql::sql;
use crate::store::store_error::StoreError;
use crate::store::value::values;

stored! {
    /// A credential, by hash.
    pub struct ApiToken in "api_tokens" by "token_id" {
        /// The token.
        token_id: TokenId,
        /// SHA-256 of the secret.
        token_hash: [u8; 32],
        /// The tenant it acts for; nobody for the installation.
        tenant_id: Option<TenantId>,
        /// What its maker called it.
        name: String,
        /// What it may do, as a list.
        scopes: Vec<String>,
        /// Whether it is the first-start token.
        bootstrap: bool,
        /// When it lapses.
        expires_at: Option<Timestamp>,
        /// When it was revoked.
        revoked_at: Option<Timestamp>,
        /// When it was first used.
        first_used_at: Option<Timestamp>,
        /// When it was made.
        created_at: Timestamp,
    }
}

stored! {
    /// How many.
    pub struct TokenCount in "api_tokens" by "how_many" {
        /// How many.
        how_many: i64,
    }
}

sql! {
    const INSERT = "
        insert into api_tokens (
            token_id, token_hash, tenant_id, name, scopes, bootstrap, expires_at,
            revoked_at, first_used_at, created_at
        )
        values (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
        )
        ";
    const FIND_BY_HASH = "
        select
            token_id, token_hash, tenant_id, name, scopes, bootstrap, expires_at,
            revoked_at, first_used_at, created_at
        from api_tokens
        where token_hash = $1
        ";
    const FIND_BOOTSTRAP = "
        select
            token_id, token_hash, tenant_id, name, scopes, bootstrap, expires_at,
            revoked_at, first_used_at, created_at
        from api_tokens
        where bootstrap = true
        order by token_id
        limit 1
        ";
    const LIST = "
        select
            token_id, token_hash, tenant_id, name, scopes, bootstrap, expires_at,
            revoked_at, first_used_at, created_at
        from api_tokens
        where (tenant_id = $1 or ($1 is null and tenant_id is null))
            and ($2 is null or token_id > $2)
        order by token_id
        limit $3
        ";
    const REVOKE = "
        update api_tokens
        set revoked_at = $2
        where token_id = $1
            and revoked_at is null
        ";
    const RECORD_USE = "
        update api_tokens
        set first_used_at = $2
        where token_id = $1
            and first_used_at is null
        ";
    const COUNT_LASTING = "
        select count(*) as how_many
        from api_tokens
        where bootstrap = false
        ";
}

/// API tokens, in the Directory.
#[derive(Debug)]
pub struct ApiTokens<'a> {
    pub(super) reach: Reach<'a>,
}

impl ApiTokens<'_> {
    /// Enters a token.
    pub async fn insert(mut self, token: &ApiToken) -> Result<(), StoreError> {
        self.reach.write(INSERT, token.values()).await.map(drop)
    }

    /// The token whose secret hashes to this; revoked and lapsed ones too.
    pub async fn find_by_hash(
        mut self,
        token_hash: &[u8; 32],
    ) -> Result<Option<ApiToken>, StoreError> {
        self.reach.one(FIND_BY_HASH, values![*token_hash]).await
    }

    /// Revokes a token; `false` when it is not there or revoked already.
    pub async fn revoke(mut self, token: TokenId, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.reach.write(REVOKE, values![token, now]).await? == 1)
    }

    /// Tokens of a tenant, or of the installation, after `after`, by id.
    pub async fn list(
        mut self,
        tenant: Option<TenantId>,
        after: Option<TokenId>,
        limit: u32,
    ) -> Result<Vec<ApiToken>, StoreError> {
        self.reach
            .all(LIST, values![tenant, after, i64::from(limit)])
            .await
    }

    /// How many lasting tokens were ever made: with the first, the bootstrap token is over.
    pub async fn count_lasting(mut self) -> Result<i64, StoreError> {
        let count: Option<TokenCount> = self.reach.one(COUNT_LASTING, Vec::new()).await?;
        Ok(count.map_or(0, |count| count.how_many))
    }

    /// The bootstrap token, whatever became of it.
    pub async fn bootstrap(mut self) -> Result<Option<ApiToken>, StoreError> {
        self.reach.one(FIND_BOOTSTRAP, Vec::new()).await
    }

    /// Records a token's first use; `false` when it was used before.
    pub async fn record_use(mut self, token: TokenId, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.reach.write(RECORD_USE, values![token, now]).await? == 1)
    }
}
