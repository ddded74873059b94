//! A keeper: one school's log, with its writer, its store and its key.

use agent_factory_audit::testing::{MemoryLogStore, block_on};
use agent_factory_audit::{
    Checkpoint, CheckpointKey, Code, Decision, Detail, Digest, Entry, EntryId, Event, Label,
    LogName, OpaqueId, Phase, Sequenced, Trail, Verdict, VerifyError, WriterChain, code, export,
    leaf_hash, sequence, tree_root, verify, verify_against,
};
use time::{Duration, OffsetDateTime};

pub struct Keeper {
    pub store: MemoryLogStore,
    pub log: LogName,
    pub key: CheckpointKey,
    pub chain: WriterChain,
    written: u64,
}

/// An export, as lines.
#[derive(Clone)]
pub struct Bundle {
    pub lines: Vec<Vec<u8>>,
    pub checkpoint: String,
}

pub const SEED: [u8; 32] = [42; 32];

pub fn log(school: &str) -> LogName {
    LogName::parse(format!("gateway.example/audit/{school}")).unwrap()
}

pub fn noon() -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + Duration::days(20_000) + Duration::hours(12)
}

pub fn entry_id(number: u64) -> EntryId {
    EntryId::from_bytes(
        (0x0190_0000_0000_7000_8000_0000_0000_0000_u128 + u128::from(number)).to_be_bytes(),
    )
}

pub fn event(number: u64, phase: Phase) -> Event {
    let at = noon() + Duration::seconds(i64::try_from(number).unwrap());
    Event::new(
        entry_id(number),
        at,
        Trail::Activity,
        phase,
        code!("agent-request"),
    )
    .unwrap()
    .actor(OpaqueId::uuid([7; 16]))
    .detail(
        code!("number"),
        Detail::Number(i64::try_from(number).unwrap()),
    )
}

/// An event with every field there is.
pub fn full_event(number: u64) -> Event {
    let decision = Decision::new(
        OpaqueId::uuid([3; 16]),
        code!("permit"),
        Digest::of(&[b"policies"]),
    )
    .rule(
        Label::parse("ferpa.school-official").unwrap(),
        Label::parse("34 CFR § 99.31(a)(1)(i)(B)").unwrap(),
    )
    .reason(code!("element-withheld"))
    .record_99_32(code!("exempt-d-1"))
    .idea_300_614(Some(false));
    let at = noon() + Duration::microseconds(7);
    let id = |byte| OpaqueId::uuid([byte; 16]);
    let phase = Phase::Close { of: entry_id(0) };
    Event::new(
        entry_id(number),
        at,
        Trail::Disclosure,
        phase,
        code!("launch"),
    )
    .unwrap()
    .actor(id(1))
    .subject(id(2))
    .agent(OpaqueId::parse("tutor").unwrap())
    .deployment(id(4))
    .context(id(5))
    .resource(id(6))
    .session(id(8))
    .purpose(code!("tutoring"))
    .element(code!("given_name"), code!("withheld-by-agreement"))
    .element(code!("prompt"), code!("disclosed"))
    .decision(decision)
    .outcome(code!("completed"))
    .status(200)
    .bytes(512, 4_096)
    .reference(OpaqueId::parse("K7QM-2XW9").unwrap())
    .before(Digest::of(&[b"before"]))
    .after(Digest::of(&[b"after"]))
    .commitment(Digest::of(&[b"sealed"]))
    .detail(code!("flag"), Detail::Flag(true))
    .detail(
        code!("text"),
        Detail::Text(Label::parse("TLS 1.3").unwrap()),
    )
    .detail(
        code!("list"),
        Detail::List(vec![Label::parse("a b").unwrap()]),
    )
}

impl Keeper {
    pub fn of(school: &str) -> Self {
        Self::with_store(school, MemoryLogStore::new())
    }

    pub fn with_store(school: &str, store: MemoryLogStore) -> Self {
        let log = log(school);
        let key = CheckpointKey::from_seed(log.clone(), &SEED).unwrap();
        Self {
            store,
            log,
            key,
            chain: WriterChain::new([1; 16]),
            written: 0,
        }
    }

    /// Commits events in one batch.
    pub fn commits(&mut self, events: &[Event]) -> Vec<Entry> {
        self.chain.begin().unwrap();
        let stamp = |event| self.chain.stamp(&self.log, event).unwrap();
        let entries: Vec<Entry> = events.iter().map(stamp).collect();
        for entry in &entries {
            self.store.store(entry);
        }
        self.chain.confirm().unwrap();
        entries
    }

    /// Writes this many notes, each its own commit.
    pub fn notes(&mut self, count: u64) -> Vec<Entry> {
        (0..count).flat_map(|_| self.writes(Phase::Note)).collect()
    }

    pub fn writes(&mut self, phase: Phase) -> Vec<Entry> {
        self.written += 1;
        let number = self.written;
        self.commits(&[event(number, phase)])
    }

    pub fn sequences(&self) -> Sequenced {
        block_on(sequence(&self.store, &self.log, &self.key, 100, noon())).unwrap()
    }

    pub fn exports(&self) -> Bundle {
        let (mut entries, mut checkpoint) = (Vec::new(), Vec::new());
        block_on(export(
            &self.store,
            &self.log,
            &mut entries,
            &mut checkpoint,
        ))
        .unwrap();
        let lines = entries.split_inclusive(|byte| *byte == b'\n');
        Bundle {
            lines: lines.map(|line| line[..line.len() - 1].to_vec()).collect(),
            checkpoint: String::from_utf8(checkpoint).unwrap(),
        }
    }

    pub fn checks(&self) -> Result<Verdict, VerifyError> {
        let key = self.key.verifier();
        block_on(agent_factory_audit::check(
            &self.store,
            &self.log,
            &key,
            None,
        ))
    }

    pub fn verifies(&self, bundle: &Bundle) -> Result<Verdict, VerifyError> {
        verify(
            bundle.jsonl().as_slice(),
            &bundle.checkpoint,
            &self.key.verifier(),
        )
    }

    pub fn verifies_against(&self, bundle: &Bundle, held: &str) -> Result<Verdict, VerifyError> {
        let key = self.key.verifier();
        verify_against(bundle.jsonl().as_slice(), &bundle.checkpoint, &key, held)
    }

    /// What an operator with the key can do: sign whatever stands in the bundle.
    pub fn signs(&self, bundle: &mut Bundle) {
        let leaves: Vec<Digest> = bundle.lines.iter().map(|line| leaf_hash(line)).collect();
        let (size, root) = (leaves.len() as u64, tree_root(&leaves));
        bundle.checkpoint = Checkpoint {
            origin: self.log.clone(),
            size,
            root,
        }
        .sign(&self.key)
        .unwrap();
    }
}

impl Bundle {
    pub fn jsonl(&self) -> Vec<u8> {
        self.lines
            .iter()
            .flat_map(|line| line.iter().copied().chain([b'\n']))
            .collect()
    }

    /// Rewrites a text in one line, keeping it canonical.
    pub fn edits(&mut self, index: usize, from: &str, to: &str) {
        let line = String::from_utf8(self.lines[index].clone()).unwrap();
        assert!(line.contains(from), "nothing to edit in {line}");
        self.lines[index] = line.replace(from, to).into_bytes();
    }
}

pub fn word(text: &str) -> Code {
    Code::parse(text).unwrap()
}

/// A log of this many notes, sequenced and exported, that holds as long as nobody touches it.
pub fn kept(count: u64) -> (Keeper, Bundle) {
    let mut keeper = Keeper::of("oak");
    keeper.notes(count);
    keeper.sequences();
    let bundle = keeper.exports();
    assert!(
        keeper.verifies(&bundle).unwrap().holds(),
        "untouched, it holds"
    );
    assert!(keeper.checks().unwrap().holds());
    (keeper, bundle)
}
