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
//! What is judged has files of its own: `ratings`, the `rises` and falls of limits, `measures` of numbers, `templates`.
//!
//! Whoever drives the platform asks [`Platform::next_term`], [`Platform::next_evaluation`] and
//! [`Platform::next_clock`] for their next instants and calls the classes in this order.

use crate::glossary::{Feedback, NumberStatus, Rating, TemplateStatus};
use crate::time::SimTime;

use super::change::{Change, Subject, What};
use super::language::{Condition, ConsumeOn, Count, Forbidden, Holder, Signal as Hears};
use super::meters::{FeedbackCounts, Score};
use super::rules::{Lasts, MeasureRule, Rules, Thresholds};
use super::standing::{Analysis, Opening, Pace, Policy, Standing};

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
        /// Of the accepted, those inside an open service window, and how many of these were delivered: they count for
        /// the rating and for no step, and for no limit where the rules let them through free.
        in_window: [u64; 2],
        /// Of the customers written to, those whose latest message before was delivered: when, and how many.
        again: &'s [(SimTime, u64)],
        /// Of the customers written to outside a service window, those whose latest such message before was delivered.
        counted_again: &'s [(SimTime, u64)],
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

impl Admission {
    /// What was neither accepted nor held.
    pub fn back(&self) -> u64 {
        self.refused + self.rejected
    }

    /// What the limit alone decides on a request to send `wanted` messages, of which `in_window` go to customers whose
    /// service window is open, where it leaves `capacity` customers.
    pub fn within(rules: &Rules, wanted: u64, in_window: u64, capacity: u64) -> Admission {
        let outside = wanted - if rules.free_in_service_window() { in_window.min(wanted) } else { 0 };
        let counted = outside.min(capacity);
        let refused = outside - counted;
        let error = rules.cap.as_ref().and_then(|cap| cap.error).filter(|_| refused > 0);
        Admission { admitted: counted + (wanted - outside), refused, rejected: 0, held: 0, error }
    }
}

/// The platform as one sender meets it.
#[derive(Clone, Debug)]
pub struct Platform<'r> {
    pub(super) rules: &'r Rules,
    pub(super) standing: Standing,
    /// Until when judging the ratings as they are would change nothing: they were judged, and nothing that their
    /// clauses look at has changed since.
    pub(super) settled_until: SimTime,
}

impl<'r> Platform<'r> {
    /// A platform with these rules that holds `opening` about the sender.
    pub fn open(rules: &'r Rules, opening: &Opening) -> Platform<'r> {
        Platform::open_under(rules, opening, &[])
    }

    /// [`Platform::open`] under thresholds that a run has drawn, in the order of [`Rules::thresholds`].
    pub fn open_under(rules: &'r Rules, opening: &Opening, thresholds: &[Thresholds]) -> Platform<'r> {
        let standing = Standing::open(rules, opening, thresholds);
        let mut platform = Platform { rules, standing, settled_until: SimTime::START };
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
    pub(super) fn rung(&self, number: usize) -> usize {
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

    /// When the review of a rise that is running for `number` ends.
    pub fn review_until(&self, number: usize) -> Option<SimTime> {
        self.standing.holders[self.standing.numbers[number].holder].review.map(|review| review.until)
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
        let needed = amount.needed(standing.limit(rules)?);
        let usage = standing.usage[place].as_mut()?;
        let used = usage.amount(now, rules);
        let used = if used < needed { usage.under_way(used, now, rules) } else { used };
        Some((used, needed))
    }

    /// The number's score at `now`.
    pub fn score(&mut self, number: usize, now: SimTime) -> Option<Score> {
        self.standing.numbers[number].meters.score(&self.rules.number_ratings, now)
    }

    /// The template's score at `now`.
    pub fn template_score(&mut self, template: usize, now: SimTime) -> Option<Score> {
        self.standing.templates[template].meters.score(&self.rules.template_ratings, now)
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
    pub(super) fn left(&mut self, number: usize, now: SimTime) -> u64 {
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

    pub(super) fn forbidden(&self, number: usize, what: Forbidden) -> bool {
        !self.is_quiet(number)
            && (self.banned(number) || self.running(number).any(|rule| rule.forbids.contains(&what)))
    }

    fn banned(&self, number: usize) -> bool {
        self.standing.numbers[number].life.for_good() == Some(NumberStatus::Banned)
    }

    /// The measures that are under way for a number.
    pub(super) fn running(&self, number: usize) -> impl Iterator<Item = &'r MeasureRule<NumberStatus>> {
        self.standing.numbers[number].life.running(&self.rules.number_measures)
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
        let capacity = self.capacity(number, now);
        let within = Admission::within(self.rules, wanted, in_window, capacity);
        let admitted = self.pace(template, within.admitted, now);
        Admission { admitted, held: within.admitted - admitted, ..within }
    }

    /// Whether nothing but the limit keeps `number` from sending a template that no sample is tried of, as things
    /// stand.
    pub(super) fn sends_freely(&self, number: usize, template: usize) -> bool {
        let bounds = |rule: &MeasureRule<NumberStatus>| {
            rule.cap.is_some()
                || rule.forbids.contains(&Forbidden::Broadcast)
                || rule.lasts == Lasts::WhileFull
        };
        self.template_status(template).sendable()
            && self.connected(number)
            && !self.banned(number)
            && !self.running(number).any(bounds)
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
        if !counts_alone || out.len() > before {
            self.unsettle(now);
        }
    }

    /// Something has changed that clauses look at: the ratings are judged again at the next evaluation.
    pub(super) fn unsettle(&mut self, now: SimTime) {
        self.settled_until = self.settled_until.min(now);
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
        // Mostly nobody complains.
        if counts[Feedback::Block.index()] | counts[Feedback::Report.index()] > 0 {
            self.hear_complaints(now, number, counts, out);
        }
    }

    /// Takes in feedback that concerns a number and no template: it counts for the rating, and changes nothing at once.
    #[inline]
    pub fn hear_of_number(&mut self, now: SimTime, number: usize, kind: Feedback, count: u64) {
        self.standing.numbers[number].meters.feedback_of(&self.rules.number_ratings, now, kind, count);
    }

    /// Whether complaints are counted of a number, whatever its rating.
    pub fn counts_complaints(&self, number: usize) -> bool {
        self.standing.numbers[number].complaints.is_some()
    }

    /// Complaints are judged kind by kind, each as it is heard, where so many could change anything.
    pub(super) fn hear_complaints(
        &mut self,
        now: SimTime,
        number: usize,
        counts: &FeedbackCounts,
        out: &mut Vec<Change>,
    ) {
        let heard = [Feedback::Block, Feedback::Report].map(|kind| counts[kind.index()]);
        let (who, all) = (&mut self.standing.numbers[number], heard[0] + heard[1]);
        let Some(complaints) = &mut who.complaints else { return };
        // With no more than these nothing begins, and where nothing is under way nothing ends.
        if who.life.is_quiet() && complaints.sum(now) + all <= self.rules.idle_complaints {
            complaints.add(now, all);
            return;
        }
        let before = out.len();
        for count in heard.into_iter().filter(|count| *count > 0) {
            if let Some(complaints) = &mut self.standing.numbers[number].complaints {
                complaints.add(now, count);
                self.judge_number(number, Hears::feedback, now, out);
            }
        }
        if out.len() > before {
            self.unsettle(now);
        }
    }

    fn take_in(&mut self, now: SimTime, signal: Signal<'_>, out: &mut Vec<Change>) {
        match signal {
            Signal::Sent { number, sent, delivered, .. } => {
                self.record(now, signal);
                self.judge_sent(now, number, [sent, delivered], out);
            }
            Signal::Feedback { number, template, kind, count } => {
                self.hear_feedback(now, number, template, &counts_of(kind, count), out);
            }
            Signal::CustomerMessages { number, count } => {
                self.hear_of_number(now, number, Feedback::CustomerFirst, count);
            }
            Signal::SlowAnswers { number, count } => {
                self.hear_of_number(now, number, Feedback::SlowAnswer, count);
            }
            Signal::Verified => self.verify(now, out),
            Signal::Policy { passed } => self.decide_policy(passed, now, out),
            Signal::Official { granted } => self.decide_official(granted, now, out),
            Signal::Analysis { number, approved } => self.decide_analysis(number, approved, now, out),
            Signal::Reviewed { template, approved } => self.decide_review(template, approved, now, out),
            Signal::Edited { template } => self.edit(template, now, out),
        }
    }

    /// Judges by so many messages that were sent, and delivered, and are counted.
    fn judge_sent(
        &mut self,
        now: SimTime,
        number: usize,
        [sent, delivered]: [u64; 2],
        out: &mut Vec<Change>,
    ) {
        let holder = self.standing.numbers[number].holder;
        let mut usage = self.standing.holders[holder].usage.iter().flatten();
        // A rise is judged at what it counts: without any there is nothing to judge it at.
        if delivered > 0 || sent > 0 && usage.any(|usage| usage.count == Count::sent) {
            self.judge_rise(holder, Hears::delivery, now, out);
        }
        // Where a portfolio holds the limit, one number's delivery uses it up for all.
        for own in 0..self.standing.numbers.len() {
            if self.standing.numbers[own].holder == holder {
                self.judge_number(own, Hears::delivery, now, out);
            }
        }
    }

    /// [`Platform::hear`] of a batch that is counted already.
    pub(super) fn hear_counted(
        &mut self,
        now: SimTime,
        number: usize,
        sent: [u64; 2],
        out: &mut Vec<Change>,
    ) {
        let before = out.len();
        self.judge_sent(now, number, sent, out);
        if out.len() > before {
            self.unsettle(now);
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
        let Signal::Sent { number, template, sent, delivered, in_window, again, counted_again } = batch
        else {
            return;
        };
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
            // Whatever else is delivered meanwhile comes after the sample.
            trial.delivered = trial.sent.min(trial.delivered + delivered);
        }
        let outside = [sent.saturating_sub(in_window[0]), delivered.saturating_sub(in_window[1])];
        let holder = &mut standing.holders[who.holder];
        let [sent, delivered] = if self.rules.free_in_service_window() { outside } else { [sent, delivered] };
        let consumed = match self.rules.cap.as_ref().map(|cap| cap.consume_on) {
            Some(ConsumeOn::sent) => sent,
            Some(ConsumeOn::delivered) | None => delivered,
        };
        holder.reached.rolling.add(now, consumed);
        for usage in holder.usage.iter_mut().flatten() {
            usage.record(now, outside, counted_again);
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
        self.unsettle(now);
        for holder in 0..self.standing.holders.len() {
            if let Some(review) = self.standing.holders[holder].review.filter(|review| review.until <= now) {
                self.standing.holders[holder].review = None;
                let rule = &self.rules.upgrades[review.rule];
                // From where the holder is now: it may have fallen meanwhile.
                let to = rule.to.tier(self.standing.holders[holder].above(self.rules));
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

    // ---- class 4: clocks ------------------------------------------------------------------------------------

    /// The next instant after `now` at which a clause with a clock of its own is judged.
    pub fn next_clock(&self, now: SimTime) -> SimTime {
        let every = self.rules.clocks.iter().map(|span| SimTime((now.0.div_euclid(span.0) + 1) * span.0));
        every.min().unwrap_or(SimTime::NEVER)
    }

    /// Judges the clauses whose own clock strikes at `now`.
    pub fn clocks(&mut self, now: SimTime, out: &mut Vec<Change>) {
        self.unsettle(now);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::TemplateOpening;
    use crate::time::HOUR;

    fn open(rules: &Rules) -> Platform<'_> {
        let opening = Opening {
            verified: true,
            numbers: vec![(rules.start_tier, None)],
            templates: vec![TemplateOpening::PROVEN],
            policy: Policy::Passed,
            never_amended: false,
        };
        Platform::open(rules, &opening)
    }

    const DAYS: i64 = 20;

    #[test]
    fn complaints_that_change_nothing_are_counted_as_those_that_are_judged() {
        let mut begun = 0;
        for (name, rules) in Rules::built_in(DAYS) {
            let mut all_judged = rules.clone();
            all_judged.idle_complaints = 0;
            let (mut one, mut other) = (open(&rules), open(&all_judged));
            let (mut changes, mut judged) = (Vec::new(), Vec::new());
            for hour in 0..DAYS * 24 {
                let (now, mut counts) = (SimTime(hour * HOUR), FeedbackCounts::default());
                counts[Feedback::Block.index()] = hour as u64 * 5 % 97 * (hour as u64 / 50 % 3);
                counts[Feedback::Report.index()] = hour as u64 * 3 % 89 * (hour as u64 / 40 % 2);
                for (platform, out) in [(&mut one, &mut changes), (&mut other, &mut judged)] {
                    platform.terms(now, out);
                    platform.hear_feedback(now, 0, 0, &counts, out);
                    platform.evaluate(now, out);
                }
                let held = |platform: &mut Platform<'_>| {
                    platform.standing.numbers[0].complaints.as_mut()?.sum(now).into()
                };
                let held: [Option<u64>; 2] = [held(&mut one), held(&mut other)];
                assert_eq!(held[0], held[1], "{name}, hour {hour}");
            }
            assert_eq!(changes, judged, "{name}");
            begun +=
                changes.iter().filter(|change| matches!(change.what, What::NumberEntered { .. })).count();
        }
        assert!(begun > 0);
    }

    #[test]
    fn feedback_of_one_kind_is_heard_as_among_all_kinds() {
        for (name, rules) in Rules::built_in(DAYS) {
            for kind in Feedback::ALL {
                let (mut alone, mut among) = (open(&rules), open(&rules));
                for (hour, count) in [(0, 3), (1, 0), (2, 7)] {
                    let now = SimTime(hour * HOUR);
                    alone.hear_of_number(now, 0, kind, count);
                    let meters = &mut among.standing.numbers[0].meters;
                    meters.feedback(&rules.number_ratings, now, &counts_of(kind, count));
                }
                let [alone, among] =
                    [alone, among].map(|own| format!("{:?}", own.standing.numbers[0].meters));
                assert_eq!(alone, among, "{name}, {kind:?}");
            }
        }
    }
}
