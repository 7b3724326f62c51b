//! tiercast

pub mod document;
