use std::time::Duration;

use super::*;
use crate::clock::Timestamp;
use crate::ids::INSTALLATION;
use crate::vault::{TicketError, TicketSealer};

const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);
const MINUTE: Duration = Duration::from_mins(1);

async fn sealer() -> TicketSealer {
    TicketSealer::new(&keys_of(INSTALLATION).await, "chooser", MINUTE)
}

#[tokio::test]
async fn a_ticket_opens_until_its_minute_is_over() {
    let sealer = sealer().await;
    let text = sealer.seal(&("agent", 7), NOW, Dice).unwrap();
    let last = NOW.plus(MINUTE).minus(Duration::from_micros(1));
    for now in [NOW, last] {
        let (value, issued) = sealer.open::<(String, u8)>(&text, now).unwrap();
        assert_eq!((value.0.as_str(), value.1, issued), ("agent", 7, NOW));
    }
    let late = sealer.open::<(String, u8)>(&text, NOW.plus(MINUTE));
    assert_eq!(late.unwrap_err(), TicketError::Expired);
}

#[tokio::test]
async fn a_ticket_from_the_future_is_refused_past_what_two_clocks_may_differ() {
    let sealer = sealer().await;
    let text = sealer.seal(&7, NOW, Dice).unwrap();
    let open = |seconds| sealer.open::<u8>(&text, NOW.minus(Duration::from_secs(seconds)));
    assert!(open(30).is_ok());
    assert_eq!(open(31).unwrap_err(), TicketError::FromTheFuture);
}

#[tokio::test]
async fn a_ticket_of_another_kind_or_another_installation_is_not_ours() {
    let keys = keys_of(INSTALLATION).await;
    let text = TicketSealer::new(&keys, "chooser", MINUTE)
        .seal(&7, NOW, Dice)
        .unwrap();
    let other_kind = TicketSealer::new(&keys, "platform-storage", MINUTE);
    assert_eq!(
        other_kind.open::<u8>(&text, NOW).unwrap_err(),
        TicketError::NotOurs
    );
    assert_eq!(
        sealer().await.open::<u8>(&text, NOW).unwrap_err(),
        TicketError::NotOurs
    );
}

#[tokio::test]
async fn a_ticket_that_was_changed_or_made_up_does_not_open() {
    let sealer = sealer().await;
    let text = sealer.seal(&7, NOW, Dice).unwrap();
    for at in 0..text.len() {
        let mut bad = text.clone().into_bytes();
        bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
        let bad = String::from_utf8(bad).unwrap();
        assert!(sealer.open::<u8>(&bad, NOW).is_err(), "character {at}");
    }
    let padded = format!("{text}=");
    for bad in ["", "AQ", "?", &text[..40], &padded, &"A".repeat(70_000)] {
        assert!(sealer.open::<u8>(bad, NOW).is_err());
    }
    assert_eq!(
        sealer.open::<String>(&text, NOW).unwrap_err(),
        TicketError::WrongShape
    );
}

#[tokio::test]
async fn a_ticket_sealed_before_a_rotation_opens_after_it() {
    let vault = vault();
    let (_, keys) = vault.new_tenant(INSTALLATION, Dice).await.unwrap();
    let text = TicketSealer::new(&keys, "chooser", MINUTE)
        .seal(&7, NOW, Dice)
        .unwrap();
    let (_, _, keys) = vault.rotate_tenant(keys, Dice).await.unwrap();
    let after = TicketSealer::new(&keys, "chooser", MINUTE);
    assert_eq!(after.open::<u8>(&text, NOW).unwrap().0, 7);
    assert_ne!(text, after.seal(&7, NOW, Dice).unwrap());
}
