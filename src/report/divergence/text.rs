//! Two stories side by side.
//!
//! ```text
//!   common   how much is the same, and the last changes before they part
//!   first    the step that one of them has alone, with clause and numbers
//!   then     the next changes of each, in two columns by time
//!   rules    what the cited clauses say in A and in B, and who says so
//!   end      the columns of replications.csv that differ
//! ```

use super::super::parting::{cause, part_in_words};
use super::super::replications;
use super::super::story;
use super::super::text::wrap;
use super::{Event, Stories, Version, at_of};
use crate::experiment::{Cause, Parting, Row, differing_clauses};
use crate::glossary::grouped;
use crate::platform::diff::{Diff, Sole, diff};
use crate::sim::{Divergence, Entry};
use crate::time::{Calendar, SimTime, Span, date_in_words};

/// Changes before the first difference that are told.
const BEFORE: usize = 4;
/// Instants after it that are told.
const AFTER: usize = 8;
/// Below this width \[letters\] the two stories stand below each other.
const TWO_COLUMNS: usize = 80;
/// Room for date and time before the columns \[letters\].
const MARGIN: usize = 20;
/// How dates are told that need their year.
const WITH_YEAR: &str = "%a %-d %b %Y %H:%M";

/// Tells where two versions of a replication part, in lines of `width` letters (60 at least) where words allow it.
pub fn render(stories: &Stories<'_>, width: usize) -> String {
    let mut page = Columns { stories, width: width.max(60), text: String::new() };
    page.head();
    match (&stories.divergence, &stories.parting) {
        (Some(divergence), _) => page.tell(divergence),
        (None, Some(parting)) => page.tell_day(parting),
        (None, None) => {
            let all = in_numbers(stories.common());
            page.paragraph("", &format!("Nothing differs: {all}, and every day is the same in A and B."));
        }
    }
    page.tell_warnings();
    page.text
}

/// An instant, with the positions of what happens then in each journal.
type Instant = (SimTime, [Vec<usize>; 2]);

/// The text under construction.
struct Columns<'s> {
    stories: &'s Stories<'s>,
    width: usize,
    text: String,
}

impl Columns<'_> {
    fn head(&mut self) {
        let [a, b] = self.stories.versions;
        let setting = &a.scenario.setting;
        self.paragraph("", &setting.title);
        self.paragraph(
            "",
            &format!("Replication {} twice, on the same luck, seed {}:", self.stories.index, setting.seed),
        );
        for (letter, version) in ["A", "B"].into_iter().zip([a, b]) {
            let ruleset = &version.scenario.setting.ruleset;
            let under = if version.name == ruleset { String::new() } else { format!(", under {ruleset}") };
            let begins = date_in_words(version.scenario.setting.calendar.date(0));
            let from = if self.stories.apart() { format!(", from {begins}") } else { String::new() };
            self.paragraph("  ", &format!("{letter}  {}{under}{from}", version.name));
        }
        self.paragraph("", &rating([a, b]));
        self.text.push('\n');
    }

    /// What both are to be read with once, then what one of them alone is.
    fn tell_warnings(&mut self) {
        let [a, b] = self.stories.versions.map(|version| &version.scenario.setting.warnings);
        let (common, of_a): (Vec<&str>, Vec<&str>) =
            a.iter().map(String::as_str).partition(|warning| b.iter().any(|other| other == warning));
        let of_b: Vec<&str> = b.iter().filter(|warning| !a.contains(warning)).map(String::as_str).collect();
        let named = [("Warnings", common), ("Warnings for A alone", of_a), ("Warnings for B alone", of_b)];
        for (heading, warnings) in named {
            story::warn(&mut self.text, heading, &warnings, self.width);
        }
    }

    fn tell(&mut self, divergence: &Divergence) {
        self.tell_before();
        let day = self.stories.parting.as_ref().map_or(0, |parting| parting.day);
        let on = self.on_both(|calendar| calendar.civil(divergence.at).strftime(WITH_YEAR).to_string());
        self.text.push('\n');
        self.paragraph("", &format!("Here they part: {on} (day {day})"));
        let first = divergence.steps.map(|step| step.into_iter().collect());
        self.columns(&[(divergence.at, first)]);
        let (rows, left) = self.after();
        if !rows.is_empty() {
            self.text.push_str("\nThe changes that follow:\n");
            self.columns(&rows);
        }
        if left != [0, 0] {
            let [a, b] = left.map(|count| changes(count as u64));
            self.paragraph("  ", &format!("... and then {a} in A, {b} in B."));
        }
        self.tell_rules();
        self.tell_end();
    }

    /// What both have in common before they part.
    fn tell_before(&mut self) {
        let common = self.stories.common();
        if common.is_empty() {
            return self.paragraph("", "They part at once: nothing happens before that.");
        }
        let places: Vec<usize> =
            (0..common.len()).filter(|place| matches!(common[*place], Entry::Change(..))).collect();
        let last = match self.stories.apart() {
            _ if places.is_empty() => ".",
            true => "; the last changes, on the dates of A:",
            false => "; the last changes:",
        };
        self.paragraph("", &format!("In common: {}{last}", in_numbers(common)));
        for place in places.iter().skip(places.len().saturating_sub(BEFORE)) {
            let words = self.stories.event(0, *place).words();
            self.hang(0, at_of(&common[*place]), &words);
        }
    }

    /// The instants with changes that follow, and how many changes of each come later still.
    fn after(&self) -> (Vec<Instant>, [usize; 2]) {
        let places = [0, 1].map(|side| self.stories.later(side));
        let at = |side: usize, place: usize| at_of(&self.stories.versions[side].journal.entries[place]);
        let all = [0, 1].into_iter().flat_map(|side| places[side].iter().map(move |place| (side, *place)));
        let mut instants: Vec<SimTime> = all.map(|(side, place)| at(side, place)).collect();
        instants.sort_unstable();
        instants.dedup();
        instants.truncate(AFTER);
        let on = |side: usize, instant: SimTime| {
            places[side].iter().copied().filter(|place| at(side, *place) == instant).collect::<Vec<usize>>()
        };
        let left = [0, 1].map(|side| {
            let told: usize = instants.iter().map(|instant| on(side, *instant).len()).sum();
            places[side].len() - told
        });
        (instants.iter().map(|instant| (*instant, [on(0, *instant), on(1, *instant)])).collect(), left)
    }

    /// Instants: what happens in A at the left, what happens in B at the right; where their calendars differ, each with its
    /// own date, beside the time since the start.
    fn columns(&mut self, rows: &[Instant]) {
        if self.width < TWO_COLUMNS {
            return self.below_each_other(rows);
        }
        let column = (self.width - MARGIN - 3) / 2;
        let name = |letter: &str, side: usize| {
            let name = format!("{letter}  {}", self.stories.versions[side].name);
            wrap(&name, column).into_iter().next().unwrap_or_default()
        };
        let mut lines = vec![[String::new(), name("A", 0), name("B", 1)]];
        for (at, places) in rows {
            let [a, b] = [0, 1].map(|side: usize| {
                let told = places[side].iter().map(|place| {
                    let words = self.stories.event(side, *place).words();
                    if self.stories.apart() { format!("{}: {words}", self.moment(side, *at)) } else { words }
                });
                let told: Vec<String> = told.flat_map(|words| wrap(&words, column)).collect();
                if told.is_empty() { vec!["-".to_owned()] } else { told }
            });
            for row in 0..a.len().max(b.len()) {
                let moment = match row {
                    0 if self.stories.apart() => format!("after {}", Span(at.0)),
                    0 => self.moment(0, *at),
                    _ => String::new(),
                };
                let cell = |of: &[String]| of.get(row).cloned().unwrap_or_default();
                lines.push([moment, cell(&a), cell(&b)]);
            }
        }
        for [moment, a, b] in lines {
            let line = format!("  {moment:<room$}{a:<column$} | {b}", room = MARGIN - 2);
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    fn below_each_other(&mut self, rows: &[Instant]) {
        for (at, places) in rows {
            for (side, letter) in ["A", "B"].into_iter().enumerate() {
                for place in &places[side] {
                    let words = format!("{letter}: {}", self.stories.event(side, *place).words());
                    self.hang(side, *at, &words);
                }
            }
        }
    }

    /// What the rules say that are cited where they part, or why none is.
    fn tell_rules(&mut self) {
        let [a, b] = self.stories.versions.map(|version| version.scenario);
        let rules = diff(&a.ruleset, &b.ruleset);
        let told = [0, 1].map(|side| match self.stories.first(side) {
            Some(Event::Change(told)) => Some(told),
            _ => None,
        });
        self.text.push('\n');
        if told == [None, None] {
            self.tell_send();
        }
        let mut known = "";
        for (letter, told) in ["A", "B"].into_iter().zip(&told) {
            let Some(told) = told else { continue };
            if told.clause != known {
                self.paragraph("", &format!("{}: {}", told.clause, in_rules(&rules, &told.clause)));
            }
            self.paragraph("  ", &format!("{letter} cites {}", told.source));
            known = &told.clause;
        }
        // A fact is no rule: no clause uses it.
        let silent = |(path, acts): &(String, bool)| !acts && !path.starts_with("fact.");
        let silent = differing_clauses([a, b]).into_iter().filter(silent).map(|(path, _)| path);
        let silent: Vec<String> = silent.collect();
        if !silent.is_empty() {
            let words = format!("Rules that differ and leave no trace of their own: {}.", silent.join(", "));
            self.paragraph("", &words);
        }
    }

    /// Which number of a send is the first to differ.
    fn tell_send(&mut self) {
        let part = match self.stories.parting.as_ref().map(|parting| &parting.cause) {
            Some(Cause::Send(Some(part))) => part_in_words(*part),
            _ => "the send itself: only one of the two has it",
        };
        let words = format!(
            "The first to differ is {part}. A send cites no clause: what is behind it is the plan, the customers, or \
             rules that act without a trace."
        );
        self.paragraph("", &words);
    }

    /// Where all changes and sends are the same: what differs, and from when on.
    fn tell_day(&mut self, parting: &Parting) {
        let date = self.on_both(|calendar| date_in_words(calendar.date(parting.day as usize)));
        let words = format!(
            "Every change and send is the same: {}. The first to differ, on {} (day {}), is {}.",
            in_numbers(self.stories.common()),
            date,
            parting.day,
            cause(&parting.cause, ["A", "B"])
        );
        self.paragraph("", &words);
        self.tell_end();
    }

    /// The columns of `replications.csv` in which the two differ.
    fn tell_end(&mut self) {
        let lines: Vec<String> = end(self.stories)
            .into_iter()
            .map(|(column, [a, b])| format!("  {column:<20} {a:<22} {b}\n"))
            .collect();
        if lines.is_empty() {
            return self.paragraph("", "\nTheir rows in replications.csv are the same.");
        }
        self.text.push_str("\nHow they end, where their rows in replications.csv differ:\n");
        self.text.push_str(&format!("  {:<20} {:<22} B\n", "", "A"));
        self.text.push_str(&lines.concat());
    }

    /// Text behind an indent.
    fn paragraph(&mut self, indent: &str, words: &str) {
        for line in wrap(words, self.width - indent.len()) {
            self.text.push_str(&format!("{indent}{line}\n"));
        }
    }

    /// What happened at an instant, under its date on a side.
    fn hang(&mut self, side: usize, at: SimTime, words: &str) {
        let moment = self.moment(side, at);
        let room = if self.stories.apart() { MARGIN + 5 } else { MARGIN };
        for (place, line) in wrap(words, self.width - room).iter().enumerate() {
            let moment = if place == 0 { moment.as_str() } else { "" };
            self.text.push_str(&format!("  {moment:<room$}{line}\n", room = room - 2));
        }
    }

    /// An instant on the calendar of a side; with its year where the other's differs.
    fn moment(&self, side: usize, at: SimTime) -> String {
        let format = if self.stories.apart() { WITH_YEAR } else { "%a %-d %b %H:%M" };
        self.stories.calendar(side).civil(at).strftime(format).to_string()
    }

    /// A date on the calendar of both; on that of each where they differ.
    fn on_both(&self, date: impl Fn(&Calendar) -> String) -> String {
        let [a, b] = [0, 1].map(|side| date(self.stories.calendar(side)));
        if self.stories.apart() { format!("{a} in A, {b} in B") } else { a }
    }
}

/// The thresholds of the rating in both, and how they come about: what is the same once.
fn rating(versions: [Version<'_>; 2]) -> String {
    let levels = |version: Version<'_>| {
        let (medium, low) = version.trajectory.outcome.thresholds;
        let levels = format!("Medium from {:.2} % and Low from {:.2} %", 100.0 * medium, 100.0 * low);
        Some((levels, story::thresholds_from(version.scenario)?))
    };
    match versions.map(levels) {
        [None, None] => "No number is rated.".to_owned(),
        [Some(a), Some(b)] if a == b => format!("The rating is {} ({}).", a.0, a.1),
        [Some((a, from)), Some((b, other))] if from == other => {
            format!("The rating is {a} in A, {b} in B ({from}).")
        }
        both => {
            let told = |(levels, from)| format!("{levels} ({from})");
            let [a, b] = both.map(|levels| levels.map_or_else(|| "not made".to_owned(), told));
            format!("The rating is {a} in A, {b} in B.")
        }
    }
}

/// Entries in numbers: `12 changes and 40 sends (5,200 messages)`.
fn in_numbers(entries: &[Entry]) -> String {
    let batches = entries.iter().filter_map(|entry| match entry {
        Entry::Sent(batch) => Some(batch.admission.admitted),
        Entry::Change(..) => None,
    });
    let (sends, messages) = batches.fold((0_u64, 0_u64), |(sends, sum), sent| (sends + 1, sum + sent));
    let sent = if sends == 1 { "1 send".to_owned() } else { format!("{} sends", grouped(sends)) };
    format!("{} and {sent} ({} messages)", changes(entries.len() as u64 - sends), grouped(messages))
}

fn changes(count: u64) -> String {
    if count == 1 { "1 change".to_owned() } else { format!("{} changes", grouped(count)) }
}

/// The columns of `replications.csv` in which two versions differ, with the value of each.
pub(super) fn end(stories: &Stories<'_>) -> Vec<(String, [String; 2])> {
    let rows = stories.versions.map(|version| {
        let row = Row::of(stories.index, version.trajectory);
        replications::told(&row, &version.scenario.setting)
    });
    let value = |side: usize, column: &str| {
        let found = rows[side].iter().find(|(name, _)| name == column);
        found.map_or_else(|| "-".to_owned(), |(_, value)| value.clone())
    };
    let own = rows[1].iter().filter(|(name, _)| rows[0].iter().all(|(other, _)| other != name));
    let columns = rows[0].iter().chain(own).map(|(column, _)| column.clone());
    let both = columns.map(|column| {
        let values = [value(0, &column), value(1, &column)];
        (column, values)
    });
    both.filter(|(_, [a, b])| a != b).collect()
}

/// What differs between the rules in a clause.
fn in_rules(rules: &Diff, clause: &str) -> String {
    if let Some(changed) = rules.changed.iter().find(|changed| changed.clause == clause) {
        let values: Vec<String> = changed.values.iter().map(ToString::to_string).collect();
        return format!("from A to B: {}", values.join("; "));
    }
    let sole =
        |clauses: &[Sole]| clauses.iter().find(|sole| sole.clause == clause).map(|sole| sole.says.join(" "));
    match (sole(&rules.only_from), sole(&rules.only_to)) {
        (Some(says), _) => format!("only A has it. {says}"),
        (None, Some(says)) => format!("only B has it. {says}"),
        (None, None) => "the rule is the same in both; what leads to it differs".to_owned(),
    }
}
