//! What a business would have received: a replay's changes in the published shapes of the platform's webhooks.
//!
//! ```text
//!   Replay --foresee--> Webhook, Webhook, ...   one JSON line each
//!                          |
//!   events.jsonl --read----+--compare--> what agrees, where they first part, and by which clause
//! ```
//!
//! | change | webhook |
//! | --- | --- |
//! | a number is Flagged, or no longer | `phone_number_quality_update`: `FLAGGED`, `UNFLAGGED` |
//! | a number's limit rises or falls | `phone_number_quality_update`: `UPGRADE`, `DOWNGRADE` |
//! | a number begins, new | `phone_number_quality_update`: `ONBOARDING` |
//! | a portfolio's limit rises or falls | `business_capability_update` |
//! | a template is Flagged, Paused or Disabled | `message_template_status_update`: `FLAGGED`, `PAUSED`, `DISABLED` |
//! | a template is no longer Flagged; may be sent again | the same: `REINSTATED`; `APPROVED` with the title `UNPAUSE` |
//! | a template's rating changes | `message_template_quality_update` |
//! | the business is verified | `account_update`: `VERIFIED_ACCOUNT`, for each number |
//!
//! Whatever else changes (a number's rating, reviews, restrictions) has no published shape and is counted as left
//! out. What a log cannot know is filled with what stands for nothing: entry `0`, language `und`, and as a template's
//! id its position among the log's templates, from 1. A number that begins at a given tier or rating is not new.

mod compare;
mod received;

use serde::Serialize;

use super::replay::wording;
use crate::glossary::{NumberStatus, Rating, TemplateStatus};
use crate::platform::language::{Holder, HowMany};
use crate::platform::{Change, Rules, Subject, What};
use crate::sim::replay::Replay;
use crate::time::{HOUR, SimTime};

pub use compare::{Comparison, Difference, Parting, compare};
pub use received::Received;

/// The webhooks that a replay's changes give, and how many changes have no published shape, by what they are.
#[derive(Clone, Debug, Default)]
pub struct Foreseen {
    /// The webhooks, in order of time.
    pub webhooks: Vec<Webhook>,
    /// What has no published shape: what it is, and how often.
    pub left_out: Vec<(&'static str, u64)>,
}

/// A webhook that a business would have received.
#[derive(Clone, Debug, PartialEq)]
pub struct Webhook {
    /// What it tells.
    pub notice: Notice,
    /// The change in words; empty for a beginning.
    pub words: String,
    /// Path of the clause that caused it; empty for a beginning.
    pub clause: String,
    value: Value,
}

/// What a webhook tells, without its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// When [Unix seconds].
    pub time: i64,
    /// The webhook's field.
    pub field: Field,
    /// Its event; empty where the field knows none.
    pub event: String,
    /// Whom it concerns: a phone number or a template by name; empty for the business, or where the log has no names.
    pub who: String,
    /// The limit that holds after it, such as `TIER_1K`, or the title of a pause.
    pub detail: Option<String>,
}

/// Fields of webhooks that a change can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// `phone_number_quality_update`
    Number,
    /// `message_template_status_update`
    Template,
    /// `business_capability_update`
    Capability,
    /// `message_template_quality_update`
    TemplateQuality,
    /// `account_update`
    Account,
}

impl Field {
    /// The word in a webhook.
    pub fn name(self) -> &'static str {
        match self {
            Field::Number => "phone_number_quality_update",
            Field::Template => "message_template_status_update",
            Field::Capability => "business_capability_update",
            Field::TemplateQuality => "message_template_quality_update",
            Field::Account => "account_update",
        }
    }
}

// ---- shapes ---------------------------------------------------------------------------------------------------

#[derive(Serialize)]
struct Envelope<'w> {
    object: &'static str,
    entry: [Entry<'w>; 1],
}

#[derive(Serialize)]
struct Entry<'w> {
    id: &'static str,
    time: i64,
    changes: [FieldAndValue<'w>; 1],
}

#[derive(Serialize)]
struct FieldAndValue<'w> {
    field: &'static str,
    value: &'w Value,
}

/// A webhook's value: fields in the order of the published examples.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum Value {
    Number {
        display_phone_number: String,
        event: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        old_limit: Option<&'static str>,
        current_limit: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        max_daily_conversations_per_business: Option<&'static str>,
    },
    TemplateStatus {
        event: &'static str,
        message_template_id: u64,
        message_template_name: String,
        message_template_language: &'static str,
        reason: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        other_info: Option<OtherInfo>,
        #[serde(skip_serializing_if = "Option::is_none")]
        disable_info: Option<DisableInfo>,
    },
    TemplateQuality {
        previous_quality_score: &'static str,
        new_quality_score: &'static str,
        message_template_id: u64,
        message_template_name: String,
        message_template_language: &'static str,
    },
    Account {
        phone_number: String,
        event: &'static str,
    },
    Capability {
        max_daily_conversations_per_business: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        max_phone_numbers_per_waba: Option<u64>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct OtherInfo {
    title: &'static str,
    description: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct DisableInfo {
    disable_date: String,
}

impl Webhook {
    /// The webhook as one line of JSON, without a line end.
    pub fn line(&self) -> String {
        let changes = [FieldAndValue { field: self.notice.field.name(), value: &self.value }];
        let entry = [Entry { id: "0", time: self.notice.time, changes }];
        let envelope = Envelope { object: "whatsapp_business_account", entry };
        // Structures of text and numbers always serialise.
        serde_json::to_string(&envelope).unwrap_or_default()
    }
}

// ---- changes to webhooks --------------------------------------------------------------------------------------

/// The webhooks that a replay's changes give.
pub fn foresee(replay: &Replay) -> Foreseen {
    let mut teller = Teller {
        replay,
        rules: &replay.rules,
        limits: vec![replay.rules.tiers[replay.start_tier].limit; replay.log.names.numbers.len().max(1)],
        pauses: vec![0; replay.log.names.templates.len()],
        verified: replay.start.verified,
        out: Foreseen::default(),
    };
    teller.begin();
    for (change, _) in &replay.changes {
        teller.change(change);
    }
    teller.out
}

/// The word for a limit; the platform publishes none for others.
fn tier_word(limit: Option<u64>) -> Option<&'static str> {
    Some(match limit {
        None => "TIER_UNLIMITED",
        Some(50) => "TIER_50",
        Some(250) => "TIER_250",
        Some(1_000) => "TIER_1K",
        Some(2_000) => "TIER_2K",
        Some(10_000) => "TIER_10K",
        Some(100_000) => "TIER_100K",
        Some(_) => return None,
    })
}

fn colour(rating: Rating) -> &'static str {
    match rating {
        Rating::High => "GREEN",
        Rating::Medium => "YELLOW",
        Rating::Low => "RED",
        Rating::Unknown => "UNKNOWN",
    }
}

struct Teller<'r> {
    replay: &'r Replay,
    /// The rules in force.
    rules: &'r Rules,
    /// The limit that each number sends under.
    limits: Vec<Option<u64>>,
    /// How often each template was paused.
    pauses: Vec<usize>,
    verified: bool,
    out: Foreseen,
}

impl Teller<'_> {
    fn portfolio(&self) -> bool {
        self.rules.holder == Holder::Portfolio
    }

    /// A number that begins, new, is told with its first limit.
    fn begin(&mut self) {
        let start = &self.replay.start;
        let ladder = self.replay.ruleset.ladder.is_some();
        if start.tier.is_some() || start.rating.is_some() || !ladder {
            return;
        }
        for number in 0..self.replay.log.names.numbers.len() {
            self.number_event(self.replay.log.span.0, number, "ONBOARDING", None);
        }
    }

    fn change(&mut self, change: &Change) {
        let time = self.replay.calendar.unix(change.at);
        self.rules = self.replay.rules_at(change.at);
        match (change.subject, change.what) {
            (Subject::Holder(holder), What::TierRose { to, .. }) => {
                self.limit(time, holder, to, "UPGRADE", change)
            }
            (Subject::Holder(holder), What::TierFell { to, .. }) => {
                self.limit(time, holder, to, "DOWNGRADE", change)
            }
            (Subject::Number(number), What::NumberEntered { status: NumberStatus::Flagged, .. }) => {
                self.number_event(time, number, "FLAGGED", Some(change));
            }
            (Subject::Number(number), What::NumberLeft { status: NumberStatus::Flagged, .. }) => {
                self.number_event(time, number, "UNFLAGGED", Some(change));
            }
            (Subject::Template(template), What::TemplateEntered { status, until }) => {
                self.template_entered(time, template, status, until, change);
            }
            (Subject::Template(template), What::TemplateLeft { status, recovered }) => {
                self.template_left(time, template, status, recovered, change);
            }
            (Subject::Template(template), What::Rated { from, to }) => {
                self.template_rated(time, template, from, to, change);
            }
            (_, What::Verified) => self.verified(time, change),
            (Subject::Number(number), What::Amended { to, .. }) => {
                self.limits[number] = to;
                self.leave_out(left_out(change.what));
            }
            (_, what) => self.leave_out(left_out(what)),
        }
    }

    fn limit(&mut self, time: i64, holder: usize, to: usize, event: &'static str, change: &Change) {
        let limit = self.rules.tiers[to].limit;
        if !self.portfolio() {
            self.limits[holder] = limit;
            return self.number_event(time, holder, event, Some(change));
        }
        self.limits.fill(limit);
        let numbers = self.replay.ruleset_at(change.at).numbers.as_ref();
        let most = numbers.and_then(|numbers| {
            let allowed = if self.verified { numbers.verified } else { numbers.unverified };
            if let HowMany::AtMost(most) = allowed { Some(most) } else { None }
        });
        let value = Value::Capability {
            max_daily_conversations_per_business: limit
                .map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX)),
            max_phone_numbers_per_waba: most,
        };
        let detail = Some(limit_word(limit));
        let notice =
            Notice { time, field: Field::Capability, event: String::new(), who: String::new(), detail };
        self.push(notice, value, Some(change));
    }

    fn number_event(&mut self, time: i64, number: usize, event: &'static str, change: Option<&Change>) {
        let Some(word) = tier_word(self.limits[number]) else {
            return self.leave_out("limits that have no published word");
        };
        let who = self.replay.log.names.numbers[number].clone();
        let onboarding_now = event == "ONBOARDING" && self.portfolio();
        let value = Value::Number {
            display_phone_number: who.clone(),
            event,
            old_limit: onboarding_now.then_some("TIER_NOT_SET"),
            current_limit: word,
            max_daily_conversations_per_business: onboarding_now.then_some(word),
        };
        let detail = Some(word.to_owned());
        let notice = Notice { time, field: Field::Number, event: event.to_owned(), who, detail };
        self.push(notice, value, change);
    }

    fn template_entered(
        &mut self,
        time: i64,
        template: usize,
        status: TemplateStatus,
        until: Option<SimTime>,
        change: &Change,
    ) {
        let disables = |at: i64| Some(DisableInfo { disable_date: at.to_string() });
        match status {
            TemplateStatus::Paused => {
                self.pauses[template] += 1;
                let Some(title) = ["FIRST_PAUSE", "SECOND_PAUSE"].get(self.pauses[template] - 1) else {
                    return self.leave_out("pauses after the second, which have no published title");
                };
                let description = self.pause_in_words(template, change.at, until);
                self.template_event(
                    time,
                    template,
                    "PAUSED",
                    Some(OtherInfo { title, description }),
                    None,
                    change,
                );
            }
            TemplateStatus::Disabled => {
                self.template_event(time, template, "DISABLED", None, disables(time), change);
            }
            TemplateStatus::Flagged => {
                let deadline = until.and_then(|at| disables(self.replay.calendar.unix(at)));
                self.template_event(time, template, "FLAGGED", None, deadline, change);
            }
            TemplateStatus::Approved | TemplateStatus::Pending | TemplateStatus::Rejected => {
                self.leave_out("other statuses of templates");
            }
        }
    }

    /// The platform's sentence says as much; these are our words.
    fn pause_in_words(&self, template: usize, at: SimTime, until: Option<SimTime>) -> String {
        let times = if self.pauses[template] == 1 { "first" } else { "second" };
        let Some(until) = until else {
            return format!("Paused: its quality rating is Low for the {times} time.");
        };
        let hours = (until - at).0 / HOUR;
        let stamp =
            jiff::Timestamp::from_second(self.replay.calendar.unix(until)).unwrap_or(jiff::Timestamp::MAX);
        let end = stamp.strftime("%b %-d at %-I:%M %p UTC");
        format!("Paused for {hours} hours until {end}: its quality rating is Low for the {times} time.")
    }

    fn template_left(
        &mut self,
        time: i64,
        template: usize,
        status: TemplateStatus,
        recovered: bool,
        change: &Change,
    ) {
        match status {
            TemplateStatus::Paused => {
                let description = "It may be sent again.".to_owned();
                let info = Some(OtherInfo { title: "UNPAUSE", description });
                self.template_event(time, template, "APPROVED", info, None, change);
            }
            TemplateStatus::Flagged if recovered => {
                self.template_event(time, template, "REINSTATED", None, None, change);
            }
            // What follows is told by itself: Disabled.
            _ => self.leave_out("ends of a template's status with a consequence"),
        }
    }

    fn template_event(
        &mut self,
        time: i64,
        template: usize,
        event: &'static str,
        other_info: Option<OtherInfo>,
        disable_info: Option<DisableInfo>,
        change: &Change,
    ) {
        let who = self.replay.log.names.templates[template].clone();
        let detail = other_info.as_ref().map(|info| info.title.to_owned());
        let value = Value::TemplateStatus {
            event,
            message_template_id: template as u64 + 1,
            message_template_name: who.clone(),
            message_template_language: "und",
            reason: "NONE",
            other_info,
            disable_info,
        };
        let notice = Notice { time, field: Field::Template, event: event.to_owned(), who, detail };
        self.push(notice, value, Some(change));
    }

    fn template_rated(&mut self, time: i64, template: usize, from: Rating, to: Rating, change: &Change) {
        let who = self.replay.log.names.templates[template].clone();
        let value = Value::TemplateQuality {
            previous_quality_score: colour(from),
            new_quality_score: colour(to),
            message_template_id: template as u64 + 1,
            message_template_name: who.clone(),
            message_template_language: "und",
        };
        let event = colour(to).to_owned();
        let notice = Notice { time, field: Field::TemplateQuality, event, who, detail: None };
        self.push(notice, value, Some(change));
    }

    fn verified(&mut self, time: i64, change: &Change) {
        self.verified = true;
        for who in self.replay.log.names.numbers.clone() {
            let value = Value::Account { phone_number: who.clone(), event: "VERIFIED_ACCOUNT" };
            let event = "VERIFIED_ACCOUNT".to_owned();
            self.push(Notice { time, field: Field::Account, event, who, detail: None }, value, Some(change));
        }
    }

    fn push(&mut self, notice: Notice, value: Value, change: Option<&Change>) {
        let told = change.map(|change| wording(self.replay, change.at).tell(change, None));
        let (words, clause) = told
            .map_or_else(Default::default, |told| (format!("{} {}", told.subject, told.what), told.clause));
        self.out.webhooks.push(Webhook { notice, words, clause, value });
    }

    fn leave_out(&mut self, what: &'static str) {
        match self.out.left_out.iter_mut().find(|(other, _)| *other == what) {
            Some((_, count)) => *count += 1,
            None => self.out.left_out.push((what, 1)),
        }
    }
}

/// The published word for a limit, or its number.
fn limit_word(limit: Option<u64>) -> String {
    let number = || limit.map_or_else(String::new, |limit| limit.to_string());
    tier_word(limit).map_or_else(number, str::to_owned)
}

/// What a change is that has no published shape.
fn left_out(what: What) -> &'static str {
    match what {
        What::Rated { .. } => "ratings of numbers",
        What::ReviewStarted { .. } | What::ReviewCancelled => "reviews",
        What::NumberEntered { .. } | What::NumberLeft { .. } => "statuses of numbers other than Flagged",
        What::Verified | What::TierRose { .. } | What::TierFell { .. } => "limits of others",
        What::TemplateEntered { .. } | What::TemplateLeft { .. } => "other statuses of templates",
        What::PolicyDecided { .. } => "commerce-policy checks",
        What::Amended { .. } => "changes of the rules",
        What::NumberWaits { .. } | What::NumberConnected => "numbers that wait to be connected",
        What::OfficialDecided { .. } => "official-business status",
        What::AnalysisAsked | What::AnalysisDecided { .. } => "analyses before a rise",
        What::HeldReleased { .. } | What::HeldDropped { .. } => "samples of paced templates",
    }
}
