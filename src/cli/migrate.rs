//! `migrate`: brings the schema up to date, under the role that owns it.

use anyhow::Context as _;

use super::{ConfigFiles, Exit, environment, runtime, say};
use crate::app;
use crate::config::Config;
use crate::store::Store;

pub(super) fn run(files: &ConfigFiles) -> anyhow::Result<Exit> {
    let config = Config::load(&files.files, &environment())?;
    app::install_crypto();
    let database = app::database_config(&config)?;
    runtime()?
        .block_on(Store::migrate(&database))
        .context("the schema was not brought up to date")?;
    say("the schema is up to date");
    Ok(Exit::Done)
}
