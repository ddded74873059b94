//! The knife for an open stream. A cut must never be lost because nobody was looking, and a
//! dropped handle must never cut.

use tokio::sync::watch;

/// Ends the streams that hold its signal.
#[derive(Debug, Clone)]
pub struct CutHandle {
    sender: watch::Sender<Option<&'static str>>,
}

/// Tells a stream that it was cut.
#[derive(Debug, Clone)]
pub struct CutSignal {
    receiver: Option<watch::Receiver<Option<&'static str>>>,
}

impl CutHandle {
    /// A handle and the signal for as many streams as share its fate.
    pub fn new() -> (Self, CutSignal) {
        let (sender, receiver) = watch::channel(None);
        (
            Self { sender },
            CutSignal {
                receiver: Some(receiver),
            },
        )
    }

    /// Cuts, for a reason with a stable code. The first reason stays.
    pub fn cut(&self, code: &'static str) {
        self.sender.send_if_modified(|held| {
            let first = held.is_none();
            held.get_or_insert(code);
            first
        });
    }

    /// Another signal of this handle.
    pub fn signal(&self) -> CutSignal {
        CutSignal {
            receiver: Some(self.sender.subscribe()),
        }
    }
}

impl CutSignal {
    /// A signal that never comes.
    pub const fn never() -> Self {
        Self { receiver: None }
    }

    /// Why it was cut, if it was.
    pub fn code(&self) -> Option<&'static str> {
        self.receiver
            .as_ref()
            .and_then(|receiver| *receiver.borrow())
    }

    /// Waits for the cut; forever when it never comes.
    pub async fn wait(&mut self) -> &'static str {
        if let Some(receiver) = self.receiver.as_mut()
            && let Ok(held) = receiver.wait_for(Option::is_some).await
            && let Some(code) = *held
        {
            return code;
        }
        std::future::pending().await
    }
}
