//! What these rules would have done with what really happened: dated changes, how things stand at the end, and what
//! was read.
//!
//! ```text
//!   Replay  -->  day by day: what changed and why; then the end, what was taken for granted, the rows
//! ```

use serde::Serialize;

use super::TOOL;
use super::decimal;
use super::story::{Told, Wording, cite, tell_change};
use super::text::wrap;
use crate::glossary::{Feedback, Ratio, grouped};
use crate::platform::language::Holder;
use crate::platform::{Deadline, Rules, Subject, Thresholds, What};
use crate::sim::replay::{Kind, Log, NO_COMPLAINTS, NumberAtEnd, Replay, each_once};
use crate::time::{SimTime, Span, date_in_words};

/// Version of the JSON's form.
const FORMAT: u32 = 1;

/// A replay as programs read it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Version of this form.
    pub format: u32,
    /// Name and version of the tool.
    pub tool: String,
    /// Name of the log.
    pub log: String,
    /// Name of the ruleset; of a rulebook that was followed from era to era, with its rulesets.
    pub ruleset: String,
    /// Civil date and time at which the replay begins.
    pub from: String,
    /// Civil date and time of its last second.
    pub until: String,
    /// Name of the zone of these dates.
    pub zone: String,
    /// Every change, in order.
    pub changes: Vec<Told>,
    /// Whether the business is verified at the end.
    pub verified: bool,
    /// Whether the numbers have one limit together: what is left of it is there once.
    pub shared_limit: bool,
    /// How each number stands at the end.
    pub numbers: Vec<NumberNow>,
    /// How each template stands at the end.
    pub templates: Vec<TemplateNow>,
    /// Messages of the log that the rules would have refused.
    pub refused: RefusedNow,
    /// What was read, by kind.
    pub rows: Vec<RowsOfKind>,
    /// What was taken for granted, and what is strange about the log.
    pub notes: Vec<String>,
}

/// How a number stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NumberNow {
    /// Its name; empty where the log has no column for it.
    pub name: String,
    /// Name of its tier; of a limit that the last rules have no step of, as the rules before called it.
    pub tier: String,
    /// Its limit \[customers in 24 h\]; null is unlimited.
    pub limit: Option<u64>,
    /// Its worst status.
    pub status: String,
    /// Since when it has that; null where it always had.
    pub since: Option<String>,
    /// The deadline of that status, as far as one can be told; null where no time ends it.
    pub until: Option<String>,
    /// Its rating.
    pub rating: String,
    /// Weighted negative feedback per delivered message; null where nothing was delivered.
    pub score: Option<f64>,
    /// How many more customers it may write to; null is unlimited.
    pub capacity: Option<u64>,
    /// Since when its rise waits for the platform's analysis; null where it does not.
    pub analysis_since: Option<String>,
}

/// How a template stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TemplateNow {
    /// Its name; empty where the log has no column for it.
    pub name: String,
    /// Its status.
    pub status: String,
    /// Since when it has that; null where it always had.
    pub since: Option<String>,
    /// The deadline of that status, as far as one can be told; null where no time ends it.
    pub until: Option<String>,
    /// Its rating.
    pub rating: String,
}

/// Messages that the rules would have refused.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RefusedNow {
    /// Because of the limit or the number's status.
    pub by_limit: u64,
    /// Because of the template's status.
    pub by_template: u64,
    /// Civil date and time of the first.
    pub first: Option<String>,
}

/// Rows of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowsOfKind {
    /// The kind.
    pub kind: &'static str,
    /// How many rows.
    pub rows: u64,
    /// The sum of their counts.
    pub count: u64,
}

/// What turns what happens in this replay at an instant into words, under the rules then in force.
pub(super) fn wording(replay: &Replay, at: SimTime) -> Wording<'_> {
    let rules = replay.rules_at(at);
    Wording {
        calendar: &replay.calendar,
        tiers: &rules.tiers,
        names: &replay.log.names,
        clauses: &rules.clauses,
        held_by_numbers: rules.holder == Holder::Number,
    }
}

/// Every change in words, in order.
pub fn changes(replay: &Replay) -> Vec<Told> {
    let changes = replay.changes.iter();
    changes.map(|(change, score)| wording(replay, change.at).tell(change, *score)).collect()
}

/// A replay as programs read it.
pub fn summary(replay: &Replay) -> Summary {
    let stamp = |at: SimTime| replay.calendar.civil(at).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let numbers = replay.log.names.numbers.iter().zip(&replay.end.numbers).enumerate();
    let numbers = numbers.map(|(place, (name, now))| NumberNow {
        name: name.clone(),
        tier: replay.tier_name(now.limit).to_owned(),
        limit: now.limit,
        status: now.status.name().to_owned(),
        since: entered(replay, Subject::Number(place)).map(stamp),
        until: now.deadline.map(|deadline| stamp(deadline.instant())),
        rating: now.rating.to_string(),
        score: now.score,
        capacity: now.capacity,
        analysis_since: analysis_since(replay, place).map(stamp),
    });
    let templates = replay.log.names.templates.iter().zip(&replay.end.templates).enumerate();
    let templates = templates.map(|(place, (name, now))| TemplateNow {
        name: name.clone(),
        status: now.status.to_string(),
        since: entered(replay, Subject::Template(place)).map(stamp),
        until: now.deadline.map(|deadline| stamp(deadline.instant())),
        rating: now.rating.to_string(),
    });
    Summary {
        format: FORMAT,
        tool: TOOL.to_owned(),
        log: replay.name.clone(),
        ruleset: replay.rules_in_words(),
        from: stamp(SimTime::START),
        until: stamp(replay.last()),
        zone: replay.log.zone.clone(),
        changes: changes(replay),
        verified: replay.end.verified,
        shared_limit: shares_limit(replay),
        numbers: numbers.collect(),
        templates: templates.collect(),
        refused: RefusedNow {
            by_limit: replay.refused.by_limit,
            by_template: replay.refused.by_template,
            first: replay.refused.first.map(stamp),
        },
        rows: rows(&replay.log),
        notes: notes(replay),
    }
}

/// How many rows of each kind were read, and the sums of their counts.
pub fn rows(log: &Log) -> Vec<RowsOfKind> {
    let of = |kind: &Kind| RowsOfKind {
        kind: kind.name(),
        rows: log.rows[*kind as usize],
        count: log.counts[*kind as usize],
    };
    Kind::ALL.iter().map(of).filter(|of| of.rows > 0).collect()
}

/// Tells a replay in lines of at most `width` letters where words allow it; `brief` leaves out what was taken for
/// granted.
pub fn render(replay: &Replay, width: usize, brief: bool) -> String {
    let told = changes(replay);
    let calendar = &replay.calendar;
    let date = |at: SimTime| date_in_words(calendar.civil(at).date());
    let mut text = format!(
        "{} under {}: {} from {} to {}.\n",
        replay.name,
        replay.rules_in_words(),
        counted(told.len() as u64, "change"),
        date(SimTime::START),
        date(replay.last())
    );
    let mut day = None;
    for told in &told {
        let today = calendar.day_of(SimTime(told.at));
        if day != Some(today) {
            text.push_str(&format!("\n{}\n", date_in_words(calendar.date(today))));
            day = Some(today);
        }
        tell_change(&mut text, told, width);
    }
    tell_end(&mut text, replay, width);
    if !brief {
        text.push_str(&notes_in_words(replay, width));
    }
    cite(&mut text, &told, width);
    text.push_str(&rows_in_words(&replay.log));
    text
}

/// How many rows of each kind were read, in a few lines.
pub fn rows_in_words(log: &Log) -> String {
    let mut text = format!("\nRead: {}.\n", counted(log.row_count(), "row"));
    for RowsOfKind { kind, rows, count } in rows(log) {
        text.push_str(&format!("  {kind:<16} {:>12} {:>16}\n", counted(rows, "row"), grouped(count)));
    }
    text
}

fn tell_end(text: &mut String, replay: &Replay, width: usize) {
    let at = replay.calendar.civil(replay.last());
    text.push_str(&format!("\nAt the end, {}\n", at.strftime("%a %-d %b %Y %H:%M:%S")));
    let wording = wording(replay, replay.last());
    let mut lines: Vec<String> = Vec::new();
    lines.push(
        if replay.end.verified { "The business is verified." } else { "The business is not verified." }
            .to_owned(),
    );
    lines.extend(numbers_in_words(replay, &wording));
    for (place, now) in replay.end.templates.iter().enumerate() {
        let subject = Subject::Template(place);
        let term = term_in_words(replay, subject, now.deadline, &wording);
        lines.push(format!("{} is {}{term}, rated {}.", wording.subject(subject), now.status, now.rating));
    }
    let refused = replay.refused.by_limit + replay.refused.by_template;
    if let Some(first) = replay.refused.first {
        lines.push(format!(
            "These rules would have refused {} ({} beyond the limit or by status, {} of a paused or disabled \
             template), the first on {}; they were sent, so they are counted all the same.",
            counted(refused, "message"),
            grouped(replay.refused.by_limit),
            grouped(replay.refused.by_template),
            wording.moment(first)
        ));
    }
    list(text, &lines, width);
}

/// What each number may do and how it stands; what they share is told once, for who adds it up counts it twice.
fn numbers_in_words(replay: &Replay, wording: &Wording<'_>) -> Vec<String> {
    let numbers = &replay.end.numbers;
    let shared = shares_limit(replay).then(|| shared_room(numbers));
    let together =
        shared.map(|room| format!("The numbers together {}.", limit_in_words(replay, 0, room, wording)));
    let each = numbers.iter().enumerate().map(|(place, now)| {
        let (who, state) =
            (wording.subject(Subject::Number(place)), state_in_words(replay, place, now, wording));
        match shared {
            None => format!("{who} {}; it {state}.", limit_in_words(replay, place, now.capacity, wording)),
            Some(room) if now.capacity == room => format!("{who} {state}."),
            Some(_) => match now.capacity {
                Some(0) => format!("{who} {state}, and may start nothing now."),
                own => format!(
                    "{who} {state}, and may write to {} of them now.",
                    grouped(own.unwrap_or(u64::MAX))
                ),
            },
        }
    });
    together.into_iter().chain(each).collect()
}

fn at_the_end(replay: &Replay) -> &Rules {
    replay.rules_at(replay.last())
}

/// Whether several numbers have one limit together.
fn shares_limit(replay: &Replay) -> bool {
    at_the_end(replay).holder == Holder::Portfolio && replay.end.numbers.len() > 1
}

/// How many more customers numbers with one limit may write to together; nothing where that is unlimited.
fn shared_room(numbers: &[NumberAtEnd]) -> Option<u64> {
    let most = numbers.iter().map(|number| number.capacity.unwrap_or(u64::MAX)).max();
    most.filter(|most| *most < u64::MAX)
}

/// What the limit of a number allows, how much of that is left, and what is under way.
fn limit_in_words(replay: &Replay, place: usize, room: Option<u64>, wording: &Wording<'_>) -> String {
    let now = &replay.end.numbers[place];
    let tier = tier_in_words(replay.tier_name(now.limit)) + &kept_in_words(replay, now);
    let limit = match now.limit {
        Some(limit) => format!("may write to {} customers in 24 h ({tier})", grouped(limit)),
        None => format!("may write to any number of customers ({tier})"),
    };
    let room = match room {
        Some(0) => ", none of them now".to_owned(),
        Some(room) => format!(", {} of them now", grouped(room)),
        None => String::new(),
    };
    let review = now.review.map_or_else(String::new, |at| {
        format!("; a review is running, the limit rises on {}", wording.moment(at))
    });
    let analysis = analysis_since(replay, place).map_or_else(String::new, |at| {
        format!("; the platform's analysis is open since {}, the limit may rise", wording.moment(at))
    });
    limit + &room + &review + &analysis
}

/// That a limit is none of the ladder on which a number stands.
fn kept_in_words(replay: &Replay, now: &NumberAtEnd) -> String {
    let rules = at_the_end(replay);
    if rules.tiers[now.tier].limit == now.limit {
        return String::new();
    }
    format!(", no step of {}: it stays until the limit rises or falls", rules.name)
}

/// The status and the rating of a number.
fn state_in_words(replay: &Replay, place: usize, now: &NumberAtEnd, wording: &Wording<'_>) -> String {
    let term = term_in_words(replay, Subject::Number(place), now.deadline, wording);
    let score =
        now.score.map_or_else(String::new, |score| format!(" (negative feedback {:.2} %)", 100.0 * score));
    format!("is {}{term}, rated {}{score}", now.status, now.rating)
}

/// The name of a tier as one: some are names already, such as `tier 0` and `no tiers`.
fn tier_in_words(name: &str) -> String {
    if name.contains("tier") { name.to_owned() } else { format!("tier {name}") }
}

/// Since when a status holds and when it ends.
fn term_in_words(
    replay: &Replay,
    subject: Subject,
    deadline: Option<Deadline>,
    wording: &Wording<'_>,
) -> String {
    let since = entered(replay, subject);
    let since = since.map_or_else(String::new, |at| format!(" since {}", wording.moment(at)));
    let until = match deadline {
        None => String::new(),
        Some(Deadline::At(at)) => format!(", until {}", wording.moment(at)),
        Some(Deadline::ByThen(at)) => format!(", until {} at the latest", wording.moment(at)),
        Some(Deadline::NotBefore(at)) => format!(", at least until {}", wording.moment(at)),
    };
    since + &until
}

/// When a subject entered the status that it has at the end: of several that are under way the worst is shown, which
/// need not be the last.
fn entered(replay: &Replay, subject: Subject) -> Option<SimTime> {
    let shown = |what: What| match (subject, what) {
        (Subject::Number(place), What::NumberEntered { status, .. }) => {
            status == replay.end.numbers[place].status
        }
        (Subject::Template(place), What::TemplateEntered { status, .. }) => {
            status == replay.end.templates[place].status
        }
        _ => false,
    };
    let mut changes = replay.changes.iter().rev().filter(|(change, _)| change.subject == subject);
    changes.find(|(change, _)| shown(change.what)).map(|(change, _)| change.at)
}

/// Since when the rise of a number's limit waits for the platform's analysis.
fn analysis_since(replay: &Replay, number: usize) -> Option<SimTime> {
    let holder = if at_the_end(replay).holder == Holder::Number { number } else { 0 };
    let open = replay.open_analyses(replay.last()).into_iter().find(|open| open.holder == holder);
    open.map(|open| open.since)
}

/// What was taken for granted, and what is strange about the log.
pub fn notes(replay: &Replay) -> Vec<String> {
    let mut notes = vec![start_in_words(replay)];
    notes.extend(eras_in_words(replay));
    notes.extend(thresholds_in_words(replay));
    notes.push("every delivery counts as another customer: a log does not say who was written to".to_owned());
    if !replay.idle.is_empty() {
        notes.push(format!("clauses that a replay does not act on: {}", replay.idle.join(", ")));
    }
    notes.extend(unread_in_words(replay));
    notes.extend(complaints_in_words(replay));
    notes.extend(waiting_in_words(replay));
    notes.extend(analyses_in_words(replay));
    notes.extend(replay.out_of_date.clone());
    notes.extend(log_notes(&replay.log, &|unix| {
        wording(replay, SimTime::START).moment(SimTime(unix - replay.calendar.unix(SimTime::START)))
    }));
    notes
}

/// The notes, in lines of at most `width` letters where words allow it.
pub fn notes_in_words(replay: &Replay, width: usize) -> String {
    let mut text = "\nTaken for granted, and seen in the log:\n".to_owned();
    list(&mut text, &notes(replay), width);
    text
}

/// Which rules of a rulebook are in force when.
fn eras_in_words(replay: &Replay) -> Option<String> {
    let book = replay.rulebook.as_deref()?;
    let date = |at: SimTime| date_in_words(replay.calendar.civil(at).date());
    let (name, first) = (&replay.ruleset.name, date(SimTime::START));
    if replay.later.is_empty() {
        return Some(format!(
            "the rulebook {book} has {name} in force from {first}, the day of the first row, to the end"
        ));
    }
    let later = replay.later.iter().map(|era| format!(", {} from {} on", era.rules.name, date(era.from)));
    let clauses =
        replay.later.iter().map(|era| era.rules.clauses[usize::from(era.amendment.clause())].path.as_str());
    Some(format!(
        "the rules change on the way, as the rulebook {book} says: {name} is in force from {first}, the day of the first \
         row{}; how the numbers stand by then moves to the new rules ({})",
        later.collect::<String>(),
        clauses.collect::<Vec<&str>>().join(", ")
    ))
}

/// The thresholds of all rules, each era's by the name of its ruleset.
fn thresholds_in_words(replay: &Replay) -> Vec<String> {
    let lines = replay.all_rules().flat_map(|(rules, _)| {
        let era = if replay.later.is_empty() { String::new() } else { format!("{}: ", rules.name) };
        thresholds_of(rules).into_iter().map(move |line| format!("{era}{line}"))
    });
    lines.collect()
}

/// The thresholds of the rating clauses, those with the same values together.
fn thresholds_of(rules: &Rules) -> Vec<String> {
    let mut groups: Vec<(Thresholds, Vec<&str>)> = Vec::new();
    for (path, thresholds) in rules.thresholds() {
        match groups.iter_mut().find(|(other, _)| *other == thresholds) {
            Some((_, paths)) => paths.push(path),
            None => groups.push((thresholds, vec![path])),
        }
    }
    let percent = |ratio: Ratio| format!("{} %", decimal(100.0 * ratio.as_f64(), 4));
    let lines = groups.into_iter().map(|(thresholds, paths)| {
        format!(
            "{}: Medium from {}, Low from {}; these are the ruleset's own single values, assumed, for nobody publishes \
             them",
            paths.join(", "),
            percent(thresholds.medium_from),
            percent(thresholds.low_from)
        )
    });
    lines.collect()
}

/// That a log without `read` rows says nothing of what rules weigh.
fn unread_in_words(replay: &Replay) -> Option<String> {
    let weighing = each_once(replay.all_rules().flat_map(|(rules, end)| rules.weighing_unread(end)));
    let untold = !weighing.is_empty() && replay.log.rows[Kind::Read as usize] == 0;
    untold.then(|| {
        format!(
            "the log holds no `read` rows, and the ruleset weighs unread messages ({}): none is heard as unread; where \
             nobody read anything, one `read` row with the count 0 says so",
            weighing.join(", ")
        )
    })
}

/// That a log without complaints makes every rating look perfect.
fn complaints_in_words(replay: &Replay) -> Option<String> {
    let complaints = [(Kind::Blocked, Feedback::Block), (Kind::Reported, Feedback::Report)];
    let weighs = |feedback: Feedback| replay.all_rules().any(|(rules, _)| rules.weighs(feedback));
    let weighed = complaints.iter().any(|(_, feedback)| weighs(*feedback));
    let untold = complaints.iter().all(|(kind, _)| replay.log.rows[*kind as usize] == 0);
    (weighed && untold).then(|| format!("the log holds {NO_COMPLAINTS}"))
}

/// Numbers of the log that the business could not have connected when the log begins.
fn waiting_in_words(replay: &Replay) -> Option<String> {
    let waits = replay.changes.iter().filter(|(change, _)| matches!(change.what, What::NumberWaits { .. }));
    let waiting = waits.count() as u64;
    (waiting > 0).then(|| {
        format!(
            "{} of the log {} more than the business could have connected by these rules: what they sent before they were \
             connected counts as refused, and is heard all the same",
            counted(waiting, "number"),
            if waiting == 1 { "is" } else { "are" },
        )
    })
}

/// Rises that wait for an analysis, and analyses that no rise waited for.
fn analyses_in_words(replay: &Replay) -> Vec<String> {
    let open = replay.open_analyses(replay.last());
    let open = open.first().map(|open| {
        format!(
            "{} looks at the quality of the messages before the limit rises, and no rule says how that is decided: a \
             replay waits until a row of the kind `analysis` says so (count 1 approved, 0 denied)",
            replay.rules_at(open.since).clauses[usize::from(open.clause)].path
        )
    });
    let unasked = (replay.unasked > 0).then(|| {
        format!(
            "{} of the kind `analysis` came when no rise waited for it by these rules: passed over",
            counted(replay.unasked, "row")
        )
    });
    open.into_iter().chain(unasked).collect()
}

fn start_in_words(replay: &Replay) -> String {
    let tier = &replay.rules.tiers[replay.start_tier];
    let whose = if replay.log.names.numbers.len() > 1 { "every number begins" } else { "the number begins" };
    let asked = match &replay.start.tier {
        Some(name) => replay.rules.tier(name),
        None => Some(replay.rules.start_tier),
    };
    let given = match replay.start.tier {
        _ if asked != Some(replay.start_tier) => "where verification has lifted it from the entry step",
        Some(_) => "given",
        None => "the ruleset's start tier",
    };
    let rating =
        replay.start.rating.map_or_else(|| "without a rating".to_owned(), |rating| format!("rated {rating}"));
    let verified = if replay.start.verified { "verified" } else { "not verified" };
    let tier = tier_in_words(&tier.name);
    let at = if tier.starts_with("no ") { "with" } else { "at" };
    format!("{whose} {at} {tier} ({given}), Connected, {rating}; the business begins {verified}")
}

fn log_notes(log: &Log, moment: &dyn Fn(i64) -> String) -> Vec<String> {
    let zone = if log.zone_given { "as given" } else { "no zone was given" };
    let mut notes = vec![format!("the log has {}; days are those of {} ({zone})", log.form.name(), log.zone)];
    let mut add = |count: u64, thing: &str, says: &str| {
        if count > 0 {
            notes.push(format!("{} {says}", counted(count, thing)));
        }
    };
    if let Some((repeated, first)) = log.repeated {
        let kept = match log.dropped {
            true => {
                format!("of the log repeated another of the same second (first in line {first}): dropped")
            }
            false => {
                format!(
                    "of the log repeated another of the same second (first in line {first}): kept; --drop-duplicates drops such rows"
                )
            }
        };
        add(repeated, "row", &kept);
    }
    add(log.fractions, "time", "had a fraction of a second: cut");
    add(
        log.repeated_hour,
        "time",
        "lay in an hour that the clock repeats: read as the first that keeps the order",
    );
    add(log.remarks, "line", "began with #: skipped");
    if !log.other_columns.is_empty() {
        notes.push(format!("columns that no rule needs: {}", log.other_columns.join(", ")));
    }
    for (from, to) in &log.pauses {
        notes.push(format!(
            "nothing happened for {} from {}: longer than any window, so nothing from before it counts",
            length(to - from),
            moment(*from)
        ));
    }
    if log.pause_count > log.pauses.len() as u64 {
        notes.push(format!(
            "and {} more pauses of that kind",
            grouped(log.pause_count - log.pauses.len() as u64)
        ));
    }
    if log.open_end {
        notes.push(
            "the last line has no line end: if the log was cut there, its last cell may be, too".to_owned(),
        );
    }
    notes
}

fn length(seconds: i64) -> String {
    Span(seconds / 3_600 * 3_600).to_string()
}

fn list(text: &mut String, lines: &[String], width: usize) {
    for line in lines {
        for (place, line) in wrap(line, width.max(60) - 4).iter().enumerate() {
            let indent = if place == 0 { "  " } else { "    " };
            text.push_str(&format!("{indent}{line}\n"));
        }
    }
}

/// `1 row`, `2 rows`.
pub(super) fn counted(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", grouped(count), if count == 1 { "" } else { "s" })
}
