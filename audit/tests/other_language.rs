//! The format as another language sees it: a verifier in Python, written from the README.

use std::path::Path;
use std::process::Command;

use crate::keeper::{Bundle, Keeper, full_event};

#[test]
fn a_verifier_in_python_agrees() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: there is no python3");
        return;
    }
    let mut keeper = Keeper::of("oak");
    keeper.notes(12);
    keeper.commits(&[full_event(100)]);
    keeper.sequences();
    let bundle = keeper.exports();
    let root = bundle.checkpoint.lines().nth(2).unwrap().to_owned();
    let (held, words) = python(&keeper, &bundle, "whole");
    assert!(held, "{words}");
    assert!(words.contains(&root), "{words}");

    let mut edited = bundle.clone();
    edited.edits(12, "exempt-d-1", "exempt-d-2");
    assert_eq!(
        python(&keeper, &edited, "edited"),
        (false, "does not hold: AssertionError root\n".to_owned())
    );
    let mut shortened = bundle;
    shortened.lines.pop();
    assert!(!python(&keeper, &shortened, "shortened").0);
}

fn python(keeper: &Keeper, bundle: &Bundle, name: &str) -> (bool, String) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("audit-{name}"));
    std::fs::create_dir_all(&folder).unwrap();
    let (entries, checkpoint) = (folder.join("entries.jsonl"), folder.join("checkpoint.txt"));
    std::fs::write(&entries, bundle.jsonl()).unwrap();
    std::fs::write(&checkpoint, &bundle.checkpoint).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/verify.py");
    let output = Command::new("python3")
        .arg(script)
        .args([&entries, &checkpoint])
        .arg(keeper.key.verifier().to_string())
        .output()
        .unwrap();
    (
        output.status.success(),
        String::from_utf8(output.stdout).unwrap(),
    )
}
