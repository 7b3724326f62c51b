//! Templates: review and editing, pacing, flags and pauses.
//!
//! ```text
//!   Pending --approved--> Approved --Low--> Flagged --still Low--> Disabled
//!      \--rejected--> Rejected    \--Low--> Paused 3 h, 6 h, then Disabled
//!
//!   pacing:  Due --first send--> Trial (a sample goes out, the rest is held)
//!                                  |  `hold` after the sample is complete
//!                                  +-- good: what is held is sent, Free
//!                                  '-- bad: paused, what is held fails
//! ```

use crate::glossary::{Rating, TemplateStatus};
use crate::time::SimTime;

use super::change::{Change, Subject, What};
use super::judge::Platform;
use super::language::{Condition, FlagOn, Forbidden, Paced, Signal as Hears};
use super::measures::{Deadline, Verdict, at_deadline, begin, deadline, judge_run};
use super::meters::{FeedbackCounts, Meters};
use super::rules::{MeasureRule, PacingRule, RatingRule, RuleEffect, Rules};
use super::standing::{Pace, TemplateStanding, Trial};

impl Platform<'_> {
    // ---- review and editing ---------------------------------------------------------------------------------

    pub(super) fn decide_review(
        &mut self,
        template: usize,
        approved: bool,
        now: SimTime,
        out: &mut Vec<Change>,
    ) {
        let standing = &mut self.standing.templates[template];
        if standing.base != TemplateStatus::Pending {
            return;
        }
        let clause = self.rules.review.map_or(self.rules.ladder_clause, |review| review.clause);
        let subject = Subject::Template(template);
        if approved {
            standing.base = TemplateStatus::Approved;
            standing.pace = Pace::Due;
            let what = What::TemplateLeft { status: TemplateStatus::Pending, recovered: true };
            out.push(Change { at: now, subject, what, clause });
            self.saved_by_edit(template, now, out);
        } else {
            standing.base = TemplateStatus::Rejected;
            let what = What::TemplateEntered { status: TemplateStatus::Rejected, until: None };
            out.push(Change { at: now, subject, what, clause });
        }
    }

    /// The business edits a template: it is reviewed again, or approved at once where the rules say so. What is
    /// Disabled cannot be edited; what is under review stays so.
    pub(super) fn edit(&mut self, template: usize, now: SimTime, out: &mut Vec<Change>) {
        let base = self.standing.templates[template].base;
        let status = self.template_status(template);
        if base == TemplateStatus::Pending || status == TemplateStatus::Disabled || self.bars_edits(template)
        {
            return;
        }
        let subject = Subject::Template(template);
        let Some(review) = self.rules.review.filter(|review| review.after_edit) else {
            let standing = &mut self.standing.templates[template];
            standing.base = TemplateStatus::Approved;
            if base == TemplateStatus::Rejected {
                standing.pace = Pace::Due;
                let clause = self.rules.review.map_or(self.rules.ladder_clause, |review| review.clause);
                let what = What::TemplateLeft { status: base, recovered: true };
                out.push(Change { at: now, subject, what, clause });
            }
            self.saved_by_edit(template, now, out);
            return;
        };
        self.standing.templates[template].base = TemplateStatus::Pending;
        self.end_trial(template, TemplateStatus::Pending, now, out);
        let what = What::TemplateEntered { status: TemplateStatus::Pending, until: None };
        out.push(Change { at: now, subject, what, clause: review.clause });
    }

    /// Whether a measure under way rules edits out.
    fn bars_edits(&self, template: usize) -> bool {
        let mut running = self.standing.templates[template].life.running(&self.rules.template_measures);
        running.any(|rule| rule.forbids.contains(&Forbidden::Edit))
    }

    /// An approved edit ends flags and pauses, and the rating window starts afresh.
    fn saved_by_edit(&mut self, template: usize, now: SimTime, out: &mut Vec<Change>) {
        for place in 0..self.rules.template_measures.len() {
            let run = self.standing.templates[template].life.run(place);
            if run.is_some_and(|run| run.term.is_some()) {
                self.leave_template(template, place, true, now, out);
            }
        }
        self.refresh_rating(template, now, out);
    }

    fn refresh_rating(&mut self, template: usize, now: SimTime, out: &mut Vec<Change>) {
        let rules = self.rules;
        let meters = &mut self.standing.templates[template].meters;
        let was = meters.rating;
        meters.clear();
        meters.touch(now);
        if was != Rating::Unknown
            && let Some(place) = Meters::in_force(&rules.template_ratings, now)
        {
            let what = What::Rated { from: was, to: Rating::Unknown };
            let clause = rules.template_ratings[place].clause;
            out.push(Change { at: now, subject: Subject::Template(template), what, clause });
        }
    }

    // ---- pacing ---------------------------------------------------------------------------------------------

    /// How many of `messages` of a template go out now; the rest is held until its sample is judged.
    pub(super) fn pace(&mut self, template: usize, messages: u64, now: SimTime) -> u64 {
        if messages == 0 {
            return 0;
        }
        let rules = self.rules;
        let standing = &mut self.standing.templates[template];
        if let Some(rule) = trial_due(rules, standing, now) {
            standing.pace = Pace::Trial(Trial {
                rule,
                sent: 0,
                delivered: 0,
                weighted: 0,
                judged_at: SimTime::NEVER,
                held: 0,
            });
        } else if standing.pace == Pace::Due {
            standing.pace = Pace::Free;
        }
        let Pace::Trial(trial) = &mut standing.pace else { return messages };
        let rule = &rules.pacing[trial.rule];
        let out = messages.min(rule.sample - trial.sent);
        trial.sent += out;
        if trial.sent == rule.sample && trial.judged_at == SimTime::NEVER {
            trial.judged_at = now + rule.hold;
        }
        trial.held += messages - out;
        out
    }

    /// Judges a sample whose time has come.
    pub(super) fn judge_trial(&mut self, template: usize, now: SimTime, out: &mut Vec<Change>) {
        let rules = self.rules;
        let Pace::Trial(trial) = self.standing.templates[template].pace else { return };
        if trial.judged_at > now {
            return;
        }
        let rule = &rules.pacing[trial.rule];
        let (subject, clause) = (Subject::Template(template), rule.clause);
        self.standing.templates[template].pace = Pace::Free;
        if self.sample_rating(template, &trial, now).at_most(rule.drops_at) {
            let what = What::HeldDropped { held: trial.held, status: None };
            out.push(Change { at: now, subject, what, clause });
            let pause = rules
                .template_measures
                .iter()
                .position(|measure| measure.terms.iter().any(|term| term.status == TemplateStatus::Paused));
            if let Some(place) = pause {
                self.enter_template(template, place, now, out);
            }
        } else {
            let what = What::HeldReleased { held: trial.held, judged: true };
            out.push(Change { at: now, subject, what, clause });
        }
    }

    /// A template that can no longer be sent drops what it holds: its sample is not judged any more, be it complete or not.
    fn end_trial(&mut self, template: usize, status: TemplateStatus, now: SimTime, out: &mut Vec<Change>) {
        let standing = &mut self.standing.templates[template];
        let Pace::Trial(trial) = standing.pace else { return };
        if !status.sendable() {
            standing.pace = Pace::Free;
            let (subject, clause) = (Subject::Template(template), self.rules.pacing[trial.rule].clause);
            let what = What::HeldDropped { held: trial.held, status: Some(status) };
            out.push(Change { at: now, subject, what, clause });
        }
    }

    /// The rating that the sample alone would have.
    fn sample_rating(&self, template: usize, trial: &Trial, now: SimTime) -> Rating {
        let ratings = &self.rules.template_ratings;
        let meters = &self.standing.templates[template].meters;
        meters.rating_of(ratings, now, trial.weighted, trial.delivered)
    }

    /// A template whose rating has fallen below High is tried anew.
    pub(super) fn doubt(&mut self, template: usize, from: Rating) {
        let standing = &mut self.standing.templates[template];
        let fell = matches!(standing.meters.rating, Rating::Medium | Rating::Low);
        if fell && matches!(from, Rating::High | Rating::Unknown) && standing.pace == Pace::Free {
            standing.pace = Pace::Due;
        }
    }

    // ---- measures -------------------------------------------------------------------------------------------

    /// When the template's status ends; nothing where no time ends it.
    pub fn template_deadline(&self, template: usize) -> Option<Deadline> {
        let life = &self.standing.templates[template].life;
        deadline(life, &self.rules.template_measures, self.template_status(template))
    }

    pub(super) fn judge_template(&mut self, template: usize, now: SimTime, out: &mut Vec<Change>) {
        for (place, rule) in self.rules.template_measures.iter().enumerate() {
            if !rule.on.contains(&Hears::rating) {
                continue;
            }
            let holds = self.template_holds(template, rule);
            match self.standing.templates[template].life.run(place) {
                None if holds && rule.in_force.at(now) && self.template_status(template).sendable() => {
                    self.enter_template(template, place, now, out);
                }
                None => {}
                Some(run) => match judge_run(run, rule.ends, holds, now) {
                    Verdict::GoesOn(run) => self.standing.templates[template].life.go_on(place, run),
                    Verdict::Recovered => self.leave_template(template, place, true, now, out),
                    Verdict::Still => self.leave_template(template, place, false, now, out),
                },
            }
        }
    }

    /// Conditions of a template's measure speak of the template's own rating.
    fn template_holds(&self, template: usize, rule: &MeasureRule<TemplateStatus>) -> bool {
        let rating = self.standing.templates[template].meters.rating;
        rule.when.iter().all(|condition| match condition {
            Condition::RatingAtMost(ceiling) => rating.at_most(*ceiling),
            Condition::FlagOn(FlagOn::medium_or_low) => rating.at_most(Rating::Medium),
            Condition::FlagOn(_) => rating.at_most(Rating::Low),
            Condition::Verified => self.standing.verified,
            _ => false,
        })
    }

    fn enter_template(&mut self, template: usize, place: usize, now: SimTime, out: &mut Vec<Change>) {
        let rule = &self.rules.template_measures[place];
        let Some(run) = begin(&mut self.standing.templates[template].life, rule, place, now) else { return };
        self.end_trial(template, run.status, now, out);
        let what = What::TemplateEntered { status: run.status, until: run.term.map(|_| run.until) };
        out.push(Change { at: now, subject: Subject::Template(template), what, clause: rule.clause });
    }

    fn leave_template(
        &mut self,
        template: usize,
        place: usize,
        recovered: bool,
        now: SimTime,
        out: &mut Vec<Change>,
    ) {
        let rule = &self.rules.template_measures[place];
        let (subject, clause) = (Subject::Template(template), rule.clause);
        let who = &mut self.standing.templates[template];
        let Some(run) = who.life.end(place, now) else { return };
        let was = who.meters.rating;
        let paused = run.status == TemplateStatus::Paused;
        if paused {
            who.pace = Pace::Due;
            // Else the feedback that paused it would pause it again at once.
            who.meters.clear();
        }
        who.meters.touch(now);
        out.push(Change {
            at: now,
            subject,
            what: What::TemplateLeft { status: run.status, recovered },
            clause,
        });
        if paused && was != Rating::Unknown {
            out.push(Change {
                at: now,
                subject,
                what: What::Rated { from: was, to: Rating::Unknown },
                clause,
            });
        }
        let effects = if recovered { &rule.then } else { &rule.if_still };
        for effect in effects {
            match *effect {
                RuleEffect::Becomes(status) => {
                    self.standing.templates[template].life.come_for_good(status);
                    let what = What::TemplateEntered { status, until: None };
                    out.push(Change { at: now, subject, what, clause });
                }
                RuleEffect::Impose(other) => self.enter_template(template, other, now, out),
                RuleEffect::Up(_) | RuleEffect::Down { .. } => {}
            }
        }
    }

    pub(super) fn template_deadlines(&mut self, template: usize, now: SimTime, out: &mut Vec<Change>) {
        for (place, rule) in self.rules.template_measures.iter().enumerate() {
            let Some(run) = self.standing.templates[template].life.run(place) else { continue };
            if run.until > now {
                continue;
            }
            let still = self.template_holds(template, rule);
            match at_deadline(run, rule.ends, still, now) {
                Verdict::GoesOn(run) => self.standing.templates[template].life.set(place, Some(run)),
                Verdict::Recovered => self.leave_template(template, place, true, now, out),
                Verdict::Still => self.leave_template(template, place, false, now, out),
            }
        }
    }
}

/// The pacing clause by which a trial is to begin now, if one is.
fn trial_due(rules: &Rules, standing: &TemplateStanding, now: SimTime) -> Option<usize> {
    let applies = |rule: &PacingRule| {
        // A good sample sets a template free until its rating falls again, or a pause ends.
        let new = standing.pace == Pace::Due;
        let unpaused = new && standing.life.ever_began();
        let rated = new && !matches!(standing.meters.rating, Rating::High | Rating::Unknown);
        rule.applies_to.iter().any(|paced| match paced {
            Paced::New => new && !unpaused,
            Paced::Unpaused => unpaused,
            Paced::NotHigh => rated,
        })
    };
    if matches!(standing.pace, Pace::Trial(_)) {
        return None;
    }
    let in_force = |rule: &PacingRule| rule.in_force.at(now) && rule.categories.contains(&standing.category);
    rules.pacing.iter().position(|rule| in_force(rule) && applies(rule))
}

impl Pace {
    /// When a sample is to be judged.
    pub(super) fn judged_at(self) -> SimTime {
        match self {
            Pace::Trial(trial) => trial.judged_at,
            Pace::Free | Pace::Due => SimTime::NEVER,
        }
    }
}

impl TemplateStanding {
    /// Counts feedback towards the sample that is under trial.
    pub(super) fn judge_sample(&mut self, ratings: &[RatingRule], now: SimTime, counts: &FeedbackCounts) {
        let Pace::Trial(trial) = &mut self.pace else { return };
        let Some(place) = Meters::in_force(ratings, now) else { return };
        trial.weighted += ratings[place].weights.sum(counts).unwrap_or(0);
    }
}
