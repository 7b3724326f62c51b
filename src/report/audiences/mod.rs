//! A behaviour profile for a planner: what is believed of these customers, who says so, and what one send leads to.
//!
//! ```text
//!   Behavior ---> inputs   every number in plain words, with grade and source      Told --> text, JSON
//!   Aftermath --> after    what 10,000 messages lead to, hour by hour      ------'  '----> picture (SVG and PNG)
//! ```

mod inputs;
#[cfg(feature = "charts")]
mod picture;

use serde::Serialize;

use super::text::amount;
use super::text::page::{Align, Page};
use crate::audience::{Behavior, RateName};
use crate::experiment::{Aftermath, AftermathCurve};
use crate::glossary::grouped;
use crate::sim::{Evidence, LAST_HOUR, Metric};

pub use inputs::{Group, Input};
#[cfg(feature = "charts")]
pub use picture::picture;

/// A profile in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The name that scenarios use.
    pub name: String,
    /// One line that says who they are.
    pub title: String,
    /// Inputs: values that have a grade and a source.
    pub inputs: usize,
    /// Of these, inputs that are assumed (grade 0).
    pub assumed: usize,
}

impl Listed {
    /// A profile in one row.
    pub fn of(behavior: &Behavior) -> Listed {
        let inputs: Vec<Input> =
            inputs::groups(behavior).into_iter().flat_map(|group| group.inputs).collect();
        let assumed = inputs.iter().filter(|input| input.assumed).count();
        Listed { name: behavior.name.clone(), title: behavior.title.clone(), inputs: inputs.len(), assumed }
    }
}

/// Writes a list of profiles, a line each.
pub fn list(profiles: &[Listed]) -> String {
    let widest = profiles.iter().map(|profile| profile.name.len()).max().unwrap_or(0).max("profile".len());
    let mut text = format!("{:widest$}  {:>12}  title\n", "profile", "assumed");
    for Listed { name, title, inputs, assumed } in profiles {
        let share = format!("{assumed} of {inputs}");
        text.push_str(&format!("{name:widest$}  {share:>12}  {title}\n"));
    }
    text.push_str("\nAssumed: inputs that nobody publishes (grade 0); all others name a source.\n");
    text.push_str("tiercast audiences show NAME tells a profile in plain words, --out FOLDER draws it.\n");
    text
}

/// All that is told of a profile.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Told {
    /// The name that scenarios use.
    pub name: String,
    /// One line that says who they are.
    pub title: String,
    /// Its inputs, by what they are about.
    pub groups: Vec<Group>,
    /// What one send leads to.
    pub one_send: OneSendTold,
}

/// What one send leads to, for programs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OneSendTold {
    /// Messages sent at once, to people not written to before, on a Monday at 10:00.
    pub messages: u64,
    /// Futures.
    pub replications: u64,
    /// The seed.
    pub seed: u64,
    /// One for each kind of act.
    pub acts: Vec<ActTold>,
}

/// One kind of act: what had come by the end of hour 0, 1, 2 ... after the send \[messages\].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActTold {
    /// The kind, as in daily.csv.
    pub name: String,
    /// Whether its chance is assumed (grade 0).
    pub assumed: bool,
    /// The mean over the futures, by hour.
    pub mean: Vec<f64>,
    /// Half the width of the 95 % interval of the mean, by hour; nothing from a single future.
    pub half_width: Vec<Option<f64>>,
    /// 1 in 20 futures has so many or fewer, by hour.
    pub p05: Vec<u64>,
    /// 19 in 20 futures have so many or fewer, by hour.
    pub p95: Vec<u64>,
}

impl Told {
    /// Gathers what is told of a profile and of a send to its customers.
    pub fn of(behavior: &Behavior, aftermath: &Aftermath) -> Told {
        let act = |curve: &AftermathCurve| ActTold {
            name: curve.metric.name().to_owned(),
            assumed: is_assumed(behavior, curve.metric),
            mean: curve.mean.iter().map(|mean| super::rounded(mean.mean, 3)).collect(),
            half_width: curve.mean.iter().map(|m| m.half_width.map(|half| super::rounded(half, 3))).collect(),
            p05: curve.p05.clone(),
            p95: curve.p95.clone(),
        };
        Told {
            name: behavior.name.clone(),
            title: behavior.title.clone(),
            groups: inputs::groups(behavior),
            one_send: OneSendTold {
                messages: aftermath.messages,
                replications: aftermath.n,
                seed: aftermath.seed,
                acts: aftermath.curves.iter().map(act).collect(),
            },
        }
    }

    /// Writes it for a planner, in lines of `width` letters (60 at least).
    pub fn render(&self, width: usize) -> String {
        let mut page = Page::new(width);
        page.paragraph(&format!("{}: {}", self.name, self.title));
        page.paragraph(&format!("{}.", grades(&self.groups)));
        self.after(&mut page);
        for group in &self.groups {
            page.heading(&group.title);
            let row = |input: &Input| {
                let Input { what, value, evidence, source, .. } = input;
                vec![what.clone(), value.clone(), evidence.clone(), source.clone()]
            };
            let rows: Vec<Vec<String>> = group.inputs.iter().map(row).collect();
            page.table(&[Align::Left; 4], &rows);
        }
        page.finish()
    }

    /// What one send leads to, at a few hours.
    fn after(&self, page: &mut Page) {
        let OneSendTold { messages, replications, seed, acts } = &self.one_send;
        let sent = grouped(*messages);
        page.heading(&format!(
            "What {sent} messages lead to, sent at one time to people not written to before"
        ));
        let header =
            ["", "1 hour", "6 hours", "1 day", "8 days", "9 in 10 futures", "chance"].map(str::to_owned);
        let row = |act: &ActTold| {
            let mut row = vec![act.name.clone()];
            row.extend(
                [0, 5, 23, LAST_HOUR].map(|hour| act.mean.get(hour).map_or_else(String::new, |m| amount(*m))),
            );
            let ends = act.p05.last().zip(act.p95.last());
            row.push(
                ends.map_or_else(String::new, |(low, high)| {
                    format!("{} to {}", grouped(*low), grouped(*high))
                }),
            );
            row.push(if act.assumed { "assumed" } else { "from a source" }.to_owned());
            row
        };
        let rows: Vec<Vec<String>> = std::iter::once(header.to_vec()).chain(acts.iter().map(row)).collect();
        use Align::{Left, Right};
        page.table(&[Left, Right, Right, Right, Right, Left, Left], &rows);
        page.indented(&format!(
            "Means of {} futures, seed {seed}; in 9 in 10 futures the count after 8 days lies within the last range. \
             Chances, days, campaigns and luck differ from future to future.",
            grouped(*replications)
        ));
        if acts.iter().any(|act| act.assumed && act.name == Metric::Blocked.name()) {
            page.indented(UNPUBLISHED);
        }
    }
}

/// What is said wherever the chance of a block is assumed.
const UNPUBLISHED: &str = "No platform publishes how many people block.";

/// How many inputs have which grade: "32 inputs: 3 real counts, 29 assumed".
fn grades(groups: &[Group]) -> String {
    let all = || groups.iter().flat_map(|group| &group.inputs);
    let named = [(1, "real counts"), (2, "of another channel"), (3, "vendors' guard rails"), (0, "assumed")];
    let counted = named.map(|(grade, name)| (all().filter(|input| input.grade == grade).count(), name));
    let parts: Vec<String> = counted
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    format!("{} inputs: {}", all().count(), parts.join(", "))
}

/// Whether the chance behind a kind of act is assumed.
fn is_assumed(behavior: &Behavior, metric: Metric) -> bool {
    let rate = match metric {
        Metric::Delivered => RateName::delivered,
        Metric::Read => RateName::read,
        Metric::Replied => RateName::reply,
        Metric::Stopped => RateName::stop,
        Metric::Blocked => RateName::block,
        Metric::Reported => RateName::report,
        Metric::Muted => RateName::mute,
        Metric::Archived => RateName::archive,
        _ => return false,
    };
    Evidence::of_grade(behavior.rate(rate).grade) == Evidence::Assumed
}
