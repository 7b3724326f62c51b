//! A case under way: the platform alone, driven by what the case says, looked at when the case says so.
//!
//! ```text
//!   next instant = the earliest of terms, evaluations, clocks, events and eras
//!     before it is left, all that is expected of the instants before has been looked at
//! ```

use std::fmt;

use crate::glossary::{NumberStatus, grouped};
use crate::platform::language::{Holder, Limit};
use crate::platform::{Admission, Change, Platform, Rules, Signal, Subject, What};
use crate::time::SimTime;

use super::Case;
use super::outcome::{CaseOutcome, Failure, Made, Told};
use super::script::{Event, Fact, Script};

/// A case under way.
pub(super) struct Play<'c> {
    case: &'c Case,
    /// The case's own, or a changed one.
    script: &'c Script,
    /// Whether facts are looked at and a journal is written; else only transitions are noted.
    telling: bool,
    platform: Platform<'c>,
    changes: Vec<Change>,
    /// Messages refused so far, by number.
    refused: Vec<u64>,
    /// Messages rejected so far, by template.
    rejected: Vec<u64>,
    /// Messages held so far, by template.
    held: Vec<u64>,
    /// Held messages that failed so far, by template.
    dropped: Vec<u64>,
    /// Messages that are held now, by number and template.
    waiting: Vec<Vec<Waiting>>,
    /// Templates whose held messages are to be sent at this instant.
    released: Vec<usize>,
    /// The latest error code, by number.
    errors: Vec<Option<u32>>,
    next_event: usize,
    next_era: usize,
    next_expected: usize,
    outcome: CaseOutcome,
}

impl<'c> Play<'c> {
    pub(super) fn of(case: &'c Case, script: &'c Script, telling: bool) -> Play<'c> {
        let (numbers, templates) = (case.names.numbers.len(), case.names.templates.len());
        Play {
            case,
            script,
            telling,
            platform: Platform::open(&case.rules, &script.opening),
            changes: Vec::new(),
            refused: vec![0; numbers],
            rejected: vec![0; templates],
            held: vec![0; templates],
            dropped: vec![0; templates],
            waiting: vec![vec![Waiting::default(); templates]; numbers],
            released: Vec::new(),
            errors: vec![None; numbers],
            next_event: 0,
            next_era: 0,
            next_expected: 0,
            outcome: CaseOutcome {
                name: case.name.clone(),
                reading: case.reading.clone(),
                looked_at: 0,
                failures: Vec::new(),
                journal: Vec::new(),
                transitions: Vec::new(),
            },
        }
    }

    pub(super) fn finish(mut self) -> CaseOutcome {
        let end = self.case.calendar.end();
        self.platform.begin(SimTime::START, &mut self.changes);
        self.tell(SimTime::START);
        let mut now = SimTime(-1);
        loop {
            let term = self.platform.next_term(now).max(SimTime(now.0 + 1));
            let evaluation = self.platform.next_evaluation();
            let clock = self.platform.next_clock(now);
            let event = self.script.events.get(self.next_event).map_or(SimTime::NEVER, |(at, _)| *at);
            let era = self.case.later.get(self.next_era).map_or(SimTime::NEVER, |era| era.from);
            now = term.min(evaluation).min(clock).min(event).min(era);
            self.look_before(now);
            if now >= end {
                return self.outcome;
            }
            self.instant(now, now == term);
        }
    }

    /// The six classes of one instant.
    fn instant(&mut self, now: SimTime, term: bool) {
        let script = self.script;
        let from = self.next_event;
        let to = from + script.events[from..].iter().take_while(|(at, _)| *at == now).count();
        self.next_event = to;
        let events = script.events[from..to].iter().map(|(_, event)| event);
        self.amend(now);
        if term {
            self.platform.terms(now, &mut self.changes);
            self.tell(now);
        }
        for class in [1, 2] {
            events.clone().filter(|event| event.class() == class).for_each(|event| self.happen(now, event));
        }
        if self.platform.next_evaluation() == now {
            self.platform.evaluate(now, &mut self.changes);
            self.tell(now);
        }
        if self.platform.next_clock(SimTime(now.0 - 1)) == now {
            self.platform.clocks(now, &mut self.changes);
            self.tell(now);
        }
        self.send_held(now);
        for class in [EDITS, 5, 6] {
            events.clone().filter(|event| event.class() == class).for_each(|event| self.happen(now, event));
        }
    }

    /// Other rules come into force.
    fn amend(&mut self, now: SimTime) {
        let Some(era) = self.case.later.get(self.next_era).filter(|era| era.from == now) else { return };
        self.next_era += 1;
        self.platform.amend(&era.rules, &era.amendment, &[], now, &mut self.changes);
        self.tell(now);
    }

    fn happen(&mut self, now: SimTime, event: &Event) {
        match event {
            Event::Send { number, template, messages, delivered, in_window, again } => {
                let batch = Batch { number: *number, template: *template, messages: *messages };
                self.send(now, batch, *delivered, *in_window, again);
            }
            Event::Fill { number, template, at_most, spare } => {
                let capacity = self.platform.capacity(*number, now);
                let capacity = if capacity == u64::MAX { capacity } else { capacity.saturating_sub(*spare) };
                let messages = match at_most {
                    Some(most) => capacity.min(*most),
                    None if capacity == u64::MAX => 0,
                    None => capacity,
                };
                if messages > 0 {
                    let batch = Batch { number: *number, template: *template, messages };
                    self.send(now, batch, None, 0, &[]);
                }
            }
            Event::Feedback { number, template, kind, count, .. } => {
                let (number, template, kind, count) = (*number, *template, *kind, *count);
                let names = &self.case.names;
                let what = format!("{kind:?} x {} for {}", grouped(count), names.templates[template]);
                self.note(now, what, None);
                let signal = Signal::Feedback { number, template, kind, count };
                self.platform.hear(now, signal, &mut self.changes);
            }
            Event::CustomerMessages { number, count } => {
                let (number, count) = (*number, *count);
                let of = &self.case.names.numbers[number];
                self.note(now, format!("{} customers write first to {of}", grouped(count)), None);
                self.platform.hear(now, Signal::CustomerMessages { number, count }, &mut self.changes);
            }
            Event::Edited { template } => {
                let template = *template;
                self.note(now, format!("{} is edited", self.case.names.templates[template]), None);
                self.platform.hear(now, Signal::Edited { template }, &mut self.changes);
            }
            Event::Decided(signal) => self.platform.hear(now, *signal, &mut self.changes),
        }
        self.tell(now);
    }

    /// What was held of templates whose sample was judged well is sent, and delivered, at this instant.
    fn send_held(&mut self, now: SimTime) {
        for template in std::mem::take(&mut self.released) {
            for number in 0..self.waiting.len() {
                let Waiting { messages, again } = std::mem::take(&mut self.waiting[number][template]);
                if messages > 0 {
                    self.send(now, Batch { number, template, messages }, None, 0, &again);
                    self.tell(now);
                }
            }
        }
    }

    fn send(
        &mut self,
        now: SimTime,
        batch: Batch,
        stated: Option<(u64, usize)>,
        in_window: u64,
        again: &[(SimTime, u64)],
    ) {
        let Batch { number, template, messages } = batch;
        let admission = self.platform.admit(number, template, messages, in_window, now);
        self.refused[number] += admission.refused;
        self.rejected[template] += admission.rejected;
        self.held[template] += admission.held;
        self.waiting[number][template].join(&admission, again);
        if admission.back() > 0 {
            self.errors[number] = admission.error;
        }
        let sent = admission.admitted;
        let delivered = stated.map_or(sent, |(delivered, _)| delivered.min(sent));
        self.note(now, self.sent_in_words(batch, &admission, delivered), None);
        if let Some((stated, line)) = stated.filter(|(stated, _)| *stated > sent) {
            let found = format!("only {} admitted", grouped(sent));
            self.fail(now, line, "delivered".to_owned(), grouped(stated), found);
        }
        if sent > 0 {
            let in_window = [in_window.min(sent), in_window.min(delivered)];
            // Where it is not said which of them have a window, those written to again have none as far as there is room.
            let (again, counted_again) = (&places(again, 0, sent), &places(again, 0, sent - in_window[0]));
            let signal = Signal::Sent { number, template, sent, delivered, in_window, again, counted_again };
            self.platform.hear(now, signal, &mut self.changes);
        }
    }

    fn sent_in_words(&self, batch: Batch, admission: &Admission, delivered: u64) -> String {
        let names = &self.case.names;
        let (number, template) = (&names.numbers[batch.number], &names.templates[batch.template]);
        let mut words = format!(
            "{number} sends {} of {template}: {} delivered",
            grouped(batch.messages),
            grouped(delivered)
        );
        for (count, word) in
            [(admission.refused, "refused"), (admission.rejected, "rejected"), (admission.held, "held")]
        {
            if count > 0 {
                words.push_str(&format!(", {} {word}", grouped(count)));
            }
        }
        words
    }

    // ---- what is told ---------------------------------------------------------------------------------------

    fn note(&mut self, now: SimTime, what: String, clause: Option<String>) {
        if self.telling {
            self.outcome.journal.push(Told { at: self.case.moment(now), what, clause });
        }
    }

    fn tell(&mut self, now: SimTime) {
        for change in std::mem::take(&mut self.changes) {
            let rules = self.platform.rules();
            let clause = &rules.clauses[usize::from(change.clause)].path;
            self.outcome.transitions.push(Made {
                at: now,
                ruleset: rules.name.clone(),
                clause: clause.clone(),
                transition: change.what.transition(),
                subject: change.subject,
            });
            if self.telling {
                let subject = self.case.subject(rules, change.subject);
                let what = format!("{subject} {}", self.case.what(rules, change.what));
                self.note(now, what, Some(clause.clone()));
            }
            match (change.what, change.subject) {
                (What::HeldReleased { .. }, Subject::Template(template)) => self.released.push(template),
                (What::HeldDropped { held, .. }, Subject::Template(template)) => {
                    self.dropped[template] += held;
                    self.waiting.iter_mut().for_each(|waiting| waiting[template] = Waiting::default());
                }
                _ => {}
            }
        }
    }

    // ---- what is looked at ----------------------------------------------------------------------------------

    /// Looks at what is expected at instants that are over before `next`.
    fn look_before(&mut self, next: SimTime) {
        if !self.telling {
            return;
        }
        let case = self.case;
        while let Some(expected) = case.expected.get(self.next_expected).filter(|expected| expected.at < next)
        {
            self.next_expected += 1;
            for (fact, line) in &expected.facts {
                self.outcome.looked_at += 1;
                let (what, wanted, found) = self.look(fact, expected.at);
                if wanted != found {
                    self.fail(expected.at, *line, what, wanted, found);
                }
            }
        }
    }

    fn fail(&mut self, at: SimTime, line: usize, what: String, expected: String, found: String) {
        let (file, at) = (self.case.file.clone(), self.case.moment(at));
        let after = self.outcome.journal.len();
        self.outcome.failures.push(Failure { file, line, at, what, expected, found, after });
    }

    /// What a fact is called, what is expected of it, and what is found.
    fn look(&mut self, fact: &Fact, at: SimTime) -> (String, String, String) {
        let platform = &mut self.platform;
        let names = &self.case.names;
        let of = |what: &str, number: usize| format!("{what} of {}", names.numbers[number]);
        let of_template = |what: &str, template: usize| format!("{what} of {}", names.templates[template]);
        match fact {
            Fact::Limit(number, limit) => {
                let found = limit_in_words(platform.limit(*number));
                (of("limit", *number), limit_in_words(most(*limit)), found)
            }
            Fact::Tier(number, tier) => {
                let found = platform.rules().tiers[platform.tier(*number)].name.clone();
                (of("tier", *number), tier.clone(), found)
            }
            Fact::Status(n, status) => {
                (of("status", *n), status.to_string(), platform.number_status(*n).to_string())
            }
            Fact::Statuses(number, statuses) => {
                let held = |wanted: &dyn Fn(NumberStatus) -> bool| {
                    let all = NumberStatus::ALL.into_iter().filter(|status| wanted(*status));
                    let names: Vec<&str> = all.map(NumberStatus::name).collect();
                    if names.is_empty() { "none".to_owned() } else { names.join(" and ") }
                };
                let found = held(&|status| platform.number_is(*number, status));
                (of("statuses", *number), held(&|status| statuses.contains(&status)), found)
            }
            Fact::Rating(n, rating) => {
                (of("rating", *n), rating.to_string(), platform.rating(*n).to_string())
            }
            Fact::TemplateStatus(template, status) => {
                let found = platform.template_status(*template).to_string();
                (of_template("status", *template), status.to_string(), found)
            }
            Fact::TemplateRating(template, rating) => {
                let found = platform.template_rating(*template).to_string();
                (of_template("rating", *template), rating.to_string(), found)
            }
            Fact::Review(n, review) => {
                (of("review", *n), under_way(*review), under_way(platform.in_review(*n)))
            }
            Fact::Verified(verified) => {
                ("verified".to_owned(), verified.to_string(), platform.verified().to_string())
            }
            Fact::Capacity(n, count) => (of("capacity", *n), room(*count), room(platform.capacity(*n, at))),
            Fact::Reached(n, count) => {
                (of("reached", *n), grouped(*count), grouped(platform.reached(*n, at)))
            }
            Fact::Refused(n, count) => (of("refused", *n), grouped(*count), grouped(self.refused[*n])),
            Fact::Rejected(t, count) => {
                (of_template("rejected", *t), grouped(*count), grouped(self.rejected[*t]))
            }
            Fact::Held(t, count) => (of_template("held", *t), grouped(*count), grouped(self.held[*t])),
            Fact::Dropped(t, count) => {
                (of_template("dropped", *t), grouped(*count), grouped(self.dropped[*t]))
            }
            Fact::MayApply(may) => {
                ("may apply".to_owned(), may.to_string(), platform.may_apply(at).to_string())
            }
            Fact::Error(n, code) => {
                let found = self.errors[*n].map_or_else(|| "none".to_owned(), |code| code.to_string());
                (of("error", *n), code.to_string(), found)
            }
        }
    }
}

/// A request to send.
#[derive(Clone, Copy)]
struct Batch {
    number: usize,
    template: usize,
    messages: u64,
}

/// Messages that are held, until the sample of their template is judged.
#[derive(Clone, Default)]
struct Waiting {
    messages: u64,
    /// Of their customers, those whose latest message was delivered: when, and how many.
    again: Vec<(SimTime, u64)>,
}

impl Waiting {
    /// Adds what is held of a batch: its customers come behind those who were admitted.
    fn join(&mut self, admission: &Admission, again: &[(SimTime, u64)]) {
        self.messages += admission.held;
        self.again.extend(places(again, admission.admitted, admission.admitted + admission.held));
    }
}

/// Those of a batch who were written to before, from one place in it to another. They stand before who is new, in the
/// order in which they are named.
fn places(again: &[(SimTime, u64)], from: u64, to: u64) -> Vec<(SimTime, u64)> {
    let mut before = 0;
    let part = again.iter().map(|(when, customers)| {
        let first = before;
        before += customers;
        (*when, before.min(to).saturating_sub(first.max(from)))
    });
    part.filter(|(_, customers)| *customers > 0).collect()
}

/// Edits are the sender's own, as sends are, and come before them.
const EDITS: u8 = 4;

impl Event {
    /// The class of an instant in which it happens.
    pub(super) fn class(&self) -> u8 {
        match self {
            Event::Decided(_) => 1,
            Event::Feedback { at_once: false, .. } | Event::CustomerMessages { .. } => 2,
            Event::Edited { .. } => EDITS,
            Event::Send { .. } | Event::Fill { .. } => 5,
            Event::Feedback { at_once: true, .. } => 6,
        }
    }
}

impl Case {
    fn subject(&self, rules: &Rules, subject: Subject) -> String {
        match subject {
            Subject::Portfolio => "the business".to_owned(),
            Subject::Holder(place) if rules.holder == Holder::Number => {
                format!("the limit of {}", self.names.numbers[place])
            }
            Subject::Holder(_) => "the limit".to_owned(),
            Subject::Number(place) => self.names.numbers[place].clone(),
            Subject::Template(place) => self.names.templates[place].clone(),
        }
    }

    fn what(&self, rules: &Rules, what: What) -> String {
        let tier = |place: usize| &rules.tiers[place].name;
        // A limit that an amendment left off the ladder has no name there.
        let before = |place: usize, limit: Option<u64>| match limit {
            Some(own) if rules.tiers[place].limit != limit => grouped(own),
            _ => tier(place).clone(),
        };
        let until =
            |at: Option<SimTime>| at.map_or(String::new(), |at| format!(" until {}", self.moment(at)));
        match what {
            What::Verified => "is verified".to_owned(),
            What::TierRose { from, to, limit } => {
                format!("rises from {} to {}", before(from, limit), tier(to))
            }
            What::TierFell { from, to, limit } => {
                format!("falls from {} to {}", before(from, limit), tier(to))
            }
            What::ReviewStarted { until: at } => format!("is under review{}", until(Some(at))),
            What::ReviewCancelled => "will not rise: the review is cancelled".to_owned(),
            What::Rated { from, to } => format!("is rated {to} after {from}"),
            What::NumberEntered { status, until: at } => format!("is {status}{}", until(at)),
            What::TemplateEntered { status, until: at } => format!("is {status}{}", until(at)),
            What::NumberLeft { status, recovered } => left(&status, recovered),
            What::TemplateLeft { status, recovered } => left(&status, recovered),
            decided => decided.decision().unwrap_or_default(),
        }
    }
}

fn left(status: &dyn fmt::Display, recovered: bool) -> String {
    let how = if recovered { "" } else { ": its time is over" };
    format!("is no longer {status}{how}")
}

fn most(limit: Limit) -> Option<u64> {
    match limit {
        Limit::AtMost(customers) => Some(customers),
        Limit::Unlimited => None,
    }
}

fn limit_in_words(limit: Option<u64>) -> String {
    limit.map_or_else(|| "unlimited".to_owned(), |most| format!("at most {}", grouped(most)))
}

fn room(capacity: u64) -> String {
    if capacity == u64::MAX { "unlimited".to_owned() } else { grouped(capacity) }
}

fn under_way(review: bool) -> String {
    if review { "under way".to_owned() } else { "none".to_owned() }
}
