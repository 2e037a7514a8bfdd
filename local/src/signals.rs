//! What asks a program of this machine to end.

use crate::Error;

/// Ctrl-C, and on Unix SIGTERM.
pub struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Listens from now on: neither ends the process by itself any more.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> Result<Self, Error> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let terminate = signal(SignalKind::terminate());
            let terminate = terminate.map_err(|source| Error::Io { doing: "signals".to_owned(), source })?;
            Ok(Signals { terminate })
        }
        #[cfg(not(unix))]
        Ok(Signals {})
    }

    /// Returns at the next of them.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}
