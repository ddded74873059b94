//! One batch of hot writes in one transaction: rows tenant by tenant, then the entries under the
//! chain, one commit, and everybody's answer.

use std::collections::HashSet;
use std::hash::Hash;

use agent_factory_audit::{Entry, LogName};

use super::lanes::Job;
use super::write::{HotOutcome, HotWrite};
use crate::ids::{ContextRowId, PersonId, PlacementId, RegistrationId, TenantId};
use crate::store::chain::{Chain, EntryRef};
use crate::store::db::{Db, Intent, Link};
use crate::store::entries::insert_entries;
use crate::store::many::ManyRows;
use crate::store::record::{Field, Misfit, Record};
use crate::store::store_error::StoreError;
use crate::store::value::Value;

/// Writes a batch and answers all who wait for it.
///
/// Who lost a race is answered and the rest is written anew without them: races are rare, and so
/// nothing of theirs is ever half written. After an error that one member may have caused, each is
/// written alone.
pub(super) async fn write(db: &Db, chain: &Chain, mut jobs: Vec<Job>) {
    while !jobs.is_empty() {
        let writes: Vec<&HotWrite> = jobs.iter().map(|job| &job.write).collect();
        match attempt(db, chain, &writes).await {
            Ok(Attempt::Done(outcomes)) => {
                for (job, outcome) in jobs.into_iter().zip(outcomes) {
                    answer(job, Ok(outcome));
                }
                return;
            }
            Ok(Attempt::Raced(mut races)) => {
                let mut rest = Vec::with_capacity(jobs.len());
                for (index, job) in jobs.into_iter().enumerate() {
                    match races.iter().position(|(raced, _)| *raced == index) {
                        Some(at) => answer(job, Ok(races.swap_remove(at).1)),
                        None => rest.push(job),
                    }
                }
                jobs = rest;
            }
            Err(error) if jobs.len() > 1 && may_be_one_members_fault(&error) => {
                for job in jobs {
                    Box::pin(write(db, chain, vec![job])).await;
                }
                return;
            }
            Err(error) => {
                for job in jobs {
                    answer(job, Err(error.clone()));
                }
                return;
            }
        }
    }
}

fn may_be_one_members_fault(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Conflict { .. } | StoreError::Event(_) | StoreError::UnknownTenant
    )
}

/// Who no longer waits needs no answer; the write stands all the same.
fn answer(job: Job, outcome: Result<HotOutcome, StoreError>) {
    drop(job.answer.send(outcome));
}

/// What came of one transaction.
enum Attempt {
    /// Committed: an outcome for each member, in order.
    Done(Vec<HotOutcome>),
    /// Rolled back: these members lost a race.
    Raced(Vec<(usize, HotOutcome)>),
}

/// Whether a member's rows are written, or only that it was a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Written,
    Replayed,
}

/// The members of one tenant, by their place in the batch.
struct Group<'w> {
    tenant: TenantId,
    log: LogName,
    members: Vec<(usize, &'w HotWrite, Fate)>,
}

async fn attempt(db: &Db, chain: &Chain, writes: &[&HotWrite]) -> Result<Attempt, StoreError> {
    let mut link = db.begin(Intent::Write).await?;
    let mut groups = Vec::new();
    let mut races = Vec::new();
    for (tenant, members) in by_tenant(writes) {
        link.enter(tenant).await?;
        let log = chain.names.of(&mut link, tenant).await?;
        let members = use_nonces(&mut link, tenant, members).await?;
        races.extend(write_rows(&mut link, tenant, &members).await?);
        groups.push(Group {
            tenant,
            log,
            members,
        });
    }
    if !races.is_empty() {
        link.roll_back().await?;
        return Ok(Attempt::Raced(races));
    }
    let entries = commit(link, chain, &groups).await?;
    let mut outcomes: Vec<(usize, HotOutcome)> = groups
        .iter()
        .flat_map(|group| &group.members)
        .zip(entries)
        .map(|((index, _, fate), entries)| match fate {
            Fate::Written => (*index, HotOutcome::Written { entries }),
            Fate::Replayed => (*index, HotOutcome::Replayed { entries }),
        })
        .collect();
    outcomes.sort_by_key(|(index, _)| *index);
    Ok(Attempt::Done(
        outcomes.into_iter().map(|(_, outcome)| outcome).collect(),
    ))
}

/// The members by tenant, tenants in the order in which they come.
fn by_tenant<'w>(writes: &[&'w HotWrite]) -> Vec<(TenantId, Vec<(usize, &'w HotWrite)>)> {
    let mut groups: Vec<(TenantId, Vec<(usize, &HotWrite)>)> = Vec::new();
    for (index, write) in writes.iter().enumerate() {
        match groups
            .iter_mut()
            .find(|(tenant, _)| *tenant == write.tenant)
        {
            Some((_, members)) => members.push((index, write)),
            None => groups.push((write.tenant, vec![(index, write)])),
        }
    }
    groups
}

/// Nonces first: who does not win its nonce writes nothing else.
async fn use_nonces<'w>(
    link: &mut Link,
    tenant: TenantId,
    members: Vec<(usize, &'w HotWrite)>,
) -> Result<Vec<(usize, &'w HotWrite, Fate)>, StoreError> {
    let rows = members.iter().filter_map(|(_, write)| write.nonce.as_ref());
    let rows = rows.map(super::super::nonces::Nonce::values).collect();
    let records = link.insert_many(ManyRows::Nonces, tenant, rows).await?;
    let mut fresh = HashSet::new();
    for record in &records {
        let nonce: (RegistrationId, [u8; 32]) = (
            read(record, "nonces", "registration_id")?,
            read(record, "nonces", "nonce_hash")?,
        );
        fresh.insert(nonce);
    }
    let fates = members.into_iter().map(|(index, write)| {
        // The first of several with one nonce takes it from the set.
        let won = write
            .nonce
            .as_ref()
            .is_none_or(|nonce| fresh.remove(&(nonce.registration_id, nonce.nonce_hash)));
        (
            index,
            write,
            if won { Fate::Written } else { Fate::Replayed },
        )
    });
    Ok(fates.collect())
}

/// Everything but entries, of those that won; who lost a race to another transaction, or to an
/// earlier member.
async fn write_rows(
    link: &mut Link,
    tenant: TenantId,
    members: &[(usize, &HotWrite, Fate)],
) -> Result<Vec<(usize, HotOutcome)>, StoreError> {
    let winners: Vec<(usize, &HotWrite)> = members
        .iter()
        .filter(|(_, _, fate)| *fate == Fate::Written)
        .map(|(index, write, _)| (*index, *write))
        .collect();
    let mut races = Races {
        winners,
        lost: Vec::new(),
    };

    let rows = races.rows(|write| write.context.as_ref().map(super::super::NewContext::values));
    let records = link.insert_many(ManyRows::Contexts, tenant, rows).await?;
    let entered: HashSet<ContextRowId> = ids(&records, "contexts", "context_row_id")?;
    races.find(&entered, &HotOutcome::ContextRaced, |write| {
        write.context.as_ref().map(|context| context.context_row_id)
    });

    let rows = races.rows(|write| write.person.as_ref().map(|new| new.person.values()));
    let records = link.insert_many(ManyRows::People, tenant, rows).await?;
    let entered: HashSet<PersonId> = ids(&records, "people", "person_id")?;
    races.find(&entered, &HotOutcome::PersonRaced, |write| {
        write.person.as_ref().map(|new| new.person.person_id)
    });

    let rows = races.rows(|write| {
        write
            .placement
            .as_ref()
            .map(super::super::NewPlacement::values)
    });
    let records = link.insert_many(ManyRows::Placements, tenant, rows).await?;
    let entered: HashSet<PlacementId> = ids(&records, "placements", "placement_id")?;
    races.find(&entered, &HotOutcome::PlacementRaced, |write| {
        write
            .placement
            .as_ref()
            .map(|placement| placement.placement_id)
    });

    if races.lost.is_empty() {
        let keys = races
            .winners
            .iter()
            .filter_map(|(_, write)| write.person.as_ref());
        let rows = keys
            .flat_map(|new| &new.keys)
            .map(super::super::PersonKey::values)
            .collect();
        link.insert_many(ManyRows::PersonKeys, tenant, rows).await?;
        let rows = races.rows(|write| write.session.as_ref().map(super::super::NewSession::values));
        link.insert_many(ManyRows::Sessions, tenant, rows).await?;
    }
    Ok(races.lost)
}

/// Members of one tenant whose rows are being written, and those that turn out to have lost.
struct Races<'w> {
    winners: Vec<(usize, &'w HotWrite)>,
    lost: Vec<(usize, HotOutcome)>,
}

impl Races<'_> {
    fn rows(&self, row: impl Fn(&HotWrite) -> Option<Vec<Value>>) -> Vec<Vec<Value>> {
        self.winners
            .iter()
            .filter_map(|(_, write)| row(write))
            .collect()
    }

    /// Moves those whose row was not entered to the losers.
    fn find<T: Eq + Hash>(
        &mut self,
        entered: &HashSet<T>,
        outcome: &HotOutcome,
        id: impl Fn(&HotWrite) -> Option<T>,
    ) {
        let (lost, winners) = self
            .winners
            .drain(..)
            .partition(|(_, write)| id(write).is_some_and(|id| !entered.contains(&id)));
        self.winners = winners;
        let lost: Vec<(usize, &HotWrite)> = lost;
        self.lost
            .extend(lost.into_iter().map(|(index, _)| (index, outcome.clone())));
    }
}

/// Stamps and writes the entries, commits, and gives each member its entries, in the order of the
/// groups.
async fn commit(
    mut link: Link,
    chain: &Chain,
    groups: &[Group<'_>],
) -> Result<Vec<Vec<EntryRef>>, StoreError> {
    let silent = groups
        .iter()
        .flat_map(|group| &group.members)
        .all(|(_, write, fate)| events(write, *fate).is_empty());
    if silent {
        link.commit().await?;
        return Ok(groups
            .iter()
            .flat_map(|group| &group.members)
            .map(|_| Vec::new())
            .collect());
    }
    let mut batch = chain.begin().await?;
    let mut given = Vec::new();
    for group in groups {
        let mut entries: Vec<Entry> = Vec::new();
        for (_, write, fate) in &group.members {
            let mut refs = Vec::new();
            for event in events(write, *fate) {
                match batch.stamp(&group.log, event) {
                    Ok(entry) => {
                        refs.push(EntryRef::of(&entry));
                        entries.push(entry);
                    }
                    Err(error) => {
                        batch.abandon()?;
                        return Err(error);
                    }
                }
            }
            given.push(refs);
        }
        let written = async {
            if groups.len() > 1 {
                link.enter(group.tenant).await?;
            }
            insert_entries(&mut link, group.tenant, &entries).await
        };
        if let Err(error) = written.await {
            batch.abandon()?;
            return Err(error);
        }
    }
    batch.commit(link).await?;
    Ok(given)
}

fn events(write: &HotWrite, fate: Fate) -> &[agent_factory_audit::Event] {
    match fate {
        Fate::Written => &write.events,
        Fate::Replayed => &write.events_if_replayed,
    }
}

fn ids<T: Field + Eq + Hash>(
    records: &[Record],
    table: &'static str,
    column: &'static str,
) -> Result<HashSet<T>, StoreError> {
    records
        .iter()
        .map(|record| read(record, table, column))
        .collect()
}

fn read<T: Field>(
    record: &Record,
    table: &'static str,
    column: &'static str,
) -> Result<T, StoreError> {
    record
        .read(column)
        .map_err(|Misfit(column)| StoreError::Corrupt {
            table,
            column,
            row: "unknown".to_owned(),
        })
}
