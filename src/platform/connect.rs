//! How many numbers a business may connect: the first ones of its list, and more once it has left the entry step.
//!
//! ```text
//!   numbers: (unverified: AtMost(2), verified: AtMost(20))
//!
//!   a  b  |  c  d  e
//!   connected  wait, and send nothing  --verified, or a limit above the entry step-->  connected
//! ```
//!
//! *Invariant:* a number that is connected stays so: whoever falls back to the entry step, or comes under rules that
//! allow fewer, loses none.

use crate::time::SimTime;

use super::change::{Change, Subject, What};
use super::judge::Platform;
use super::language::{Condition, Forbidden, Numbers, Signal};
use super::rules::{ClauseId, OfficialRule, Rules, UpgradeRule};

impl Numbers {
    /// The most numbers that the business can ever connect; `None` is no bound.
    pub fn most(&self) -> Option<u64> {
        Some(self.unverified.most()?.max(self.verified.most()?))
    }
}

impl Rules {
    /// How many numbers a business may connect, given whether it is verified and the limits it has; `None` is no
    /// bound.
    pub fn may_connect(&self, verified: bool, limits: impl IntoIterator<Item = Option<u64>>) -> Option<u64> {
        let rule = self.connect.as_ref()?;
        let beyond = verified || limits.into_iter().any(|limit| self.above_entry(limit));
        if beyond { rule.after } else { rule.before }
    }

    /// Whether a clause leads up from the start tier for a business that is not verified.
    pub fn rises_unverified(&self) -> bool {
        let asks = |conditions: &[Condition]| conditions.contains(&Condition::Verified);
        let leads = |rule: &UpgradeRule| {
            rule.from[self.start_tier] && !asks(&rule.when) && !rule.on.only(Signal::verification)
        };
        let lifts = |rule: &OfficialRule| rule.lifts_to.is_some() && !asks(&rule.needs);
        self.upgrades.iter().any(leads) || self.official.as_ref().is_some_and(lifts)
    }

    /// Whether a limit is higher than that of the step on which new numbers start and which only entry clauses leave.
    fn above_entry(&self, limit: Option<u64>) -> bool {
        let start = self.tiers[self.start_tier].limit;
        self.is_entry(self.start_tier) && limit.unwrap_or(u64::MAX) > start.unwrap_or(u64::MAX)
    }
}

impl Platform<'_> {
    /// Whether `number` is connected: one that is not can send nothing.
    #[inline]
    pub fn connected(&self, number: usize) -> bool {
        self.standing.numbers[number].connected
    }

    /// Connects as many as may be, in order, without telling: how the sender stands at the beginning.
    pub(super) fn open_numbers(&mut self) {
        self.standing.numbers.iter_mut().for_each(|number| number.connected = false);
        self.connect_next(&mut |_| {});
    }

    /// Tells of the numbers that wait.
    pub(super) fn tell_waiting(&self, now: SimTime, out: &mut Vec<Change>) {
        let Some((rule, most)) = self.rules.connect.zip(self.may_connect()) else { return };
        let numbers = self.standing.numbers.iter().enumerate();
        out.extend(numbers.filter(|(_, number)| !number.connected).map(|(number, _)| Change {
            at: now,
            subject: Subject::Number(number),
            what: What::NumberWaits { most },
            clause: rule.clause,
        }));
    }

    /// Connects the numbers that waited and may be connected now.
    pub(super) fn connect(&mut self, now: SimTime, clause: ClauseId, out: &mut Vec<Change>) {
        let clause = self.rules.connect.map_or(clause, |rule| rule.clause);
        self.connect_next(&mut |number| {
            let (subject, what) = (Subject::Number(number), What::NumberConnected);
            out.push(Change { at: now, subject, what, clause });
        });
    }

    fn connect_next(&mut self, tell: &mut dyn FnMut(usize)) {
        let mut numbers = 0..self.standing.numbers.len();
        if numbers.any(|number| self.forbidden(number, Forbidden::AddNumber)) {
            return;
        }
        let most = self.may_connect().unwrap_or(u64::MAX);
        let numbers = &mut self.standing.numbers;
        let mut connected = numbers.iter().filter(|number| number.connected).count() as u64;
        for (place, number) in numbers.iter_mut().enumerate().filter(|(_, number)| !number.connected) {
            if connected < most {
                connected += 1;
                number.connected = true;
                tell(place);
            }
        }
    }

    /// How many numbers the business may connect now; `None` is no bound.
    fn may_connect(&self) -> Option<u64> {
        let limits = self.standing.holders.iter().map(|holder| holder.limit(self.rules));
        self.rules.may_connect(self.standing.verified, limits)
    }
}
