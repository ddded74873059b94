//! `audit verify`: an exported folder, judged offline by its checkpoint and a verifier key.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use agent_factory_audit::{Verdict, VerifierKey, VerifyError, verify, verify_against};
use anyhow::Context as _;
use serde_json::json;

use super::api_client::Printed;
use super::{Exit, say};

pub(super) fn run(
    folder: &Path,
    key: &str,
    held: Option<&Path>,
    printed: Printed,
) -> anyhow::Result<Exit> {
    let (judged, why) = match judge(folder, key, held) {
        Ok(Ok(verdict)) => (Some(verdict), None),
        Ok(Err(error)) => (None, Some(error)),
        Err(error) => {
            super::say_error(&error);
            return Ok(Exit::Usage);
        }
    };
    let holds = judged.as_ref().is_some_and(Verdict::holds);
    let said = match (&judged, why) {
        (Some(verdict), _) => verdict.to_string(),
        (None, Some(error)) => format!("no verdict: {error}"),
        (None, None) => String::new(),
    };
    match printed {
        Printed::Json => {
            let code = why.map(VerifyError::code);
            say(&serde_json::to_string_pretty(
                &json!({"holds": holds, "code": code, "verdict": said}),
            )?);
        }
        Printed::Plain => say(&said),
    }
    Ok(if holds { Exit::Done } else { Exit::No })
}

/// The verdict, or why there is none; the outer error is a file or key that cannot be used.
fn judge(
    folder: &Path,
    key: &str,
    held: Option<&Path>,
) -> anyhow::Result<Result<Verdict, VerifyError>> {
    let key = VerifierKey::parse(key.trim()).context("`--key`")?;
    let entries = File::open(folder.join("entries.jsonl")).context("`entries.jsonl`")?;
    let checkpoint = std::fs::read_to_string(folder.join("checkpoint.txt"));
    let checkpoint = checkpoint.context("`checkpoint.txt`")?;
    let entries = BufReader::new(entries);
    Ok(match held {
        None => verify(entries, &checkpoint, &key),
        Some(path) => {
            let held = std::fs::read_to_string(path).context("`--held`")?;
            verify_against(entries, &checkpoint, &key, &held)
        }
    })
}
