//! One run.
pub mod setting;
pub mod trajectory;
