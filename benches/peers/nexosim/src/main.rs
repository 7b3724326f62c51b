//! REF-1/100 in nexosim: two models, a message through a port for every customer, an event for every reaction.
//!
//! ```text
//!              a day begins, one message a customer, who was served?
//!   Business ------------------------------------------------------------> Audience
//!   (platform and sender)  <------------------------------------------------  (schedules its own reactions)
//!                            a block, a report
//! ```
//!
//! What belongs to one hour happens nanoseconds apart, which gives the order of one instant. One simulation is one
//! replication, on one thread.

#[path = "../../law.rs"]
mod law;
#[path = "../../platform.rs"]
mod platform;

use std::time::Duration;

use nexosim::model::{Context, Model, schedulable};
use nexosim::ports::{Output, QuerySource, Requestor};
use nexosim::simulation::{Mailbox, SimInit, SimulationError};
use nexosim::time::MonotonicTime;
use rand::{RngExt, SeedableRng};
use rand_distr::{Beta, Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use law::{
    Asked, DAYS, DELAYS, DELIVERED, FLAGGED, Future, HORIZON, MOST_BLOCKS, PRIOR, REPLY, REPORT, REVIEW,
    Ref1, SEND_HOUR, SHARES, SIGMA,
};
use platform::Platform;

/// Order at one instant \[nanoseconds after the hour\].
const TERMS: u64 = 0;
const ARRIVALS: u64 = 1;
const RATING: u64 = 2;
const SENDING: u64 = 3;
const AFTER_SENDING: u64 = 4;

/// Messages that may wait before the sender has to: larger is not faster.
const MAILBOX: usize = 64;

fn at(hour: u32, order: u64) -> MonotonicTime {
    MonotonicTime::EPOCH + Duration::from_secs(u64::from(hour) * 3_600) + Duration::from_nanos(order)
}

fn hour(time: MonotonicTime) -> u32 {
    (time.as_secs() / 3_600) as u32
}

/// A reaction that the platform hears.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Act {
    Block,
    Report,
}

/// The sender and the platform that judges it.
#[derive(Serialize, Deserialize)]
struct Business {
    day_begins: Output<()>,
    write: Output<()>,
    served: Requestor<(), Served>,
    #[serde(skip)]
    platform: Option<Platform>,
}

/// Since the day began.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Served {
    delivered: u64,
    replied: u64,
}

#[Model]
impl Business {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>) {
        for day in 0..DAYS as u32 {
            let sends = at(24 * day + SEND_HOUR, SENDING);
            cx.schedule_event(sends, schedulable!(Self::send), ()).expect("it is in the future");
            // What is sent at 10 is heard, and leaves the window, at these hours alone.
            for hour in [2, 10, 11, 12, 14, 18] {
                let rated = at(24 * day + hour, RATING);
                cx.schedule_event(rated, schedulable!(Self::rate), ()).expect("it is in the future");
            }
        }
    }

    #[nexosim(schedulable)]
    async fn send(&mut self, _: (), cx: &Context<Self>) {
        let Some(platform) = &mut self.platform else { return };
        let sent = platform.sends();
        self.day_begins.send(()).await;
        for _ in 0..sent {
            self.write.send(()).await;
        }
        let served = self.served.send(()).await.next().unwrap_or_default();
        let now = hour(cx.time());
        platform.reply(served.replied);
        if let Some(review) = platform.deliver(now, sent, served.delivered) {
            let ends = at(now + REVIEW, TERMS);
            cx.schedule_event(ends, schedulable!(Self::end_review), review).expect("it is in the future");
        }
    }

    #[nexosim(schedulable)]
    fn rate(&mut self, _: (), cx: &Context<Self>) {
        let now = hour(cx.time());
        if self.platform.as_mut().is_some_and(|platform| platform.rate(now)) {
            let ends = at(now + FLAGGED, TERMS);
            cx.schedule_event(ends, schedulable!(Self::end_flag), ()).expect("it is in the future");
        }
    }

    #[nexosim(schedulable)]
    fn end_review(&mut self, review: u32, cx: &Context<Self>) {
        if let Some(platform) = &mut self.platform {
            platform.end_review(hour(cx.time()), review);
        }
    }

    #[nexosim(schedulable)]
    fn end_flag(&mut self, _: (), cx: &Context<Self>) {
        if let Some(platform) = &mut self.platform {
            platform.end_flag(hour(cx.time()));
        }
    }

    async fn hear(&mut self, act: Act, cx: &Context<Self>) {
        let now = hour(cx.time());
        match (&mut self.platform, act) {
            (Some(platform), Act::Block) => platform.block(now),
            (Some(platform), Act::Report) => platform.report(now),
            (None, _) => {}
        }
    }

    /// The replication, once it is over.
    async fn finish(&mut self) -> Option<Future> {
        Some(self.platform.take()?.finish())
    }
}

/// The customers.
#[derive(Serialize, Deserialize)]
struct Audience {
    hear: Output<Act>,
    random: Xoshiro256PlusPlus,
    base: f64,
    /// Of a message: it is delivered and leads to a block, or a report, or an answer.
    upto: [f64; 3],
    served: Served,
}

#[Model]
impl Audience {
    async fn begin_day(&mut self) {
        let z: f64 = StandardNormal.sample(&mut self.random);
        let block = (self.base * (SIGMA * z - 0.5 * SIGMA * SIGMA).exp()).min(MOST_BLOCKS);
        self.upto = [block, block + REPORT, block + REPORT + REPLY].map(|chance| chance * DELIVERED);
        self.served = Served::default();
    }

    /// One customer.
    fn receive(&mut self, _: (), cx: &Context<Self>) {
        let u: f64 = self.random.random();
        let [blocks, acts, any] = self.upto;
        self.served.delivered += u64::from(u < DELIVERED);
        if u < acts {
            let delay = self.delay();
            let order = if delay == 0 { AFTER_SENDING } else { ARRIVALS };
            let arrives = at(hour(cx.time()) + delay, order);
            let act = if u < blocks { Act::Block } else { Act::Report };
            cx.schedule_event(arrives, schedulable!(Self::react), act).expect("it is in the future");
        } else if u < any {
            self.served.replied += 1;
        }
    }

    #[nexosim(schedulable)]
    async fn react(&mut self, act: Act) {
        self.hear.send(act).await;
    }

    async fn served(&mut self) -> Served {
        self.served
    }

    fn delay(&mut self) -> u32 {
        let u: f64 = self.random.random();
        let mut upto = 0.0;
        for (delay, share) in DELAYS.iter().zip(SHARES) {
            upto += share;
            if u < upto {
                return *delay;
            }
        }
        DELAYS[DELAYS.len() - 1]
    }
}

fn replicate(
    reference: Ref1,
    base: f64,
    random: Xoshiro256PlusPlus,
) -> Result<Option<Future>, SimulationError> {
    let platform = Some(Platform::new(reference));
    let mut business = Business {
        day_begins: Output::default(),
        write: Output::default(),
        served: Requestor::default(),
        platform,
    };
    let mut audience =
        Audience { hear: Output::default(), random, base, upto: [0.0; 3], served: Served::default() };
    let (office, box_of_audience) = (Mailbox::with_capacity(MAILBOX), Mailbox::with_capacity(MAILBOX));
    business.day_begins.connect(Audience::begin_day, &box_of_audience);
    business.write.connect(Audience::receive, &box_of_audience);
    business.served.connect(Audience::served, &box_of_audience);
    audience.hear.connect(Business::hear, &office);
    let mut bench = SimInit::with_num_threads(1);
    let finish = QuerySource::new().connect(Business::finish, &office).register(&mut bench);
    let mut simulation = bench
        .add_model(business, office, "business")
        .add_model(audience, box_of_audience, "audience")
        .init(MonotonicTime::EPOCH)?;
    // The last nanosecond before the horizon: what arrives at it comes too late.
    simulation.step_until(at(HORIZON, 0) - Duration::from_nanos(1))?;
    Ok(simulation.process_query(&finish, ())?)
}

fn main() {
    let hundredth = Ref1::named("ref-1-100").expect("it has this name");
    law::main("nexosim", Asked { reference: hundredth, replications: 200, seed: 1 }, |asked| {
        move |law: &mut law::Law| {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(asked.seed);
            let prior = Beta::new(PRIOR.0, PRIOR.1).expect("both parameters are positive");
            for _ in 0..asked.replications {
                let base = prior.sample(&mut random);
                let own = Xoshiro256PlusPlus::seed_from_u64(random.random());
                let future = replicate(asked.reference, base, own).expect("the simulation runs to its end");
                law.add(&future.expect("each replication has one end"));
                law.lap();
            }
        }
    });
}
