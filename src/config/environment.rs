//! Files and environment variables become one tree. `AGENT_FACTORY_DATABASE__URL` is
//! `database.url`; a secret's `*_file` twin is read here, so that the rest knows one key.

use std::collections::HashMap;
use std::path::PathBuf;

use toml::{Table, Value};

use super::{ConfigError, read_secret_file};

const PREFIX: &str = "AGENT_FACTORY_";

/// Variables of ours that are no configuration keys: what the command line itself reads.
const NOT_KEYS: [&str; 6] = [
    "AGENT_FACTORY_BOOTSTRAP_TOKEN",
    "AGENT_FACTORY_BOOTSTRAP_TOKEN_FILE",
    "AGENT_FACTORY_CONFIG",
    "AGENT_FACTORY_URL",
    "AGENT_FACTORY_TOKEN",
    "AGENT_FACTORY_TOKEN_FILE",
];

/// Secrets that may come from a file instead.
const FILE_TWINS: [(&str, &str); 3] = [
    ("database", "url"),
    ("database", "direct_url"),
    ("redis", "url"),
];

pub(super) fn merge(
    files: &[PathBuf],
    env: &HashMap<String, String>,
) -> Result<Value, ConfigError> {
    let mut tree = Table::new();
    for file in files {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file)
            .map_err(|e| ConfigError::at(&name, format!("cannot be read: {}", e.kind())))?;
        let table: Table = text
            .parse()
            .map_err(|e: toml::de::Error| ConfigError::at(&name, e.message().to_owned()))?;
        overlay(&mut tree, table);
    }
    let mut variables: Vec<_> = env
        .iter()
        .filter(|(name, _)| name.starts_with(PREFIX) && !NOT_KEYS.contains(&name.as_str()))
        .collect();
    variables.sort();
    for (name, text) in variables {
        let path: Vec<String> = name
            .trim_start_matches(PREFIX)
            .split("__")
            .map(str::to_lowercase)
            .collect();
        set(&mut tree, &path, value(text), name)?;
    }
    read_file_twins(&mut tree)?;
    Ok(Value::Table(tree))
}

fn overlay(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => overlay(below, above),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// A variable's text as TOML where it is TOML (numbers, booleans, lists), else as a string.
fn value(text: &str) -> Value {
    match text.trim() {
        "true" => Value::Boolean(true),
        "false" => Value::Boolean(false),
        list if list.starts_with('[') => format!("v = {list}")
            .parse::<Table>()
            .ok()
            .and_then(|mut t| t.remove("v"))
            .unwrap_or_else(|| Value::String(text.to_owned())),
        number => number
            .parse::<i64>()
            .map_or_else(|_| Value::String(text.to_owned()), Value::Integer),
    }
}

fn set(tree: &mut Table, path: &[String], value: Value, name: &str) -> Result<(), ConfigError> {
    let Some((last, parents)) = path.split_last() else {
        return Ok(());
    };
    let mut at = tree;
    for part in parents {
        let next = at
            .entry(part.clone())
            .or_insert_with(|| Value::Table(Table::new()));
        let Value::Table(table) = next else {
            return Err(ConfigError::at(
                name,
                "stands inside a value that is no section",
            ));
        };
        at = table;
    }
    at.insert(last.clone(), value);
    Ok(())
}

fn read_file_twins(tree: &mut Table) -> Result<(), ConfigError> {
    for (section, key) in FILE_TWINS {
        let Some(Value::Table(table)) = tree.get_mut(section) else {
            continue;
        };
        let twin = format!("{key}_file");
        let Some(path) = table.remove(&twin) else {
            continue;
        };
        let named = format!("{section}.{twin}");
        if table.contains_key(key) {
            return Err(ConfigError::at(&named, format!("stands beside `{key}`")));
        }
        let Value::String(path) = path else {
            return Err(ConfigError::at(&named, "is no path"));
        };
        let text = read_secret_file(&named, path.as_ref())?;
        table.insert(key.to_owned(), Value::String(text));
    }
    Ok(())
}
