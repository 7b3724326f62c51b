//! Class 5 of an instant: the strategy is asked for this slot, and its sends are delivered.

use crate::audience::{Moment, Reactions, Stage, Taken};
use crate::few::Few;
use crate::glossary::{Rating, TemplateStatus};
use crate::platform::{Admission, Signal};
use crate::sender::{Observation, Part, Plan, Usage, share_out};
use crate::time::{SimTime, Slot};

use super::ready::{Lane, MOST_IN_SLOT, Scenario};
use super::run::{Batch, Run, show};
use super::trajectory::Metric;

/// How the sender's templates stand, in its order of preference.
pub(super) struct Shown {
    statuses: Few<TemplateStatus>,
    ratings: Few<Rating>,
    /// Whether they may have changed since.
    pub(super) stale: bool,
}

impl Shown {
    /// Of so many templates, nothing is seen yet.
    pub(super) fn new(templates: usize) -> Shown {
        Shown {
            statuses: Few::from_elem(TemplateStatus::Approved, templates),
            ratings: Few::from_elem(Rating::Unknown, templates),
            stale: true,
        }
    }

    /// How the first of them stands; there is one.
    #[inline]
    pub(super) fn first(&self) -> (TemplateStatus, Rating) {
        (self.statuses[0], self.ratings[0])
    }
}

impl<'s> Run<'s, '_> {
    /// Asks the strategy for each number, in the order of the scenario.
    pub(super) async fn send(&mut self, now: SimTime) {
        let scenario = self.scenario;
        let place = self.open_slot(now);
        let slot = scenario.sending[place].slot;
        for (sender, own) in scenario.senders.iter().enumerate() {
            if !self.platform.connected(own.number) {
                continue;
            }
            let capacity = self.platform.capacity(own.number, now);
            let plan = self.plan(sender, capacity, &self.seen_in_slot(sender, place, now));
            self.share_out(sender, plan.messages, now);
            for segment in 0..scenario.segments.len() {
                let part = self.parts[segment];
                if part > 0 {
                    let lane = sender * scenario.segments.len() + segment;
                    self.send_batch(lane, plan.template, part, slot, now).await;
                }
            }
        }
    }

    /// Opens the next slot in which sending is allowed; returns its position among them.
    fn open_slot(&mut self, now: SimTime) -> usize {
        let place = self.next_send;
        self.next_send += 1;
        self.edit(now);
        place
    }

    /// Shares out what a number sends over the segments.
    fn share_out(&mut self, sender: usize, messages: u64, now: SimTime) {
        let segments = self.scenario.segments.len();
        if segments == 1 || messages == 0 {
            self.parts.fill(messages);
            return;
        }
        let lists = &mut self.lists[sender * segments..][..segments];
        let available: Vec<u64> = lists.iter_mut().map(|list| list.available(now)).collect();
        self.parts = Few::from_vec(share_out(messages, &available, self.scenario.preferred.as_deref()));
    }

    /// Edits the templates that the sender edits now, and sees how all of them stand then.
    pub(super) fn edit(&mut self, now: SimTime) {
        self.see_templates();
        let scenario = self.scenario;
        let Some(edits) = &scenario.strategy.edits else { return };
        let due = edits.due(&mut self.desk, now, &self.shown.statuses);
        for own in &due {
            let template = scenario.templates[*own].2;
            self.platform.hear(now, Signal::Edited { template }, &mut self.changes);
            self.tell(now);
        }
        if !due.is_empty() {
            self.see_templates();
        }
    }

    /// Sees how the templates stand, where they may have changed.
    pub(super) fn see_templates(&mut self) {
        let Shown { statuses, ratings, stale } = &mut self.shown;
        if !std::mem::take(stale) {
            return;
        }
        for (((_, _, place), status), rating) in self.scenario.templates.iter().zip(statuses).zip(ratings) {
            *status = self.platform.template_status(*place);
            *rating = self.platform.template_rating(*place);
        }
    }

    /// What the sender of a number sees of the sending slot at `place`, which begins `now`, however its number stands.
    pub(super) fn seen_in_slot(&self, sender: usize, place: usize, now: SimTime) -> Observation<'static> {
        let sending = self.scenario.sending[place];
        Observation {
            now,
            day: self.diary.day(),
            sending_slot: place,
            slot: sending.place,
            slots: sending.of,
            throughput: self.throughput(now),
            part: self.scenario.senders[sender].part,
            asked_today: self.diary.asked(sender),
            ..Observation::at_start(&[], &[])
        }
    }

    /// Asks the strategy for one number, which may write to `capacity` more customers in a slot.
    pub(super) fn plan(&mut self, sender: usize, capacity: u64, in_slot: &Observation<'static>) -> Plan {
        let (scenario, platform) = (self.scenario, &mut self.platform);
        let (strategy, number) = (&scenario.strategy, scenario.senders[sender].number);
        let usage = if strategy.looks_at_usage() { platform.usage(number, in_slot.now) } else { None };
        let mut seen = Observation {
            limit: platform.limit(number),
            capacity,
            templates: &self.shown.statuses,
            template_ratings: &self.shown.ratings,
            usage: usage.map(|(used, needed)| Usage { used, needed: needed.max(used) }),
            ..*in_slot
        };
        // A limit that numbers share is parted among them.
        if scenario.senders.len() > 1 && platform.shares_limit() {
            self.share(sender, &mut seen);
        }
        // Who does not look back is shown no more.
        if strategy.looks_back() {
            seen.sending_days = self.diary.sending_days();
            seen.status = self.platform.number_status(number);
            seen.rating = self.platform.rating(number);
            seen.held = self.held_by(sender);
            seen.so_far = self.tallies[sender];
        }
        strategy.decide(&mut self.states[sender], &seen)
    }

    /// A number that shares its limit with others sees its own part of that, and of what is missing for the next one.
    fn share(&self, sender: usize, seen: &mut Observation<'_>) {
        let own = Part { all: self.weight_from(sender), ..seen.part };
        let part_of = |Usage { used, needed }| Usage {
            used,
            needed: used + own.rounded_up(needed.saturating_sub(used)),
        };
        seen.limit = seen.limit.map(|all| self.scenario.strategy.part(sender, all));
        seen.usage = seen.usage.map(part_of);
    }

    /// Messages that the platform holds of a number.
    pub(super) fn held_by(&self, sender: usize) -> u64 {
        let streaks = self.scenario.segments.len() * self.scenario.templates.len();
        self.held[sender * streaks..][..streaks].iter().map(|held| held.customers).sum()
    }

    /// The weight of a number and of those that are asked after it: who was asked before has sent its part of what is
    /// missing.
    fn weight_from(&self, sender: usize) -> u64 {
        let asked = self.scenario.senders[sender..].iter().filter(|own| self.platform.connected(own.number));
        asked.map(|own| own.part.weight).sum()
    }

    /// Most messages that a number can send in the slot that begins at `now`: what the rules in force let through, and
    /// the sender's own lines carry.
    fn throughput(&self, now: SimTime) -> u64 {
        let Scenario { setting, own_lines, .. } = self.scenario;
        let by_rules = self.platform.rules().most_in_slot(now, setting.calendar.slot_length());
        by_rules.into_iter().chain(*own_lines).fold(MOST_IN_SLOT, u64::min)
    }

    /// Sends a batch to customers of a lane's list: who is chosen, what the platform admits, how they react.
    async fn send_batch(&mut self, lane: usize, template: usize, asked: u64, slot: Slot, now: SimTime) {
        self.turn().await;
        let moment = self.moment(lane, template, slot, now);
        let mut chosen = self.choose(lane, asked, &moment);
        let delivered = self.deliver(lane, &mut chosen, &moment).await;
        self.turn().await;
        self.sent(lane, &chosen.offered, delivered, &moment);
    }

    /// Waits until the other replications at the table have come to their next wait: listening, choosing and reacting are
    /// made of more code than the nearest cache holds, so each is done by all of them before any goes on.
    fn turn(&self) -> impl Future<Output = ()> + use<> {
        self.chance.wait()
    }

    /// Tells of a batch that was sent; returns whether the platform changed by it.
    pub(super) fn sent(
        &mut self,
        lane: usize,
        offered: &Offered,
        delivered: Delivered,
        moment: &Moment,
    ) -> bool {
        if self.watched {
            let &Offered { asked, admission, short, .. } = offered;
            self.probe.sent(&Batch {
                at: moment.now,
                number: self.scenario.lanes[lane].number,
                template: self.scenario.templates[moment.template].2,
                asked,
                short_of_list: short,
                admission,
                in_window: offered.inside(),
                delivered: delivered.all,
                delivered_in_window: delivered.in_window[1],
            });
        }
        self.tell(moment.now)
    }

    /// Takes customers from a lane's list for a send, as many as are admitted.
    fn choose(&mut self, lane: usize, asked: u64, moment: &Moment) -> Chosen {
        let (day, list) = (self.diary.day() as u16, &mut self.lists[lane]);
        let taken = list.take(asked, moment.now, day, moment.slot, &mut self.chance);
        let short = asked - taken.customers;
        self.diary.ask(self.scenario.lanes[lane].sender, asked);
        self.diary.count(Metric::ShortOfList, short);
        let mut chosen = Chosen { taken, offered: Offered { asked, short, ..Offered::default() } };
        self.admit(lane, moment, &mut chosen);
        chosen
    }

    /// Asks the platform to admit a message to those who were chosen, and puts those back whom it does not admit, or
    /// whose message no card pays for.
    fn admit(&mut self, lane: usize, moment: &Moment, chosen: &mut Chosen) {
        let Lane { number, sender, .. } = self.scenario.lanes[lane];
        let Moment { now, template, category, .. } = *moment;
        let Chosen { taken, offered } = chosen;
        offered.open = self.open_windows(lane, taken.customers, taken.open, moment);
        let unpaid = taken.customers.saturating_sub(self.can_send(now, category, offered.open));
        self.put_back(lane, taken, unpaid, moment);
        offered.open = offered.open.min(taken.customers);
        let place = self.scenario.templates[template].2;
        offered.admission = self.platform.admit(number, place, taken.customers, offered.open, now);
        let back = offered.admission.back();
        self.put_back(lane, taken, back, moment);
        offered.admission.refused += unpaid;
        self.tallies[sender].refused += back + unpaid;
        self.diary.count(Metric::Refused, back + unpaid);
    }

    /// How many of so many customers have a service window open, where so many have one because they answered.
    pub(super) fn open_windows(&mut self, lane: usize, customers: u64, open: u64, moment: &Moment) -> u64 {
        let (scenario, segment) = (self.scenario, self.scenario.lanes[lane].segment);
        let (calendar, rates) = (&scenario.setting.calendar, &self.rates[segment]);
        scenario.segments[segment].open_windows(rates, customers, open, moment, calendar, &mut self.chance)
    }

    /// Puts customers back who were taken, if there are any.
    #[inline]
    fn put_back(&mut self, lane: usize, taken: &mut Taken, customers: u64, moment: &Moment) {
        if customers > 0 {
            self.lists[lane].put_back(taken, customers, moment.now, moment.slot, &mut self.chance);
        }
    }

    pub(super) fn moment(&self, lane: usize, template: usize, slot: Slot, now: SimTime) -> Moment {
        let scenario = self.scenario;
        let category = scenario.templates[template].1;
        let day = self.diary.day();
        Moment {
            now,
            slot,
            day,
            weekday: scenario.setting.calendar.weekday(day).to_monday_zero_offset() as usize,
            streak: lane * scenario.templates.len() + template,
            template,
            subjects: scenario.lanes[lane].batches[template],
            category,
            person_cap: self.platform.rules().caps_persons(now),
            unread_after: self.platform.rules().unread_after(),
            followed: scenario.followed,
        }
    }

    /// Delivers what was admitted of those who were chosen, and keeps what is held; returns what was delivered.
    async fn deliver(&mut self, lane: usize, chosen: &mut Chosen, moment: &Moment) -> Delivered {
        let Chosen { taken, offered } = chosen;
        let Admission { admitted, held, .. } = offered.admission;
        if held > 0 {
            self.hold(lane, taken, held, moment);
        }
        if admitted == 0 {
            return Delivered::default();
        }
        self.tell_windows_apart(lane, chosen, moment);
        let segment = self.scenario.lanes[lane].segment;
        let Run { rates, lists, arrivals, room, chance, scenario, .. } = self;
        let (calendar, list) = (&scenario.setting.calendar, &mut lists[lane]);
        let stage = Stage { calendar, chance, list, arrivals, room };
        let behavior = &scenario.segments[segment];
        let reactions = behavior.reacting(&mut rates[segment], &chosen.taken, moment, stage).await;
        let delivered = self.delivered(lane, chosen, moment, reactions);
        self.done(lane, chosen);
        delivered
    }

    /// The customers of a batch are done with.
    fn done(&mut self, lane: usize, chosen: &mut Chosen) {
        self.lists[lane].clear(std::mem::take(&mut chosen.taken));
    }

    /// Tells who gets the message inside a service window, where somebody asks.
    fn tell_windows_apart(&mut self, lane: usize, chosen: &mut Chosen, moment: &Moment) {
        let (inside, list) = (chosen.offered.inside(), &self.lists[lane]);
        if inside > 0 && list.is_asked_back() {
            list.tell_windows_apart(&mut chosen.taken, inside, moment.now, moment.slot, &mut self.chance);
        }
    }

    /// Keeps what is held of `taken`.
    fn hold(&mut self, lane: usize, taken: &mut Taken, held: u64, moment: &Moment) {
        let list = &self.lists[lane];
        let customers = list.hold(taken, held, moment.now, moment.slot, &mut self.chance);
        self.held[moment.streak].join(customers);
        self.diary.count(Metric::Held, held);
    }

    /// Tells all parties what was delivered of those who were chosen.
    fn delivered(
        &mut self,
        lane: usize,
        chosen: &Chosen,
        moment: &Moment,
        reactions: Reactions,
    ) -> Delivered {
        let delivered = self.count(lane, chosen, moment, reactions);
        // Whom it reached before is looked up only where a rule asks.
        let asked = self.lists[lane].is_asked_back();
        let again = if asked { chosen.taken.again() } else { Default::default() };
        let counted_again = if asked { chosen.taken.counted_again() } else { Default::default() };
        let number = self.scenario.lanes[lane].number;
        let signal = Signal::Sent {
            number,
            template: self.scenario.templates[moment.template].2,
            sent: delivered.sent,
            delivered: delivered.all,
            in_window: delivered.in_window,
            again: &again,
            counted_again: &counted_again,
        };
        self.platform.hear(moment.now, signal, &mut self.changes);
        self.look_at_limit(number, moment.now);
        delivered
    }

    /// Notes how much of the limit of a number is in use.
    pub(super) fn look_at_limit(&mut self, number: usize, now: SimTime) {
        let limit = self.platform.limit(number);
        let used = if limit.is_some() { self.platform.reached(number, now) } else { 0 };
        self.diary.use_limit(used, limit);
    }

    /// The sender and the diary take note of what was delivered of those who were chosen.
    fn count(&mut self, lane: usize, chosen: &Chosen, moment: &Moment, reactions: Reactions) -> Delivered {
        let Lane { sender, segment, .. } = self.scenario.lanes[lane];
        let fails = moment.now + self.scenario.segments[segment].behavior.time_to_live.value;
        self.diary.fail_later(fails, reactions.in_flight, self.scenario);
        let in_window = self.in_windows(lane, &chosen.offered, moment, &reactions);
        let (admitted, all) = (chosen.offered.admission.admitted, reactions.delivered);
        for (metric, count) in [
            (Metric::Sent, admitted),
            (Metric::Delivered, all),
            (Metric::Failed, reactions.capped),
            (Metric::InWindow, chosen.offered.inside()),
        ] {
            self.diary.count(metric, count);
            show(&mut self.tallies[sender], metric, count);
        }
        self.pay(moment.now, segment, moment.category, all, in_window[1]);
        Delivered { sent: admitted - reactions.capped, all, in_window }
    }

    /// Of the messages that did not fail at once, those inside service windows, and how many of these were delivered.
    pub(super) fn in_windows(
        &mut self,
        lane: usize,
        offered: &Offered,
        moment: &Moment,
        reactions: &Reactions,
    ) -> [u64; 2] {
        let (inside, admitted) = (offered.inside(), offered.admission.admitted);
        if inside == 0 || self.lists[lane].is_asked_back() {
            return reactions.inside;
        }
        let behavior = &self.scenario.segments[self.scenario.lanes[lane].segment];
        let parts = [admitted - reactions.capped, reactions.delivered];
        behavior.parts_inside(admitted, inside, parts, moment, &mut self.chance)
    }

    /// Sends what was held of templates whose sample was judged well: like any send, at this instant.
    pub(super) async fn send_held(&mut self, now: SimTime) {
        let scenario = self.scenario;
        for template in std::mem::take(&mut self.released) {
            let Some(own) = scenario.templates.iter().position(|(_, _, place)| *place == template) else {
                continue;
            };
            for lane in 0..scenario.lanes.len() {
                self.release(lane, own, now).await;
            }
        }
    }

    async fn release(&mut self, lane: usize, template: usize, now: SimTime) {
        let scenario = self.scenario;
        let mut held = std::mem::take(&mut self.held[lane * scenario.templates.len() + template]);
        if held.customers == 0 {
            return;
        }
        // A release falls between slots: it is addressed by the slot before it, apart from that slot's own send.
        let slot = scenario.setting.calendar.slot_from(now) | HELD;
        let moment = self.moment(lane, template, slot, now);
        held.look(now);
        let offered = Offered { asked: held.customers, ..Offered::default() };
        let mut chosen = Chosen { taken: held, offered };
        self.admit(lane, &moment, &mut chosen);
        let delivered = self.deliver(lane, &mut chosen, &moment).await;
        self.sent(lane, &chosen.offered, delivered, &moment);
    }

    /// What was held of a template fails; its customers go back to the list as after any send.
    pub(super) fn drop_held(&mut self, template: usize, now: SimTime) {
        let scenario = self.scenario;
        let Some(own) = scenario.templates.iter().position(|(_, _, place)| *place == template) else {
            return;
        };
        for lane in 0..scenario.lanes.len() {
            let held = std::mem::take(&mut self.held[lane * scenario.templates.len() + own]);
            self.lists[lane].not_reached(&held, now);
            self.diary.count(Metric::Failed, held.customers);
        }
    }
}

/// Customers chosen for a send.
#[derive(Default)]
struct Chosen {
    /// Those who are written to, or whose message is held.
    taken: Taken,
    offered: Offered,
}

/// A batch as the platform was asked for it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Offered {
    /// Messages that the plan asks for.
    pub(super) asked: u64,
    /// Messages that the list could not supply.
    pub(super) short: u64,
    /// How many of those who were taken have an open service window.
    pub(super) open: u64,
    pub(super) admission: Admission,
}

impl Offered {
    /// Of the admitted messages, those to customers whose service window is open.
    pub(super) fn inside(&self) -> u64 {
        self.open.min(self.admission.admitted)
    }
}

/// What was delivered of a batch.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Delivered {
    /// Messages that were sent: what fails at once, because the person has had as many as the platform lets through,
    /// counts for nothing.
    pub(super) sent: u64,
    /// Of these, delivered.
    pub(super) all: u64,
    /// Of the sent and of the delivered, those inside service windows.
    pub(super) in_window: [u64; 2],
}

/// Marks the addresses of a release, so that they differ from those of a send in the same slot.
const HELD: Slot = 1 << 31;
