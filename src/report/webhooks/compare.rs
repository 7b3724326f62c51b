//! What was received against what was foreseen: where they first part, and by which clause.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::replay::notes;
use super::received::Received;
use super::{Field, Foreseen, Notice, Webhook, limit_word};
use crate::glossary::grouped;
use crate::platform::language::{Effect, Holder, Measure, Ruleset, Status, Term, ToTier};
use crate::sim::replay::{OpenAnalysis, Replay};
use crate::time::{SimTime, Span, date_in_words};

/// What was received against what was foreseen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Name of the log.
    pub log: String,
    /// Name of the ruleset; of a rulebook that was followed from era to era, with its rulesets.
    pub ruleset: String,
    /// Events that were received within the time of the replay, of the kinds that rules can foresee.
    pub within: u64,
    /// Webhooks that came as foreseen.
    pub matched: u64,
    /// Every difference, in order of time.
    pub differences: Vec<Difference>,
    /// What was not compared, and how often.
    pub not_compared: BTreeMap<String, u64>,
    /// What was taken for granted, and what is strange about the log.
    pub notes: Vec<String>,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// When [Unix seconds].
    pub time: i64,
    /// Civil date and time.
    pub date: String,
    /// How they part.
    pub parting: Parting,
    /// What was received or foreseen, in words.
    pub what: String,
    /// Paths of the clauses concerned: the one that foresaw it, or those that could have; empty where none could.
    pub clauses: Vec<String>,
    /// Line of what was received.
    pub line: Option<u64>,
}

/// How what was received and what was foreseen part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Parting {
    /// It was received, and no clause foresaw it then.
    NotForeseen,
    /// A clause foresaw it, and it was not received then.
    NotReceived,
    /// It was received as foreseen, with another limit or title.
    OtherLimit,
}

impl Parting {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Parting::NotForeseen => "received, not foreseen",
            Parting::NotReceived => "foreseen, not received",
            Parting::OtherLimit => "received with another limit",
        }
    }
}

impl Comparison {
    /// Whether anything was held against anything: where a log is quiet and the events are of other dates, nothing is.
    pub fn compared(&self) -> bool {
        self.matched > 0 || !self.differences.is_empty()
    }

    /// Whether something was compared and nothing differs.
    pub fn agrees(&self) -> bool {
        self.compared() && self.differences.is_empty()
    }

    /// How often they part in this way.
    pub fn count(&self, parting: Parting) -> usize {
        self.differences.iter().filter(|difference| difference.parting == parting).count()
    }

    /// The comparison in words; `name` is that of what was received.
    pub fn render(&self, name: &str, replay: &Replay, tolerance: Span) -> String {
        let mut text = format!(
            "{name} against {} under {}, within {tolerance}:\n  {} as foreseen, {} with another limit, {} received and \
             not foreseen, {} foreseen and not received.\n",
            replay.name,
            replay.rules_in_words(),
            grouped(self.matched),
            self.count(Parting::OtherLimit),
            self.count(Parting::NotForeseen),
            self.count(Parting::NotReceived)
        );
        if self.within == 0 {
            let of = |at: SimTime| date_in_words(replay.calendar.civil(at).date());
            text.push_str(&format!(
                "No event of {name} that rules can foresee lies within the time of the log, {} to {}.\n",
                of(SimTime::START),
                of(SimTime(replay.calendar.end().0 - 1))
            ));
        }
        match self.differences.first() {
            None if self.compared() => text.push_str("They agree.\n"),
            None => text.push_str("Nothing was compared: it is open whether they agree.\n"),
            Some(first) => {
                let by = match first.clauses.as_slice() {
                    [] => "by no clause of these rules".to_owned(),
                    clauses => format!("by {}", clauses.join(" or ")),
                };
                text.push_str(&format!(
                    "They first part on {}, {by}: {}: {}.\n",
                    first.date,
                    first.parting.name(),
                    first.what
                ));
                text.push_str("\nEvery difference:\n");
            }
        }
        for difference in &self.differences {
            let line = difference.line.map_or_else(String::new, |line| format!(" ({name}:{line})"));
            let clauses = difference.clauses.join(", ");
            text.push_str(&format!(
                "  {}  {}: {}{line} [{clauses}]\n",
                difference.date,
                difference.parting.name(),
                difference.what
            ));
        }
        if !self.not_compared.is_empty() {
            text.push_str("\nNot compared:\n");
        }
        for (what, count) in &self.not_compared {
            text.push_str(&format!("  {} {what}\n", grouped(*count)));
        }
        text
    }
}

/// Compares what was received with what was foreseen; the same event within `tolerance` is the same.
///
/// The beginning of a number and the end of a template's pause are matched where both tell of them and are no
/// difference where one does not: a log seldom begins with its number, and no page says which event ends a pause. Nor is
/// a rise one that an open analysis explains: no rule says how the platform decides it.
pub fn compare(replay: &Replay, foreseen: &Foreseen, received: &Received, tolerance: Span) -> Comparison {
    let mut matcher = Matcher {
        replay,
        tolerance,
        foreseen: foreseen.webhooks.iter().map(|webhook| (webhook, false)).collect(),
        out: Comparison {
            log: replay.name.clone(),
            ruleset: replay.rules_in_words(),
            within: 0,
            matched: 0,
            differences: Vec::new(),
            not_compared: received.passed_over.clone(),
            notes: notes(replay),
        },
        limit: limit_word(replay.rules.tiers[replay.start_tier].limit),
        explained: Vec::new(),
    };
    matcher.skip(received.twice, "received twice");
    for (notice, line) in &received.notices {
        matcher.receive(notice, *line);
    }
    matcher.rest();
    matcher.out.differences.sort_by_key(|difference| difference.time);
    matcher.out
}

struct Matcher<'c> {
    replay: &'c Replay,
    tolerance: Span,
    foreseen: Vec<(&'c Webhook, bool)>,
    out: Comparison,
    /// The portfolio's limit as received last.
    limit: String,
    /// Open analyses that explained a rise.
    explained: Vec<OpenAnalysis>,
}

impl Matcher<'_> {
    fn receive(&mut self, notice: &Notice, line: u64) {
        let calendar = &self.replay.calendar;
        if notice.time < calendar.unix(SimTime::START) || notice.time >= calendar.unix(calendar.end()) {
            return self.skip(1, "received before or after the time of the replay");
        }
        self.out.within += 1;
        if notice.field == Field::Capability {
            if self.replay.rules_at(self.instant(notice)).holder == Holder::Number {
                return self.skip(1, "business_capability_update, where numbers hold the limits");
            }
            let limit = notice.detail.clone().unwrap_or_default();
            if std::mem::replace(&mut self.limit, limit) == notice.detail.as_deref().unwrap_or_default() {
                return self.skip(1, "business_capability_update without a new limit");
            }
        }
        let away = |other: &Notice| (other.time - notice.time).abs();
        let near = |other: &Notice| away(other) <= self.tolerance.0 || notice.event == "ONBOARDING";
        let open =
            self.foreseen.iter().enumerate().filter(|(_, (webhook, taken))| {
                !taken && same(&webhook.notice, notice) && near(&webhook.notice)
            });
        let nearest = open.min_by_key(|(_, (webhook, _))| away(&webhook.notice)).map(|(place, _)| place);
        match nearest {
            Some(place) => self.matched(place, notice, line),
            None if loose(notice) => {
                self.skip(1, "beginnings of numbers and ends of pauses that were not foreseen")
            }
            None if self.is_explained(notice) => {
                self.skip(1, "rises that an open analysis explains: a row `analysis` of the log says when");
            }
            None => {
                let what = in_words(notice);
                let clauses = able(self.replay.ruleset_at(self.instant(notice)), notice);
                self.part(notice.time, Parting::NotForeseen, what, clauses, Some(line));
            }
        }
    }

    fn instant(&self, notice: &Notice) -> SimTime {
        SimTime(notice.time - self.replay.calendar.unix(SimTime::START))
    }

    /// Whether a limit rose where an analysis is open that may lead to it; each explains one rise.
    fn is_explained(&mut self, notice: &Notice) -> bool {
        if notice.field != Field::Capability && notice.event != "UPGRADE" {
            return false;
        }
        let by = self.instant(notice) + self.tolerance;
        let rules = self.replay.rules_at(by);
        let numbers = &self.replay.log.names.numbers;
        let whose = |open: &OpenAnalysis| {
            notice.who.is_empty()
                || rules.holder == Holder::Portfolio
                || numbers
                    .get(open.holder)
                    .is_none_or(|name| name.is_empty() || plain(name) == plain(&notice.who))
        };
        let leads = |open: &OpenAnalysis| match (&notice.detail, self.limit_after(open)) {
            (Some(detail), Some(limit)) => *detail == limit,
            _ => true,
        };
        let open = self.replay.open_analyses(by);
        let explains =
            open.into_iter().find(|open| whose(open) && leads(open) && !self.explained.contains(open));
        self.explained.extend(explains);
        explains.is_some()
    }

    /// The limit that holds once an analysis approves; nothing where the clause does not name its tier.
    fn limit_after(&self, open: &OpenAnalysis) -> Option<String> {
        let rules = self.replay.rules_at(open.since);
        let name = rules.clauses[usize::from(open.clause)].path.strip_prefix("upgrade.")?;
        match &self.replay.ruleset_at(open.since).upgrade.get(name)?.to {
            ToTier::AtLeast(tier) => rules.tier(tier).map(|tier| limit_word(rules.tiers[tier].limit)),
            ToTier::Next => None,
        }
    }

    fn matched(&mut self, place: usize, notice: &Notice, line: u64) {
        self.foreseen[place].1 = true;
        let webhook = self.foreseen[place].0;
        let differs = matches!((&webhook.notice.detail, &notice.detail), (Some(a), Some(b)) if a != b);
        if !differs {
            self.out.matched += 1;
            return;
        }
        let foreseen = webhook.notice.detail.as_deref().unwrap_or_default();
        let what = format!("{}, foreseen {foreseen}", in_words(notice));
        let clauses =
            if webhook.clause.is_empty() { vec!["ladder".to_owned()] } else { vec![webhook.clause.clone()] };
        self.part(notice.time, Parting::OtherLimit, what, clauses, Some(line));
    }

    /// What was foreseen and did not come.
    fn rest(&mut self) {
        for (webhook, taken) in std::mem::take(&mut self.foreseen) {
            let notice = &webhook.notice;
            if taken {
                continue;
            }
            if matches!(notice.field, Field::TemplateQuality | Field::Account) {
                self.skip(1, &format!("{} that were foreseen", notice.field.name()));
            } else if loose(notice) {
                self.skip(1, "beginnings of numbers and ends of pauses that were not received");
            } else {
                let what = format!("{} ({})", in_words(notice), webhook.words);
                self.part(notice.time, Parting::NotReceived, what, vec![webhook.clause.clone()], None);
            }
        }
    }

    fn part(&mut self, time: i64, parting: Parting, what: String, clauses: Vec<String>, line: Option<u64>) {
        let calendar = &self.replay.calendar;
        let civil = calendar.civil(SimTime(time - calendar.unix(SimTime::START)));
        let date = civil.strftime("%Y-%m-%d %H:%M:%S").to_string();
        self.out.differences.push(Difference { time, date, parting, what, clauses, line });
    }

    fn skip(&mut self, count: u64, what: &str) {
        if count > 0 {
            *self.out.not_compared.entry(what.to_owned()).or_default() += count;
        }
    }
}

/// Whether two notices tell of the same event of the same subject.
fn same(a: &Notice, b: &Notice) -> bool {
    let names = a.who.is_empty() || b.who.is_empty() || plain(&a.who) == plain(&b.who);
    a.field == b.field && a.event == b.event && names
}

/// A name for comparing: phone numbers are written with and without `+`, spaces and hyphens.
fn plain(name: &str) -> String {
    let phone = name.bytes().any(|byte| byte.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
    if phone { name.chars().filter(char::is_ascii_digit).collect() } else { name.to_owned() }
}

/// Events that are no difference where only one side tells of them.
fn loose(notice: &Notice) -> bool {
    notice.event == "ONBOARDING" || (notice.field == Field::Template && notice.event == "APPROVED")
}

fn in_words(notice: &Notice) -> String {
    let event = if notice.event.is_empty() { "limit" } else { &notice.event };
    let who = match (notice.field, notice.who.as_str()) {
        (Field::Capability | Field::Account, _) => "the business".to_owned(),
        (Field::Number, "") => "the number".to_owned(),
        (Field::Number, who) => format!("number {who}"),
        (_, "") => "the template".to_owned(),
        (_, who) => format!("template {who}"),
    };
    let detail = notice.detail.as_ref().map_or_else(String::new, |detail| format!(" {detail}"));
    format!("{who} {event}{detail}")
}

/// The clauses of a ruleset that can cause such an event.
fn able(ruleset: &Ruleset, notice: &Notice) -> Vec<String> {
    let sets = |measure: &Measure, status: Status| {
        measure.term.iter().any(|term: &Term| term.status() == status)
            || measure.then.iter().chain(&measure.if_still).any(|effect| *effect == Effect::Becomes(status))
    };
    let falls = |measure: &Measure| {
        let effects = measure.then.iter().chain(&measure.if_still);
        effects.into_iter().any(|effect| matches!(effect, Effect::Down { .. }))
    };
    let numbers = |able: &dyn Fn(&Measure) -> bool| {
        let clauses = ruleset.number.iter().filter(|(_, measure)| able(measure));
        clauses.map(|(name, _)| format!("number.{name}")).collect()
    };
    let templates = |status: Status| {
        let clauses = ruleset.template.iter().filter(|(_, measure)| sets(measure, status));
        clauses.map(|(name, _)| format!("template.{name}")).collect()
    };
    match (notice.field, notice.event.as_str()) {
        (Field::Number, "UPGRADE") | (Field::Capability, _) => {
            ruleset.upgrade.keys().map(|name| format!("upgrade.{name}")).collect()
        }
        (Field::Number, "DOWNGRADE") => numbers(&falls),
        (Field::Number, _) => numbers(&|measure| sets(measure, Status::Flagged)),
        (Field::Template, "PAUSED") => templates(Status::Paused),
        (Field::Template, "DISABLED") => templates(Status::Disabled),
        (Field::Template, _) => templates(Status::Flagged),
        (Field::TemplateQuality | Field::Account, _) => Vec::new(),
    }
}
