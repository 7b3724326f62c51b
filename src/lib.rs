//! tiercast

#[cfg(feature = "charts")]
pub mod report;
