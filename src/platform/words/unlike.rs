//! What of a ruleset no run acts on, and why.

use crate::time::Span;

use super::super::language::{
    CapLimit, CapOf, Condition, Ends, Forbidden, Opener, ProlongedBy, RatingClause, RatingOf, Ruleset,
    Signal, Takes, Window, WindowKind,
};
use super::phrases::Who;

/// The clauses, or parts of them, that a ruleset has and that no run acts on yet: path and why.
pub fn not_simulated(ruleset: &Ruleset) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut note = |path: String, why: &str| found.push((path, why.to_owned()));
    if ruleset.numbers.as_ref().is_some_and(|numbers| numbers.connecting != Takes::Unstated) {
        let why = "a number is connected as soon as the business may connect it";
        note("numbers.connecting".to_owned(), why);
    }
    for (name, cap) in ruleset.admission.iter() {
        match (cap.limit, cap.per) {
            (CapLimit::OfTier, CapOf::Holder) | (_, CapOf::Person) | (CapLimit::Own(_), CapOf::Number) => {}
            _ => note(format!("admission.{name}"), "this bound is not simulated"),
        }
        if cap.per == CapOf::Person && cap.free_in_service_window {
            let why = "who is at the cap is refused inside a service window, too";
            note(format!("admission.{name}.free_in_service_window"), why);
        }
    }
    for (name, window) in ruleset.window.iter() {
        unlike_window(&format!("window.{name}"), window, &mut note);
    }
    for (name, clause) in ruleset.rating.iter() {
        idle_weights(&format!("rating.{name}"), clause, &mut note);
    }
    for (name, clause) in ruleset.upgrade.iter() {
        if let Some(why) = idle(&clause.on, &clause.when, Who::Number) {
            note(format!("upgrade.{name}"), &why);
        }
    }
    for (name, clause) in ruleset.number.iter() {
        if let Some(why) = idle(&clause.on, &clause.when, Who::Number) {
            note(format!("number.{name}"), &why);
        } else if clause.forbids.contains(&Forbidden::Answer) {
            note(format!("number.{name}.forbids.Answer"), "a help desk goes on answering customers");
        }
    }
    for (name, clause) in ruleset.template.iter() {
        if let Some(why) = idle(&clause.on, &clause.when, Who::Template) {
            note(format!("template.{name}"), &why);
        } else if clause.ends == Some(Ends::by_edit) {
            note(
                format!("template.{name}.ends"),
                "without `sender.edits` in a scenario none is saved by an edit",
            );
        }
    }
    found
}

/// In what a window differs from those of a run. There a customer's service window is open for 24 h after each of their
/// messages, and a conversation lasts as long as its clause says from what opened it, whatever is written in it.
fn unlike_window(path: &str, window: &Window, note: &mut impl FnMut(String, &str)) {
    let prolonged = window.prolonged_by == ProlongedBy::customer_message;
    match window.kind {
        WindowKind::FreeEntry => {
            note(path.to_owned(), "customers who come through an advertisement are not simulated");
        }
        WindowKind::Service => {
            if window.lasts != Span::hours(24) {
                note(format!("{path}.lasts"), "a service window is taken to last 24 h here");
            }
            if window.opens != [Opener::customer_message] {
                note(format!("{path}.opens"), "only a customer's message opens a service window here");
            }
            if !prolonged {
                let why = "each message of a customer starts a service window anew here";
                note(format!("{path}.prolonged_by"), why);
            }
        }
        WindowKind::BusinessInitiated | WindowKind::CustomerInitiated => {
            if window.lasts != Span::hours(24) {
                let why =
                    "whether an answer or the next message comes inside a conversation goes by 24 h here";
                note(format!("{path}.lasts"), why);
            }
            if prolonged {
                note(format!("{path}.prolonged_by"), "no message starts a conversation anew here");
            }
        }
    }
}

fn idle_weights(path: &str, clause: &RatingClause, note: &mut impl FnMut(String, &str)) {
    let frequent = clause.frequency.is_some_and(|frequency| frequency.weight.top != 0);
    if frequent && clause.of == RatingOf::Template {
        let why =
            "whether a customer had this template before is not known: how often counts for the number alone";
        note(format!("{path}.frequency"), why);
    }
}

/// Why a clause with these signals and conditions never acts in a run.
fn idle(on: &[Signal], when: &[Condition], who: Who) -> Option<String> {
    let unheard = |signal: &Signal| match who {
        Who::Template => !matches!(signal, Signal::rating | Signal::imposed),
        _ => false,
    };
    let untold = |condition: &&Condition| match who {
        Who::Template => {
            !matches!(condition, Condition::RatingAtMost(_) | Condition::FlagOn(_) | Condition::Verified)
        }
        _ => false,
    };
    if let Some(condition) = when.iter().find(untold) {
        return Some(format!("no run tells whether `{}` holds", condition.word()));
    }
    on.iter().all(unheard).then(|| "no run gives the signals that it listens to".to_owned())
}
