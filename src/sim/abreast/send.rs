//! Class 5 of an instant of replications abreast: all runs send.
//!
//! ```text
//!   what each may send  --plans: once for all runs that look alike-->  asked
//!   asked               --lists-->                                      taken
//!   taken               --limits; the platform of a run by itself where more than its limit decides-->  admitted
//!   admitted            --reactions-->                                  delivered, and counted
//! ```
//!
//! Each step is a row of all runs. A run is looked at by itself where its platform has more to say than its limit, where
//! its customers write first and so have service windows open, and where something changed.

use crate::abreast::{ABREAST, All, any, bits, filter, subtract, those};
use crate::audience::{Moment, Reactions, StageAbreast};
use crate::glossary::{Rating, TemplateStatus};
use crate::platform::{Admission, Rules, SentAbreast};
use crate::sender::Observation;
use crate::time::SimTime;

use super::super::run::Run;
use super::super::send::{Delivered, Offered};
use super::super::trajectory::Metric;
use super::{Abreast, LANE, SEGMENT, SENDER, TEMPLATE};

/// What the runs ask their platforms for in a slot.
#[derive(Clone, Debug)]
pub(super) struct Offers {
    /// Messages that the plan asks for.
    asked: All<u64>,
    /// Of these, those that the list can supply.
    taken: All<u64>,
    admitted: All<u64>,
    /// A bit for each run of which more than the limit decides: how many of those customers have an open service window,
    /// and what became of the messages. In the others none has one.
    apart: u32,
    open: All<u64>,
    admissions: All<Admission>,
}

impl Offers {
    pub(super) fn none() -> Offers {
        Offers {
            asked: All::default(),
            taken: All::default(),
            admitted: All::default(),
            apart: 0,
            open: All::default(),
            admissions: [Admission::default(); ABREAST],
        }
    }

    /// What a run asks for, whose limit leaves `capacity` customers.
    fn of(&self, run: usize, capacity: u64, rules: &Rules) -> Offered {
        let (asked, taken) = (self.asked[run], self.taken[run]);
        let (open, admission) = match self.apart & 1 << run {
            0 => (0, Admission::within(rules, taken, 0, capacity)),
            _ => (self.open[run], self.admissions[run]),
        };
        Offered { asked, short: asked - taken, open, admission }
    }
}

/// How its templates stand, as the sender of a run sees them.
pub(super) type Look = (TemplateStatus, Rating);

impl Abreast<'_, '_> {
    /// All runs send in the next slot in which sending is allowed, which begins `now`.
    pub(super) fn send(&mut self, now: SimTime) {
        self.show_counts();
        let place = self.next_send;
        self.next_send += 1;
        let moment = self.runs[0].moment(LANE, TEMPLATE, self.scenario.sending[place].slot, now);
        self.look_at_templates(now);
        let mut capacities = self.platforms.capacities(now);
        let sending = self.connected(&mut capacities, now);
        self.plan(sending, &capacities, place, now);
        self.admit(&capacities, &moment);
        let customers = self.offers.admitted;
        let delivered = self.react(&customers, &moment);
        let sent = self.count(&customers, &delivered, &moment);
        let admitted = bits(customers.iter().map(|customers| *customers > 0));
        let judging = self.platforms.deliver(now, admitted, &sent);
        for run in those(judging) {
            let Run { platform, changes, .. } = &mut self.runs[run];
            self.platforms.judge_sent(run, now, &sent, platform, changes);
        }
        self.tell_of_batches(judging, &sent, &capacities, &moment);
        self.ask_after_send(judging);
        self.look_at_limits(now, admitted);
    }

    /// The senders look at their templates where these may have changed, and edit them.
    fn look_at_templates(&mut self, now: SimTime) {
        if self.asks_platform {
            for run in those(self.all()) {
                self.platforms.tell(run, &mut self.runs[run].platform);
                self.runs[run].edit(now);
                self.follow(run);
                self.follow_change(run);
                self.looks[run] = self.runs[run].shown.first();
            }
            return;
        }
        let stale = bits(self.runs.iter().map(|run| run.shown.stale));
        for run in those(stale) {
            self.runs[run].see_templates();
            self.looks[run] = self.runs[run].shown.first();
        }
    }

    /// A bit for each run whose number is connected; where more than its limit keeps it from sending, `capacities` gets
    /// what its platform says.
    fn connected(&mut self, capacities: &mut All<u64>, now: SimTime) -> u32 {
        let number = self.scenario.senders[SENDER].number;
        let mut connected = self.all();
        for run in those(self.all() & !self.platforms.sending_freely()) {
            let platform = &mut self.runs[run].platform;
            self.platforms.tell(run, platform);
            if platform.connected(number) {
                capacities[run] = platform.capacity(number, now);
            } else {
                connected &= !(1 << run);
            }
        }
        connected
    }

    /// What the plans of the runs of `sending` ask for.
    fn plan(&mut self, sending: u32, capacities: &All<u64>, place: usize, now: SimTime) {
        let in_slot = self.runs[0].seen_in_slot(SENDER, place, now);
        self.offers.asked = All::default();
        let mut planning = sending;
        while let Some(run) = those(planning).next() {
            let seen = Observation { asked_today: self.notes.asked[run], ..in_slot };
            let messages = self.runs[run].plan(SENDER, capacities[run], &seen).messages;
            let same = if self.plans_alike { planning & self.look_alike(run, capacities) } else { 1 << run };
            those(same).for_each(|run| self.offers.asked[run] = messages);
            planning &= !same;
        }
    }

    /// A bit for each run that looks to its sender as `run` does to its own.
    fn look_alike(&self, run: usize, capacities: &All<u64>) -> u32 {
        let (limits, asked, looks) = (self.platforms.limits(), &self.notes.asked, &self.looks);
        let mut differ = All::default();
        for other in 0..ABREAST {
            let counts = (limits[other] ^ limits[run]) | (asked[other] ^ asked[run]);
            differ[other] = counts | (capacities[other] ^ capacities[run]);
        }
        let same = bits(differ.iter().map(|differ| *differ == 0));
        filter(same, |other| looks[other] == looks[run])
    }

    /// Takes customers from the lists, as many as are admitted.
    fn admit(&mut self, capacities: &All<u64>, moment: &Moment) {
        let asked = self.offers.asked;
        let taken = self.lists.take(&asked);
        let mut admitted = All::default();
        for run in 0..ABREAST {
            admitted[run] = taken[run].min(capacities[run]);
        }
        self.notes.ask(&asked, &taken);
        let by_limit = self.platforms.sending_freely() & !self.write_first;
        let apart = filter(self.all() & !by_limit, |run| asked[run] > 0);
        (self.offers.taken, self.offers.admitted, self.offers.apart) = (taken, admitted, apart);
        those(apart).for_each(|run| self.admit_apart(run, capacities[run], moment));
        self.put_back();
    }

    /// Those who were taken and not admitted go back to their lists.
    fn put_back(&mut self) {
        let Offers { taken, admitted, .. } = &self.offers;
        let refused = bits(taken.iter().zip(admitted).map(|(taken, admitted)| admitted < taken));
        if refused == 0 {
            return;
        }
        let mut back = *taken;
        subtract(&mut back, admitted);
        for run in those(refused) {
            self.lists.put_back(run, back[run]);
            self.runs[run].tallies[SENDER].refused += back[run];
        }
        self.notes.count(Metric::Refused, &back);
    }

    /// What becomes of the messages of a run of which more than its limit decides.
    fn admit_apart(&mut self, run: usize, capacity: u64, moment: &Moment) {
        let (own, scenario, offers) = (&mut self.runs[run], self.scenario, &mut self.offers);
        let taken = offers.taken[run];
        let open = own.open_windows(LANE, taken, 0, moment);
        let admission = match self.platforms.sends_freely(run) {
            true => Admission::within(&scenario.rules, taken, open, capacity),
            false => {
                let (number, template) = (scenario.senders[SENDER].number, scenario.templates[TEMPLATE].2);
                own.platform.admit(number, template, taken, open, moment.now)
            }
        };
        offers.open[run] = open;
        offers.admitted[run] = admission.admitted;
        offers.admissions[run] = admission;
    }

    /// How the customers of all batches react; returns to how many they are delivered.
    fn react(&mut self, customers: &All<u64>, moment: &Moment) -> All<u64> {
        let Abreast { scenario, chance, odds, arrivals, lists, .. } = self;
        let stage = StageAbreast { calendar: &scenario.setting.calendar, chance, odds, lists, arrivals };
        scenario.segments[SEGMENT].react_abreast(customers, moment, stage)
    }

    /// Takes note of what was sent and delivered; what is in flight fails when its time to live ends.
    fn count(&mut self, sent: &All<u64>, delivered: &All<u64>, moment: &Moment) -> SentAbreast {
        self.notes.count(Metric::Sent, sent);
        self.notes.count(Metric::Delivered, delivered);
        let time_to_live = self.scenario.segments[SEGMENT].behavior.time_to_live.value;
        let calendar = &self.scenario.setting.calendar;
        let failing = self.notes.undelivered.at(moment.now + time_to_live, calendar);
        for ((failing, sent), delivered) in failing.iter_mut().zip(sent).zip(delivered) {
            *failing += sent - delivered;
        }
        let mut all = SentAbreast {
            sent: *sent,
            delivered: *delivered,
            sent_outside: *sent,
            delivered_outside: *delivered,
        };
        self.tell_windows_apart(&mut all, moment);
        all
    }

    /// Tells what was sent and delivered inside service windows, where any is open.
    fn tell_windows_apart(&mut self, sent: &mut SentAbreast, moment: &Moment) {
        let mut inside = All::default();
        for run in those(self.offers.apart) {
            let offered = self.offers.of(run, 0, &self.scenario.rules);
            inside[run] = offered.inside();
            let reactions = Reactions { delivered: sent.delivered[run], ..Reactions::default() };
            let in_window = self.runs[run].in_windows(LANE, &offered, moment, &reactions);
            sent.sent_outside[run] -= in_window[0];
            sent.delivered_outside[run] -= in_window[1];
        }
        if any(&inside) {
            self.notes.count(Metric::InWindow, &inside);
        }
    }

    /// Runs that are watched tell of their batches, and those that have judged of what changed.
    fn tell_of_batches(&mut self, judged: u32, sent: &SentAbreast, capacities: &All<u64>, moment: &Moment) {
        let telling = filter(judged | self.watched, |run| self.offers.asked[run] > 0);
        for run in those(telling) {
            let offered = self.offers.of(run, capacities[run], &self.scenario.rules);
            let (all, delivered) = (sent.sent[run], sent.delivered[run]);
            let in_window = [all - sent.sent_outside[run], delivered - sent.delivered_outside[run]];
            let delivered = Delivered { sent: all, all: delivered, in_window };
            self.runs[run].sent(LANE, &offered, delivered, moment);
        }
    }

    /// Asks what is next due in the runs that may have changed by what they sent.
    fn ask_after_send(&mut self, judged: u32) {
        those(judged).for_each(|run| self.follow(run));
        let others =
            if self.asks_platform { self.all() } else { self.all() & !self.platforms.sending_freely() };
        those(others & !judged).for_each(|run| self.platforms.tell(run, &mut self.runs[run].platform));
        self.ask_all(others | judged);
    }
}
