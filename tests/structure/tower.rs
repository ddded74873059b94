//! The house as its files show it: each room imports only rooms below it, axum stays in its rooms,
//! only the gate and the command line ask the engine, and no file grows into a drawer.

use std::path::{Path, PathBuf};

/// The rooms of `src/`, from the ground up. A room may import only what stands before it.
const TOWER: [&str; 24] = [
    "clock",
    "dice",
    "ids",
    "config",
    "telemetry",
    "manifest",
    "egress",
    "pages",
    "store",
    "vault",
    "key_custody",
    "disclosure",
    "launch",
    "proxy",
    "gateway",
    "onboarding",
    "consent",
    "jobs",
    "running",
    "web",
    "app",
    "demo",
    "cli",
    "lib",
];

/// Rooms that may name the web framework.
const WEB_ROOMS: [&str; 3] = ["web", "running", "demo"];

/// A file longer than this holds more than one concept.
const MAX_LINES: usize = 400;

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

struct Source {
    name: String,
    room: String,
    code: String,
}

/// The gateway's own sources, without their tests.
fn sources() -> Vec<Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&top, &mut files);
    assert!(files.len() > 100, "the sources were found");
    files
        .into_iter()
        .filter_map(|file| {
            let name = file
                .strip_prefix(&top)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            if name.contains("tests") || name == "main.rs" {
                return None;
            }
            let room = name
                .split('/')
                .next()
                .unwrap()
                .trim_end_matches(".rs")
                .to_owned();
            let whole = std::fs::read_to_string(&file).unwrap();
            let code = whole
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap()
                .to_owned();
            Some(Source { name, room, code })
        })
        .collect()
}

fn floor(room: &str) -> usize {
    TOWER
        .iter()
        .position(|known| *known == room)
        .unwrap_or_else(|| panic!("`{room}` has no place in the tower"))
}

#[test]
fn every_room_imports_only_what_stands_below_it() {
    let mut imports = 0;
    for source in sources() {
        let here = floor(&source.room);
        for (_, after) in source
            .code
            .match_indices("crate::")
            .map(|(at, m)| (at, &source.code[at + m.len()..]))
        {
            let room: String = after
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            if room.is_empty() || room == source.room {
                continue;
            }
            imports += 1;
            assert!(
                floor(&room) < here,
                "{} imports `{room}`, which stands above",
                source.name
            );
        }
    }
    assert!(imports > 200, "imports were found");
}

#[test]
fn axum_stays_in_its_rooms() {
    for source in sources() {
        let names = source.code.contains("axum::") || source.code.contains("use axum");
        assert!(
            !names || WEB_ROOMS.contains(&source.room.as_str()),
            "{}",
            source.name
        );
    }
}

#[test]
fn only_the_gate_and_the_command_line_ask_the_engine() {
    let askers: Vec<String> = sources()
        .into_iter()
        .filter(|source| source.code.contains(".decide("))
        .map(|source| source.name)
        .collect();
    assert_eq!(askers, ["cli/policy.rs", "disclosure/gate.rs"]);
}

#[test]
fn no_file_grows_into_a_drawer() {
    let mut longest = 0;
    for source in sources() {
        let lines = source.code.lines().count();
        longest = longest.max(lines);
        assert!(lines <= MAX_LINES, "{} has {lines} lines", source.name);
    }
    assert!(longest > 100);
    for drawer in ["utils", "util", "common", "helpers", "types", "models"] {
        assert!(
            sources()
                .iter()
                .all(|s| !s.name.split(['/', '.']).any(|p| p == drawer))
        );
    }
}
