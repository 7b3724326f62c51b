//! One send and nothing else: what a batch of messages leads to, hour by hour, in one future.
//!
//! ```text
//!   10,000 people not written to before --one batch, Monday 10:00--> react --> Arrivals
//!                                     hour 0, 1, 2 ... 192: what has come by its end, kind by kind
//! ```
//!
//! The same customers, chances and delays as in a run; no platform judges and no sender decides.

use jiff::civil::date;

use crate::audience::{
    Act, Arrivals, BatchSubjects, Behavior, Choice, Followed, List, ListPlan, Moment, Rates, Room, Sampling,
    Segment, Stage,
};
use crate::glossary::Category;
use crate::random::{Chance, Held, Streams};
use crate::time::{Calendar, SimTime, Slot, Span};

use super::trajectory::Metric;

/// The hours that are followed after the send: 0 to this; the longest age of a law of delays, and a day.
pub const LAST_HOUR: usize = 192;

/// What is followed, in the order of what usually happens most.
pub const FOLLOWED: [Metric; 8] = [
    Metric::Delivered,
    Metric::Read,
    Metric::Replied,
    Metric::Stopped,
    Metric::Archived,
    Metric::Muted,
    Metric::Reported,
    Metric::Blocked,
];

/// What had come by the end of hour 0, 1, ... [`LAST_HOUR`] after the send, of each kind of [`FOLLOWED`] \[messages\].
pub type Echo = [Vec<u64>; FOLLOWED.len()];

/// One batch to people whom nobody has written to before, on a Monday at 10:00.
#[derive(Clone, Debug)]
pub struct OneSend {
    segment: Segment,
    calendar: Calendar,
    messages: u64,
}

/// The name of the customers in the addresses of draws: profiles with the same prior meet the same luck.
const CUSTOMERS: &str = "customers";
const MESSAGE: &str = "message";
const NUMBER: &str = "number";

impl OneSend {
    /// A send of `messages` messages to customers of this behaviour; `None` where a delay of the (unchecked) profile
    /// makes no table.
    pub fn new(behavior: Behavior, messages: u64) -> Option<OneSend> {
        // Any Monday; a day more than is followed.
        let monday = date(2024, 1, 1).at(10, 0, 0, 0);
        let calendar = Calendar::new(monday, "UTC", Span::days(9), Span::hours(1)).ok()?;
        let segment = Segment::new(CUSTOMERS, behavior, Vec::new(), &calendar)?;
        Some(OneSend { segment, calendar, messages })
    }

    /// Messages sent.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// What the send leads to in future `index` under `seed`.
    pub fn replicate(&self, seed: u64, index: u64) -> Echo {
        let mut chance = Chance::new(Streams::new(seed, index), Held::default());
        let mut rates = Rates::draw(&self.segment, &chance);
        let unreachable = self.segment.unreachable(&rates, self.messages, NUMBER, &mut chance);
        let mut list = List::new(self.list(unreachable), Sampling::Counts);
        let taken = list.take(self.messages, SimTime::START, 0, 0, &mut chance);
        // What comes after the last slot of the calendar is heard in the slot after it.
        let mut arrivals = Arrivals::new(self.calendar.slots().len(), 1);
        let stage = Stage {
            calendar: &self.calendar,
            chance: &mut chance,
            list: &mut list,
            arrivals: &mut arrivals,
            room: &mut Room::default(),
        };
        let reactions = self.segment.react(&mut rates, &taken, moment(), stage);
        heard(reactions.delivered, &mut arrivals)
    }

    fn list(&self, unreachable: u64) -> ListPlan {
        ListPlan {
            customers: self.messages,
            unreachable,
            rest: self.calendar.horizon(),
            once: true,
            choice: Choice::rested_longest,
            memory: self.segment.memory(),
            asked_back: Span(0),
            subject: self.segment.subject(),
        }
    }
}

/// The send: the first slot of the calendar, by rules that bound nothing.
fn moment() -> Moment {
    Moment {
        now: SimTime::START,
        slot: 0,
        day: 0,
        weekday: 0,
        streak: 0,
        template: 0,
        subjects: BatchSubjects::new(CUSTOMERS, MESSAGE, NUMBER),
        category: Category::Marketing,
        person_cap: false,
        unread_after: None,
        followed: Followed::ALL,
    }
}

/// What arrives, slot by slot, cumulated; what is delivered is delivered at once.
fn heard(delivered: u64, arrivals: &mut Arrivals) -> Echo {
    let mut sums = [0; FOLLOWED.len()];
    let mut echo: Echo = std::array::from_fn(|_| Vec::with_capacity(LAST_HOUR + 1));
    sums[0] = delivered;
    for slot in 0..=LAST_HOUR as Slot {
        arrivals.take(slot, |_, counts| {
            for (act, count) in Act::ALL.into_iter().zip(counts) {
                if let Some(place) = place_of(act) {
                    sums[place] += count;
                }
            }
        });
        echo.iter_mut().zip(sums).for_each(|(hours, sum)| hours.push(sum));
    }
    echo
}

/// Where an act is counted in [`FOLLOWED`]; late answers are counted beside answers, and unread messages not at all.
fn place_of(act: Act) -> Option<usize> {
    let metric = match act {
        Act::Read => Metric::Read,
        Act::Reply => Metric::Replied,
        Act::Stop => Metric::Stopped,
        Act::Archive => Metric::Archived,
        Act::Mute => Metric::Muted,
        Act::Report => Metric::Reported,
        Act::Block => Metric::Blocked,
        Act::LateReply | Act::Unread => return None,
    };
    FOLLOWED.iter().position(|followed| *followed == metric)
}
