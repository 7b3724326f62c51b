//! What happens to numbers and templates, how long it lasts, and what follows.

use crate::glossary::{capital, grouped};

use super::super::language::{
    Condition, DowngradeAt, Effect, Ends, Forbidden, Forgets, Measure, Status, Term,
};
use super::phrases::{Who, listed, span};
use super::upgrades::occasion;

pub(super) fn measure(measure: &Measure, who: Who) -> Vec<String> {
    let subject = if who == Who::Template { "the template" } else { "the number" };
    let occasion = capital(&occasion(&measure.on, &measure.when, who));
    let mut said = vec![format!("{occasion}, {subject} is {}.", terms(measure))];
    if !measure.forbids.is_empty() {
        let words: Vec<String> =
            measure.forbids.iter().map(|what| forbidden(*what, who).to_owned()).collect();
        said.push(format!("Meanwhile {}.", listed(&words, "and")));
    }
    said.extend(measure.cap.map(|cap| {
        format!("Meanwhile at most {} messages are admitted in a rolling day (24 h).", grouped(cap))
    }));
    said.extend(measure.ends.map(|ends| {
        match ends {
            Ends::on_recovery => "It ends at the first evaluation at which this no longer holds.",
            Ends::hold_term => "It ends when the whole term has passed without this.",
            Ends::at_deadline => "It ends at the deadline, by what holds then.",
            Ends::by_edit => "Only an edit of the template saves it.",
        }
        .to_owned()
    }));
    if !measure.then.is_empty() {
        said.push(format!("When it ends and this no longer holds, {}.", effects(&measure.then)));
    }
    if !measure.if_still.is_empty() {
        let at = match measure.downgrade_at {
            Some(DowngradeAt::deadline) => " (at the deadline, not before)",
            Some(DowngradeAt::flag) => " (the tier falls at once, as the flag is set, and not again then)",
            None => "",
        };
        said.push(format!("If it still holds at the deadline, {}{at}.", effects(&measure.if_still)));
    }
    said.extend(measure.forgets.map(|forgets| match forgets {
        Forgets::never => "How often it happened is never forgotten.".to_owned(),
        Forgets::After(length) => {
            format!("How often it happened is forgotten {} after the last time ended.", span(length))
        }
    }));
    said
}

/// `Flagged for 7 days`, or what comes the first time, the second time and so on.
fn terms(measure: &Measure) -> String {
    let waits = measure.when.contains(&Condition::LimitReached);
    if let [only] = measure.term.as_slice() {
        return term(*only, waits);
    }
    let last = measure.term.len();
    let times = measure.term.iter().enumerate().map(|(place, each)| {
        let which = ordinal(place + 1);
        let from =
            if place + 1 == last { format!("from the {which} on") } else { format!("the {which} time") };
        format!("{from} {}", term(*each, waits))
    });
    times.collect::<Vec<String>>().join(", ")
}

fn term(term: Term, waits: bool) -> String {
    let status = status(term.status());
    match term {
        Term::For(_, length) => format!("{status} for {}", span(length)),
        Term::While(_) if waits => {
            format!("{status} while this holds and nothing more may be started under the limit")
        }
        Term::While(_) => format!("{status} while this holds"),
        Term::Forever(_) => format!("{status} for good"),
    }
}

pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::Restricted => "Restricted",
        Status::Warned => "Warned",
        Status::Flagged => "Flagged",
        Status::RateLimited => "Rate-limited",
        Status::Pending => "Pending",
        Status::Offline => "Offline",
        Status::Banned => "Banned",
        Status::Paused => "Paused",
        Status::Rejected => "Rejected",
        Status::Disabled => "Disabled",
    }
}

fn ordinal(number: usize) -> String {
    match number {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        more => format!("{more}th"),
    }
}

fn forbidden(what: Forbidden, who: Who) -> &'static str {
    match what {
        Forbidden::Upgrade => "no review of an upgrade starts",
        Forbidden::Broadcast if who == Who::Template => "it cannot be broadcast",
        Forbidden::Broadcast => "no broadcast starts",
        Forbidden::Answer => "there is no answer to customers",
        Forbidden::Edit => "no edit is possible",
        Forbidden::AddNumber => "no one can add a number",
    }
}

fn effects(effects: &[Effect]) -> String {
    let words = effects.iter().map(|effect| match effect {
        Effect::Up(levels) => format!("the tier rises by {levels}"),
        Effect::Down { levels, floor } => format!("the tier falls by {levels}, never below {floor}"),
        Effect::Becomes(becomes) => format!("it becomes {} for good", status(*becomes)),
        Effect::Impose(name) => format!("the measure `{name}` begins"),
    });
    listed(&words.collect::<Vec<String>>(), "and")
}
