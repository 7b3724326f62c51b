//! How a rating comes about.

use crate::glossary::{Feedback, Rating, grouped};

use super::super::language::{Ageing, Frequency, RatingClause, RatingOf, TemplateCoupling, Thin};
use super::phrases::{listed, span};

pub(super) fn rating(rating: &RatingClause) -> Vec<String> {
    let who = match rating.of {
        RatingOf::Number => "A number",
        RatingOf::Template => "A template",
    };
    let ageing = match rating.ageing {
        Ageing::flat => "old and new weigh the same".to_owned(),
        Ageing::HalfLife(half) => format!("weight halves every {}, by full days of age", span(half)),
    };
    let weights: Vec<String> =
        rating.weights.iter().map(|(kind, weight)| format!("{} {weight}", feedback(*kind))).collect();
    let mut said = vec![
        format!(
            "{who} is rated every {} by what came back in the last {}: {ageing}.",
            span(rating.evaluated),
            span(rating.window)
        ),
        format!("The score is the weighted feedback for each delivery: {}.", listed(&weights, "and")),
        format!(
            "From {} on the rating is Medium, from {} on Low, else High.",
            rating.medium_from, rating.low_from
        ),
        thin(rating),
    ];
    said.extend(
        rating.answer_within.map(|limit| format!("An answer later than {} is a slow one.", span(limit))),
    );
    said.extend(rating.unread_after.map(|limit| format!("A message is unread after {}.", span(limit))));
    said.extend(rating.frequency.map(frequency));
    said.extend(rating.template_coupling.map(|coupling| match coupling {
        TemplateCoupling::events_alone => "Templates touch it by what their messages cause alone.".to_owned(),
        TemplateCoupling::worst_template => {
            "It is never rated better than its worst template in use.".to_owned()
        }
    }));
    said
}

fn thin(rating: &RatingClause) -> String {
    let thin = match rating.thin {
        Thin::keep => "the last rating stays",
        Thin::unknown => "it is Unknown",
    };
    let unknown = match rating.unknown_counts_as {
        Rating::High => "Unknown counts as High",
        _ => "Unknown counts as Medium, which does not meet High",
    };
    format!("With fewer than {} deliveries {thin}; {unknown}.", grouped(rating.min_deliveries))
}

pub(super) fn frequency(frequency: Frequency) -> String {
    format!(
        "Each message a customer above {} within {} adds {} to the score.",
        frequency.allowance,
        span(frequency.within),
        frequency.weight
    )
}

pub(super) fn feedback(kind: Feedback) -> &'static str {
    match kind {
        Feedback::Block => "block",
        Feedback::Report => "report",
        Feedback::Mute => "mute",
        Feedback::Archive => "archive",
        Feedback::Stop => "stop",
        Feedback::Reply => "reply",
        Feedback::CustomerFirst => "customer first",
        Feedback::SlowAnswer => "slow answer",
        Feedback::Unread => "unread",
    }
}
