//! Drives the platform through the seconds of a log and its own instants between them.
//!
//! ```text
//!   next instant = the earliest of
//!     platform   a term ends, a rating is due, a clause's own clock strikes
//!     log        the next second in which something happened
//!     unread     delivered messages that nobody has read in time
//!     rulebook   the rules change
//!   then: 1 eras, terms, decisions   2 reactions, unread   3 ratings   4 clocks   5 sends   6 reactions to these sends
//! ```

use crate::glossary::Feedback;
use crate::platform::{Change, Opening, Platform, Rules, Score, Signal, Subject, What};
use crate::time::SimTime;

use super::rows::Second;
use super::unread::Waiting;
use super::{Kind, LaterRules, Names, NumberAtEnd, Refused, Standing, TemplateAtEnd};

/// The platform's next instants.
#[derive(Clone, Copy, Debug)]
struct Due {
    term: SimTime,
    evaluation: SimTime,
    clock: SimTime,
}

/// The platform on its way through a log.
pub(super) struct Drive<'r> {
    platform: Platform<'r>,
    /// The eras that have not begun yet.
    later: &'r [LaterRules],
    now: SimTime,
    numbers: usize,
    /// How many templates there are; the position behind them stands for none.
    templates: usize,
    heard: Vec<Change>,
    changes: Vec<(Change, Option<f64>)>,
    refused: Refused,
    /// What was delivered and may still count as unread, where the log tells of reads.
    waiting: Option<Waiting>,
    unasked: u64,
}

/// What came of a log.
pub(super) struct Outcome {
    pub(super) changes: Vec<(Change, Option<f64>)>,
    pub(super) end: Standing,
    pub(super) refused: Refused,
    /// Decided analyses that no rise had asked for.
    pub(super) unasked: u64,
}

impl<'r> Drive<'r> {
    /// The platform before the log, with its rules and those of later eras; `verified` is whether the business was
    /// verified by then.
    pub(super) fn open(
        (rules, later): (&'r Rules, &'r [LaterRules]),
        opening: &Opening,
        verified: bool,
        names: &Names,
    ) -> Drive<'r> {
        let mut drive = Drive {
            platform: Platform::open(rules, opening),
            later,
            now: SimTime(-1),
            numbers: names.numbers.len(),
            templates: names.templates.len(),
            heard: Vec::new(),
            changes: Vec::new(),
            refused: Refused::default(),
            waiting: None,
            unasked: 0,
        };
        if verified {
            drive.verified_before();
        }
        drive.platform.begin(SimTime::START, &mut drive.heard);
        drive.tell();
        drive
    }

    /// Hears from now on what was not read in time after its delivery, where the rules weigh that.
    pub(super) fn hear_unread(&mut self) {
        self.waiting = Some(Waiting::new(self.platform.rules().unread_after()));
    }

    /// Who was verified before the log left the entry step before it, too: only what is under way yet is told.
    fn verified_before(&mut self) {
        self.platform.hear(SimTime::START, Signal::Verified, &mut self.heard);
        self.heard.retain(|change| matches!(change.what, What::ReviewStarted { .. } | What::AnalysisAsked));
    }

    /// Position of the tier of every number, which begin alike; nothing where the log names none.
    pub(super) fn start_tier(&self) -> Option<usize> {
        (self.numbers > 0).then(|| self.platform.tier(0))
    }

    /// Hears a second of the log, after all that comes before it.
    pub(super) fn second(&mut self, at: SimTime, second: &Second) {
        let due = self.pass(at);
        self.instant(at, due, Some(second));
    }

    /// Goes on to the end, and tells how things stand there.
    pub(super) fn finish(mut self, end: SimTime) -> Outcome {
        self.pass(end);
        let last = SimTime(end.0 - 1);
        let standing = Standing {
            verified: self.platform.verified(),
            numbers: (0..self.numbers).map(|number| self.number(number, last)).collect(),
            templates: (0..self.templates)
                .map(|place| TemplateAtEnd {
                    status: self.platform.template_status(place),
                    deadline: self.platform.template_deadline(place),
                    rating: self.platform.template_rating(place),
                })
                .collect(),
        };
        let Drive { changes, refused, unasked, .. } = self;
        Outcome { changes, end: standing, refused, unasked }
    }

    /// Goes through the platform's own instants before `end`, and tells what is due next.
    fn pass(&mut self, end: SimTime) -> Due {
        loop {
            let due = Due {
                term: self.platform.next_term(self.now),
                evaluation: self.platform.next_evaluation(),
                clock: self.platform.next_clock(self.now),
            };
            let unread = self.waiting.as_ref().map_or(SimTime::NEVER, Waiting::next);
            let next = due.term.min(due.evaluation).min(due.clock).min(unread).min(self.next_era_at());
            let next = next.max(SimTime(self.now.0 + 1));
            if next >= end {
                return due;
            }
            self.instant(next, due, None);
        }
    }

    /// The six classes of one instant.
    fn instant(&mut self, now: SimTime, due: Due, second: Option<&Second>) {
        self.now = now;
        let amended = self.amend();
        if due.term <= now {
            self.platform.terms(now, &mut self.heard);
            self.tell();
        }
        let decided = second.is_some_and(|second| self.decisions(second));
        let reacted = second.is_some_and(|second| self.reactions(second, false));
        let reacted = self.unread(second) || reacted;
        // What was heard since may have made a rating due; asking again looks at every number and template.
        let asked_again = amended || due.term <= now || reacted || decided;
        let evaluation = if asked_again { self.platform.next_evaluation() } else { due.evaluation };
        if evaluation <= now {
            self.platform.evaluate(now, &mut self.heard);
            self.tell();
        }
        let clock = if amended { self.platform.next_clock(SimTime(now.0 - 1)) } else { due.clock };
        if clock <= now {
            self.platform.clocks(now, &mut self.heard);
            self.tell();
        }
        if let Some(second) = second {
            self.sends(second);
            self.reactions(second, true);
        }
    }

    fn next_era_at(&self) -> SimTime {
        self.later.first().map_or(SimTime::NEVER, |era| era.from)
    }

    /// Class 1, before anything else: the rules of the next era; whether it begins now.
    fn amend(&mut self) -> bool {
        let Some((era, later)) = self.later.split_first().filter(|(era, _)| era.from <= self.now) else {
            return false;
        };
        self.later = later;
        self.platform.amend(&era.rules, &era.amendment, &[], self.now, &mut self.heard);
        if let Some(waiting) = &mut self.waiting {
            waiting.go_by(era.rules.unread_after());
        }
        self.tell();
        true
    }

    /// Class 1: the business is verified, and rises that wait for an analysis are decided; whether there were any.
    fn decisions(&mut self, second: &Second) -> bool {
        if second.verified {
            self.platform.hear(self.now, Signal::Verified, &mut self.heard);
            self.tell();
        }
        for &(number, approved) in &second.analyses {
            self.platform.hear(self.now, Signal::Analysis { number, approved }, &mut self.heard);
            self.unasked += u64::from(self.heard.is_empty());
            self.tell();
        }
        second.verified || !second.analyses.is_empty()
    }

    /// Class 5: what was sent and delivered of each template, as one batch.
    fn sends(&mut self, second: &Second) {
        let count = |number, template, kind| second.acts.get(&(number, template, kind)).copied().unwrap_or(0);
        let mut last = None;
        for (number, template, kind) in second.acts.keys().copied() {
            let batch = Some((number, template));
            let (Kind::Sent | Kind::Delivered, Some(place)) = (kind, template) else { continue };
            if last == batch {
                continue;
            }
            last = batch;
            let sent = count(number, template, Kind::Sent);
            let delivered = count(number, template, Kind::Delivered);
            self.count_refused(number, place, sent);
            let (in_window, again, counted_again) = ([0, 0], &[][..], &[][..]);
            let signal =
                Signal::Sent { number, template: place, sent, delivered, in_window, again, counted_again };
            self.platform.hear(self.now, signal, &mut self.heard);
            self.tell();
        }
    }

    /// What the rules would have refused: it happened, so it is heard all the same.
    fn count_refused(&mut self, number: usize, template: usize, sent: u64) {
        if sent == 0 {
            return;
        }
        let admission = self.platform.admit(number, template, sent, 0, self.now);
        self.refused.by_limit += admission.refused;
        self.refused.by_template += admission.rejected;
        if admission.back() > 0 {
            self.refused.first.get_or_insert(self.now);
        }
    }

    /// Class 2, and class 6 for reactions to what is sent in the same second; whether there were any.
    fn reactions(&mut self, second: &Second, to_these_sends: bool) -> bool {
        let mut any = false;
        for (&(number, template, kind), &count) in &second.acts {
            let Some(feedback) = kind.feedback().filter(|_| count > 0) else { continue };
            let sends = [Kind::Sent, Kind::Delivered];
            let with_send = kind != Kind::CustomerMessage
                && sends.iter().any(|sent| second.acts.contains_key(&(number, template, *sent)));
            if with_send == to_these_sends {
                let template = template.unwrap_or(self.templates);
                let signal = Signal::Feedback { number, template, kind: feedback, count };
                self.platform.hear(self.now, signal, &mut self.heard);
                self.tell();
                any = true;
            }
        }
        any
    }

    /// Class 2, too: what was not read in time; whether there was any.
    fn unread(&mut self, second: Option<&Second>) -> bool {
        let Some(waiting) = &mut self.waiting else { return false };
        if let Some(second) = second {
            waiting.second(self.now, second);
        }
        let overdue = waiting.overdue(self.now);
        for &((number, template), count) in &overdue {
            let signal = Signal::Feedback { number, template, kind: Feedback::Unread, count };
            self.platform.hear(self.now, signal, &mut self.heard);
            self.tell();
        }
        !overdue.is_empty()
    }

    /// Takes note of the changes that were made.
    fn tell(&mut self) {
        for change in std::mem::take(&mut self.heard) {
            let score = match change.subject {
                Subject::Number(number) => self.platform.score(number, self.now).and_then(Score::as_f64),
                Subject::Portfolio | Subject::Holder(_) | Subject::Template(_) => None,
            };
            self.changes.push((change, score));
        }
    }

    fn number(&mut self, number: usize, now: SimTime) -> NumberAtEnd {
        let capacity = self.platform.capacity(number, now);
        NumberAtEnd {
            tier: self.platform.tier(number),
            limit: self.platform.limit(number),
            review: self.platform.review_until(number),
            status: self.platform.number_status(number),
            deadline: self.platform.number_deadline(number),
            rating: self.platform.rating(number),
            score: self.platform.score(number, now).and_then(Score::as_f64),
            capacity: (capacity != u64::MAX).then_some(capacity),
        }
    }
}
