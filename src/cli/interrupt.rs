//! Ctrl-C: the run stops after the replications under way, and what is finished is written.

use std::sync::atomic::{AtomicBool, Ordering};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C sets the flag instead of ending the process at once.
pub(super) fn listen() -> &'static AtomicBool {
    // Where no handler can be set Ctrl-C ends the process, and files are still whole or not there.
    let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
    &INTERRUPTED
}

/// Whether Ctrl-C was heard.
pub(super) fn heard() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}
