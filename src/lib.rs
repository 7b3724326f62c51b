//! tiercast
