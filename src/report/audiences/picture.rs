//! A profile as a picture: what one send leads to, hour by hour.

use super::{UNPUBLISHED, grades, inputs, is_assumed};
use crate::audience::Behavior;
use crate::experiment::{Aftermath, AftermathCurve};
use crate::glossary::grouped;
use crate::report::charts::{AftermathChart, AftermathLine, Caption, Drawing, HourAxis, about, aftermath};
use crate::sim::{LAST_HOUR, Metric};

/// Draws a profile under the file name `name`.
pub fn picture(name: &str, behavior: &Behavior, after: &Aftermath) -> Drawing {
    let caption = Caption {
        name: name.to_owned(),
        title: title(after),
        subtitle: subtitle(behavior, after),
        description: String::new(),
    };
    let assumed = |metric| is_assumed(behavior, metric);
    let footnote = match (after.curves.iter().any(|curve| assumed(curve.metric)), assumed(Metric::Blocked)) {
        (true, true) => format!("* assumed, not measured (grade 0). {UNPUBLISHED}"),
        (true, false) => "* assumed, not measured (grade 0).".to_owned(),
        (false, _) => String::new(),
    };
    let chart = AftermathChart {
        unit: format!(
            "messages so far, of {}, by time since the send (both axes logarithmic)",
            grouped(after.messages)
        ),
        footnote,
        lines: after.curves.iter().map(|curve| line(curve, assumed(curve.metric))).collect(),
    };
    aftermath(&caption, &HourAxis { last: LAST_HOUR }, &chart)
}

fn line(curve: &AftermathCurve, assumed: bool) -> AftermathLine {
    let mark = if assumed { "*" } else { "" };
    AftermathLine {
        name: format!("{}{mark}", curve.metric.name()),
        mean: curve.mean.iter().map(|mean| mean.mean).collect(),
        low: curve.p05.iter().map(|count| *count as f64).collect(),
        high: curve.p95.iter().map(|count| *count as f64).collect(),
    }
}

/// The answer in one sentence. Nobody knows how many block: the range is told beside the mean.
fn title(after: &Aftermath) -> String {
    let curve = |metric| after.curves.iter().find(|curve| curve.metric == metric);
    let mean =
        |metric| whole(curve(metric).and_then(|curve| curve.mean.last()).map_or(0.0, |mean| mean.mean));
    let ends =
        curve(Metric::Blocked).and_then(|curve| curve.p05.last().copied().zip(curve.p95.last().copied()));
    let range = match ends {
        Some((low, high)) if high > low + low / 5 => {
            format!(" (9 in 10 futures: {} to {})", whole(low as f64), whole(high as f64))
        }
        _ => String::new(),
    };
    format!(
        "Of {} messages {} are read and {} answered; {} bring a request for no more, {} a block{range}",
        grouped(after.messages),
        mean(Metric::Read),
        mean(Metric::Replied),
        mean(Metric::Stopped),
        mean(Metric::Blocked),
    )
}

fn subtitle(behavior: &Behavior, after: &Aftermath) -> String {
    let factors = &behavior.weekday_effect.factors;
    let timeless = behavior.activity.is_even() && factors.windows(2).all(|pair| pair[0] == pair[1]);
    let when = if timeless { "" } else { ", on a Monday at 10:00" };
    format!(
        "Lines: means of {} futures, seed {}; bands and bars: 9 in 10 of them. One send to people not written to before{when}. \
         Profile {}, {}.",
        grouped(after.n),
        after.seed,
        behavior.name,
        grades(&inputs::groups(behavior)),
    )
}

/// A number of messages in a title: three figures, and no share of a message.
fn whole(count: f64) -> String {
    if count > 0.0 && count < 0.5 { "under 1".to_owned() } else { about(count.round()) }
}
