//! What clauses listen to and ask for, and whether one can ever bring the other about.

use crate::document::Examiner;

use crate::glossary::Rating;

use super::super::language::{Amount, Condition, FlagOn, Quantity, RatingOf, Signal};

use super::{Sense, listed};

impl Sense<'_, '_> {
    pub(super) fn signals(&mut self, path: &str, on: &[Signal], when: &[Condition], of: Asks) {
        let path = format!("{path}.on");
        if on.is_empty() {
            self.error(&path, "a clause that hears nothing never happens", "such as [delivery] or [rating]");
            return;
        }
        for (place, signal) in on.iter().enumerate() {
            let path = format!("{path}[{place}]");
            if on[..place].contains(signal) {
                self.error(&path, "the signal is named twice", "leave one out");
            }
            match signal {
                Signal::Every(span) if span.0 <= 0 => self.above_zero(&path, *span),
                Signal::imposed if of == Asks::Upgrade => {
                    self.error(
                        &path,
                        "an upgrade cannot be imposed",
                        "a measure can raise the tier with Up(1)",
                    );
                }
                Signal::rating => self.asks_rating(&path, of),
                _ => {}
            }
        }
        if !when.is_empty() && !on.iter().any(|signal| can_fulfil(*signal, when, of)) {
            let causes: Vec<&str> = when.iter().filter_map(cause).map(signal_word).collect();
            let message = "none of these signals comes when the conditions come true";
            self.error(&path, message, format!("the conditions come true with {}", listed(causes)));
        }
    }

    fn asks_rating(&mut self, path: &str, of: Asks) {
        let rated = if of == Asks::Template { RatingOf::Template } else { RatingOf::Number };
        self.asks_rating_of(path, rated);
    }

    fn asks_rating_of(&mut self, path: &str, of: RatingOf) {
        if !self.rated(of) {
            let who = if of == RatingOf::Number { "numbers" } else { "templates" };
            let message = format!("{who} are not rated here");
            self.error(path, message, format!("add a clause with `of: {of:?}` to `rating`"));
        }
    }

    pub(super) fn conditions(&mut self, path: &str, conditions: &[Condition], of: Asks) {
        for (place, condition) in conditions.iter().enumerate() {
            let path = format!("{path}[{place}]");
            if conditions[..place].iter().any(|other| other.word() == condition.word()) {
                let message = format!("`{}` is asked twice", condition.word());
                self.error(&path, message, "one condition of each word: join them, or write two clauses");
            }
            self.condition(&path, condition, of);
            self.fits(&path, condition, of);
        }
    }

    fn condition(&mut self, path: &str, condition: &Condition, of: Asks) {
        match condition {
            Condition::RatingAtLeast(rating) | Condition::TemplatesAtLeast(rating) => {
                if !matches!(rating, Rating::High | Rating::Medium) {
                    self.error(
                        path,
                        format!("expected High or Medium, found {rating}"),
                        "anything is at least that",
                    );
                }
                let template = matches!(condition, Condition::TemplatesAtLeast(_)) || of == Asks::Template;
                self.asks_rating_of(path, if template { RatingOf::Template } else { RatingOf::Number });
            }
            Condition::RatingAtMost(rating) => {
                if !matches!(rating, Rating::Low | Rating::Medium) {
                    self.error(
                        path,
                        format!("expected Low or Medium, found {rating}"),
                        "whatever is rated is at most High",
                    );
                }
                self.asks_rating(path, of);
            }
            Condition::FlagOn(_) => self.asks_rating(path, of),
            Condition::LowFor(span) => {
                self.above_zero(path, *span);
                self.asks_rating(path, of);
            }
            Condition::SinceFirstSend(span) | Condition::SinceLastStep(span) => self.above_zero(path, *span),
            Condition::StatusIs(list) if list.is_empty() => {
                self.error(
                    path,
                    "a number always has a status",
                    "name the ones that will do, such as [Connected]",
                );
            }
            Condition::TierAtLeast(name) | Condition::TierAtMost(name) => {
                self.tier(path, name);
            }
            Condition::LimitReached if self.tiers.is_empty() => {
                self.error(path, "without tiers there is no limit to reach", "add a ladder");
            }
            Condition::Usage { within, amount, .. } => {
                self.within(&format!("{path}.Usage.within"), *within);
                self.amount(&format!("{path}.Usage.amount"), *amount);
            }
            Condition::Complaints { within, more_than, while_low } => {
                self.above_zero(&format!("{path}.Complaints.within"), *within);
                if while_low > more_than {
                    let message = format!("{while_low} while Low is more than {more_than} otherwise");
                    let help = "while Low fewer complaints are needed, or as many";
                    self.error(&format!("{path}.Complaints.while_low"), message, help);
                }
            }
            _ => {}
        }
    }

    fn amount(&mut self, path: &str, amount: Amount) {
        let (Amount::AtLeast(quantity) | Amount::MoreThan(quantity)) = amount;
        let nothing = match quantity {
            Quantity::LimitTimes(times) => times.top <= 0,
            Quantity::Number(number) => number == 0 && matches!(amount, Amount::AtLeast(_)),
        };
        if nothing {
            self.error(
                path,
                "an amount of 0 is always reached",
                "above 0, such as AtLeast(LimitTimes(\"1/2\"))",
            );
        }
    }

    /// Whether a condition can be asked by such a clause at all.
    fn fits(&mut self, path: &str, condition: &Condition, of: Asks) {
        let word = condition.word();
        let usage = matches!(condition, Condition::Usage { .. } | Condition::SinceFirstSend(_));
        let of_number = usage
            || matches!(
                condition,
                Condition::LimitReached
                    | Condition::StatusIs(_)
                    | Condition::TierAtLeast(_)
                    | Condition::TierAtMost(_)
                    | Condition::TemplatesAtLeast(_)
                    | Condition::SinceLastStep(_)
                    | Condition::FlagOn(FlagOn::low_above_floor)
            );
        match of {
            Asks::Template if of_number => {
                let help = "a template's measure asks for its own rating: RatingAtMost, FlagOn";
                self.error(path, format!("`{word}` speaks of a number"), help);
            }
            Asks::Number | Asks::Official if usage => {
                self.error(
                    path,
                    format!("`{word}` belongs to upgrades"),
                    "usage is counted towards a rise of the tier",
                );
            }
            _ => {}
        }
    }
}

/// Who asks for a condition.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    Upgrade,
    Number,
    Template,
    Official,
}

/// Whether a condition can come true with a signal. Upgrades may be judged at deliveries whatever they ask for.
fn can_fulfil(signal: Signal, when: &[Condition], of: Asks) -> bool {
    match signal {
        Signal::Every(_) | Signal::imposed => true,
        Signal::delivery if of == Asks::Upgrade => true,
        other => {
            let mut causes = when.iter().filter_map(cause).peekable();
            causes.peek().is_none() || causes.any(|cause| cause == other)
        }
    }
}

/// The signal that comes as a condition comes true; none where time or another clause makes it true.
fn cause(condition: &Condition) -> Option<Signal> {
    match condition {
        Condition::Verified => Some(Signal::verification),
        Condition::Approved => Some(Signal::application),
        Condition::PolicyOpen | Condition::PolicyFailed => Some(Signal::policy),
        Condition::LimitReached | Condition::Usage { .. } | Condition::SinceFirstSend(_) => {
            Some(Signal::delivery)
        }
        Condition::RatingAtLeast(_)
        | Condition::RatingAtMost(_)
        | Condition::FlagOn(_)
        | Condition::LowFor(_)
        | Condition::TemplatesAtLeast(_) => Some(Signal::rating),
        Condition::Complaints { .. } => Some(Signal::feedback),
        Condition::StatusIs(_)
        | Condition::TierAtLeast(_)
        | Condition::TierAtMost(_)
        | Condition::SinceLastStep(_) => None,
    }
}

fn signal_word(signal: Signal) -> &'static str {
    match signal {
        Signal::delivery => "delivery",
        Signal::rating => "rating",
        Signal::verification => "verification",
        Signal::application => "application",
        Signal::policy => "policy",
        Signal::feedback => "feedback",
        Signal::imposed => "imposed",
        Signal::Every(_) => "Every",
    }
}
