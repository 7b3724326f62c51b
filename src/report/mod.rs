//! For the eye: values of an experiment in, text and pictures out. Nothing here prints or writes a file.
//!
//! ```text
//!                 |- summary        summary.json   one answer a key, for programs
//!                 |- daily          daily.csv      one line a day and metric, for researchers
//!   Ensemble -----|- replications   replications.csv, one line a replication
//!                 |- schedule       schedule.csv   the median plan as a calendar, for spreadsheets
//!                 |- text           what a planner reads in the terminal
//!                 '- gallery        which charts there are and what their titles say
//!                       '- charts   how they look: values in, SVG and PNG out
//!   Comparison --- comparison       plans on the same luck: text, JSON, CSV, charts of each pair
//!   two rulesets - impact           what a change of the rules does to a set of scenarios
//!   Sweep -------- sweep            one scenario at many points: text, JSON, CSV, charts
//!   Study -------- sensitivity      which uncertain input moves a result most: the same
//!   Tuning ------- tuning           which settings serve best: text, JSON, CSV, charts, a scenario file
//!   Precision ---- precision        whether there are enough runs
//!   Explained ---- layers           where the spread comes from
//!   Aftermath ---- audiences        a behaviour profile in plain words, and as a picture
//!   Journal ------ story            one future, change by change, with the clause behind each
//!   two of them -- divergence       one future of two versions side by side, from where they part
//!   Partings ----- parting          the words for that, in every report
//!   Replay -----+- replay           what these rules would have done with what happened
//!               '- webhooks         the same as a business receives it, and compared with what it received
//!   rules, profile - starter       a first scenario that runs
//!   the sources -- reference        every field of every file, for who writes one
//!   Judged, ------ verdicts         expectations and golden numbers, as tables
//!   Comparison --- pipeline         the same for JUnit and GitHub
//!   Fired -------- fired            which clauses futures reach, as tables
//!   Spectrum ----- readings         what depends on how the rules are read, as tables
//! ```

pub mod audiences;
#[cfg(feature = "charts")]
pub mod charts;
pub mod comparison;
pub mod daily;
pub mod divergence;
pub mod fired;
#[cfg(feature = "charts")]
pub mod gallery;
pub mod impact;
pub mod layers;
mod parting;
pub mod pipeline;
pub mod precision;
pub mod readings;
#[cfg(feature = "reference")]
pub mod reference;
pub mod replay;
pub mod replications;
pub mod schedule;
pub mod sensitivity;
pub mod starter;
pub mod story;
pub mod summary;
pub mod sweep;
pub mod text;
pub mod tuning;
pub mod verdicts;
pub mod webhooks;

use crate::sim::Mishap;

/// The tool and its version.
pub const TOOL: &str = concat!("tiercast ", env!("CARGO_PKG_VERSION"));

/// That something goes wrong, in words: with which number, of the tier or a tier.
fn happens(mishap: Mishap, number: &str, tier: &str) -> String {
    match mishap {
        Mishap::Flagged => format!("{number} is flagged"),
        Mishap::Downgraded => format!("{tier} falls"),
        Mishap::Restricted => format!("{number} is restricted"),
        Mishap::TemplateFlagged => "a template is flagged".to_owned(),
        Mishap::TemplateDisabled => "a template is disabled".to_owned(),
        Mishap::Banned => format!("{number} is banned"),
        Mishap::Warned => format!("{number} is warned"),
        Mishap::RateLimited => format!("{number} is rate-limited"),
    }
}

/// Rounds to so many decimals, so that a file shows no digits that mean nothing.
fn rounded(value: f64, decimals: u32) -> f64 {
    let scale = f64::from(10_u32.saturating_pow(decimals));
    (value * scale).round() / scale
}

/// A page of values under named keys as JSON, with a newline at its end.
fn page(values: &impl serde::Serialize) -> String {
    let json = serde_json::to_string_pretty(values).expect("keys are text and memory does not fail");
    json + "\n"
}

/// A rounded number as text: `0.25`, `12`, `inf`.
fn decimal(value: f64, decimals: u32) -> String {
    rounded(value, decimals).to_string()
}
