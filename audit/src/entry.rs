//! An event with its place in a log, as the bytes that are hashed.
//!
//! It must never hold bytes that are not the one canonical form of what it says.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::canonical::{CanonicalError, canonical};
use crate::event::MAX_ENTRY_BYTES;
use crate::tree::leaf_hash;
use crate::{Digest, EntryId, Event, EventError, LogName, WriterId};

/// The version of the entry format.
const FORMAT_VERSION: u64 = 1;

/// An entry: canonical bytes, their leaf hash, and what they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    bytes: Vec<u8>,
    leaf_hash: Digest,
    place: Place,
    event: Event,
}

/// Where an entry stands among those of its writer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    pub(crate) v: u64,
    pub(crate) log: LogName,
    pub(crate) writer: WriterId,
    pub(crate) counter: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) previous: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) renews: Option<Renewal>,
}

/// The names of [`Place`]'s fields; the others are the event's.
const PLACE_FIELDS: [&str; 6] = ["v", "log", "writer", "counter", "previous", "renews"];

/// What the first entry of a writer says of the writer before it in the same process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renewal {
    /// The writer that was given up after a commit of unknown outcome.
    pub writer: WriterId,
    /// Its last counter known to be durable in this log; 0 if none was.
    pub counter: u64,
}

/// Why bytes are no entry, or an event cannot become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// More than 65,535 bytes.
    #[error("an entry is at most 65535 bytes")]
    TooLarge,
    /// Not JSON, or not an object.
    #[error("the bytes are not a JSON object")]
    NotJson,
    /// JSON, but written in another way than the canonical one.
    #[error("the bytes are not canonical JSON")]
    NotCanonical,
    /// Has no canonical form.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// A format this version does not know.
    #[error("the entry has another format version")]
    Version,
    /// A field is missing, unknown or of the wrong kind.
    #[error("a field is missing, unknown or of the wrong kind")]
    Field,
    /// Counter and previous hash contradict each other.
    #[error("the entry's place is contradictory")]
    Place,
    /// The event contradicts itself.
    #[error(transparent)]
    Event(#[from] EventError),
}

impl EntryError {
    /// A stable code for logs and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "audit-entry-too-large",
            Self::NotJson => "audit-entry-not-json",
            Self::NotCanonical => "audit-entry-not-canonical",
            Self::Canonical(error) => error.code(),
            Self::Version => "audit-entry-version",
            Self::Field => "audit-entry-field",
            Self::Place => "audit-entry-place",
            Self::Event(error) => error.code(),
        }
    }
}

impl Entry {
    /// The entry that an event becomes at a place.
    pub(crate) fn compose(place: Place, event: Event) -> Result<Self, EntryError> {
        event.consistent()?;
        place.consistent()?;
        let mut members = object(&event)?;
        members.extend(object(&place)?);
        let bytes = canonical(&Value::Object(members))?;
        if bytes.len() > MAX_ENTRY_BYTES {
            return Err(EntryError::TooLarge);
        }
        Ok(Self {
            leaf_hash: leaf_hash(&bytes),
            bytes,
            place,
            event,
        })
    }

    /// Reads an entry back, checking every field and that the bytes are the canonical ones.
    ///
    /// # Errors
    ///
    /// See [`EntryError`]; rubbish is an error like any other.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > MAX_ENTRY_BYTES {
            return Err(EntryError::TooLarge);
        }
        let value: Value = serde_json::from_slice(bytes).map_err(|_| EntryError::NotJson)?;
        let Value::Object(mut event) = value else {
            return Err(EntryError::NotJson);
        };
        if event.get("v").and_then(Value::as_u64) != Some(FORMAT_VERSION) {
            return Err(EntryError::Version);
        }
        let mut place = Map::new();
        for name in PLACE_FIELDS {
            if let Some(field) = event.remove(name) {
                place.insert(name.to_owned(), field);
            }
        }
        let place: Place = read(place)?;
        let event: Event = read(event)?;
        let entry = Self::compose(place, event)?;
        // Whatever could be said in other bytes is refused: a space, another escape, a key twice,
        // `null` for absent. Nothing may leave room for two lines that say the same.
        if entry.bytes == bytes {
            Ok(entry)
        } else {
            Err(EntryError::NotCanonical)
        }
    }

    /// The entry's id.
    pub fn id(&self) -> EntryId {
        self.event.id()
    }

    /// The canonical bytes, to be stored and exported as they are.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The RFC 6962 leaf hash of the bytes.
    pub fn leaf_hash(&self) -> Digest {
        self.leaf_hash
    }

    /// The log it was written for.
    pub fn log(&self) -> &LogName {
        &self.place.log
    }

    /// Who wrote it.
    pub fn writer(&self) -> WriterId {
        self.place.writer
    }

    /// Its number among the entries of its writer in this log, from 1.
    pub fn counter(&self) -> u64 {
        self.place.counter
    }

    /// The leaf hash of the entry before it, by the same writer in the same log.
    pub fn previous(&self) -> Option<Digest> {
        self.place.previous
    }

    /// The writer this one took over from, on its first entry in this log.
    pub fn renews(&self) -> Option<Renewal> {
        self.place.renews
    }

    /// What happened.
    pub fn event(&self) -> &Event {
        &self.event
    }
}

impl Place {
    pub(crate) fn new(log: LogName, writer: WriterId, counter: u64) -> Self {
        Self {
            v: FORMAT_VERSION,
            log,
            writer,
            counter,
            previous: None,
            renews: None,
        }
    }

    fn consistent(&self) -> Result<(), EntryError> {
        let first = self.counter == 1;
        let fits = self.counter >= 1
            && first == self.previous.is_none()
            && (first || self.renews.is_none());
        if fits { Ok(()) } else { Err(EntryError::Place) }
    }
}

fn object(part: &impl Serialize) -> Result<Map<String, Value>, EntryError> {
    match serde_json::to_value(part) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(EntryError::Field),
    }
}

fn read<T: for<'de> Deserialize<'de>>(members: Map<String, Value>) -> Result<T, EntryError> {
    serde_json::from_value(Value::Object(members)).map_err(|_| EntryError::Field)
}
