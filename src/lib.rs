//! tiercast

pub mod document;
pub mod glossary;
pub mod random;
pub mod time;

pub mod audience;
pub mod platform;
pub mod sender;

pub mod sim;

#[cfg(feature = "charts")]
pub mod report;
