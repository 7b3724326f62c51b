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

use crate::experiment::{By, Design, Effect, Headline, Level, Sweep, Unit};
use crate::glossary::capital;
use crate::report::comparison::text::level;
use crate::report::comparison::{amount, what};
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
    /// The same as points are held against each other by it: see [`Headline::by_common_end`].
    pub compared: Option<Headline>,
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
        let compared = main.clone().map(|main| main.by_common_end(sweep.end()));
        let mut effects = compared.as_ref().map(|compared| sweep.effects(compared)).unwrap_or_default();
        effects.sort_by(|a, b| b.difference().abs().total_cmp(&a.difference().abs()));
        SweepAnswer { sweep, headlines, main, compared, effects, unchanged: sweep.unchanged() }
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

    /// What the told metric is, in words, as points are held against each other by it.
    fn what(&self) -> String {
        let Some(compared) = &self.compared else { return String::new() };
        let what = asked(compared, self.currency());
        match (compared, self.sweep.end()) {
            (Headline::Days(_), By::After(shortest)) => format!("{what}, cut at {shortest}"),
            _ => what,
        }
    }

    /// The told metric at a point, as it can be held against other points.
    fn level(&self, point: usize) -> Option<Level> {
        self.sweep.level_in_common(point, self.compared.as_ref()?)
    }

    /// The points at which the told metric is known, with its estimates there.
    fn estimates(&self) -> Vec<(usize, f64)> {
        let points = 0..self.sweep.points.len();
        points.filter_map(|point| Some((point, self.level(point)?.estimate))).collect()
    }

    /// The points with the least and the most of the told metric, and their estimates.
    fn extremes(&self) -> Option<[(usize, f64); 2]> {
        let all = self.estimates();
        let least = all.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
        let most = all.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some([*least, *most])
    }

    /// The main result as a sentence, as a title says it.
    fn sentence(&self) -> String {
        let Some(compared) = &self.compared else { return "no point was finished".to_owned() };
        let (unit, what) = (compared.unit(), capital(&self.what()));
        let Some([(_, least), (_, most)]) = self.extremes() else {
            return format!("{what}: not known at any point");
        };
        let known = if self.sweep.is_told(compared) { "" } else { " of those where it is known" };
        if least == most {
            return format!("{what}: {} at every point{known}", level(unit, least));
        }
        let [low, high] = [least, most].map(|estimate| level(unit, estimate));
        let low = if unit == Unit::Days { low.replace(" d", "") } else { low };
        format!("{what}: {low} to {high}, from point to point{known}")
    }

    /// Why the told metric is not known at some points, where it is not.
    fn why_not_known(&self) -> Option<String> {
        let compared = self.compared.as_ref()?;
        let unknown: Vec<usize> =
            (0..self.sweep.points.len()).filter(|point| self.level(*point).is_none()).collect();
        let first = *unknown.first()?;
        let each = amount(Unit::Messages, self.unpriced(first));
        let (count, all) = (unknown.len(), self.sweep.points.len());
        let what = capital(&what(compared, self.currency()));
        Some(format!(
            "{what} is not known at {count} of {all} points: their runs have messages and conversations whose price is \
             not known ({each} a run at {}). Such points are left out of charts, and what each value changes is not told.",
            point_in_words(self.design(), first)
        ))
    }

    /// Messages and conversations a run whose price is not known, at a point.
    fn unpriced(&self, point: usize) -> f64 {
        let rows = &self.sweep.points[point].rows;
        rows.iter().map(|row| row.outcome.unpriced).sum::<u64>() as f64 / rows.len().max(1) as f64
    }

    /// What times mean where horizons differ.
    fn unlike_horizons(&self) -> Option<String> {
        let end = self.sweep.end();
        (end != By::Horizon).then(|| {
            format!(
                "Horizons differ: results of single points are those of their own whole runs; where points are held against \
                 each other times are cut at the shortest horizon and limits are those held {}. Mishaps and sums are always \
                 those of whole runs, and a longer run has more of them.",
                end.in_words()
            )
        })
    }
}

/// The values of a point in words: `low_from 1%, share 50%`.
pub(in crate::report) fn point_in_words(design: &Design, point: usize) -> String {
    let values = design.points.get(point).into_iter().flatten();
    let named = design.factors.iter().zip(values);
    named.map(|(factor, value)| format!("{} {value}", short(factor.path()))).collect::<Vec<_>>().join(", ")
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
