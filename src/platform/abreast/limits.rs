//! What limits and rises of replications abreast count: customers reached, usage towards the next tier, messages; of
//! all runs side by side.
//!
//! ```text
//!               10:00 yesterday   10:00 today
//!   reached       of all runs       of all runs     limit - sum --> what each may send
//!   usage         of all runs       of all runs     sum >= needed --> whose rise is judged
//! ```
//!
//! A run whose number nothing but its limit keeps from sending is asked for nothing: what it may send is its limit less
//! what was counted. The platform of a run is told its windows before it is asked for anything.

use std::collections::VecDeque;

use crate::abreast::{ABREAST, All, add, bits, subtract};
use crate::glossary::Rating;
use crate::time::{SimTime, Span};

use super::super::idle::Ratings;
use super::super::judge::Platform;
use super::super::language::{ConsumeOn, Count, Signal, Within};
use super::super::rules::Rules;
use super::super::standing::{Tally, Usage};
use super::super::window::Rolling;
use super::{NUMBER, TEMPLATE};

/// What was sent at one instant in each run \[messages\].
#[derive(Clone, Copy, Debug, Default)]
pub struct SentAbreast {
    /// Accepted messages.
    pub sent: All<u64>,
    /// Of these, delivered.
    pub delivered: All<u64>,
    /// Of the accepted, those outside service windows.
    pub sent_outside: All<u64>,
    /// Of these, delivered.
    pub delivered_outside: All<u64>,
}

/// What the platforms of all runs count towards limits and rises.
#[derive(Clone, Debug)]
pub(super) struct LimitsAbreast<'r> {
    rules: &'r Rules,
    /// That of the limit first.
    windows: Vec<WindowAbreast>,
    /// When something was last sent.
    sent_at: SimTime,
    /// Sends so far, and of how many the platform of each run knows.
    sends: usize,
    told: All<usize>,
    /// Runs in which nothing but the limit keeps the number from sending.
    pub(super) free: u32,
    /// The ratings that keep each from rising, and the runs whose number has one of these.
    bars: All<Ratings>,
    barred: u32,
    /// The limit of each; `u64::MAX` is unlimited.
    limits: All<u64>,
}

/// One of the windows.
#[derive(Clone, Debug)]
struct WindowAbreast {
    whose: Whose,
    counted: Counted,
    within: Within,
    /// By send, oldest first.
    entries: VecDeque<(SimTime, All<u64>)>,
    sums: All<u64>,
    /// Of usage: what a rise needs.
    needed: All<u64>,
}

/// What of a platform counts in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// The limit.
    Limit,
    /// The clause that leads up at this place.
    Rise(usize),
    /// A measure that bounds what is sent.
    Messages,
}

/// What is counted.
#[derive(Clone, Copy, Debug)]
enum Counted {
    Sent,
    Delivered,
    SentOutside,
    DeliveredOutside,
}

impl SentAbreast {
    fn of(&self, counted: Counted) -> &All<u64> {
        match counted {
            Counted::Sent => &self.sent,
            Counted::Delivered => &self.delivered,
            Counted::SentOutside => &self.sent_outside,
            Counted::DeliveredOutside => &self.delivered_outside,
        }
    }
}

impl<'r> LimitsAbreast<'r> {
    /// Of runs that have sent nothing yet.
    pub(super) fn new(rules: &'r Rules) -> LimitsAbreast<'r> {
        let cap = rules.cap.as_ref();
        let counted = match (rules.free_in_service_window(), cap.map(|cap| cap.consume_on)) {
            (true, Some(ConsumeOn::sent)) => Counted::SentOutside,
            (false, Some(ConsumeOn::sent)) => Counted::Sent,
            (true, _) => Counted::DeliveredOutside,
            (false, _) => Counted::Delivered,
        };
        let within = Tally::of_limit(rules).within;
        let mut windows = vec![WindowAbreast::new(Whose::Limit, counted, within)];
        for (place, rule) in rules.upgrades.iter().enumerate() {
            let Some(usage) = Usage::new(rule) else { continue };
            let counted = match usage.count {
                Count::sent => Counted::SentOutside,
                Count::delivered | Count::best_day | Count::distinct => Counted::DeliveredOutside,
            };
            windows.push(WindowAbreast::new(Whose::Rise(place), counted, usage.tally.within));
        }
        if rules.caps_messages() {
            let a_day = Within::Rolling(Span::hours(24));
            windows.push(WindowAbreast::new(Whose::Messages, Counted::Sent, a_day));
        }
        let (sent_at, told, limits) = (SimTime(-1), All::default(), [u64::MAX; ABREAST]);
        LimitsAbreast {
            rules,
            windows,
            sent_at,
            sends: 0,
            told,
            free: 0,
            bars: [Ratings::NONE; ABREAST],
            barred: 0,
            limits,
        }
    }

    /// Customers reached in the window of the limit of each run at `now`.
    pub(super) fn reached(&mut self, now: SimTime) -> All<u64> {
        let rules = self.rules;
        self.windows[0].sums_at(now, rules)
    }

    /// The limit of each run; `u64::MAX` is unlimited.
    pub(super) fn limits(&self) -> &All<u64> {
        &self.limits
    }

    /// Counts what was sent; a bit for each run in which the platform judges by that.
    pub(super) fn deliver(&mut self, now: SimTime, sending: u32, sent: &SentAbreast) -> u32 {
        (self.sent_at, self.sends) = (now, self.sends + 1);
        for window in &mut self.windows {
            window.advance(now);
            window.add(now, sent.of(window.counted));
        }
        let rules = self.rules;
        if rules.measures_hear.contains(&Signal::delivery) {
            return sending;
        }
        if !rules.rises_hear.contains(&Signal::delivery) {
            return 0;
        }
        let listening =
            rules.upgrades.iter().enumerate().filter(|(_, rule)| rule.on.contains(&Signal::delivery));
        let judging = listening.fold(0, |judging, (place, _)| judging | self.may_rise(place));
        judging & sending & !self.barred
    }

    /// A bit for each run that has the usage that a clause which leads up asks for; where a step began to count afresh, for
    /// some that have not, and whose platform says so.
    fn may_rise(&self, place: usize) -> u32 {
        let Some(window) = self.windows.iter().find(|window| window.whose == Whose::Rise(place)) else {
            return u32::MAX;
        };
        bits(window.sums.iter().zip(&window.needed).map(|(sum, needed)| sum >= needed))
    }

    /// Lets the platform of a run know what was sent since it was told last: what had left its windows by then is dropped,
    /// so that they stay as short as those of a run by itself.
    pub(super) fn tell(&mut self, run: usize, platform: &mut Platform<'r>) {
        let unknown = self.sends - std::mem::replace(&mut self.told[run], self.sends);
        if unknown == 0 {
            return;
        }
        platform.standing.sent_at = self.sent_at;
        for window in &self.windows {
            let Some(rolling) = window.whose.of(platform) else { continue };
            rolling.advance(self.sent_at);
            let known = window.entries.len().saturating_sub(unknown);
            for (at, counts) in window.entries.range(known..) {
                rolling.add(*at, counts[run]);
            }
        }
    }

    /// Looks at what keeps a run from rising.
    pub(super) fn look_at_bar(&mut self, run: usize, platform: &mut Platform<'r>) {
        self.bars[run] = platform.barred_from_rising(NUMBER);
        self.rate(run, platform.standing.numbers[NUMBER].meters.rating);
    }

    /// The number of a run comes to a rating, and nothing else changes.
    pub(super) fn rate(&mut self, run: usize, rating: Rating) {
        self.barred = with(self.barred, run, self.bars[run].contains(rating));
    }

    /// Follows the platform of a run, which was told and has judged: its limit, and what keeps it from sending and rising.
    pub(super) fn follow(&mut self, run: usize, platform: &mut Platform<'r>) {
        self.free = with(self.free, run, platform.sends_freely(NUMBER, TEMPLATE));
        self.look_at_bar(run, platform);
        let limit = platform.limit(NUMBER).unwrap_or(u64::MAX);
        if std::mem::replace(&mut self.limits[run], limit) == limit {
            return;
        }
        for window in &mut self.windows {
            if let Whose::Rise(place) = window.whose {
                let asked = self.rules.upgrades[place].usage;
                window.needed[run] = asked.map_or(0, |amount| amount.needed(limit));
            }
        }
    }
}

/// `bits` with that of a run set as `so` has it.
fn with(bits: u32, run: usize, so: bool) -> u32 {
    bits & !(1 << run) | u32::from(so) << run
}

impl Whose {
    /// The window of a platform.
    fn of<'p>(self, platform: &'p mut Platform<'_>) -> Option<&'p mut Rolling> {
        let standing = &mut platform.standing;
        let number = &mut standing.numbers[NUMBER];
        let holder = &mut standing.holders[number.holder];
        match self {
            Whose::Limit => Some(&mut holder.reached.rolling),
            Whose::Rise(place) => holder.usage[place].as_mut().map(|usage| &mut usage.tally.rolling),
            Whose::Messages => number.messages.as_mut(),
        }
    }
}

impl WindowAbreast {
    fn new(whose: Whose, counted: Counted, within: Within) -> WindowAbreast {
        // What an unlimited number needs no rise gives.
        let (entries, sums, needed) = (VecDeque::new(), All::default(), [u64::MAX; ABREAST]);
        WindowAbreast { whose, counted, within, entries, sums, needed }
    }

    /// Drops what has left the window at `now`.
    fn advance(&mut self, now: SimTime) {
        let edge = now - Tally::length(self.within);
        while let Some((at, counts)) = self.entries.front()
            && *at <= edge
        {
            subtract(&mut self.sums, counts);
            self.entries.pop_front();
        }
    }

    /// Adds what happened at `now`, which is later than anything before.
    fn add(&mut self, now: SimTime, counts: &All<u64>) {
        self.entries.push_back((now, *counts));
        add(&mut self.sums, counts);
    }

    /// The sums at `now`.
    fn sums_at(&mut self, now: SimTime, rules: &Rules) -> All<u64> {
        self.advance(now);
        if let Within::Rolling(_) = self.within {
            return self.sums;
        }
        let (midnight, mut sums) = (rules.midnight_before(now), All::default());
        let today = self.entries.iter().filter(|(at, _)| *at >= midnight);
        today.for_each(|(_, counts)| add(&mut sums, counts));
        sums
    }
}
