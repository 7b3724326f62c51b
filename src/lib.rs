//! Forecasts how a business messaging number climbs or drops: synthetic customers against real rules, in thousands of
//! parallel replications.
//!
//! Platforms give a number a *tier* (how many customers it may write to in a rolling 24 hours), a *quality rating*
//! and statuses; it climbs after sending twice (or half) its limit with good quality, and falls when people block it.
//! A scenario says which rules, which customers and which plan; an ensemble of its futures answers when each limit is
//! reached and how likely a flag is on the way.
//!
//! ```
//! use std::{path::Path, sync::atomic::AtomicBool};
//! use tiercast::{experiment::{Ensemble, Threads}, sim::Scenario};
//!
//! let scenario = Scenario::load(Path::new("scenarios/first-climb.ron"), &[])?;
//! let ensemble = Ensemble::run(
//!     scenario.setting.clone(), 0..20, Threads::All,
//!     &scenario, &|_| (), &AtomicBool::new(false),
//! );
//! let reached = ensemble.first_passage(3).reached;
//! println!("{} of {} futures reach {}", reached.count, reached.n, scenario.setting.tiers[3].name);
//! # Ok::<(), tiercast::sim::LoadError>(())
//! ```
//!
//! # The house
//!
//! ```text
//!   platform   judges    a ruleset (data) + what it holds about the sender  -> changes
//!   audience   reacts    customers: deliver, read, reply, stop, block, report
//!   sender     decides   a strategy that sees only what a real sender can see -> sends
//!   clock      carries   what one does to the others, in order of time
//!
//!   cli -> report -> experiment -> sim -> { platform, audience, sender } -> { glossary, time, random, document }
//! ```
//!
//! Arrows run one way, and no party knows another. Only loading a scenario reads files, only the tool prints and
//! writes, only an experiment starts threads. The modules below stand in the order of the floors.
//!
//! Laws of the house: no floating-point time or money; no iteration over a hash; no draw without an address; every
//! change names its clause and every clause its source; once a scenario exists, running it cannot fail; what watches
//! a run never changes it; the same scenario and seed give the same bytes, whatever the threads and the platform.

// Floor 0: words. They import nothing of ours.
pub mod abreast;
pub mod document;
pub mod few;
pub mod glossary;
pub mod random;
pub mod time;

// Floor 1: parties. They import floor 0, never one another.
pub mod audience;
pub mod platform;
pub mod sender;

// Floor 2: one run.
pub mod sim;

// Floor 3: many runs.
pub mod experiment;

// Floor 4: for the eye.
pub mod report;
