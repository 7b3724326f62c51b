//! The judge: standing and signal in, changes out. No chance, no clock of its own.
//!
//! ```text
//!   class 1   terms(now)      windows expire, reviews and measures end
//!   class 2   Feedback        reactions of earlier slots
//!   class 3   evaluate(now)   ratings, and what listens to them
//!   class 4   clocks(now)     clauses with a clock of their own
//!   class 5   admit, Sent     a batch is admitted; its deliveries are one signal: usage first, limit second
//!   class 6   Feedback        reactions without delay
//! ```
//!
//! Whoever drives the platform asks [`Platform::next_term`], [`Platform::next_evaluation`] and
//! [`Platform::next_clock`] for their next instants and calls the classes in this order.

use smallvec::SmallVec;

use crate::glossary::{Feedback, NumberStatus, Rating, TemplateStatus};
use crate::time::{SimTime, Span};

use super::change::{Change, Subject, What};
use super::language::{
    Amount, Cancel, Condition, ConsumeOn, Count, Ends, FlagOn, Forbidden, Holder, Quantity, Restart,
    Signal as Hears,
};
use super::rules::{ClauseId, Lasts, Length, MeasureRule, RatingRule, RuleEffect, Rules, Target};
use super::standing::{
    Analysis, Life, Meters, NumberStanding, Opening, Pace, Policy, Run, RunningReview, Score, Standing,
    next_due,
};

/// What the platform is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal<'s> {
    /// A batch of messages was accepted and (part of it) delivered.
    Sent {
        /// The number that sent.
        number: usize,
        /// The template that was sent.
        template: usize,
        /// Accepted messages.
        sent: u64,
        /// Of these, delivered.
        delivered: u64,
        /// Of the delivered, those inside an open service window: they count for the rating and for no limit.
        in_window: u64,
        /// Of the customers written to, those whose latest message before was delivered: when, and how many.
        again: &'s [(SimTime, u64)],
    },
    /// Feedback of customers arrived.
    Feedback {
        /// The number that it concerns.
        number: usize,
        /// The template that caused it.
        template: usize,
        /// What it is.
        kind: Feedback,
        /// How many.
        count: u64,
    },
    /// Customers wrote first.
    CustomerMessages {
        /// The number that they wrote to.
        number: usize,
        /// How many.
        count: u64,
    },
    /// The business answered customers slowly.
    SlowAnswers {
        /// The number that they wrote to.
        number: usize,
        /// How many waited too long.
        count: u64,
    },
    /// The business was verified.
    Verified,
    /// The commerce-policy check was decided, or the account was cancelled (which fails it).
    Policy {
        /// Whether it was passed.
        passed: bool,
    },
    /// The application for the official-business status was decided.
    Official {
        /// Whether it was granted.
        granted: bool,
    },
    /// The platform's analysis of the messages, which a rise asked for, was decided.
    Analysis {
        /// The number whose limit it concerns.
        number: usize,
        /// Whether it approved.
        approved: bool,
    },
    /// The review of a template was decided.
    Reviewed {
        /// The template.
        template: usize,
        /// Whether it was approved.
        approved: bool,
    },
    /// The business edited a template.
    Edited {
        /// The template.
        template: usize,
    },
}

/// What became of a request to send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Admission {
    /// Accepted.
    pub admitted: u64,
    /// Refused because the limit is used up or the number may not start anything: by its status, or because it is not
    /// connected yet.
    pub refused: u64,
    /// Refused because the template may not be sent.
    pub rejected: u64,
    /// Held until the sample of a new template is judged: neither accepted nor refused yet.
    pub held: u64,
    /// The platform's error code for what was refused.
    pub error: Option<u32>,
}

/// The platform as one sender meets it.
#[derive(Clone, Debug)]
pub struct Platform<'r> {
    pub(super) rules: &'r Rules,
    pub(super) standing: Standing,
    /// Whether the ratings as they are were judged and nothing that their clauses look at has changed since: judging
    /// them again would change nothing.
    pub(super) settled: bool,
}

/// Feedback that arrives at one instant, by kind as in [`Feedback::ALL`].
pub type FeedbackCounts = [u64; Feedback::ALL.len()];

impl<'r> Platform<'r> {
    /// A platform with these rules that holds `opening` about the sender.
    pub fn open(rules: &'r Rules, opening: &Opening) -> Platform<'r> {
        let mut platform = Platform { rules, standing: Standing::open(rules, opening), settled: false };
        platform.open_numbers();
        platform
    }

    /// The rules in force.
    pub fn rules(&self) -> &'r Rules {
        self.rules
    }

    // ---- what can be seen -----------------------------------------------------------------------------------

    /// Position of the tier that `number` sends under; for a limit that an amendment left off the ladder, the highest
    /// tier below it.
    #[inline]
    pub fn tier(&self, number: usize) -> usize {
        self.standing.holders[self.standing.numbers[number].holder].tier
    }

    /// Position of the lowest tier that allows as much as `number` may send.
    fn rung(&self, number: usize) -> usize {
        self.standing.holders[self.standing.numbers[number].holder].rung(self.rules)
    }

    /// The limit that `number` sends under; `None` is unlimited.
    #[inline]
    pub fn limit(&self, number: usize) -> Option<u64> {
        self.standing.holders[self.standing.numbers[number].holder].limit(self.rules)
    }

    /// The number's rating as last evaluated.
    #[inline]
    pub fn rating(&self, number: usize) -> Rating {
        let number = &self.standing.numbers[number];
        number.coupled.map_or(number.meters.rating, |worst| number.meters.rating.worse(worst))
    }

    /// The worst status of the number.
    #[inline]
    pub fn number_status(&self, number: usize) -> NumberStatus {
        self.standing.numbers[number].life.status(NumberStatus::Connected)
    }

    /// Whether a measure that sets `status` is running for the number, whatever else is.
    pub fn number_is(&self, number: usize, status: NumberStatus) -> bool {
        let life = &self.standing.numbers[number].life;
        life.for_good() == Some(status) || life.runs().any(|run| run.status == status)
    }

    /// The template's rating as last evaluated.
    #[inline]
    pub fn template_rating(&self, template: usize) -> Rating {
        self.standing.templates[template].meters.rating
    }

    /// The template's status.
    #[inline]
    pub fn template_status(&self, template: usize) -> TemplateStatus {
        let standing = &self.standing.templates[template];
        standing.life.status(standing.base)
    }

    /// Whether the numbers share one limit.
    pub fn shares_limit(&self) -> bool {
        self.rules.holder == Holder::Portfolio
    }

    /// The first number of a holder.
    pub fn number_of(&self, holder: usize) -> usize {
        self.standing.numbers.iter().position(|number| number.holder == holder).unwrap_or(0)
    }

    /// Whether the business is verified.
    pub fn verified(&self) -> bool {
        self.standing.verified
    }

    /// Whether a review of a rise is running for `number`.
    pub fn in_review(&self, number: usize) -> bool {
        self.standing.holders[self.standing.numbers[number].holder].review.is_some()
    }

    /// Whether a rating is what keeps `number` from rising: a clause that leads up from its tier asks for more.
    pub fn rating_blocks(&mut self, number: usize, now: SimTime) -> bool {
        let holder = self.standing.numbers[number].holder;
        let rules = self.rules;
        rules.upgrades.iter().enumerate().any(|(place, rule)| {
            let standing = &self.standing.holders[holder];
            let leading = standing.may_leave(rules, &rule.from) && rule.in_force.at(now);
            leading
                && rule.when.iter().any(|condition| {
                    matches!(condition, Condition::RatingAtLeast(_) | Condition::TemplatesAtLeast(_))
                        && !self.rise_holds(holder, place, condition, now)
                })
        })
    }

    /// How far `number` is on its way to the next tier, by the first clause in force that leads up from its own and
    /// asks for usage: what is counted, and what is needed. Where the best day counts, it is today's count until a day
    /// was good enough. A sender can know both: it sent them, and the rule is published.
    pub fn usage(&mut self, number: usize, now: SimTime) -> Option<(u64, u64)> {
        let rules = self.rules;
        let standing = &mut self.standing.holders[self.standing.numbers[number].holder];
        let (place, amount) = rules.upgrades.iter().enumerate().find_map(|(place, rule)| {
            let leads = standing.may_leave(rules, &rule.from) && rule.in_force.at(now);
            Some((place, rule.usage.filter(|_| leads)?))
        })?;
        let needed = needed(amount, standing.limit(rules)?);
        let usage = standing.usage[place].as_mut()?;
        let used = usage.amount(now, rules);
        let used = if used < needed { usage.under_way(used, now, rules) } else { used };
        Some((used, needed))
    }

    /// The number's score at `now`.
    pub fn score(&mut self, number: usize, now: SimTime) -> Option<Score> {
        self.standing.numbers[number].meters.score(&self.rules.number_ratings, now)
    }

    /// Customers reached in the window of the limit that `number` sends under.
    pub fn reached(&mut self, number: usize, now: SimTime) -> u64 {
        let holder = self.standing.numbers[number].holder;
        self.standing.holders[holder].reached.sum(now, self.rules)
    }

    /// How many more customers `number` may write to at `now`; `u64::MAX` is unlimited.
    pub fn capacity(&mut self, number: usize, now: SimTime) -> u64 {
        if !self.connected(number) {
            return 0;
        }
        let left = self.left(number, now);
        if self.is_quiet(number) {
            return left;
        }
        if self.forbidden(number, Forbidden::Broadcast) {
            return 0;
        }
        let Some(cap) = self.message_cap(number) else { return left };
        let sent = self.standing.numbers[number].messages.as_mut().map_or(0, |messages| messages.sum(now));
        left.min(cap.saturating_sub(sent))
    }

    /// What the tier's limit leaves, whatever the status.
    #[inline]
    fn left(&mut self, number: usize, now: SimTime) -> u64 {
        let holder = &mut self.standing.holders[self.standing.numbers[number].holder];
        match holder.limit(self.rules) {
            None => u64::MAX,
            Some(limit) => limit.saturating_sub(holder.reached.sum(now, self.rules)),
        }
    }

    /// Whether no measure is under way for a number, and none came for good.
    #[inline]
    fn is_quiet(&self, number: usize) -> bool {
        self.standing.numbers[number].life.is_quiet()
    }

    fn message_cap(&self, number: usize) -> Option<u64> {
        self.running(number).filter_map(|rule| rule.cap).min()
    }

    /// Whether nothing may be started, for another reason than a limit that is used up: that one does not count what
    /// goes into open service windows.
    fn barred(&self, number: usize) -> bool {
        !self.is_quiet(number)
            && (self.banned(number)
                || self.running(number).any(|rule| {
                    rule.forbids.contains(&Forbidden::Broadcast)
                        && !rule.when.contains(&Condition::LimitReached)
                }))
    }

    fn forbidden(&self, number: usize, what: Forbidden) -> bool {
        !self.is_quiet(number)
            && (self.banned(number) || self.running(number).any(|rule| rule.forbids.contains(&what)))
    }

    fn banned(&self, number: usize) -> bool {
        self.standing.numbers[number].life.for_good() == Some(NumberStatus::Banned)
    }

    /// The measures that are under way for a number.
    fn running(&self, number: usize) -> impl Iterator<Item = &'r MeasureRule<NumberStatus>> {
        let life = &self.standing.numbers[number].life;
        let rules: &'r [MeasureRule<NumberStatus>] =
            if life.is_quiet() { &[] } else { &self.rules.number_measures };
        rules.iter().enumerate().filter(|(place, _)| life.run(*place).is_some()).map(|(_, rule)| rule)
    }

    // ---- class 5: admission ---------------------------------------------------------------------------------

    /// Decides on a request to send `wanted` messages, of which `in_window` go to customers whose service window is
    /// open, against the standing before it.
    pub fn admit(
        &mut self,
        number: usize,
        template: usize,
        wanted: u64,
        in_window: u64,
        now: SimTime,
    ) -> Admission {
        let status = self.template_status(template);
        if !status.sendable() {
            return Admission { rejected: wanted, error: rejection(status), ..Admission::default() };
        }
        if !self.connected(number) {
            return Admission { refused: wanted, ..Admission::default() };
        }
        if self.barred(number) {
            let error = self.rules.cap.as_ref().and_then(|cap| cap.error);
            return Admission { refused: wanted, error, ..Admission::default() };
        }
        let outside = wanted - in_window.min(wanted);
        let counted = outside.min(self.capacity(number, now));
        let fits = counted + (wanted - outside);
        let refused = outside - counted;
        let admitted = self.pace(template, fits, now);
        let error = self.rules.cap.as_ref().and_then(|cap| cap.error).filter(|_| refused > 0);
        Admission { admitted, refused, rejected: 0, held: fits - admitted, error }
    }

    // ---- what it is told ------------------------------------------------------------------------------------

    /// Takes a signal in and answers with the changes that it causes at once.
    pub fn hear(&mut self, now: SimTime, signal: Signal<'_>, out: &mut Vec<Change>) {
        let before = out.len();
        self.take_in(now, signal, out);
        let counts_alone = matches!(
            signal,
            Signal::Sent { .. }
                | Signal::Feedback { .. }
                | Signal::CustomerMessages { .. }
                | Signal::SlowAnswers { .. }
        );
        self.settled &= counts_alone && out.len() == before;
    }

    /// Takes in what customers of a number sent back on a template at one instant, all kinds of it.
    #[inline]
    pub fn hear_feedback(
        &mut self,
        now: SimTime,
        number: usize,
        template: usize,
        counts: &FeedbackCounts,
        out: &mut Vec<Change>,
    ) {
        let (rules, standing) = (self.rules, &mut self.standing);
        standing.numbers[number].meters.feedback(&rules.number_ratings, now, counts);
        if !rules.template_ratings.is_empty() {
            let of_template = &mut standing.templates[template];
            of_template.meters.feedback(&rules.template_ratings, now, counts);
            of_template.judge_sample(&rules.template_ratings, now, counts);
        }
        if standing.numbers[number].complaints.is_some() {
            self.hear_complaints(now, number, counts, out);
        }
    }

    /// Complaints are judged kind by kind, each as it is heard.
    fn hear_complaints(
        &mut self,
        now: SimTime,
        number: usize,
        counts: &FeedbackCounts,
        out: &mut Vec<Change>,
    ) {
        let before = out.len();
        for count in [Feedback::Block, Feedback::Report].map(|kind| counts[kind.index()]) {
            let who = &mut self.standing.numbers[number];
            if let Some(complaints) = who.complaints.as_mut().filter(|_| count > 0) {
                complaints.add(now, count);
                // With no more than these nothing begins, and where nothing is under way nothing ends.
                if complaints.sum(now) > self.rules.idle_complaints || !who.life.is_quiet() {
                    self.judge_number(number, Hears::feedback, now, out);
                }
            }
        }
        self.settled &= out.len() == before;
    }

    fn take_in(&mut self, now: SimTime, signal: Signal<'_>, out: &mut Vec<Change>) {
        match signal {
            Signal::Sent { number, .. } => {
                self.record(now, signal);
                let holder = self.standing.numbers[number].holder;
                self.judge_rise(holder, Hears::delivery, now, out);
                // Where a portfolio holds the limit, one number's delivery uses it up for all.
                for own in 0..self.standing.numbers.len() {
                    if self.standing.numbers[own].holder == holder {
                        self.judge_number(own, Hears::delivery, now, out);
                    }
                }
            }
            Signal::Feedback { number, template, kind, count } => {
                self.hear_feedback(now, number, template, &counts_of(kind, count), out);
            }
            Signal::CustomerMessages { number, count } => {
                let meters = &mut self.standing.numbers[number].meters;
                let counts = counts_of(Feedback::CustomerFirst, count);
                meters.feedback(&self.rules.number_ratings, now, &counts);
            }
            Signal::SlowAnswers { number, count } => {
                let meters = &mut self.standing.numbers[number].meters;
                let counts = counts_of(Feedback::SlowAnswer, count);
                meters.feedback(&self.rules.number_ratings, now, &counts);
            }
            Signal::Verified => self.verify(now, out),
            Signal::Policy { passed } => self.decide_policy(passed, now, out),
            Signal::Official { granted } => self.decide_official(granted, now, out),
            Signal::Analysis { number, approved } => self.decide_analysis(number, approved, now, out),
            Signal::Reviewed { template, approved } => self.decide_review(template, approved, now, out),
            Signal::Edited { template } => self.edit(template, now, out),
        }
    }

    /// Judges what holds from the start on, and tells which numbers wait to be connected; to be called once, before
    /// anything else.
    pub fn begin(&mut self, now: SimTime, out: &mut Vec<Change>) {
        self.tell_waiting(now, out);
        self.judge_policy(now, out);
    }

    pub(super) fn judge_policy(&mut self, now: SimTime, out: &mut Vec<Change>) {
        for number in 0..self.standing.numbers.len() {
            self.judge_number(number, Hears::policy, now, out);
        }
    }

    fn decide_policy(&mut self, passed: bool, now: SimTime, out: &mut Vec<Change>) {
        let policy = if passed { Policy::Passed } else { Policy::Failed };
        if self.standing.policy == policy {
            return;
        }
        self.standing.policy = policy;
        let listens = self.rules.number_measures.iter().find(|rule| rule.on.contains(&Hears::policy));
        let clause = listens.map_or(self.rules.ladder_clause, |rule| rule.clause);
        out.push(Change {
            at: now,
            subject: Subject::Portfolio,
            what: What::PolicyDecided { passed },
            clause,
        });
        self.judge_policy(now, out);
    }

    /// Whether the business may apply for the official-business status now.
    pub fn may_apply(&mut self, now: SimTime) -> bool {
        let Some(official) = &self.rules.official else { return false };
        let numbers = 0..self.standing.numbers.len();
        !self.standing.official
            && numbers
                .into_iter()
                .any(|number| official.needs.iter().all(|condition| self.holds(number, condition, now)))
    }

    fn decide_official(&mut self, granted: bool, now: SimTime, out: &mut Vec<Change>) {
        let Some(official) = &self.rules.official else { return };
        self.standing.official |= granted;
        let (what, clause) = (What::OfficialDecided { granted }, official.clause);
        out.push(Change { at: now, subject: Subject::Portfolio, what, clause });
        if let (true, Some(tier)) = (granted, official.lifts_to) {
            for holder in 0..self.standing.holders.len() {
                self.rise(holder, tier, clause, now, out);
            }
        }
        for holder in 0..self.standing.holders.len() {
            self.judge_rise(holder, Hears::application, now, out);
        }
    }

    fn decide_analysis(&mut self, number: usize, approved: bool, now: SimTime, out: &mut Vec<Change>) {
        let holder = self.standing.numbers[number].holder;
        if self.standing.holders[holder].analysis != Analysis::Asked {
            return;
        }
        self.standing.holders[holder].analysis = if approved { Analysis::Approved } else { Analysis::Denied };
        let asks = self.rules.upgrades.iter().find(|rule| rule.when.contains(&Condition::Approved));
        let clause = asks.map_or(self.rules.ladder_clause, |rule| rule.clause);
        let (subject, what) = (Subject::Holder(holder), What::AnalysisDecided { approved });
        out.push(Change { at: now, subject, what, clause });
        self.judge_rise(holder, Hears::application, now, out);
    }

    fn verify(&mut self, now: SimTime, out: &mut Vec<Change>) {
        if self.standing.verified {
            return;
        }
        self.standing.verified = true;
        let entry = self.rules.upgrades.iter().find(|rule| rule.on.contains(&Hears::verification));
        let clause = entry.map_or(self.rules.ladder_clause, |rule| rule.clause);
        out.push(Change { at: now, subject: Subject::Portfolio, what: What::Verified, clause });
        for holder in 0..self.standing.holders.len() {
            self.judge_rise(holder, Hears::verification, now, out);
        }
        self.connect(now, clause, out);
    }

    /// Counts a batch for ratings, limits and usage.
    fn record(&mut self, now: SimTime, batch: Signal<'_>) {
        let Signal::Sent { number, template, sent, delivered, in_window, again } = batch else { return };
        let standing = &mut self.standing;
        standing.sent_at = now;
        let who = &mut standing.numbers[number];
        if let Some(messages) = &mut who.messages {
            messages.add(now, sent);
        }
        who.meters.delivered(now, delivered, again);
        // Whether a customer had this template before is not known: how often counts for the number alone.
        standing.templates[template].meters.delivered(now, delivered, &[]);
        if let Pace::Trial(trial) = &mut standing.templates[template].pace {
            trial.delivered += delivered;
        }
        let (sent, delivered) = (sent.saturating_sub(in_window), delivered.saturating_sub(in_window));
        let holder = &mut standing.holders[who.holder];
        let consumed = match self.rules.cap.as_ref().map(|cap| cap.consume_on) {
            Some(ConsumeOn::sent) => sent,
            Some(ConsumeOn::delivered) | None => delivered,
        };
        holder.reached.rolling.add(now, consumed);
        for usage in holder.usage.iter_mut().flatten() {
            usage.record(now, sent, delivered, again);
        }
    }

    // ---- class 1: terms -------------------------------------------------------------------------------------

    /// The next instant at which a window expires that matters, or a review or a measure ends.
    pub fn next_term(&mut self, now: SimTime) -> SimTime {
        let mut next = SimTime::NEVER;
        for holder in &self.standing.holders {
            next = next.min(holder.judge_at).min(holder.review.map_or(SimTime::NEVER, |review| review.until));
        }
        for number in 0..self.standing.numbers.len() {
            next = next.min(self.standing.numbers[number].life.next_deadline());
            if self.waits_for_capacity(number) {
                let holder = self.standing.numbers[number].holder;
                next = next.min(self.standing.holders[holder].reached.next_expiry(now, self.rules));
            }
        }
        for template in &self.standing.templates {
            next = next.min(template.life.next_deadline()).min(template.pace.judged_at());
        }
        next
    }

    /// Ends what is due at `now`: reviews, then the measures of numbers, then those of templates.
    pub fn terms(&mut self, now: SimTime, out: &mut Vec<Change>) {
        self.settled = false;
        for holder in 0..self.standing.holders.len() {
            if let Some(review) = self.standing.holders[holder].review.filter(|review| review.until <= now) {
                self.standing.holders[holder].review = None;
                let rule = &self.rules.upgrades[review.rule];
                // From where the holder is now: it may have fallen meanwhile.
                let to = target(rule.to, self.standing.holders[holder].above(self.rules));
                self.rise(holder, to, rule.clause, now, out);
            }
            if self.standing.holders[holder].judge_at <= now {
                self.standing.holders[holder].judge_at = SimTime::NEVER;
                self.judge_rise(holder, Hears::delivery, now, out);
            }
        }
        for number in 0..self.standing.numbers.len() {
            self.number_deadlines(number, now, out);
            self.release(number, now, out);
        }
        for template in 0..self.standing.templates.len() {
            self.template_deadlines(template, now, out);
            self.judge_trial(template, now, out);
        }
    }

    // ---- class 3: ratings -----------------------------------------------------------------------------------

    /// The next instant at which an evaluation of a rating could find something new.
    pub fn next_evaluation(&self) -> SimTime {
        self.next_evaluation_before(SimTime::NEVER).unwrap_or(SimTime::NEVER)
    }

    /// [`Platform::next_evaluation`], where that is before `until`.
    #[inline]
    pub fn next_evaluation_before(&self, until: SimTime) -> Option<SimTime> {
        let (numbers, templates) = self.evaluations_from();
        if numbers.min(templates) >= until {
            return None;
        }
        let numbers = next_due(&self.rules.number_ratings, numbers);
        let next = numbers.min(next_due(&self.rules.template_ratings, templates));
        (next < until).then_some(next)
    }

    /// From when on an evaluation could find something new, of a number and of a template.
    #[inline]
    fn evaluations_from(&self) -> (SimTime, SimTime) {
        let (rules, Standing { numbers, templates, sent_at, .. }) = (self.rules, &self.standing);
        let [of_numbers, of_templates] = &rules.rating_turns;
        let (mut from, mut templates_from) = (SimTime::NEVER, SimTime::NEVER);
        for number in numbers {
            from = from.min(number.meters.evaluation_from(*sent_at, of_numbers));
            if rules.asks_low_for {
                from = from.min(self.low_for_until(number));
            }
        }
        if !rules.template_ratings.is_empty() {
            for template in templates {
                templates_from = templates_from.min(template.meters.evaluation_from(*sent_at, of_templates));
            }
        }
        (from, templates_from)
    }

    /// When a number will have been Low for so long that a clause asks for it.
    fn low_for_until(&self, number: &NumberStanding) -> SimTime {
        let Some(since) = number.low_since else { return SimTime::NEVER };
        let until = since + self.low_term(since);
        if until > number.meters.evaluated_at { until } else { SimTime::NEVER }
    }

    /// The length of the shortest clause on a lasting Low rating.
    fn low_term(&self, since: SimTime) -> Span {
        let asked = self
            .rules
            .number_measures
            .iter()
            .filter(|rule| rule.in_force.at(since))
            .flat_map(|rule| &rule.when);
        let spans = asked.filter_map(|condition| match condition {
            Condition::LowFor(span) => Some(*span),
            _ => None,
        });
        spans.min().unwrap_or(SimTime::NEVER - SimTime::START)
    }

    /// Evaluates the ratings that are due at `now`, all of them first, and judges what listens to them.
    #[inline]
    pub fn evaluate(&mut self, now: SimTime, out: &mut Vec<Change>) {
        if !(self.settled && self.ratings_stay(now)) {
            self.rate_and_judge(now, out);
        }
    }

    /// Whether an evaluation at `now` finds the ratings that were judged already.
    #[inline]
    fn ratings_stay(&mut self, now: SimTime) -> bool {
        let Platform { rules, standing, .. } = self;
        if let Some(place) = rated_at(&rules.number_ratings, now) {
            for number in &mut standing.numbers {
                if !number.meters.stays(&rules.number_ratings, place, now) {
                    return false;
                }
            }
        }
        if let Some(place) = rated_at(&rules.template_ratings, now) {
            for template in &mut standing.templates {
                if !template.meters.stays(&rules.template_ratings, place, now) {
                    return false;
                }
            }
        }
        true
    }

    #[inline(never)]
    fn rate_and_judge(&mut self, now: SimTime, out: &mut Vec<Change>) {
        let (rules, changes) = (self.rules, out.len());
        let of_numbers = rated_at(&rules.number_ratings, now);
        let of_templates = rated_at(&rules.template_ratings, now);
        if of_numbers.is_none() && of_templates.is_none() {
            return;
        }
        let coupled = of_numbers.filter(|place| rules.number_ratings[*place].worst_template);
        let before: Vec<Rating> = match coupled {
            Some(_) => (0..self.standing.numbers.len()).map(|number| self.rating(number)).collect(),
            None => Vec::new(),
        };
        if let Some(place) = of_numbers {
            self.rate_numbers(place, coupled.is_none(), now, out);
        }
        if let Some(place) = of_templates {
            self.rate_templates(place, now, out);
        }
        if let Some(place) = coupled {
            self.couple(&before, rules.number_ratings[place].clause, now, out);
        }
        if of_numbers.is_some() {
            (0..self.standing.numbers.len()).for_each(|number| self.judge_rated(number, now, out));
        }
        if of_templates.is_some() {
            (0..self.standing.templates.len()).for_each(|template| self.judge_template(template, now, out));
        }
        let all = (of_numbers.is_some() || rules.number_ratings.is_empty())
            && (of_templates.is_some() || rules.template_ratings.is_empty());
        self.settled = rules.judged_alike
            && all
            && out.len() == changes
            && (0..self.standing.numbers.len()).all(|number| self.stays_judged(number, now));
    }

    /// Whether what was found of a number at an evaluation is found again at the next, if no change comes between: each
    /// measure asks for no time and no volume, or fails by something else.
    fn stays_judged(&mut self, number: usize, now: SimTime) -> bool {
        let rules = self.rules;
        rules.number_measures.iter().enumerate().all(|(place, rule)| {
            let mut moving = rule.when.iter().filter(|condition| condition.moves_by_itself());
            let mut others = rule.when.iter().filter(|condition| !condition.moves_by_itself());
            !rule.on.contains(&Hears::rating)
                || moving.next().is_none()
                || self.standing.numbers[number].life.run(place).is_none()
                    && others.any(|condition| !self.holds(number, condition, now))
        })
    }

    /// Rates all numbers by the clause at `place`.
    fn rate_numbers(&mut self, place: usize, tell: bool, now: SimTime, out: &mut Vec<Change>) {
        let ratings = &self.rules.number_ratings;
        for (number, standing) in self.standing.numbers.iter_mut().enumerate() {
            let rated = rate(&mut standing.meters, ratings, place, now).filter(|_| tell);
            out.extend(rated.map(|rated| rated.of(Subject::Number(number), now)));
        }
    }

    /// Rates all templates by the clause at `place`.
    fn rate_templates(&mut self, place: usize, now: SimTime, out: &mut Vec<Change>) {
        let ratings = &self.rules.template_ratings;
        for template in 0..self.standing.templates.len() {
            let from = self.template_rating(template);
            let rated = rate(&mut self.standing.templates[template].meters, ratings, place, now);
            self.doubt(template, from);
            out.extend(rated.map(|rated| rated.of(Subject::Template(template), now)));
        }
    }

    /// Caps the ratings of numbers at that of the worst template in use, and tells what that changes.
    fn couple(&mut self, before: &[Rating], clause: ClauseId, now: SimTime, out: &mut Vec<Change>) {
        let rules = self.rules;
        let used = self.standing.templates.iter_mut().filter_map(|template| {
            template.meters.in_use(&rules.template_ratings, now).then_some(template.meters.rating)
        });
        let worst = used.reduce(Rating::worse);
        for (number, from) in before.iter().copied().enumerate() {
            self.standing.numbers[number].coupled = worst;
            let to = self.rating(number);
            if from != to {
                let what = What::Rated { from, to };
                out.push(Change { at: now, subject: Subject::Number(number), what, clause });
            }
        }
    }

    /// Judges what listens to the rating of a number.
    fn judge_rated(&mut self, number: usize, now: SimTime, out: &mut Vec<Change>) {
        let low = self.rating(number) == Rating::Low;
        let who = &mut self.standing.numbers[number];
        who.low_since = low.then(|| who.low_since.unwrap_or(now));
        let holder = who.holder;
        if low {
            self.cancel_review(holder, Cancel::low, now, out);
        }
        self.judge_number(number, Hears::rating, now, out);
        self.judge_rise(holder, Hears::rating, now, out);
    }

    // ---- class 4: clocks ------------------------------------------------------------------------------------

    /// The next instant after `now` at which a clause with a clock of its own is judged.
    pub fn next_clock(&self, now: SimTime) -> SimTime {
        let every = self.rules.clocks.iter().map(|span| SimTime((now.0.div_euclid(span.0) + 1) * span.0));
        every.min().unwrap_or(SimTime::NEVER)
    }

    /// Judges the clauses whose own clock strikes at `now`.
    pub fn clocks(&mut self, now: SimTime, out: &mut Vec<Change>) {
        self.settled = false;
        let due = self.rules.clocks.iter().filter(|span| now.0 % span.0 == 0);
        for signal in due.map(|span| Hears::Every(*span)) {
            for holder in 0..self.standing.holders.len() {
                self.judge_rise(holder, signal, now, out);
            }
            for number in 0..self.standing.numbers.len() {
                self.judge_number(number, signal, now, out);
            }
        }
    }

    // ---- rises ----------------------------------------------------------------------------------------------

    fn judge_rise(&mut self, holder: usize, signal: Hears, now: SimTime, out: &mut Vec<Change>) {
        if !self.rules.rises_hear.contains(&signal) {
            return;
        }
        for (place, rule) in self.rules.upgrades.iter().enumerate() {
            let standing = &self.standing.holders[holder];
            if standing.review.is_some() {
                return;
            }
            let above = standing.above(self.rules);
            let to = target(rule.to, above);
            let leads_up =
                to >= above && to < self.rules.tiers.len() && standing.may_leave(self.rules, &rule.from);
            if !leads_up
                || !rule.on.contains(&signal)
                || !rule.in_force.at(now)
                || self.rise_forbidden(holder)
            {
                continue;
            }
            let missing: SmallVec<[&Condition; 4]> = rule
                .when
                .iter()
                .filter(|condition| !self.rise_holds(holder, place, condition, now))
                .collect();
            match missing.as_slice() {
                [] => self.start_review(holder, place, to, now, out),
                [Condition::SinceFirstSend(span)] => {
                    let usage = self.standing.holders[holder].usage[place].as_mut();
                    if let Some(first) = usage.and_then(|usage| usage.first(now)) {
                        self.standing.holders[holder].judge_at = first + *span;
                    }
                }
                [Condition::Approved] if self.standing.holders[holder].analysis == Analysis::NotAsked => {
                    self.standing.holders[holder].analysis = Analysis::Asked;
                    let (subject, clause) = (Subject::Holder(holder), rule.clause);
                    out.push(Change { at: now, subject, what: What::AnalysisAsked, clause });
                }
                _ => {}
            }
        }
    }

    fn rise_forbidden(&self, holder: usize) -> bool {
        let mut numbers =
            (0..self.standing.numbers.len()).filter(|n| self.standing.numbers[*n].holder == holder);
        numbers.any(|number| self.forbidden(number, Forbidden::Upgrade))
    }

    fn start_review(&mut self, holder: usize, rule: usize, to: usize, now: SimTime, out: &mut Vec<Change>) {
        let UpgradeReview { review, clause } = UpgradeReview::of(self.rules, rule);
        if review == Span(0) {
            self.rise(holder, to, clause, now, out);
            return;
        }
        let until = now + review;
        self.standing.holders[holder].review = Some(RunningReview { rule, until });
        out.push(Change {
            at: now,
            subject: Subject::Holder(holder),
            what: What::ReviewStarted { until },
            clause,
        });
    }

    fn rise(&mut self, holder: usize, to: usize, clause: ClauseId, now: SimTime, out: &mut Vec<Change>) {
        let to = to.min(self.rules.tiers.len() - 1);
        let standing = &mut self.standing.holders[holder];
        let from = standing.tier;
        if to < standing.above(self.rules) {
            return;
        }
        standing.tier = to;
        standing.kept = None;
        standing.last_step = now;
        standing.restart_usage(self.rules, Restart::upgrade);
        out.push(Change {
            at: now,
            subject: Subject::Holder(holder),
            what: What::TierRose { from, to },
            clause,
        });
        self.connect(now, clause, out);
        self.release_all(holder, now, out);
    }

    fn fall(
        &mut self,
        holder: usize,
        levels: usize,
        floor: usize,
        clause: ClauseId,
        now: SimTime,
        out: &mut Vec<Change>,
    ) {
        let standing = &mut self.standing.holders[holder];
        let (from, rung) = (standing.tier, standing.rung(self.rules));
        let to = rung.saturating_sub(levels).max(floor.min(rung));
        if to == rung {
            return;
        }
        standing.tier = to;
        standing.kept = None;
        standing.last_step = now;
        standing.restart_usage(self.rules, Restart::downgrade);
        out.push(Change {
            at: now,
            subject: Subject::Holder(holder),
            what: What::TierFell { from, to },
            clause,
        });
    }

    fn cancel_review(&mut self, holder: usize, cause: Cancel, now: SimTime, out: &mut Vec<Change>) {
        let Some(review) = self.standing.holders[holder].review else { return };
        let rule = &self.rules.upgrades[review.rule];
        if rule.cancelled_by.contains(&cause) {
            self.standing.holders[holder].review = None;
            let (subject, clause) = (Subject::Holder(holder), rule.clause);
            out.push(Change { at: now, subject, what: What::ReviewCancelled, clause });
        }
    }

    /// Whether a condition of an upgrade holds for a holder.
    fn rise_holds(&mut self, holder: usize, place: usize, condition: &Condition, now: SimTime) -> bool {
        let rule = &self.rules.upgrades[place];
        match condition {
            Condition::RatingAtLeast(floor) => {
                let unknown = unknown_counts_as(&self.rules.number_ratings, now);
                self.all_asked(holder, now, |platform, number| {
                    platform.rating(number).at_least(*floor, unknown)
                }) && (!rule.templates_count || self.templates_at_least(*floor, now))
            }
            Condition::StatusIs(list) => {
                let blocks = rule.restricted_blocks;
                self.all_asked(holder, now, |platform, number| {
                    let life = &platform.standing.numbers[number].life;
                    let running = life.runs().map(|run| run.status).chain(life.for_good());
                    let seen = running.filter(|status| blocks || *status != NumberStatus::Restricted);
                    list.contains(&seen.max().unwrap_or(NumberStatus::Connected))
                })
            }
            Condition::Usage { count, amount, .. } => self.usage_holds(holder, place, *count, *amount, now),
            Condition::SinceFirstSend(span) => {
                let usage = self.standing.holders[holder].usage[place].as_mut();
                usage.and_then(|usage| usage.first(now)).is_some_and(|first| now - first >= *span)
            }
            Condition::SinceLastStep(span) => now - self.standing.holders[holder].last_step >= *span,
            Condition::Approved => self.standing.holders[holder].analysis == Analysis::Approved,
            Condition::LimitReached => {
                let number = self.standing.numbers.iter().position(|number| number.holder == holder);
                number.is_some_and(|number| self.left(number, now) == 0)
            }
            other => {
                let number = self.standing.numbers.iter().position(|number| number.holder == holder);
                number.is_some_and(|number| self.holds(number, other, now))
            }
        }
    }

    /// Whether something is so of all numbers whose rating and status a rise of `holder` asks for: all that delivered
    /// something, or its only one.
    fn all_asked(&mut self, holder: usize, now: SimTime, is_so: impl Fn(&Self, usize) -> bool) -> bool {
        let ratings = &self.rules.number_ratings;
        let own = self.standing.numbers.iter().filter(|number| number.holder == holder);
        let whatever = self.rules.holder == Holder::Number || own.count() < 2;
        (0..self.standing.numbers.len()).all(|number| {
            let who = &mut self.standing.numbers[number];
            let asked = who.holder == holder && (whatever || who.meters.in_use(ratings, now));
            !asked || is_so(self, number)
        })
    }

    fn usage_holds(
        &mut self,
        holder: usize,
        place: usize,
        _count: Count,
        amount: Amount,
        now: SimTime,
    ) -> bool {
        let rules = self.rules;
        let standing = &mut self.standing.holders[holder];
        let limit = standing.limit(rules).unwrap_or(u64::MAX);
        let Some(usage) = &mut standing.usage[place] else { return false };
        usage.amount(now, rules) >= needed(amount, limit)
    }

    // ---- measures of numbers --------------------------------------------------------------------------------

    fn judge_number(&mut self, number: usize, signal: Hears, now: SimTime, out: &mut Vec<Change>) {
        if !self.rules.measures_hear.contains(&signal) {
            return;
        }
        for (place, rule) in self.rules.number_measures.iter().enumerate() {
            if !rule.on.contains(&signal) {
                continue;
            }
            let holds = rule.when.iter().all(|condition| self.holds(number, condition, now));
            match self.standing.numbers[number].life.run(place) {
                None if holds && rule.in_force.at(now) && !self.already_imposed(number, place) => {
                    self.enter_number(number, place, now, out);
                }
                None => {}
                Some(_) if rule.lasts == Lasts::WhileHeld && holds => {}
                Some(_) if rule.lasts == Lasts::WhileHeld => self.leave_number(number, place, true, now, out),
                Some(run) => match judge_run(run, rule.ends, holds, now) {
                    Verdict::GoesOn(run) => self.standing.numbers[number].life.set(place, Some(run)),
                    Verdict::Recovered => self.leave_number(number, place, true, now, out),
                    Verdict::Still => self.leave_number(number, place, false, now, out),
                },
            }
        }
    }

    /// Whether what a measure leads to is under way: it does not begin anew beside it.
    fn already_imposed(&self, number: usize, place: usize) -> bool {
        let rule = &self.rules.number_measures[place];
        let life = &self.standing.numbers[number].life;
        rule.if_still.iter().chain(&rule.then).any(|effect| match effect {
            RuleEffect::Impose(other) => life.run(*other).is_some(),
            _ => false,
        })
    }

    fn enter_number(&mut self, number: usize, place: usize, now: SimTime, out: &mut Vec<Change>) {
        let rule = &self.rules.number_measures[place];
        let Some(run) = begin(&mut self.standing.numbers[number].life, rule, place, now) else { return };
        let until = run.term.map(|_| run.until);
        let what = What::NumberEntered { status: run.status, until };
        out.push(Change { at: now, subject: Subject::Number(number), what, clause: rule.clause });
        let holder = self.standing.numbers[number].holder;
        match run.status {
            NumberStatus::Flagged => {
                self.cancel_review(holder, Cancel::flagged, now, out);
                self.standing.holders[holder].restart_usage(self.rules, Restart::flag);
            }
            NumberStatus::Restricted => self.cancel_review(holder, Cancel::restricted, now, out),
            _ => {}
        }
        if rule.downgrade_at_once {
            for effect in &rule.if_still {
                if let RuleEffect::Down { levels, floor } = effect {
                    self.fall(holder, *levels, *floor, rule.clause, now, out);
                }
            }
        }
    }

    fn leave_number(
        &mut self,
        number: usize,
        place: usize,
        recovered: bool,
        now: SimTime,
        out: &mut Vec<Change>,
    ) {
        let rule = &self.rules.number_measures[place];
        let who = &mut self.standing.numbers[number];
        let Some(run) = who.life.end(place) else { return };
        who.life.last_ended[place] = now;
        who.meters.touch(now);
        let holder = who.holder;
        let (subject, clause) = (Subject::Number(number), rule.clause);
        out.push(Change {
            at: now,
            subject,
            what: What::NumberLeft { status: run.status, recovered },
            clause,
        });
        if run.status == NumberStatus::Flagged {
            self.standing.holders[holder].restart_usage(self.rules, Restart::unflag);
        }
        let effects = if recovered { &rule.then } else { &rule.if_still };
        for effect in effects {
            match *effect {
                RuleEffect::Up(levels) => {
                    let above = self.standing.holders[holder].above(self.rules);
                    self.rise(holder, (above + levels).saturating_sub(1), clause, now, out)
                }
                RuleEffect::Down { .. } if rule.downgrade_at_once => {}
                RuleEffect::Down { levels, floor } => self.fall(holder, levels, floor, clause, now, out),
                RuleEffect::Becomes(status) => {
                    self.standing.numbers[number].life.come_for_good(status);
                    let what = What::NumberEntered { status, until: None };
                    out.push(Change { at: now, subject, what, clause });
                }
                RuleEffect::Impose(other) => self.enter_number(number, other, now, out),
            }
        }
    }

    fn number_deadlines(&mut self, number: usize, now: SimTime, out: &mut Vec<Change>) {
        for (place, rule) in self.rules.number_measures.iter().enumerate() {
            let Some(run) = self.standing.numbers[number].life.run(place) else { continue };
            if run.until > now {
                continue;
            }
            let still = rule.when.iter().all(|condition| self.holds(number, condition, now));
            match at_deadline(run, rule.ends, still, now) {
                Verdict::GoesOn(run) => self.standing.numbers[number].life.set(place, Some(run)),
                Verdict::Recovered => self.leave_number(number, place, true, now, out),
                Verdict::Still => self.leave_number(number, place, false, now, out),
            }
        }
    }

    /// Whether a measure holds the number only as long as nothing more may be started.
    fn waits_for_capacity(&self, number: usize) -> bool {
        self.rules.any_while_full && self.running(number).any(|rule| rule.lasts == Lasts::WhileFull)
    }

    /// Ends measures that last as long as nothing more may be started under the limit.
    fn release(&mut self, number: usize, now: SimTime, out: &mut Vec<Change>) {
        if !self.waits_for_capacity(number) || self.left(number, now) == 0 {
            return;
        }
        for (place, rule) in self.rules.number_measures.iter().enumerate() {
            if rule.lasts == Lasts::WhileFull && self.standing.numbers[number].life.run(place).is_some() {
                self.leave_number(number, place, true, now, out);
            }
        }
    }

    pub(super) fn release_all(&mut self, holder: usize, now: SimTime, out: &mut Vec<Change>) {
        for number in 0..self.standing.numbers.len() {
            if self.standing.numbers[number].holder == holder {
                self.release(number, now, out);
            }
        }
    }

    /// Whether a condition holds for a number.
    fn holds(&mut self, number: usize, condition: &Condition, now: SimTime) -> bool {
        let rating = self.rating(number);
        match condition {
            Condition::Verified => self.standing.verified,
            Condition::LimitReached => self.limit(number).is_some() && self.left(number, now) == 0,
            Condition::RatingAtLeast(floor) => {
                rating.at_least(*floor, unknown_counts_as(&self.rules.number_ratings, now))
            }
            Condition::RatingAtMost(ceiling) => rating.at_most(*ceiling),
            Condition::FlagOn(FlagOn::low) => rating.at_most(Rating::Low),
            Condition::FlagOn(FlagOn::medium_or_low) => rating.at_most(Rating::Medium),
            Condition::FlagOn(FlagOn::low_above_floor) => {
                rating.at_most(Rating::Low) && self.rung(number) > self.floor()
            }
            Condition::LowFor(span) => {
                self.standing.numbers[number].low_since.is_some_and(|since| now - since >= *span)
            }
            Condition::TemplatesAtLeast(floor) => self.templates_at_least(*floor, now),
            Condition::StatusIs(list) => list.contains(&self.number_status(number)),
            Condition::TierAtLeast(name) => {
                self.rules.tier(name).is_some_and(|tier| self.tier(number) >= tier)
            }
            Condition::TierAtMost(name) => {
                self.rules.tier(name).is_some_and(|tier| self.rung(number) <= tier)
            }
            Condition::Complaints { more_than, while_low, .. } => {
                let bound = if rating == Rating::Low { *while_low } else { *more_than };
                self.standing.numbers[number].complaints.as_mut().is_some_and(|held| held.sum(now) > bound)
            }
            Condition::SinceLastStep(span) => {
                let holder = self.standing.numbers[number].holder;
                now - self.standing.holders[holder].last_step >= *span
            }
            Condition::PolicyOpen => self.standing.policy == Policy::Open,
            Condition::PolicyFailed => self.standing.policy == Policy::Failed,
            // What belongs to rises alone.
            Condition::Approved | Condition::Usage { .. } | Condition::SinceFirstSend(_) => false,
        }
    }

    /// The tier below which no measure lets a number fall.
    fn floor(&self) -> usize {
        let effects = self.rules.number_measures.iter().flat_map(|rule| &rule.if_still);
        let floors = effects.filter_map(|effect| match effect {
            RuleEffect::Down { floor, .. } => Some(*floor),
            _ => None,
        });
        floors.min().unwrap_or(0)
    }

    fn templates_at_least(&mut self, floor: Rating, now: SimTime) -> bool {
        let ratings = &self.rules.template_ratings;
        let unknown = unknown_counts_as(ratings, now);
        self.standing.templates.iter_mut().all(|template| {
            !template.meters.in_use(ratings, now) || template.meters.rating.at_least(floor, unknown)
        })
    }
}

/// Feedback of one kind.
fn counts_of(kind: Feedback, count: u64) -> FeedbackCounts {
    let mut counts = FeedbackCounts::default();
    counts[kind.index()] = count;
    counts
}

/// The platform's error code for messages of a template that may not be sent.
fn rejection(status: TemplateStatus) -> Option<u32> {
    match status {
        TemplateStatus::Paused => Some(132_015),
        TemplateStatus::Disabled => Some(132_016),
        _ => None,
    }
}

/// The tier that a rise leads to, where `above` is the next one.
fn target(to: Target, above: usize) -> usize {
    match to {
        Target::Next => above,
        Target::AtLeast(to) => to,
    }
}

/// Review and clause of an upgrade rule.
struct UpgradeReview {
    review: Span,
    clause: ClauseId,
}

impl UpgradeReview {
    fn of(rules: &Rules, rule: usize) -> UpgradeReview {
        UpgradeReview { review: rules.upgrades[rule].review, clause: rules.upgrades[rule].clause }
    }
}

/// What becomes of a measure under way.
pub(super) enum Verdict<S> {
    GoesOn(Run<S>),
    Recovered,
    Still,
}

/// The least usage that fulfils `amount` under a limit.
fn needed(amount: Amount, limit: u64) -> u64 {
    match amount {
        Amount::AtLeast(Quantity::LimitTimes(times)) => times.times_rounded_up(limit),
        Amount::MoreThan(Quantity::LimitTimes(times)) => times.times_rounded_down(limit).saturating_add(1),
        Amount::AtLeast(Quantity::Number(number)) => number,
        Amount::MoreThan(Quantity::Number(number)) => number.saturating_add(1),
    }
}

/// Judges a measure under way at a signal; `holds`: its conditions still hold.
pub(super) fn judge_run<S>(mut run: Run<S>, ends: Ends, holds: bool, now: SimTime) -> Verdict<S> {
    if run.term.is_none() {
        return Verdict::GoesOn(run);
    }
    match ends {
        Ends::on_recovery if !holds => Verdict::Recovered,
        Ends::hold_term => {
            // A relapse after the deadline, while a late recovery goes on, has its consequences at once.
            let late =
                run.clean_since.is_some_and(|since| run.term.is_some_and(|term| run.until == since + term));
            if holds && late {
                return Verdict::Still;
            }
            run.clean_since = if holds { None } else { Some(run.clean_since.unwrap_or(now)) };
            Verdict::GoesOn(run)
        }
        Ends::on_recovery | Ends::at_deadline | Ends::by_edit => Verdict::GoesOn(run),
    }
}

/// Judges a measure at its deadline; `still`: its conditions hold.
pub(super) fn at_deadline<S>(mut run: Run<S>, ends: Ends, still: bool, now: SimTime) -> Verdict<S> {
    if still || ends == Ends::by_edit {
        return Verdict::Still;
    }
    match (ends, run.clean_since, run.term) {
        (Ends::hold_term, Some(since), Some(term)) if since + term > now => {
            run.until = since + term;
            Verdict::GoesOn(run)
        }
        _ => Verdict::Recovered,
    }
}

/// Begins a measure for the n-th time; `None` where it never sets a status.
pub(super) fn begin<S: Copy + Ord>(
    life: &mut Life<S>,
    rule: &MeasureRule<S>,
    place: usize,
    now: SimTime,
) -> Option<Run<S>> {
    if rule.forgets.is_some_and(|span| now - life.last_ended[place] >= span) {
        life.times[place] = 0;
    }
    let term = rule.terms.get(life.times[place]).or(rule.terms.last())?;
    life.times[place] += 1;
    let (until, length) = match term.length {
        Length::For(span) => (now + span, Some(span)),
        Length::While | Length::Forever => (SimTime::NEVER, None),
    };
    let run = Run { status: term.status, until, term: length, clean_since: None };
    life.set(place, Some(run));
    Some(run)
}

/// Position of the rating clause in force, where it rates at `now`.
#[inline]
fn rated_at(ratings: &[RatingRule], now: SimTime) -> Option<usize> {
    Meters::in_force(ratings, now).filter(|place| now.0 % ratings[*place].every.0 == 0)
}

fn unknown_counts_as(ratings: &[RatingRule], now: SimTime) -> Rating {
    Meters::in_force(ratings, now).map_or(Rating::Medium, |place| ratings[place].unknown_counts_as)
}

/// A rating that changed, by its clause.
struct Rated {
    what: What,
    clause: ClauseId,
}

impl Rated {
    fn of(self, subject: Subject, at: SimTime) -> Change {
        Change { at, subject, what: self.what, clause: self.clause }
    }
}

/// Evaluates a rating by the clause at `place`; what changed, if anything.
#[inline]
fn rate(meters: &mut Meters, ratings: &[RatingRule], place: usize, now: SimTime) -> Option<Rated> {
    let from = meters.rating;
    let to = meters.evaluate(ratings, place, now);
    meters.rating = to;
    (from != to).then_some(Rated { what: What::Rated { from, to }, clause: ratings[place].clause })
}
