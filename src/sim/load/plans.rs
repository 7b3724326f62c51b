//! How the sender decides: its plan, and what it does when something looks bad.

use jiff::civil::Date;

use crate::audience::Choice;
use crate::document::{Check, Findings};
use crate::glossary::{Ratio, grouped};
use crate::platform::Ruleset;
use crate::platform::language::{Condition, Signal, Upgrade};
use crate::sender::{
    Act, AfterTable, Backlog, Clock, Counts, FeedbackRule, Geometric, Late, Strategy, Trigger, Volume,
};
use crate::sim::scenario::{PlanText, ScenarioText, SegmentText};
use crate::sim::{Campaign, Metric};
use crate::time::{Calendar, HOUR, Span, date_in_words, days_between};

use super::grid::CALENDAR;
use super::loader::Loader;
use super::parts::{senders, written_to};
use super::sense::{WRITTEN_TO, check_messages};
use super::table::read_table;
use crate::sim::ready::{MOST_IN_SLOT, SendingSlot};

/// When a run is, and when it sends.
type When<'w> = Option<(&'w Calendar, &'w [SendingSlot])>;

impl Loader<'_> {
    pub(super) fn strategy(
        &self,
        text: &ScenarioText,
        when: When<'_>,
        check: &mut Check<'_>,
        others: &mut Findings,
    ) -> Option<Strategy> {
        check.given(&[], |check| {
            for (place, rule) in text.sender.feedback.iter().enumerate() {
                check_rule(rule, &format!("sender.feedback[{place}]"), check);
            }
            check_edits(text, check);
            check_throughput(text, when, check);
        });
        Some(Strategy {
            volume: check.given(&["sender.plan"], |check| self.volume(text, when, check, others))?,
            feedback: text.sender.feedback.clone(),
            rotation: text.sender.rotation,
            edits: text.sender.edits,
            weights: senders(text).into_iter().map(|(_, weight)| weight).collect(),
        })
    }

    fn volume(
        &self,
        text: &ScenarioText,
        when: When<'_>,
        check: &mut Check<'_>,
        others: &mut Findings,
    ) -> Option<Volume> {
        Some(match &text.sender.plan {
            PlanText::Constant { a_day } => {
                check_messages(*a_day, "sender.plan.a_day", check);
                Volume::Constant { a_day: *a_day }
            }
            PlanText::Linear { from, add, at_most, clock } => {
                check_growth(*from, *at_most, check);
                check_messages(*add, "sender.plan.add", check);
                Volume::Linear { from: *from, add: *add, at_most: *at_most, clock: *clock }
            }
            PlanText::Geometric { from, times, at_most, clock } => {
                check_growth(*from, *at_most, check);
                if *times <= Ratio::new(1, 1) {
                    let message = format!("times {times} does not grow");
                    check.error(
                        "sender.plan.times",
                        message,
                        "above 1: \"1.15\" is 15 % more with every row",
                    );
                    return None;
                }
                Volume::Geometric(Geometric::new(*from, *times, *at_most, *clock, when?.0.days()))
            }
            PlanText::Table { file, clock, after } => {
                let document = self.beside("sender.plan.file", file, check)?;
                match read_table(&document) {
                    Ok(table) => {
                        others.merge(table.odd);
                        if table.an_hour {
                            hourly(table.rows, (*clock, *after), text, check)?
                        } else {
                            Volume::Table { days: table.rows, clock: *clock, after: *after }
                        }
                    }
                    Err(findings) => {
                        others.merge(findings);
                        return None;
                    }
                }
            }
            PlanText::FillLimit { share, at_most } => {
                check_at_most(*at_most, check);
                check_share(*share, "sender.plan.share", "of the limit", check);
                Volume::FillLimit { share: *share, at_most: *at_most }
            }
            PlanText::FastestClimb { at_most, meanwhile } => {
                check_at_most(*at_most, check);
                if let Some(meanwhile) = meanwhile {
                    check_messages(*meanwhile, "sender.plan.meanwhile", check);
                }
                Volume::FastestClimb { at_most: *at_most, meanwhile: meanwhile.unwrap_or(0) }
            }
            PlanText::Backlog { people, by, counts, late } => {
                check.given(WRITTEN_TO, |check| check_people(text, *people, check));
                let leans = [WRITTEN_TO, CALENDAR, &["sender.hours", "sender.weekdays"]].concat();
                let plan = (*people, by.as_str(), *counts, *late);
                Volume::Backlog(check.given(&leans, |check| backlog(text, plan, when, check))?)
            }
        })
    }
}

/// A plan by a table of the most messages in an hour.
fn hourly(
    days: Vec<u64>,
    (clock, after): (Clock, AfterTable),
    text: &ScenarioText,
    check: &mut Check<'_>,
) -> Option<Volume> {
    let slot = text.slot.unwrap_or(Span::hours(1)).0;
    if slot > HOUR {
        let message = "the table bounds the messages of an hour, and a slot is longer than that";
        check.error("slot", message, "1h at most, such as \"15m\", \"30m\" or \"1h\"");
    }
    if clock == Clock::volume_gate {
        let message = "a table of messages an hour has no volume of a day to wait for";
        check.error("sender.plan.clock", message, "calendar_day or sending_day");
    }
    let slots = u32::try_from(HOUR / slot.max(1)).ok().filter(|slots| *slots > 0)?;
    Some(Volume::Hourly { days, slots, clock, after })
}

/// Under rules that ask for no usage, a plan that sends just the usage that is missing sends nothing.
pub(super) fn check_climb(text: &ScenarioText, rulesets: &[&Ruleset], check: &mut Check<'_>) {
    let PlanText::FastestClimb { meanwhile: None, .. } = text.sender.plan else { return };
    let mut clauses = rulesets.iter().flat_map(|ruleset| ruleset.upgrade.values());
    if !clauses.any(asks_usage) {
        let name = rulesets.first().map_or("the ruleset", |ruleset| &ruleset.name);
        check.error(
            "sender.plan",
            format!("this plan sends nothing: {name} asks for no usage"),
            "give `meanwhile`, or another plan",
        );
    }
}

fn asks_usage(clause: &Upgrade) -> bool {
    clause.when.iter().any(|condition| matches!(condition, Condition::Usage { .. }))
}

/// Where a step is judged at deliveries alone and a rating can keep it back, a plan that sends just the usage that is missing
/// may wait long: once none is missing nothing is delivered, and so nothing is judged.
pub(super) fn waits(text: &ScenarioText, rulesets: &[&Ruleset]) -> Vec<String> {
    let PlanText::FastestClimb { meanwhile: None | Some(0), .. } = text.sender.plan else {
        return Vec::new();
    };
    let can_wait = |clause: &Upgrade| {
        let asks_rating = |condition: &Condition| {
            matches!(condition, Condition::RatingAtLeast(_) | Condition::TemplatesAtLeast(_))
        };
        let at_others = |signal: &Signal| matches!(signal, Signal::rating | Signal::Every(_));
        asks_usage(clause) && clause.when.iter().any(asks_rating) && !clause.on.iter().any(at_others)
    };
    let mut clauses = rulesets.iter().flat_map(|ruleset| ruleset.upgrade.iter());
    let found = clauses.find(|(_, clause)| can_wait(clause)).map(|(name, _)| {
        format!(
            "the plan sends nothing once the usage for a step is there, and upgrade.{name} is judged when something is \
             delivered: where a rating keeps the step back then, it waits until the plan sends again; with `meanwhile: 10` \
             it is judged every day"
        )
    });
    found.into_iter().collect()
}

/// What the sender's own lines carry in a slot, for one number.
pub(super) fn slot_bound(text: &ScenarioText, calendar: &Calendar) -> Option<u64> {
    let lines = text.sender.throughput?;
    let slot = u128::from(calendar.slot_length().0.unsigned_abs());
    let most = u128::from(lines.messages) * slot / u128::from(lines.per.0.unsigned_abs().max(1));
    Some(u64::try_from(most).unwrap_or(u64::MAX))
}

/// What the plan is to bring about by a date, where it is a backlog.
pub(super) fn campaign(text: &ScenarioText, calendar: &Calendar) -> Option<Campaign> {
    let PlanText::Backlog { people, by, counts, .. } = &text.sender.plan else { return None };
    let counts = match counts {
        Counts::sent => Metric::Sent,
        Counts::delivered => Metric::Delivered,
    };
    let by = by.parse().ok()?;
    let days = (0..calendar.days()).take_while(|day| calendar.date(*day) <= by).count();
    Some(Campaign { people: *people, by, days, counts })
}

/// A backlog with the sending slots of the run until it is due.
fn backlog(
    text: &ScenarioText,
    (people, by, counts, late): (u64, &str, Counts, Late),
    when: When<'_>,
    check: &mut Check<'_>,
) -> Option<Backlog> {
    let at = "sender.plan.by";
    let Ok(date) = by.parse::<Date>() else {
        check.error(at, format!("\"{by}\" is no date"), "write a date such as \"2022-12-01\"");
        return None;
    };
    let (calendar, sending) = when?;
    let last = calendar.date(calendar.days().saturating_sub(1));
    if date > last {
        let message = format!("the run ends on {}, before the backlog is due", date_in_words(last));
        check.error(at, message, "make the horizon longer, or the date earlier");
        return None;
    }
    let slots = sending.partition_point(|sending| {
        calendar.date(calendar.slots()[sending.slot as usize].day as usize) <= date
    });
    if slots == 0 {
        let message = format!("nothing can be sent by {}: no sending slot lies before", date_in_words(date));
        check.error(at, message, "a later date, or other sending days");
    }
    let days = days_between(calendar.date(0), date) + 1;
    for (name, segment) in segments(text) {
        if segment.choose == Some(Choice::at_random) && segment.rest < Span::days(days) {
            check.error(
                &format!("audience.segments.{name}.choose"),
                "chosen at random, somebody may get it twice before everybody has it",
                format!("rested_longest, or a rest of {days}d"),
            );
        }
    }
    Some(Backlog { people, slots, counts, late })
}

fn check_people(text: &ScenarioText, people: u64, check: &mut Check<'_>) {
    let customers = segments(text).map(|(_, segment)| segment.customers).fold(0, u64::saturating_add);
    if people == 0 {
        check.error("sender.plan.people", "a backlog of nobody", "give the number of people");
    } else if customers > 0 && people > customers {
        let message = format!("a backlog of {} people in a list of {}", grouped(people), grouped(customers));
        check.error("sender.plan.people", message, "at most the customers who are written to");
    }
}

/// The segments that are written to, by name.
fn segments(text: &ScenarioText) -> impl Iterator<Item = (&str, &SegmentText)> {
    written_to(text).filter_map(|name| Some((name, text.audience.segments.get(name)?)))
}

fn check_growth(from: u64, at_most: Option<u64>, check: &mut Check<'_>) {
    check_messages(from, "sender.plan.from", check);
    check_at_most(at_most, check);
    if let Some(most) = at_most
        && from > most
    {
        let message = format!("the plan begins with {} and may ask for {}", grouped(from), grouped(most));
        check.error("sender.plan.at_most", message, "at least as many as the first row");
    }
}

fn check_at_most(at_most: Option<u64>, check: &mut Check<'_>) {
    if let Some(most) = at_most {
        check_messages(most, "sender.plan.at_most", check);
    }
}

fn check_share(share: Ratio, path: &str, of: &str, check: &mut Check<'_>) {
    if share <= Ratio::new(0, 1) || share > Ratio::new(1, 1) {
        let message = format!("a share of {share} {of} cannot be sent");
        check.error(path, message, "above 0 and at most 100%");
    }
}

fn check_rule(rule: &FeedbackRule, path: &str, check: &mut Check<'_>) {
    if let Trigger::Guard { is, of_at_least, .. } = rule.when {
        let ratio = is.ratio();
        if ratio < Ratio::new(0, 1) || ratio > Ratio::new(1, 1) {
            let path = format!("{path}.when.is");
            check.error(&path, format!("no share is ever {ratio}"), "from 0% to 100%");
        }
        if of_at_least == 0 {
            let path = format!("{path}.when.of_at_least");
            check.error(
                &path,
                "a share of 0 messages cannot be judged",
                "1 message at least; 100 is a start",
            );
        }
    }
    if rule.steps.is_empty() {
        let path = format!("{path}.steps");
        check.error(&path, "a rule without a step does nothing", "one at least, such as (act: hold)");
    }
    for (place, step) in rule.steps.iter().enumerate() {
        let path = format!("{path}.steps[{place}]");
        if step.lasts.is_some_and(|span| span.0 == 0) {
            let help = "a span such as \"7d\", or leave it out: as long as the trigger holds";
            check.error(&format!("{path}.lasts"), "a step of 0h does nothing", help);
        }
        match step.act {
            Act::Cut(share) => check_share(share, &format!("{path}.act"), "of the plan", check),
            Act::AtMost(messages) if !(1..=MOST_IN_SLOT).contains(&messages) => {
                let message = format!("{messages} messages a day make no bound");
                check.error(&format!("{path}.act"), message, format!("from 1 to {MOST_IN_SLOT}; or pause"));
            }
            Act::AtMost(_) | Act::hold | Act::pause => {}
        }
    }
}

fn check_edits(text: &ScenarioText, check: &mut Check<'_>) {
    if text.sender.edits.is_some_and(|edits| edits.at_most == 0) {
        check.error("sender.edits.at_most", "0 edits are none", "1 at least, or leave `edits` out");
    }
}

fn check_throughput(text: &ScenarioText, when: When<'_>, check: &mut Check<'_>) {
    let Some(lines) = text.sender.throughput else { return };
    if lines.per.0 == 0 {
        check.error("sender.throughput.per", "a time of 0h carries nothing", "such as \"1s\" or \"1m\"");
    } else if lines.messages == 0 {
        check.error("sender.throughput.messages", "0 messages are no throughput", "1 message at least");
    } else if let Some((calendar, _)) = when
        && slot_bound(text, calendar) == Some(0)
    {
        let message = format!("{} in {} are less than one in a slot", lines.messages, lines.per);
        let help = "a longer slot, or a faster line";
        check.error_given(CALENDAR, "sender.throughput", message, help);
    }
}
