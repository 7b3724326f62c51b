//! A rulebook in words: its eras, what becomes of the standing at each change, and what else it could mean.

use jiff::civil::Date;
use serde::Serialize;

use crate::document::{Word, tree};

use super::super::language::{Holder, Limit, Ruleset};
use super::super::origin::Exception;
use super::super::readings::{Alternative, OpenText};
use super::super::words::{Note, Passage};

use super::{
    Amendment, BookEra, EraClause, FATE_READINGS, Fate, LIMIT_READINGS, NewTier, Rulebook, USAGE_READINGS,
    WhoseLimit, holder, path,
};

impl Rulebook {
    /// Every era and amendment in words, in order; an amendment under the id that changes cite.
    pub fn passages(&self) -> Vec<Passage> {
        let mut passages = Vec::new();
        for (place, era) in self.eras.iter().enumerate() {
            let until = self.eras.get(place + 1).map(|next| next.from);
            passages.push(self.era_passage(era, until));
            if let Some(standing) = &era.clause.standing {
                let old = place.checked_sub(1).map(|before| &self.eras[before].ruleset);
                passages.push(self.amendment_passage(era, standing, old));
            }
        }
        passages
    }

    /// The open texts of its amendments, in order; those of its rulesets are theirs.
    pub fn open_texts(&self) -> Vec<OpenText> {
        let mut texts = Vec::new();
        for (place, pair) in self.eras.windows(2).enumerate() {
            let [before, era] = pair else { continue };
            let Some(standing) = &era.clause.standing else { continue };
            let (clause, at) = (path(era), format!("eras[{}].standing", place + 1));
            let text = |field: &str, value: String, words: &[(&'static str, &'static str)]| {
                OpenText::of_word(&clause, field, format!("{at}.{field}"), value, words)
            };
            if standing.limit != WhoseLimit::own {
                texts.push(text("limit", written(&standing.limit), LIMIT_READINGS));
            }
            for (tier, home) in standing.tiers.iter() {
                let other = other_home(home, tier, &before.ruleset, &era.ruleset);
                texts.extend(other.map(|other| OpenText {
                    clause: clause.clone(),
                    field: format!("tiers {tier}"),
                    path: format!("{at}.tiers.\"{tier}\""),
                    value: written(home),
                    taken: Vec::new(),
                    left: Vec::new(),
                    others: vec![other],
                }));
            }
            texts.push(text("measures", written(&standing.measures), FATE_READINGS));
            texts.push(text("reviews", written(&standing.reviews), FATE_READINGS));
            texts.push(text("usage", written(&standing.usage), USAGE_READINGS));
        }
        texts
    }

    fn era_passage(&self, era: &BookEra, until: Option<Date>) -> Passage {
        let until = until.map_or_else(String::new, |until| format!(", until {until}"));
        Passage {
            heading: format!("{} {}", era.from, era.ruleset.name),
            sentences: vec![format!("In force from {}{until}: {}.", era.from, era.ruleset.title)],
            notes: self.notes(&era.clause.source, &era.clause.except, &era_values(&era.clause)),
        }
    }

    fn amendment_passage(&self, era: &BookEra, standing: &Amendment, old: Option<&Ruleset>) -> Passage {
        let mut notes = self.notes(&standing.source, &standing.except, &values(standing));
        if standing.limit != WhoseLimit::own {
            notes.push(reading("limit", &standing.limit, LIMIT_READINGS));
        }
        notes.push(reading("measures", &standing.measures, FATE_READINGS));
        notes.push(reading("reviews", &standing.reviews, FATE_READINGS));
        notes.push(reading("usage", &standing.usage, USAGE_READINGS));
        Passage { heading: path(era), sentences: sentences(standing, old, &era.ruleset), notes }
    }

    pub(super) fn notes(
        &self,
        source: &[Word],
        except: &[Exception],
        values: &[(&str, String)],
    ) -> Vec<Note> {
        let named = |exception: &Exception| {
            let value = |word: &Word| match values.iter().find(|(name, _)| *name == word.as_str()) {
                Some((name, value)) => format!("{name} {value}"),
                None => "every value".to_owned(),
            };
            exception.fields().iter().map(value).collect::<Vec<String>>().join(", ")
        };
        let exceptions =
            except.iter().map(|exception| Note::of(exception, named(exception), |key| self.source(key)));
        source.iter().map(|key| Note::Source(self.source(key.as_str()))).chain(exceptions).collect()
    }

    fn source(&self, key: &str) -> String {
        self.sources.get(key).map_or_else(|| key.to_owned(), |source| source.in_words(key))
    }
}

/// What else may become of a step that the new ladder lacks: its limit stays, or it becomes the first step above it.
fn other_home(home: &NewTier, tier: &str, old: &Ruleset, new: &Ruleset) -> Option<Alternative> {
    if let NewTier::New(_) = home {
        let says = "the limit stays until the next rise, to the first step above it".to_owned();
        return Some(Alternative { value: "Keep".to_owned(), says });
    }
    let limit = *old.ladder.as_ref()?.steps.get(tier)?;
    let above = |other: &Limit| match (limit, other) {
        (Limit::AtMost(own), Limit::AtMost(other)) => *other > own,
        (Limit::AtMost(_), Limit::Unlimited) => true,
        (Limit::Unlimited, _) => false,
    };
    let (next, _) = new.ladder.as_ref()?.steps.iter().find(|(_, limit)| above(limit))?;
    let says = format!("it becomes the step {next}");
    Some(Alternative { value: format!("New({next:?})"), says })
}

/// The values of an era, by name, as the file writes them.
pub(super) fn era_values(clause: &EraClause) -> Vec<(&'static str, String)> {
    vec![("from", clause.from.clone()), ("ruleset", clause.ruleset.clone())]
}

/// The values of an amendment, by name, as the file writes them.
pub(super) fn values(standing: &Amendment) -> Vec<(&'static str, String)> {
    vec![
        ("limit", written(&standing.limit)),
        ("tiers", written(&standing.tiers)),
        ("measures", written(&standing.measures)),
        ("reviews", written(&standing.reviews)),
        ("usage", written(&standing.usage)),
    ]
}

pub(super) fn written(value: &impl Serialize) -> String {
    tree::of(value).map(|tree| tree.to_string()).unwrap_or_default()
}

fn reading(field: &str, value: &impl Serialize, words: &[(&'static str, &'static str)]) -> Note {
    let taken = written(value);
    let says = words.iter().find(|(word, _)| *word == taken).map_or("", |(_, says)| says);
    Note::Reading {
        field: field.to_owned(),
        others: words.iter().filter(|(word, _)| *word != taken).copied().collect(),
        taken: vec![(taken, says)],
    }
}

pub(super) fn sentences(standing: &Amendment, old: Option<&Ruleset>, new: &Ruleset) -> Vec<String> {
    let old_holder = old.map_or(Holder::Number, holder);
    let mut said = vec![match (old_holder, holder(new), standing.limit) {
        (Holder::Number, Holder::Portfolio, WhoseLimit::lowest) => {
            "The limits of the numbers become one of the portfolio, the lowest.".to_owned()
        }
        (Holder::Number, Holder::Portfolio, _) => {
            "The limits of the numbers become one of the portfolio, the highest.".to_owned()
        }
        (Holder::Portfolio, Holder::Number, _) => "Each number takes the limit of the portfolio.".to_owned(),
        _ => "Whoever holds a limit goes on with it.".to_owned(),
    }];
    said.extend(standing.tiers.iter().map(|(name, home)| match home {
        NewTier::New(to) => format!("The step {name} becomes {to}."),
        NewTier::Keep => {
            format!("The limit of the step {name} stays until the next rise, to the first step above it.")
        }
    }));
    said.push("What the new rules have no clause for ends.".to_owned());
    said.push(match standing.measures {
        Fate::keep => "Other measures keep their promised end.".to_owned(),
        Fate::end => "Other measures with a deadline end, too; what came for good stays.".to_owned(),
    });
    said.push(match standing.reviews {
        Fate::keep => "Running reviews of a rise keep their promised end.".to_owned(),
        Fate::end => "Running reviews end without a rise.".to_owned(),
    });
    said.push(match standing.usage {
        Fate::keep => "Customers reached and the usage towards a rise count on.".to_owned(),
        Fate::end => "Customers reached count on; the usage towards a rise begins anew.".to_owned(),
    });
    said
}
