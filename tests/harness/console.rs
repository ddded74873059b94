//! What the process says about itself, kept to be searched; shown too where `TEST_SHOW_LOG` is set.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use tracing_subscriber::fmt::MakeWriter;

static SAID: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Everything that was said so far, by every test of this process.
pub fn said() -> String {
    let said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&said).into_owned()
}

/// Listens from now on; a second call changes nothing.
pub fn listen() {
    let filter = "info,agent_factory=trace";
    let _already = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        .with_writer(Console)
        .json()
        .flatten_event(true)
        .try_init();
}

#[derive(Clone, Copy)]
struct Console;

impl Write for Console {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if std::env::var_os("TEST_SHOW_LOG").is_some() {
            print!("{}", String::from_utf8_lossy(bytes));
        }
        SAID.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Console {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}
