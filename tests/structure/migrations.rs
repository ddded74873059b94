//! Migrations: twins, with a comment on each column's line.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::{Source, files};

const DATABASES: [&str; 2] = ["migrations/sqlite", "migrations/postgres"];

/// A column as a migration declares it.
pub struct Column {
    pub table: String,
    pub name: String,
    pub line: String,
}

impl Column {
    pub fn sealed(&self) -> bool {
        self.line.contains("(sealed)")
    }
}

/// The columns of the tables that these migrations make.
pub fn columns(migrations: &[Source]) -> Vec<Column> {
    let mut columns = Vec::new();
    for migration in migrations {
        for table in migration.text.split("create table ").skip(1) {
            let (name, rest) = table.split_once(" (\n").unwrap();
            let body = rest.split("\n)").next().unwrap();
            for line in body
                .lines()
                .filter(|line| !line.trim_start().starts_with("constraint "))
            {
                let column = line.trim_start().split(' ').next().unwrap();
                columns.push(Column {
                    table: name.to_owned(),
                    name: column.to_owned(),
                    line: line.to_owned(),
                });
            }
        }
    }
    columns
}

#[test]
fn every_columns_line_has_a_comment() {
    for database in DATABASES {
        let columns = columns(&files(database, ".sql"));
        assert!(columns.len() > 150, "{}", columns.len());
        for column in columns {
            let comment = column
                .line
                .split_once(" -- ")
                .map(|(_, comment)| comment.trim());
            let said = comment.is_some_and(|comment| comment.len() > 5);
            assert!(said, "{database}: {}.{}", column.table, column.name);
        }
    }
}

#[test]
fn twins_have_the_same_numbers_names_columns_and_comments() {
    let [sqlite, postgres] = DATABASES.map(|database| files(database, ".sql"));
    let names = |files: &[Source]| -> Vec<String> {
        files
            .iter()
            .map(|file| file.path.rsplit('/').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&sqlite), names(&postgres));
    let told = |files: &[Source]| -> Vec<(String, String, String)> {
        let comment = |column: &Column| column.line.split_once(" -- ").unwrap().1.to_owned();
        columns(files)
            .iter()
            .map(|column| (column.table.clone(), column.name.clone(), comment(column)))
            .collect()
    };
    assert_eq!(told(&sqlite), told(&postgres));
}

#[test]
fn every_sqlite_table_is_strict() {
    for migration in files("migrations/sqlite", ".sql") {
        let tables = migration.text.matches("create table ").count();
        assert_eq!(
            migration.text.matches(") strict;").count(),
            tables,
            "{}",
            migration.path
        );
    }
}

#[test]
fn every_constraint_has_a_name_and_every_key_begins_with_the_tenant() {
    let directory = agent_factory::store::DIRECTORY_TABLES;
    for migration in files("migrations/postgres", ".sql") {
        for table in migration.text.split("create table ").skip(1) {
            let (name, rest) = table.split_once(" (\n").unwrap();
            let body = rest.split("\n)").next().unwrap();
            for line in body.lines().map(str::trim_start) {
                let key = line.contains("primary key (") || line.contains("foreign key (");
                let key = key || line.contains(" unique (");
                assert!(!key || line.starts_with("constraint "), "{name}: {line}");
                let by_tenant = line.contains(" (tenant_id");
                assert!(
                    !key || directory.contains(&name) || by_tenant,
                    "{name}: {line}"
                );
            }
        }
    }
}

#[test]
fn a_sealed_column_is_sealed_bytes_in_the_row_that_holds_it() {
    let rows = sealed_fields();
    let sealed: BTreeSet<(String, String)> = columns(&files("migrations/postgres", ".sql"))
        .iter()
        .filter(|column| column.sealed())
        .map(|column| (column.table.clone(), column.name.clone()))
        .collect();
    assert_eq!(sealed.len(), 10, "{sealed:?}");
    let fields: BTreeSet<(String, String)> = rows
        .iter()
        .flat_map(|(table, fields)| fields.iter().map(|field| (table.clone(), field.clone())))
        .collect();
    assert_eq!(sealed, fields);
}

/// By table, the fields of its rows that are sealed bytes.
fn sealed_fields() -> BTreeMap<String, Vec<String>> {
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in files("src/store", ".rs") {
        for row in source.text.split("\nstored! {\n").skip(1) {
            let row = row.split("\n}\n").next().unwrap();
            let table = row
                .split(" in \"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap();
            for line in row.lines().filter(|line| line.contains("SealedBytes")) {
                let field = line.trim_start().split(':').next().unwrap();
                rows.entry(table.to_owned())
                    .or_default()
                    .push(field.to_owned());
            }
        }
    }
    rows
}
