//! For the eye: values of an experiment in, text and pictures out. Nothing here prints or writes a file.
//!
//! ```text
//! report/
//!   charts/   the pictures a planner looks at before reading: SVG for pages, PNG for slides and mail
//! ```

pub mod charts;
