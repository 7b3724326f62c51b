//! One scenario at many points, for the eye: what `sweep` prints, writes and draws.
//!
//! ```text
//!   Sweep + metric ---> SweepAnswer --+-- text      what changes with what, and how sure
//!                                     |-- json      sweep.json, one answer a key; one line a point for optimisers
//!                                     |-- tables    sweep.csv, one line a point and metric
//!                                     '-- gallery   a curve, a heat map, what each factor changes
//! ```

#[cfg(feature = "charts")]
pub mod gallery;
pub mod json;
pub mod tables;
pub mod text;

use crate::experiment::{By, Design, Effect, Headline, Sweep, Unit};
use crate::report::comparison::text::level;
use crate::report::comparison::what;
use crate::sim::Setting;

/// All that was asked of a sweep, answered once.
#[derive(Clone, Debug)]
pub struct SweepAnswer<'s> {
    /// What was run.
    pub sweep: &'s Sweep,
    /// What points are judged by.
    pub headlines: Vec<Headline>,
    /// The one that is told and drawn.
    pub main: Option<Headline>,
    /// What each factor changes in it, the most first.
    pub effects: Vec<Effect>,
    /// The factors that change nothing at all.
    pub unchanged: Vec<usize>,
}

impl<'s> SweepAnswer<'s> {
    /// Answers about one metric; about the one that says most where none is asked for.
    pub fn of(sweep: &'s Sweep, dates: &[By], metric: Option<&Headline>) -> SweepAnswer<'s> {
        let headlines = if sweep.points.is_empty() { Vec::new() } else { sweep.headlines(dates) };
        let main = metric.cloned().or_else(|| sweep.main(&headlines));
        let mut effects = main.as_ref().map(|main| sweep.effects(main)).unwrap_or_default();
        effects.sort_by(|a, b| b.difference().abs().total_cmp(&a.difference().abs()));
        SweepAnswer { sweep, headlines, main, effects, unchanged: sweep.unchanged() }
    }

    fn design(&self) -> &'s Design {
        &self.sweep.design
    }

    /// The setting of the first point.
    fn setting(&self) -> Option<&'s Setting> {
        self.sweep.points.first().map(|point| &point.setting)
    }

    /// The rules of all points, each once: several where they are varied.
    fn rules(&self) -> String {
        let mut all: Vec<&str> = Vec::new();
        for point in &self.sweep.points {
            if !all.contains(&point.setting.ruleset.as_str()) {
                all.push(&point.setting.ruleset);
            }
        }
        all.join(", ")
    }

    fn currency(&self) -> &'s str {
        self.setting().and_then(|setting| setting.currency.as_deref()).unwrap_or_default()
    }

    /// What the told metric is, in words.
    fn what(&self) -> String {
        self.main.as_ref().map_or_else(String::new, |main| asked(main, self.currency()))
    }

    /// The estimates of the told metric, point by point.
    fn estimates(&self) -> Vec<f64> {
        let Some(main) = &self.main else { return Vec::new() };
        (0..self.sweep.points.len())
            .filter_map(|point| Some(self.sweep.level(point, main)?.estimate))
            .collect()
    }

    /// The points with the least and the most of the told metric.
    fn extremes(&self) -> Option<[usize; 2]> {
        let all = self.estimates();
        let least = (0..all.len()).min_by(|a, b| all[*a].total_cmp(&all[*b]))?;
        let most = (0..all.len()).rev().max_by(|a, b| all[*a].total_cmp(&all[*b]))?;
        Some([least, most])
    }

    /// The main result as a sentence, as a title says it.
    fn sentence(&self) -> String {
        let (Some(main), Some([least, most])) = (&self.main, self.extremes()) else {
            return "no point was finished".to_owned();
        };
        let (all, unit, what) = (self.estimates(), main.unit(), capital(&self.what()));
        if all[least] == all[most] {
            return format!("{what}: {} at every point", level(unit, all[least]));
        }
        let [low, high] = [least, most].map(|point| level(unit, all[point]));
        let low = if unit == Unit::Days { low.replace(" d", "") } else { low };
        format!("{what}: {low} to {high}, from point to point")
    }

    /// The values of a point in words: `low_from 1%, share 50%`.
    fn point_in_words(&self, point: usize) -> String {
        let values = self.design().points.get(point).into_iter().flatten();
        let named = self.design().factors.iter().zip(values);
        named
            .map(|(factor, value)| format!("{} {value}", short(factor.path())))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// What a headline asks, as a thing: "the chance that the number is flagged", "days to 10K".
pub(in crate::report) fn asked(headline: &Headline, currency: &str) -> String {
    match headline {
        Headline::Reached(limit, By::Horizon) => format!("the chance that {} is ever held", limit.name),
        Headline::Reached(limit, By::After(span)) => {
            format!("the chance that {} is held within {span}", limit.name)
        }
        Headline::Reached(limit, By::Date(date)) => {
            format!("the chance that {} is held by {}", limit.name, date.strftime("%-d %b %Y"))
        }
        Headline::Happens(_) => format!("the chance that {}", what(headline, currency)),
        _ => what(headline, currency),
    }
}

/// A path by its last steps, which tell it apart: `rating.number.low_from` is `number low_from`, and
/// `audience.segments.members.profile.block` is `members block`.
pub(in crate::report) fn short(path: &str) -> String {
    const SILENT: [&str; 7] = ["platform", "audience", "sender", "segments", "profile", "prior", "chances"];
    let steps: Vec<&str> = path.split('.').filter(|step| !SILENT.contains(step)).collect();
    let last = steps.len().saturating_sub(2);
    steps[last..].join(" ")
}

/// With a capital at its beginning.
pub(in crate::report) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}
