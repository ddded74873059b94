//! The golden table: what becomes of every usual combination, for a lawyer to read and to sign.
//!
//! `UPDATE_GOLDEN=1 cargo test -p agent-factory-policies golden` writes it anew; then read the diff.

use std::fmt::Write as _;
use std::path::Path;

use agent_factory_policies::{
    ActorRole, AgeBand, AgentKind, Decision, Engine, Facts, FerpaConsent, Operation,
    SchoolAuthorization, TenantKind,
};

use crate::shipped;

const DEEDS: &[Operation] = &[
    Operation::Launch,
    Operation::AgentRequest,
    Operation::AgentResponse,
    Operation::MemoryRead,
    Operation::RosterRead,
    Operation::ScoreWrite,
    Operation::AccessRequest,
    Operation::ErasureRequest,
    Operation::DisclosureRecordRead,
];

const AGES: &[AgeBand] = &[AgeBand::Under13, AgeBand::From13To17, AgeBand::Adult];

const ROLES: &[ActorRole] = &[
    ActorRole::Learner,
    ActorRole::Instructor,
    ActorRole::TeachingAssistant,
    ActorRole::Observer,
    ActorRole::Parent,
    ActorRole::Administrator,
    ActorRole::VendorSupport,
];

/// A ground on file: its name and what it sets.
type Ground = (&'static str, fn(&mut Facts));

const GROUNDS: &[Ground] = &[
    ("none", |_| {}),
    ("school authorization", |facts| {
        facts.consent.school_authorization = SchoolAuthorization::Valid;
    }),
    ("parental consent", |facts| {
        facts.consent.parental_use = true;
    }),
    ("ferpa consent", |facts| {
        facts.consent.ferpa = FerpaConsent::Valid;
    }),
];

fn table(engine: &Engine) -> String {
    let mut out = String::from(
        "# What becomes of every usual combination at a school (k12) whose agreement covers the agent.\n\
         # An observer is linked to the student. Written by a test; never edit by hand.\n\
         # role | age | ground on file | agent -> effect (record of disclosures) bases or codes\n",
    );
    for deed in DEEDS {
        let _ = writeln!(out, "\n## {deed}\n");
        for role in ROLES {
            for age in AGES {
                for ground in GROUNDS {
                    rows(&mut out, engine, (*deed, *role, *age), *ground);
                }
            }
        }
    }
    out
}

/// One row for each outcome: agents with the same outcome share a row.
fn rows(
    out: &mut String,
    engine: &Engine,
    (deed, role, age): (Operation, ActorRole, AgeBand),
    (ground, set): Ground,
) {
    let mut told: Vec<(String, Vec<&str>)> = Vec::new();
    for agent in AgentKind::ALL {
        let mut facts = Facts::unremarkable(deed, TenantKind::K12);
        facts.actor.role = role;
        facts.actor.is_subject = role == ActorRole::Learner;
        facts.actor.linked_to_subject = role == ActorRole::Observer;
        facts.subject.age = age;
        facts.agent.kind = *agent;
        facts.consent.school_authorization = SchoolAuthorization::None;
        set(&mut facts);
        let outcome = outcome(&engine.decide(&facts));
        match told.iter_mut().find(|(known, _)| *known == outcome) {
            Some((_, agents)) => agents.push(agent.as_str()),
            None => told.push((outcome, vec![agent.as_str()])),
        }
    }
    for (outcome, agents) in told {
        let agents = if agents.len() == AgentKind::ALL.len() {
            "any".into()
        } else {
            agents.join(", ")
        };
        let _ = writeln!(out, "{role} | {age} | {ground} | {agents} -> {outcome}");
    }
}

fn outcome(decision: &Decision) -> String {
    let why = match decision {
        Decision::Permitted(disclosure) => disclosure.bases().join(", "),
        Decision::Refused(refusal) => refusal.codes().join(", "),
    };
    format!("{} ({}) {why}", decision.effect(), decision.record())
}

#[test]
fn the_golden_table_is_what_the_rules_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/decisions.txt");
    let table = table(&shipped());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &table).expect("the table can be written");
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    for (line, (is, was)) in table.lines().zip(golden.lines()).enumerate() {
        assert_eq!(is, was, "line {} of the golden table", line + 1);
    }
    assert_eq!(table.lines().count(), golden.lines().count());
}
