//! What a hot write holds, and what can come of it.

use agent_factory_audit::Event;

use crate::ids::TenantId;
use crate::store::chain::EntryRef;
use crate::store::{NewContext, NewNonce, NewPerson, NewPlacement, NewSession};

/// What one launch or one agent request makes durable: all of it in one commit, or nothing.
#[derive(Debug, Clone)]
pub struct HotWrite {
    /// Whose rows these are.
    pub tenant: TenantId,
    /// The nonce it uses up. When it was used before, nothing but `events_if_replayed` is written.
    pub nonce: Option<NewNonce>,
    /// A context seen for the first time.
    pub context: Option<NewContext>,
    /// A person seen for the first time.
    pub person: Option<NewPerson>,
    /// A placement bound now.
    pub placement: Option<NewPlacement>,
    /// The session it opens.
    pub session: Option<NewSession>,
    /// The entries that tell of it.
    pub events: Vec<Event>,
    /// The entries that tell of a replay instead.
    pub events_if_replayed: Vec<Event>,
}

impl HotWrite {
    /// A write of nothing yet.
    pub fn new(tenant: TenantId) -> Self {
        Self {
            tenant,
            nonce: None,
            context: None,
            person: None,
            placement: None,
            session: None,
            events: Vec::new(),
            events_if_replayed: Vec::new(),
        }
    }

    /// A write of entries only.
    pub fn of_events(tenant: TenantId, events: Vec<Event>) -> Self {
        Self {
            events,
            ..Self::new(tenant)
        }
    }
}

/// What came of a hot write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HotOutcome {
    /// Everything is durable.
    Written {
        /// Its entries.
        entries: Vec<EntryRef>,
    },
    /// The nonce was used before; the entries that tell of it are durable, and nothing else.
    Replayed {
        /// Its entries.
        entries: Vec<EntryRef>,
    },
    /// The person was entered by another launch in between: nothing is written and the nonce is not
    /// used. Find them and submit again.
    PersonRaced,
    /// The same, of the context.
    ContextRaced,
    /// The same, of the placement: the link is bound already.
    PlacementRaced,
}
