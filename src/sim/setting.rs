//! What every report says about a run besides its results: names, dates, assumptions, warnings.

use jiff::civil::Date;

use super::trajectory::{Day, Metric, Reached};
use crate::glossary::{NumberStatus, TemplateStatus};
use crate::platform::{Rules, Tier};
use crate::time::Calendar;

/// What every report says about a run besides its results.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The scenario's name: its file name without the ending.
    pub scenario: String,
    /// The scenario's title.
    pub title: String,
    /// Name of the ruleset.
    pub ruleset: String,
    /// Names of the behaviour profiles.
    pub profiles: Vec<String>,
    /// The seed.
    pub seed: u64,
    /// Dates, slots and horizon.
    pub calendar: Calendar,
    /// The tiers, lowest first.
    pub tiers: Vec<Tier>,
    /// What unlocks each tier from the one below it, in words; empty for the lowest.
    pub unlocks: Vec<String>,
    /// Position of the tier at which the number starts.
    pub start_tier: usize,
    /// How many of the portfolio's numbers send \[numbers\]: of several, the best tier and the worst status are shown.
    pub sending_numbers: usize,
    /// The longest that a plan which goes on may send nothing: everybody rests, and then no weekday is one of its own
    /// \[civil days\].
    pub longest_pause: usize,
    /// What the plan is to bring about by a date, where it is one that does.
    pub campaign: Option<Campaign>,
    /// What this ruleset can do to a number or a template.
    pub possible: Possible,
    /// Whether somebody answers customers' chats.
    pub help_desk: bool,
    /// The currency of the cost; nothing where nothing is priced.
    pub currency: Option<String>,
    /// Whether it is known how many conversations are open: something is priced, and a rule knows conversations.
    pub conversations: bool,
    /// Whether a rule rates templates.
    pub rates_templates: bool,
    /// Every input that no scenario file stated by itself, and every uncertain one.
    pub assumptions: Vec<Assumption>,
    /// What a reader must know before trusting the result, such as clauses that are not simulated.
    pub warnings: Vec<String>,
}

/// So many people are to have a message by a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// How many people \[customers\].
    pub people: u64,
    /// The last day.
    pub by: Date,
    /// Civil days of the run until it is over, the last one counted \[days\].
    pub days: usize,
    /// The messages that count: those sent, or those delivered.
    pub counts: Metric,
}

impl Campaign {
    /// How far it got in the days of a run.
    pub(super) fn reached(&self, days: &[Day]) -> Reached {
        let counts = |day: &Day| day.counts[self.counts as usize];
        let mut counted = days.iter().scan(0, |sum, day| {
            *sum += counts(day);
            Some(*sum)
        });
        Reached {
            done_on: counted.position(|counted| counted >= self.people).map(|day| day as u32),
            in_time: days.iter().take(self.days).map(counts).sum(),
        }
    }
}

/// What a ruleset can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Possible {
    /// Flag a number.
    pub flagged: bool,
    /// Warn a number.
    pub warned: bool,
    /// Hold a number to a rate.
    pub rate_limited: bool,
    /// Lower a tier.
    pub downgraded: bool,
    /// Restrict a number.
    pub restricted: bool,
    /// Flag a template.
    pub template_flagged: bool,
    /// Disable a template.
    pub template_disabled: bool,
    /// Ban a number.
    pub banned: bool,
}

impl Possible {
    /// What any of these rules can do.
    pub fn under(all: &[&Rules]) -> Possible {
        let number = |status| all.iter().any(|rules| rules.number_can_be(status));
        let template = |status| all.iter().any(|rules| rules.template_can_be(status));
        Possible {
            flagged: number(NumberStatus::Flagged),
            warned: number(NumberStatus::Warned),
            rate_limited: number(NumberStatus::RateLimited),
            downgraded: all.iter().any(|rules| rules.can_downgrade()),
            restricted: number(NumberStatus::Restricted),
            template_flagged: template(TemplateStatus::Flagged),
            template_disabled: template(TemplateStatus::Disabled),
            banned: number(NumberStatus::Banned),
        }
    }
}

/// One input of the model, with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// Path of the input, such as `segments.members.block`.
    pub path: String,
    /// The value or the prior, in words.
    pub value: String,
    /// How far it can be trusted.
    pub grade: Evidence,
    /// Who says so.
    pub source: String,
}

/// How far an input can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Stated in the scenario file by its author.
    Given,
    /// Grade 1: real counts of the same kind of act.
    Counts,
    /// Grade 2: published, another channel.
    OtherChannel,
    /// Grade 3: a vendor's guard rail.
    Vendor,
    /// Grade 0: assumed; nobody publishes it.
    Assumed,
}

impl Evidence {
    /// What a grade of a profile says: 0 to 3.
    pub fn of_grade(grade: u8) -> Evidence {
        match grade {
            1 => Evidence::Counts,
            2 => Evidence::OtherChannel,
            3 => Evidence::Vendor,
            _ => Evidence::Assumed,
        }
    }

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Evidence::Given => "given in the scenario",
            Evidence::Counts => "grade 1, real counts",
            Evidence::OtherChannel => "grade 2, another channel",
            Evidence::Vendor => "grade 3, a vendor's guard rail",
            Evidence::Assumed => "grade 0, assumed",
        }
    }
}
