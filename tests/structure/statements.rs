//! Statements: constants only, parsed, and bound to the tenant wherever they touch its tables.

use std::collections::BTreeSet;

use agent_factory::store::DIRECTORY_TABLES;
use sqlparser::dialect::{Dialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::migrations::columns;
use super::sources::{files, statements};

/// Words that end a table's reference instead of naming its alias.
const NO_ALIAS: [&str; 9] = [
    "where", "join", "on", "order", "set", "group", "limit", "values", "using",
];

fn tenant_tables() -> BTreeSet<String> {
    columns(&files("migrations/postgres", ".sql"))
        .into_iter()
        .filter(|column| column.name == "tenant_id")
        .map(|column| column.table)
        .filter(|table| !DIRECTORY_TABLES.contains(&table.as_str()))
        .collect()
}

fn words(sql: &str) -> Vec<String> {
    Tokenizer::new(&PostgreSqlDialect {}, sql)
        .tokenize()
        .unwrap()
        .into_iter()
        .filter(|token| !matches!(token, Token::Whitespace(_)))
        .map(|token| token.to_string().to_lowercase())
        .collect()
}

/// A table that a statement reads or changes, and the name its columns go by.
#[derive(Debug, PartialEq, Eq)]
struct Touched {
    table: String,
    alias: Option<String>,
    inserted: bool,
}

fn touched(words: &[String], tables: &BTreeSet<String>) -> Vec<Touched> {
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate().skip(1) {
        let verb = words[at - 1].as_str();
        // `do update set` names no table, `from a, b` would.
        if !tables.contains(word) || !["from", "join", "into", "update"].contains(&verb) {
            continue;
        }
        let next = words.get(at + 1).map(String::as_str).unwrap_or_default();
        let plain = next.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !next.is_empty();
        let alias = (plain && !NO_ALIAS.contains(&next)).then(|| next.to_owned());
        assert_ne!(next, ",", "tables are joined, never listed");
        found.push(Touched {
            table: word.clone(),
            alias,
            inserted: verb == "into",
        });
    }
    found
}

/// Finds what is wrong with a statement's tenant predicates.
fn hole(sql: &str, tables: &BTreeSet<String>) -> Option<String> {
    let words = words(sql);
    let mut plain = 0;
    for touched in touched(&words, tables) {
        if touched.inserted {
            if !inserts_tenant(&words) {
                return Some(format!(
                    "`{}` is inserted without its tenant",
                    touched.table
                ));
            }
            continue;
        }
        match touched.alias {
            Some(alias) => {
                if predicates(&words, Some(&alias)) == 0 {
                    return Some(format!("`{}` is not bound to the tenant", touched.table));
                }
            }
            None => plain += 1,
        }
    }
    (predicates(&words, None) < plain).then(|| "a table is not bound to the tenant".to_owned())
}

/// How many predicates `tenant_id = $1` stand where nothing can widen them: first or after `and`,
/// with no `or` beside them.
fn predicates(words: &[String], alias: Option<&str>) -> usize {
    let bound: Vec<String> = match alias {
        Some(alias) => vec![alias, ".", "tenant_id", "=", "$1"],
        None => vec!["tenant_id", "=", "$1"],
    }
    .into_iter()
    .map(str::to_owned)
    .collect();
    (1..words.len().saturating_sub(bound.len() - 1))
        .filter(|at| words[*at..].starts_with(&bound))
        .filter(|at| ["where", "and"].contains(&words[at - 1].as_str()))
        .filter(|at| !widened(words, *at))
        .count()
}

/// Whether an `or` stands on the same level as the word at `at`.
fn widened(words: &[String], at: usize) -> bool {
    let level = |words: &mut dyn Iterator<Item = &String>, open: &str, close: &str| {
        let mut depth = 0_i32;
        for word in words {
            if word == open {
                depth += 1;
            } else if word == close {
                depth -= 1;
            }
            if depth < 0 {
                return false;
            }
            if depth == 0 && word == "or" {
                return true;
            }
        }
        false
    };
    level(&mut words[at..].iter(), "(", ")") || level(&mut words[..at].iter().rev(), ")", "(")
}

/// Whether an insert's first column is the tenant and its first value `$1`.
fn inserts_tenant(words: &[String]) -> bool {
    let Some(into) = words.iter().position(|word| word == "into") else {
        return false;
    };
    let first_column = words.get(into + 3).map(String::as_str);
    let value = words.iter().enumerate().any(|(at, word)| {
        let next = |by| words.get(at + by).map(String::as_str);
        (word == "values" && next(1) == Some("(") && next(2) == Some("$1"))
            || (word == "select" && next(1) == Some("$1"))
    });
    first_column == Some("tenant_id") && value
}

#[test]
fn every_statement_is_parsed_by_a_parser_of_its_dialect() {
    for sql in statements() {
        if sql.text.trim_start().starts_with("do $$") {
            continue; // PostgreSQL's own language, run by `migrate` alone.
        }
        let dialect: &dyn Dialect = if sql.place.contains("sqlite") {
            &SQLiteDialect {}
        } else {
            &PostgreSqlDialect {}
        };
        let parsed = Parser::parse_sql(dialect, &sql.text);
        assert!(
            parsed.as_ref().is_ok_and(|parsed| parsed.len() == 1),
            "{}: {parsed:?}",
            sql.place
        );
    }
}

#[test]
fn every_statement_binds_the_tenant_of_each_tenant_table_it_touches() {
    let tables = tenant_tables();
    assert_eq!(tables.len(), 21, "{tables:?}");
    let mut bound = 0;
    for sql in statements() {
        if sql.text.trim_start().starts_with("do $$") {
            continue;
        }
        let hole = hole(&sql.text, &tables);
        assert_eq!(hole, None, "{}", sql.place);
        bound += usize::from(!touched(&words(&sql.text), &tables).is_empty());
    }
    assert!(bound > 90, "{bound}");
}

#[test]
fn a_hole_is_found_where_there_is_one() {
    let tables = tenant_tables();
    for bad in [
        "select name from agents where agent_id = $2",
        "select name from agents where agent_id = $2 or tenant_id = $1",
        "select name from agents where tenant_id = $1 or agent_id = $2",
        "select name from agents where (tenant_id = $1 or agent_id = $2)",
        "update agents set name = $2 where agent_id = $3",
        "delete from agents",
        "insert into agents (agent_id, tenant_id) values ($1, $2)",
        "insert into agents (tenant_id, agent_id) values ($2, $1)",
        "select l.leaf_index from leaves l join entries e on e.entry_id = l.entry_id
            where l.tenant_id = $1",
        "delete from agents where tenant_id = $1
            and agent_id in (select agent_id from placements where placement_id = $2)",
        "select name from agents where tenant_id = $2",
        "select name from agents where not tenant_id = $1",
    ] {
        assert!(hole(bad, &tables).is_some(), "{bad}");
    }
    let good = "select name from agents where tenant_id = $1 and ($2 is null or agent_id > $2)";
    assert_eq!(hole(good, &tables), None);
}

#[test]
fn the_directorys_tables_are_touched_only_where_they_are_listed() {
    let directory: BTreeSet<String> = DIRECTORY_TABLES.map(str::to_owned).into();
    let allowed = ["directory/", "chain.rs", "log_store.rs", "many/"];
    for sql in statements() {
        let touches = !touched(&words(&sql.text), &directory).is_empty();
        let listed = allowed
            .iter()
            .any(|place| sql.place.contains(&format!("src/store/{place}")));
        assert!(!touches || listed, "{}", sql.place);
    }
}

#[test]
fn no_query_is_run_outside_the_one_place_for_it() {
    const CALLS: [&str; 9] = [
        "sqlx::query",
        "query_as",
        "query_scalar",
        "query_with(",
        "raw_sql",
        "QueryBuilder",
        "AssertSqlSafe",
        "fetch_all(&mut *",
        ".execute(&mut *",
    ];
    for source in files("src", ".rs") {
        if source.path == "src/store/db.rs" {
            continue;
        }
        for call in CALLS {
            assert!(!source.text.contains(call), "{}: `{call}`", source.path);
        }
        let inside = source.path.starts_with("src/store/");
        assert!(
            inside || !source.text.contains("sqlx::Pool"),
            "{}",
            source.path
        );
    }
}

#[test]
fn a_statement_is_made_by_the_macro_alone() {
    for source in files("src", ".rs") {
        let made = source.text.matches("Statement::new(").count();
        let allowed = usize::from(source.path == "src/store/sql.rs");
        assert_eq!(made, allowed, "{}", source.path);
    }
}
