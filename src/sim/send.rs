//! Class 5 of an instant: the strategy is asked for this slot, and its sends are delivered.

use crate::audience::{Moment, Stage, Taken};
use crate::glossary::{Category, TemplateStatus};
use crate::platform::{Admission, Signal};
use crate::sender::{Observation, Plan};
use crate::time::{SimTime, Slot};

use super::load::{Lane, MOST_IN_SLOT};
use super::run::{Batch, Run};
use super::trajectory::Metric;

impl<'s> Run<'s, '_> {
    /// Asks the strategy for each number, in the order of the scenario.
    pub(super) fn send(&mut self, now: SimTime) {
        let scenario = self.scenario;
        let sending = scenario.sending[self.next_send];
        self.next_send += 1;
        let statuses: Vec<TemplateStatus> =
            scenario.templates.iter().map(|(_, _, place)| self.platform.template_status(*place)).collect();
        for place in 0..scenario.lanes.len() {
            let plan = self.plan(place, sending.place, sending.of, &statuses, now);
            let most = scenario.throughput.map_or(MOST_IN_SLOT, |most| most.min(MOST_IN_SLOT));
            let asked = plan.messages.min(most);
            let paid = asked.min(self.can_open(now));
            self.diary.refuse(asked - paid);
            let asked = paid;
            if asked > 0 {
                self.send_batch(place, plan.template, asked, sending.slot, now);
            }
        }
    }

    fn plan(
        &mut self,
        lane: usize,
        slot: u32,
        slots: u32,
        statuses: &[TemplateStatus],
        now: SimTime,
    ) -> Plan {
        let scenario = self.scenario;
        let Lane { number, weight, .. } = scenario.lanes[lane];
        let all: u64 = scenario.lanes.iter().map(|lane| lane.weight).sum();
        let shared = self.platform.shares_limit();
        let own = |limit: u64| {
            if shared { (u128::from(limit) * u128::from(weight) / u128::from(all)) as u64 } else { limit }
        };
        let seen = Observation {
            day: self.diary.day(),
            sending_days: self.diary.sending_days(),
            slot,
            slots,
            limit: self.platform.limit(number).map(own),
            capacity: self.platform.capacity(number, now),
            status: self.platform.number_status(number),
            rating: self.platform.rating(number),
            templates: statuses,
            part: (weight, all),
            asked_today: self.diary.asked(lane),
        };
        scenario.strategy.decide(&seen)
    }

    /// Sends a batch to customers of a lane's list: who is chosen, what the platform admits, how they react.
    fn send_batch(&mut self, lane: usize, template: usize, asked: u64, slot: Slot, now: SimTime) {
        let scenario = self.scenario;
        let (name, category, place) = &scenario.templates[template];
        let moment = self.moment(lane, template, name, *category, slot, now);
        let mut taken = self.lists[lane].take(asked, now, slot, &self.streams);
        let short = asked - taken.customers;
        let open = match self.platform.rules().free_in_service_window() {
            true => scenario.segment.open_windows(&self.rates, &taken, &moment, &self.streams),
            false => 0,
        };
        let number = scenario.lanes[lane].number;
        let admission = self.platform.admit(number, *place, taken.customers, open, now);
        let back = admission.refused + admission.rejected;
        self.lists[lane].put_back(&mut taken, back);
        self.diary.ask(lane, asked, short);
        self.diary.refuse(back);
        let delivered = self.deliver(lane, template, taken, &admission, open, moment);
        let batch = Batch {
            at: now,
            number,
            template: *place,
            asked,
            short_of_list: short,
            admission,
            in_window: open.min(admission.admitted),
            delivered: delivered.all,
            delivered_in_window: delivered.in_window,
        };
        self.probe.sent(&batch);
        self.tell(now);
    }

    fn moment(
        &self,
        lane: usize,
        template: usize,
        name: &'s str,
        category: Category,
        slot: Slot,
        now: SimTime,
    ) -> Moment<'s> {
        Moment {
            now,
            slot,
            day: self.diary.day(),
            streak: lane * self.scenario.templates.len() + template,
            template_name: name,
            category,
            number_name: &self.scenario.lanes[lane].name,
            person_cap: self.scenario.person_cap,
        }
    }

    /// Delivers what was admitted of `taken`, and keeps what is held; returns what was delivered.
    fn deliver(
        &mut self,
        lane: usize,
        template: usize,
        taken: Taken,
        admission: &Admission,
        open: u64,
        moment: Moment<'_>,
    ) -> Delivered {
        let scenario = self.scenario;
        let now = moment.now;
        self.held[moment.streak] += admission.held;
        self.diary.count(Metric::Held, admission.held);
        if admission.admitted == 0 {
            return Delivered::default();
        }
        let again = if admission.held == 0 { taken.again() } else { Vec::new() };
        let calendar = &scenario.setting.calendar;
        let Run { rates, lists, arrivals, streams, .. } = self;
        let stage = Stage { calendar, streams, list: &mut lists[lane], arrivals };
        let reactions = scenario.segment.react(rates, admission.admitted, moment, stage);
        self.diary.fail_later(now + scenario.time_to_live, reactions.in_flight, scenario);
        let inside = open.min(admission.admitted);
        let in_window = scenario.segment.delivered_inside(
            admission.admitted,
            inside,
            reactions.delivered,
            &moment,
            &self.streams,
        );
        let number = scenario.lanes[lane].number;
        let signal = Signal::Sent {
            number,
            template: scenario.templates[template].2,
            sent: admission.admitted,
            delivered: reactions.delivered,
            in_window,
            again: &again,
        };
        self.platform.hear(now, signal, &mut self.changes);
        self.diary.count(Metric::Sent, admission.admitted);
        self.diary.count(Metric::Delivered, reactions.delivered);
        self.pay(now, moment.category, reactions.delivered, in_window);
        self.diary.count(Metric::Failed, reactions.capped);
        self.diary.count(Metric::InWindow, inside);
        if let Some(limit) = self.platform.limit(number) {
            self.diary.use_capacity(self.platform.reached(number, now) * 1_000 / limit.max(1));
        }
        Delivered { all: reactions.delivered, in_window }
    }

    /// Sends what was held of templates whose sample was judged well: like any send, at this instant.
    pub(super) fn send_held(&mut self, now: SimTime) {
        let scenario = self.scenario;
        for template in std::mem::take(&mut self.released) {
            let Some(own) = scenario.templates.iter().position(|(_, _, place)| *place == template) else {
                continue;
            };
            for lane in 0..scenario.lanes.len() {
                self.release(lane, own, now);
            }
        }
    }

    fn release(&mut self, lane: usize, template: usize, now: SimTime) {
        let scenario = self.scenario;
        let streak = lane * scenario.templates.len() + template;
        let held = std::mem::take(&mut self.held[streak]);
        if held == 0 {
            return;
        }
        let (name, category, place) = &scenario.templates[template];
        let number = scenario.lanes[lane].number;
        let admission = self.platform.admit(number, *place, held, 0, now);
        let back = admission.refused + admission.rejected;
        self.lists[lane].settle(now, back, 0, &[], 0);
        self.diary.refuse(back);
        // A release falls between slots: it is addressed by the slot before it, apart from that slot's own send.
        let slot = scenario.setting.calendar.slot_from(now);
        let moment = Moment { slot: slot | HELD, ..self.moment(lane, template, name, *category, slot, now) };
        let taken = Taken::default();
        let delivered = self.deliver(lane, template, taken, &admission, 0, moment);
        let batch = Batch {
            at: now,
            number,
            template: *place,
            asked: held,
            short_of_list: 0,
            admission,
            in_window: 0,
            delivered: delivered.all,
            delivered_in_window: 0,
        };
        self.probe.sent(&batch);
        self.tell(now);
    }

    /// What was held of a template fails; its customers go back to the list as after any send.
    pub(super) fn drop_held(&mut self, template: usize, now: SimTime) {
        let scenario = self.scenario;
        let Some(own) = scenario.templates.iter().position(|(_, _, place)| *place == template) else {
            return;
        };
        for lane in 0..scenario.lanes.len() {
            let held = std::mem::take(&mut self.held[lane * scenario.templates.len() + own]);
            self.lists[lane].settle(now, held, 0, &[], 0);
            self.diary.count(Metric::Failed, held);
        }
    }
}

/// What was delivered of a batch.
#[derive(Clone, Copy, Debug, Default)]
struct Delivered {
    all: u64,
    in_window: u64,
}

/// Marks the addresses of a release, so that they differ from those of a send in the same slot.
const HELD: Slot = 1 << 31;
