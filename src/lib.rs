//! tiercast
pub mod glossary;
pub mod time;
