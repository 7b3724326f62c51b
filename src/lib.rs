//! tiercast

pub mod random;
