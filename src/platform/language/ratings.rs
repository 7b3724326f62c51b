//! What a rating rates, and how.

use serde::{Deserialize, Serialize};

use crate::glossary::Ratio;
use crate::time::Span;

/// What is rated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RatingOf {
    /// A phone number.
    Number,
    /// A template.
    Template,
}

/// How weight fades with age (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Ageing {
    /// It does not.
    flat,
    /// It halves over this span, by full days of age.
    HalfLife(Span),
}

/// What too few deliveries mean (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Thin {
    /// The last rating stays.
    keep,
    /// The rating is Unknown.
    unknown,
}

/// What frequent sending adds to a score: `weight x (messages per customer reached in `within` - allowance)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frequency {
    /// Added to the score for each message a customer above the allowance.
    pub weight: Ratio,
    /// Messages a customer that cost nothing.
    pub allowance: Ratio,
    /// Over which time.
    pub within: Span,
}

/// How templates touch a number's rating (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum TemplateCoupling {
    /// Only by the events that their messages cause.
    events_alone,
    /// The number is never rated better than its worst template in use.
    worst_template,
}
