//! May this go there? Facts are gathered, the engine decides, the log has it in writing, and only
//! then is there a permit to spend.

mod clockwork;
mod covered;
mod facts;
mod gate;
mod record;
mod refused_before;
mod revocations;

pub use facts::{ActorIs, FactsError, Gathered, Grounds, LaunchFacts, Situation, VALUED_ELEMENTS};
pub use gate::{
    Admission, Admitted, Ending, Gate, GateError, LaunchAdmission, OpenEntry, entry_id,
};
pub use record::{Circumstance, is_ground};
pub use refused_before::{Minutes, RefusedBefore};
pub use revocations::{
    ADMITS_NOTHING_AFTER, CounterSnapshot, ENDS_STREAMS_AFTER, Freshness, RevocationCount,
    RevocationScope, Revocations,
};
