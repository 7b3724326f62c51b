//! tiercast

pub mod document;
pub mod glossary;
pub mod random;
pub mod time;

pub mod platform;
pub mod experiment;
pub mod report;
