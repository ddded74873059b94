//! `check-config`: reads the configuration and says what is wrong or unwise in it.

use super::{ConfigFiles, Exit, environment, say};
use crate::app;
use crate::config::Config;

pub(super) fn run(files: &ConfigFiles) -> anyhow::Result<Exit> {
    let config = Config::load(&files.files, &environment())?;
    let key = app::root_key(&config)?;
    app::database_config(&config)?;
    for warning in config.warnings() {
        say(&format!("warning: {warning}"));
    }
    say(&format!(
        "the configuration is usable; the root key is {}",
        key.fingerprint()
    ));
    Ok(Exit::Done)
}
