//! The sources, as text.

use std::fs;
use std::path::{Path, PathBuf};

/// A Rust file, by its path from the root.
pub struct Source {
    pub path: String,
    pub text: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder with this ending, in order of path.
pub fn files(folder: &str, ending: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root().join(folder), ending, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "no {ending} below {folder}");
    found
}

fn collect(folder: &Path, ending: &str, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            let name = path
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .into_owned();
            found.push(Source {
                path: name,
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
}

/// One statement of the store.
pub struct Sql {
    pub place: String,
    pub text: String,
}

/// Every constant inside a `sql!` block of the sources.
pub fn statements() -> Vec<Sql> {
    let mut found = Vec::new();
    for source in files("src/store", ".rs") {
        for block in source.text.split("\nsql! {\n").skip(1) {
            let block = block.split("\n}\n").next().unwrap();
            for constant in block.split("const ").skip(1) {
                let (name, rest) = constant.split_once(" = ").unwrap();
                let text = rest.split('"').nth(1).unwrap();
                let place = format!("{}: {name}", source.path);
                found.push(Sql {
                    place,
                    text: text.to_owned(),
                });
            }
        }
    }
    assert!(found.len() > 120, "{} statements", found.len());
    found
}
