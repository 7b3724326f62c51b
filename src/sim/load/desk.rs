//! Whether a help desk can keep the chats that come to it: each is simulated by itself, and takes room until it ends.
//!
//! ```text
//!   come      first messages of all customers, and answers to the most that the plan can send   a day
//!   answered  hours of agents / length of a chat x share that is resolved                       a day
//!   kept      what came and was not answered, day after day; where customers give up, no longer than that takes
//! ```
//!
//! Rates are those that one future in a thousand exceeds.

use crate::audience::{HelpDeskText, LengthText, RateName, Segment, TemplateEffects};
use crate::document::{Check, Document, Findings};
use crate::glossary::grouped;
use crate::sender::Volume;
use crate::sim::scenario::ScenarioText;
use crate::time::{DAY, Span};

use crate::sim::ready::Scenario;

/// The most chats that a desk keeps at once. Measured: 34 bytes each, 68 in slots of a day, and 16 more where customers
/// give up; so less than 100 MiB.
const MOST_CHATS: f64 = 1e6;
/// Uncertain rates are taken at this quantile.
const HIGH: f64 = 0.999;
/// Of a million customers who give up after an exponential time, the last waits so many times the mean: ln(1,000,000).
const MOST_PATIENT: f64 = 14.0;

/// A desk that would have to keep more chats than it can is refused.
pub(super) fn check_desk(
    scenario: &Scenario,
    text: &ScenarioText,
    document: &Document,
) -> Result<(), Findings> {
    let Some(desk) = &text.audience.help_desk else { return Ok(()) };
    let load = Load::of(scenario, text);
    if load.of_run(scenario.setting.calendar.days()) <= MOST_CHATS {
        return Ok(());
    }
    let staff = Staff::of(scenario, desk);
    let kept = load.kept(&staff);
    if kept <= MOST_CHATS {
        return Ok(());
    }
    let about = |number: f64| grouped(number.round() as u64);
    let message = format!(
        "the help desk would keep up to {} chats at once: up to {} a day come in ({} first messages, {} answers to \
         what the plan can send), and its agents settle about {} a day",
        about(kept),
        about(load.a_day()),
        about(load.first),
        about(load.answers),
        about(staff.settled.iter().sum::<f64>() / staff.settled.len().max(1) as f64),
    );
    let help = format!(
        "at most {} at once, for each is simulated by itself: fewer customers, `first_messages` or messages, more \
         agents, a `patience`, a shorter horizon; or leave the help desk out",
        about(MOST_CHATS)
    );
    let mut check = Check::new(document);
    check.error("audience.help_desk", message, help);
    check.finish(())
}

/// The chats that can come in \[chats\].
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    /// Of customers who write first, a day.
    first: f64,
    /// Answers to messages, a day.
    answers: f64,
    /// Answers to all messages of the run.
    all_answers: f64,
}

impl Load {
    fn of(scenario: &Scenario, text: &ScenarioText) -> Load {
        let horizon = scenario.setting.calendar.horizon();
        let (mut load, mut list, mut highest) = (Load::default(), 0.0, 0.0_f64);
        for segment in &scenario.segments {
            let Some(stated) = text.audience.segments.get(&segment.name) else { continue };
            let (customers, reply) = (stated.customers as f64, highest_reply(segment));
            let sends = ((horizon.0 - 1) / stated.rest.0.max(1) + 1) as f64;
            load.first += customers * segment.behavior.rate(RateName::first_messages).prior.quantile(HIGH);
            load.answers += customers * reply;
            load.all_answers += customers * reply * sends;
            list += customers;
            highest = highest.max(reply);
        }
        let planned = most_a_day(scenario).map_or(list, |most| most as f64);
        load.answers = load.answers.min(planned * highest);
        load.all_answers =
            load.all_answers.min(load.answers * scenario.setting.calendar.days().max(1) as f64);
        if let Volume::Backlog(backlog) = &scenario.strategy.volume {
            load.all_answers = load.all_answers.min(backlog.people as f64 * highest);
        }
        load
    }

    fn a_day(self) -> f64 {
        self.first + self.answers
    }

    /// All that come in during so many days.
    fn of_run(self, days: usize) -> f64 {
        self.first * days as f64 + self.all_answers
    }

    /// The most that the desk keeps at once: those who wait for an agent, and those whom an agent waits for.
    fn kept(self, staff: &Staff) -> f64 {
        let (mut waiting, mut most, mut answers) = (0.0, 0.0_f64, self.all_answers);
        let mut came: Vec<f64> = Vec::new();
        for settled in &staff.settled {
            let today = self.answers.min(answers);
            answers -= today;
            came.push(self.first + today);
            let lately: f64 = came.iter().rev().take(staff.gone_after).sum();
            waiting = (waiting + self.first + today).min(lately);
            most = most.max(waiting);
            waiting = (waiting - settled).max(0.0);
        }
        let most_settled = staff.settled.iter().copied().fold(0.0, f64::max);
        let answers = most_settled.min(self.a_day()) / (1.0 - staff.come_back);
        let away = answers * staff.come_back * staff.away_days;
        (most + away).min(self.of_run(staff.settled.len()))
    }
}

/// What the agents can do.
#[derive(Clone, Debug)]
struct Staff {
    /// Chats that they can settle, day by day.
    settled: Vec<f64>,
    /// The share of answers after which the customer comes back.
    come_back: f64,
    /// How long those stay away, on average \[days\], within the run.
    away_days: f64,
    /// Days after which nobody of those who came in is kept in the line.
    gone_after: usize,
}

impl Staff {
    fn of(scenario: &Scenario, desk: &HelpDeskText) -> Staff {
        let calendar = &scenario.setting.calendar;
        let days = calendar.days();
        let come_back = desk.follow_up.as_ref().map_or(0.0, |follow_up| follow_up.chance.value());
        let roster = scenario.help_desk.as_ref().map(|desk| desk.roster());
        let each = mean_seconds(desk.handling()) / (1.0 - come_back);
        let settled = |day| {
            let (from, to) = (calendar.midnight(day), calendar.midnight(day + 1).min(calendar.end()));
            roster.map_or(0.0, |roster| roster.agent_seconds(from, to) as f64 / each)
        };
        let away = desk.follow_up.as_ref().map_or(0.0, |follow_up| mean_seconds(follow_up.after()));
        let all = std::iter::once(&scenario.rules).chain(scenario.later.iter().map(|era| &era.rules));
        let judged = all.filter_map(|rules| rules.answer_within()).max().unwrap_or(Span(0));
        let gone_after = desk.patience.map_or(days, |patience| {
            ((MOST_PATIENT * patience.as_days() + judged.as_days()).ceil() as usize + 1).min(days)
        });
        Staff {
            settled: (0..days).map(settled).collect(),
            come_back,
            away_days: (away / DAY as f64).min(days as f64),
            gone_after,
        }
    }
}

/// The most messages of a day; `None` where the list alone bounds them. Who sends just what the next tier needs sends
/// no more than a limit.
fn most_a_day(scenario: &Scenario) -> Option<u64> {
    let climbs = |meanwhile: u64| {
        let limit = scenario.setting.tiers.iter().filter_map(|tier| tier.limit).max().unwrap_or(0);
        limit.saturating_mul(scenario.senders.len() as u64).max(meanwhile)
    };
    match &scenario.strategy.volume {
        Volume::FastestClimb { at_most: None, meanwhile } => Some(climbs(*meanwhile)),
        volume => volume.most_of_run(scenario.setting.calendar.days()),
    }
}

/// The chance that a message is answered, as high as it gets by template; where effects of days, campaigns or the past act
/// on it, the largest of all.
fn highest_reply(segment: &Segment) -> f64 {
    const REPLY: RateName = RateName::reply;
    let behavior = &segment.behavior;
    let largest = behavior.largest_chance.value.value();
    let effects = [
        &behavior.day_effect.acts_on,
        &behavior.campaign_effect.acts_on,
        &behavior.weekday_effect.acts_on,
        &behavior.fatigue.acts_on,
    ];
    if effects.into_iter().any(|acts_on| acts_on.contains(&REPLY)) {
        return largest;
    }
    let factor = |template: &TemplateEffects| {
        let own = template.factors.iter().filter(|(rate, _)| *rate == REPLY);
        let own: f64 = own.map(|(_, prior)| prior.quantile(HIGH)).product();
        if template.buttons { own * behavior.buttons.prior.quantile(HIGH) } else { own }
    };
    let factors = segment.templates.iter().map(factor).fold(0.0, f64::max);
    (behavior.rate(REPLY).prior.quantile(HIGH) * factors).min(largest)
}

/// The mean of a law, without the longest in a thousand, which may have none \[seconds\].
fn mean_seconds(law: LengthText) -> f64 {
    const PARTS: u32 = 1_000;
    let middle = |part: u32| law.quantile((f64::from(part) + 0.5) / f64::from(PARTS)).0 as f64;
    (0..PARTS).map(middle).sum::<f64>() / f64::from(PARTS)
}
