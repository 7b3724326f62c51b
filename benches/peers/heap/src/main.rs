//! REF-1 with one binary heap: every customer is drawn, only those who block or report are queued.
//!
//! One word of 64 bits decides for each customer whether the message is delivered and what it leads to; nine in ten
//! have nothing to queue. The queue holds whole words: hour, order within the hour, what it is.

#[path = "../../law.rs"]
mod law;
#[path = "../../platform.rs"]
mod platform;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rand::{RngExt, SeedableRng};
use rand_distr::{Beta, Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

use law::{
    Asked, DAYS, DELAYS, DELIVERED, FLAGGED, HORIZON, MOST_BLOCKS, PRIOR, REPLY, REPORT, REVIEW, Ref1,
    SEND_HOUR, SHARES, SIGMA,
};
use platform::Platform;

/// What happens, in the order of one instant.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Event {
    ReviewEnds,
    FlagEnds,
    Block,
    Report,
    Rating,
    Send,
}

const EVENTS: [Event; 6] =
    [Event::ReviewEnds, Event::FlagEnds, Event::Block, Event::Report, Event::Rating, Event::Send];

/// Hour, order, and for a review its number, in one word: comparing it is comparing them.
fn packed(hour: u32, event: Event, number: u32) -> Reverse<u64> {
    Reverse(u64::from(hour) << 32 | u64::from(event as u8) << 24 | u64::from(number))
}

struct Replication {
    queue: BinaryHeap<Reverse<u64>>,
    platform: Platform,
    random: Xoshiro256PlusPlus,
    base: f64,
}

impl Replication {
    fn play(mut self) -> law::Future {
        for day in 0..DAYS as u32 {
            self.queue.push(packed(24 * day + SEND_HOUR, Event::Send, 0));
            // What is sent at 10 is heard, and leaves the window, at these hours alone.
            for hour in [2, 10, 11, 12, 14, 18] {
                self.queue.push(packed(24 * day + hour, Event::Rating, 0));
            }
        }
        while let Some(Reverse(word)) = self.queue.pop() {
            let now = (word >> 32) as u32;
            if now >= HORIZON {
                break;
            }
            match EVENTS[(word >> 24 & 0xff) as usize] {
                Event::ReviewEnds => self.platform.end_review(now, word as u32 & 0xff_ffff),
                Event::FlagEnds => self.platform.end_flag(now),
                Event::Block => self.platform.block(now),
                Event::Report => self.platform.report(now),
                Event::Rating => {
                    if self.platform.rate(now) {
                        self.queue.push(packed(now + FLAGGED, Event::FlagEnds, 0));
                    }
                }
                Event::Send => self.send(now),
            }
        }
        self.platform.finish()
    }

    fn send(&mut self, now: u32) {
        let z: f64 = StandardNormal.sample(&mut self.random);
        let block = (self.base * (SIGMA * z - 0.5 * SIGMA * SIGMA).exp()).min(MOST_BLOCKS);
        // One word for a customer: acts to queue, then replies, then nothing, then not delivered.
        let upto = |chance: f64| (chance * DELIVERED * 2f64.powi(64)) as u64;
        let (blocks, acts) = (upto(block), upto(block + REPORT));
        let (replies, all) = (upto((block + REPORT + REPLY).min(1.0)), upto(1.0));
        let (mut delivered, mut replied) = (0_u64, 0_u64);
        let sent = self.platform.sends();
        for _ in 0..sent {
            let word: u64 = self.random.random();
            delivered += u64::from(word < all);
            replied += u64::from(word < replies);
            if word < acts {
                replied -= 1;
                let event = if word < blocks { Event::Block } else { Event::Report };
                let hour = now + self.delay();
                self.queue.push(packed(hour, event, 0));
            }
        }
        self.platform.reply(replied);
        if let Some(review) = self.platform.deliver(now, sent, delivered) {
            self.queue.push(packed(now + REVIEW, Event::ReviewEnds, review));
        }
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

fn main() {
    let whole = Ref1::named("ref-1").expect("it has this name");
    law::main("heap", Asked { reference: whole, replications: 50, seed: 1 }, |asked| {
        move |law: &mut law::Law| {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(asked.seed);
            let prior = Beta::new(PRIOR.0, PRIOR.1).expect("both parameters are positive");
            for _ in 0..asked.replications {
                let base = prior.sample(&mut random);
                let own = Xoshiro256PlusPlus::seed_from_u64(random.random());
                let platform = Platform::new(asked.reference);
                let queue = BinaryHeap::with_capacity(16_384);
                let replication = Replication { queue, platform, random: own, base };
                law.add(&replication.play());
                law.lap();
            }
        }
    });
}
