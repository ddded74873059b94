//! Checkpoints as C2SP writes them.

use agent_factory_audit::{
    Checkpoint, CheckpointError, CheckpointKey, Digest, KeyError, SignedCheckpoint, VerifierKey,
    leaf_hash,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::keeper::{SEED, log};

fn signed() -> (CheckpointKey, Checkpoint, String) {
    let key = CheckpointKey::from_seed(log("oak"), &SEED).unwrap();
    let checkpoint = Checkpoint {
        origin: log("oak"),
        size: 7,
        root: leaf_hash(b"leaf"),
    };
    let note = checkpoint.sign(&key).unwrap();
    (key, checkpoint, note)
}

#[test]
fn a_checkpoint_reads_back_as_it_was_signed() {
    let (key, checkpoint, note) = signed();
    let root = leaf_hash(b"leaf").to_base64();
    let body =
        format!("gateway.example/audit/oak\n7\n{root}\n\n\u{2014} gateway.example/audit/oak ");
    assert!(note.starts_with(&body) && note.ends_with('\n'), "{note}");
    let read = SignedCheckpoint::parse(&note).unwrap();
    assert_eq!(read.verify(&key.verifier()), Ok(&checkpoint));
    let written = VerifierKey::parse(&key.verifier().to_string()).unwrap();
    assert_eq!(read.verify(&written), Ok(&checkpoint));
}

#[test]
fn further_signatures_and_extension_lines_are_passed_over() {
    let (key, checkpoint, note) = signed();
    // An Ed25519 cosignature by a witness, and one of a kind this crate does not know.
    let cosigned =
        format!("{note}\u{2014} witness.example AAAABAECAwQ=\n\u{2014} other 3q2+7wYH\n");
    let read = SignedCheckpoint::parse(&cosigned).unwrap();
    assert_eq!(read.signature_count(), 3);
    assert_eq!(read.verify(&key.verifier()), Ok(&checkpoint));
    let extended = format!(
        "{}extension\n\n\u{2014} other 3q2+7wYH\n",
        checkpoint.text()
    );
    assert_eq!(
        SignedCheckpoint::parse(&extended).unwrap().claimed(),
        &checkpoint
    );
}

#[test]
fn a_second_forged_signature_in_the_keys_name_spoils_the_note() {
    let (key, _, note) = signed();
    let (start, signature) = note.trim_end().rsplit_once(' ').unwrap();
    let mut bytes = STANDARD.decode(signature).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let line = format!(
        "{} {}",
        start.lines().last().unwrap(),
        STANDARD.encode(bytes)
    );
    let read = SignedCheckpoint::parse(&format!("{note}{line}\n")).unwrap();
    assert_eq!(read.signature_count(), 2);
    assert_eq!(read.verify(&key.verifier()), Err(CheckpointError::Forged));
}

#[test]
fn a_body_that_could_be_read_in_two_ways_is_refused() {
    let (key, _, _) = signed();
    let root = leaf_hash(b"leaf").to_base64();
    for body in [
        format!("gateway.example/audit/oak\n07\n{root}\n"),
        format!("gateway.example/audit/oak\n+7\n{root}\n"),
        format!(
            "gateway.example/audit/oak\n7\n{}\n",
            root.trim_end_matches('=')
        ),
        format!("gateway.example/audit/oak\n7\n{root}x\n"),
        "gateway.example/audit/oak\n7\n".to_owned(),
        format!("\n7\n{root}\n"),
        format!("gateway.example/audit/oak\n18446744073709551616\n{root}\n"),
    ] {
        let note = format!("{body}\n\u{2014} other 3q2+7wYH\n");
        assert_eq!(
            SignedCheckpoint::parse(&note).err(),
            Some(CheckpointError::Body),
            "{body}"
        );
    }
    assert_eq!(key.name(), &log("oak"));
}

#[test]
fn a_key_signs_for_its_own_log_only() {
    let (key, _, _) = signed();
    let elm = Checkpoint {
        origin: log("elm"),
        size: 0,
        root: Digest::of(&[]),
    };
    assert_eq!(elm.sign(&key), Err(CheckpointError::Origin));
}

#[test]
fn a_key_read_from_pkcs8_is_the_key_of_its_seed() {
    // RFC 8410's wrapping of a 32-byte seed.
    let mut document = vec![
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    document.extend_from_slice(&SEED);
    let key = CheckpointKey::from_pkcs8(log("oak"), &document).unwrap();
    assert_eq!(key.verifier(), signed().0.verifier());
    let cut = CheckpointKey::from_pkcs8(log("oak"), &document[1..]);
    assert_eq!(cut.err(), Some(KeyError::Private));
}
