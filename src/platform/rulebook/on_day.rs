//! What is in force on a day.

use jiff::civil::Date;
use serde::Serialize;

use super::super::catalogue::{self, ClauseView};
use super::super::language::Ruleset;
use super::super::origin::first_day;
use super::super::words::{self, Note, Passage};

use super::Rulebook;
use super::passages::era_values;

/// What is in force on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OnDay {
    /// The day.
    pub date: String,
    /// The rulebook's name.
    pub rulebook: String,
    /// The name of the ruleset in force.
    pub ruleset: String,
    /// Its title.
    pub title: String,
    /// First day of the era.
    pub from: String,
    /// First day of the next era, if one is known.
    pub until: Option<String>,
    /// The ruleset of the next era.
    pub next: Option<String>,
    /// What is assumed of the era's first day and rules.
    pub assumed: Vec<String>,
    /// The clauses that are not in force in the whole of the era.
    pub dated: Vec<DatedClause>,
}

/// A clause with a date of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatedClause {
    /// Its path in the ruleset.
    pub clause: String,
    /// How it stands on the day.
    pub stands: Stands,
    /// First date on which it is in force.
    pub since: Option<String>,
    /// First date on which it is no longer in force.
    pub until: Option<String>,
    /// What it says.
    pub says: Vec<String>,
}

/// How a dated clause stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// It is in force.
    InForce,
    /// It will be.
    NotYet,
    /// It was.
    NoLonger,
}

impl Rulebook {
    /// What is in force on a day; nothing before the first era.
    pub fn at(&self, date: Date) -> Option<OnDay> {
        let place = self.eras.iter().rposition(|era| era.from <= date)?;
        let (era, next) = (&self.eras[place], self.eras.get(place + 1));
        let clause = &era.clause;
        let notes = self.notes(&[], &clause.except, &era_values(clause));
        Some(OnDay {
            date: date.to_string(),
            rulebook: self.name.clone(),
            ruleset: era.ruleset.name.clone(),
            title: era.ruleset.title.clone(),
            from: era.from.to_string(),
            until: next.map(|next| next.from.to_string()),
            next: next.map(|next| next.ruleset.name.clone()),
            assumed: notes.iter().filter(|note| note.label() == "assumed").map(Note::text).collect(),
            dated: dated(&era.ruleset, date),
        })
    }
}

fn dated(ruleset: &Ruleset, date: Date) -> Vec<DatedClause> {
    let passages = words::passages(ruleset);
    let clauses = catalogue::clauses(ruleset);
    let dated = clauses.into_iter().zip(passages).filter(|(c, _)| c.since.is_some() || c.until.is_some());
    dated
        .map(|(clause, passage)| {
            let (stands, says) = (clause.stands(date), passage.sentences);
            DatedClause { clause: clause.path, stands, since: clause.since, until: clause.until, says }
        })
        .collect()
}

impl ClauseView {
    /// How it stands on a day; without dates of its own it is in force.
    pub fn stands(&self, date: Date) -> Stands {
        let day = |text: &Option<String>| text.as_deref().and_then(first_day);
        match (day(&self.since), day(&self.until)) {
            (Some(since), _) if date < since => Stands::NotYet,
            (_, Some(until)) if date >= until => Stands::NoLonger,
            _ => Stands::InForce,
        }
    }
}

impl OnDay {
    /// As text in lines of at most `width` characters.
    pub fn render(&self, width: usize) -> String {
        let OnDay { date, rulebook, ruleset, title, from, .. } = self;
        let until = match (&self.until, &self.next) {
            (Some(until), Some(next)) => format!("from {from} until {until}, when {next} begins."),
            _ => format!("from {from} on."),
        };
        let mut sentences = vec![format!("{title}."), format!("By the rulebook {rulebook} it holds {until}")];
        sentences.extend(self.assumed.iter().map(|why| format!("Assumed: {why}.")));
        let heading = format!("{date}: {ruleset}");
        let mut text = words::render(&[Passage { heading, sentences, notes: Vec::new() }], width);
        for (stands, title) in [
            (Stands::InForce, "Clauses with a date of their own that are in force"),
            (Stands::NotYet, "Clauses that are not in force yet"),
            (Stands::NoLonger, "Clauses that are no longer in force"),
        ] {
            let those = self.dated.iter().filter(|clause| clause.stands == stands);
            let passages: Vec<Passage> = those.map(DatedClause::passage).collect();
            if !passages.is_empty() {
                text.push_str(&format!("\n{title}:\n\n{}", words::render(&passages, width)));
            }
        }
        if self.dated.is_empty() {
            text.push_str("\nNo clause has a date of its own.\n");
        }
        text
    }
}

impl DatedClause {
    fn passage(&self) -> Passage {
        Passage { heading: self.clause.clone(), sentences: self.says.clone(), notes: Vec::new() }
    }
}
