//! Entries: what they may hold, and how strictly they are read.

use agent_factory_audit::{
    Code, Detail, Entry, EntryError, Event, EventError, Label, LogName, OpaqueId, Phase, Salt,
    StampError, Trail, WordError, canonical, code, commitment,
};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::keeper::{Keeper, entry_id, event, full_event, log, noon, word};

fn full_entry() -> Entry {
    let mut keeper = Keeper::of("oak");
    keeper.notes(1);
    keeper.commits(&[full_event(2)]).remove(0)
}

#[test]
fn an_entry_reads_back_as_it_was_written() {
    let entry = full_entry();
    let read = Entry::parse(entry.bytes()).unwrap();
    assert_eq!(read, entry);
    assert_eq!(read.event(), &full_event(2));
    assert_eq!(
        (read.id(), read.counter(), read.log()),
        (entry_id(2), 2, &log("oak"))
    );
    assert_eq!(read.event().phase(), Phase::Close { of: entry_id(0) });
}

#[test]
fn the_written_form_is_the_documented_one() {
    let entry = Keeper::of("oak").notes(1).remove(0);
    let expected = concat!(
        r#"{"action":"agent-request","actor":"07070707-0707-0707-0707-070707070707","#,
        r#""at":1728043201000000,"counter":1,"details":{"number":1},"#,
        r#""id":"01900000-0000-7000-8000-000000000001","log":"gateway.example/audit/oak","#,
        r#""phase":"note","trail":"activity","v":1,"#,
        r#""writer":"01010101-0101-0101-0101-010101010101"}"#,
    );
    assert_eq!(String::from_utf8(entry.bytes().to_vec()).unwrap(), expected);
}

#[test]
fn an_entry_with_one_thing_wrong_is_refused() {
    let changed = |key: &str, value: Value| {
        let mut entry: Value = serde_json::from_slice(full_entry().bytes()).unwrap();
        entry[key] = value;
        Entry::parse(&canonical(&entry).unwrap()).unwrap_err()
    };
    assert_eq!(changed("v", json!(2)), EntryError::Version);
    assert_eq!(changed("v", json!("1")), EntryError::Version);
    assert_eq!(changed("unknown", json!(1)), EntryError::Field);
    assert_eq!(changed("status", json!("200")), EntryError::Field);
    assert_eq!(changed("status", json!(70_000)), EntryError::Field);
    assert_eq!(changed("status", json!(null)), EntryError::NotCanonical);
    assert_eq!(changed("details", json!({})), EntryError::NotCanonical);
    assert_eq!(
        changed("id", json!("01900000000070008000000000000002")),
        EntryError::Field
    );
    assert_eq!(changed("action", json!("A Sentence")), EntryError::Field);
    assert_eq!(changed("trail", json!("gossip")), EntryError::Field);
    assert_eq!(changed("log", json!("two words")), EntryError::Field);
    assert_eq!(changed("counter", json!(0)), EntryError::Place);
    assert_eq!(changed("counter", json!(1)), EntryError::Place);
    assert_eq!(
        changed("phase", json!("open")),
        EntryError::Event(EventError::Phase)
    );
    assert_eq!(
        changed("at", json!(-1)),
        EntryError::Event(EventError::TimeOutOfRange)
    );
    let renews = json!({"writer": "01010101-0101-0101-0101-010101010101", "counter": 1});
    assert_eq!(changed("renews", renews), EntryError::Place);
}

#[test]
fn bytes_that_say_the_same_in_another_way_are_refused() {
    let written = String::from_utf8(full_entry().bytes().to_vec()).unwrap();
    let refused = |text: String| Entry::parse(text.as_bytes()).unwrap_err();
    assert_eq!(refused(format!("{written} ")), EntryError::NotCanonical);
    assert_eq!(refused(format!("{written}\r")), EntryError::NotCanonical);
    assert_eq!(
        refused(written.replacen(':', ": ", 1)),
        EntryError::NotCanonical
    );
    assert_eq!(
        refused(written.replacen("launch", "\\u006caunch", 1)),
        EntryError::NotCanonical
    );
    assert_eq!(
        refused(written.replacen('{', "{\"action\":\"launch\",", 1)),
        EntryError::NotCanonical
    );
    assert_eq!(
        refused(written.replacen("\"v\":1", "\"v\":1.0", 1)),
        EntryError::Version
    );
    assert_eq!(
        refused(written.replacen("\"status\":200", "\"status\":200.0", 1)),
        EntryError::Field
    );
    assert_eq!(
        refused(written.replacen("\"status\":200", "\"status\":2e2", 1)),
        EntryError::Field
    );
    assert_eq!(refused(format!("{written}{written}")), EntryError::NotJson);
    assert_eq!(refused("[]".to_owned()), EntryError::NotJson);
    assert_eq!(refused("x".repeat(65_536)), EntryError::TooLarge);
}

#[test]
fn an_event_too_large_for_an_entry_is_refused_and_uses_no_number() {
    let mut keeper = Keeper::of("oak");
    let label = Label::parse("x".repeat(200)).unwrap();
    let large = event(1, Phase::Note).detail(code!("list"), Detail::List(vec![label; 400]));
    keeper.chain.begin().unwrap();
    let refused = keeper.chain.stamp(&keeper.log, &large);
    assert_eq!(refused, Err(StampError::Entry(EntryError::TooLarge)));
    let number = event(1, Phase::Note).detail(code!("number"), Detail::Number(i64::MAX));
    assert!(keeper.chain.stamp(&keeper.log, &number).is_err());
    assert_eq!(
        keeper
            .chain
            .stamp(&keeper.log, &event(1, Phase::Note))
            .unwrap()
            .counter(),
        1
    );
}

#[test]
fn an_instant_before_1970_or_in_the_far_future_is_refused() {
    let at = |at| {
        Event::new(
            entry_id(1),
            at,
            Trail::Security,
            Phase::Note,
            word("launch"),
        )
        .err()
    };
    assert_eq!(at(noon()), None);
    let before = OffsetDateTime::UNIX_EPOCH - time::Duration::nanoseconds(1);
    assert_eq!(at(before), Some(EventError::TimeOutOfRange));
    let beyond = OffsetDateTime::UNIX_EPOCH + time::Duration::days(365 * 300);
    assert_eq!(at(beyond), Some(EventError::TimeOutOfRange));
}

#[test]
fn no_word_is_wide_enough_for_a_value_about_a_person() {
    for text in [
        "",
        "Launch",
        "two words",
        "-launch",
        "launch-",
        "a--b",
        "é",
        "a@b",
    ] {
        assert_eq!(Code::parse(text), Err(WordError::Code), "{text:?}");
    }
    assert_eq!(Code::parse("x".repeat(65)), Err(WordError::Code));
    for text in ["", "ana@school.example", "line\nfeed", "Zoë", "\u{202e}"] {
        assert_eq!(Label::parse(text), Err(WordError::Label), "{text:?}");
    }
    assert_eq!(Label::parse("x".repeat(201)), Err(WordError::Label));
    for text in ["", "Ana Diaz", "ana@school.example", "\"", "é"] {
        assert_eq!(OpaqueId::parse(text), Err(WordError::OpaqueId), "{text:?}");
    }
    for text in ["", "a b", "a+b", "a\nb", "é"] {
        assert_eq!(LogName::parse(text), Err(WordError::LogName), "{text:?}");
    }
    for text in ["launch", "given_name", "a-b", "coppa:312.5", "99.31"] {
        assert!(Code::parse(text).is_ok(), "{text:?}");
    }
}

#[test]
fn a_commitment_belongs_to_its_salt_log_entry_and_payload() {
    let salt = Salt::from_bytes([5; 32]);
    let made = commitment(&salt, &log("oak"), entry_id(1), b"sealed");
    assert_eq!(made, commitment(&salt, &log("oak"), entry_id(1), b"sealed"));
    assert_ne!(
        made,
        commitment(
            &Salt::from_bytes([6; 32]),
            &log("oak"),
            entry_id(1),
            b"sealed"
        )
    );
    assert_ne!(made, commitment(&salt, &log("elm"), entry_id(1), b"sealed"));
    assert_ne!(made, commitment(&salt, &log("oak"), entry_id(2), b"sealed"));
    assert_ne!(made, commitment(&salt, &log("oak"), entry_id(1), b"other"));
    let fresh = Salt::random(&mut getrandom::SysRng).unwrap();
    assert_ne!(fresh, Salt::random(&mut getrandom::SysRng).unwrap());
    assert_eq!(format!("{fresh:?}"), "Salt(..)");
}
