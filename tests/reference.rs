//! The reference tells every field of every shipped file, and everything that a run writes; and nothing else.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use tiercast::document::Document;
use tiercast::document::tree::Tree;
use tiercast::experiment::{Ensemble, Threads};
use tiercast::report::reference::{Entry, Form, Page, Section, Subject};
use tiercast::report::{daily, replications, schedule, summary::Summary};
use tiercast::sim::{Evidence, Scenario};

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder whose names end so.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(home().join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.to_str().unwrap().ends_with(ending));
    files.sort();
    files
}

/// Every entry of a page with the words around it.
fn entries(page: &Page) -> Vec<(String, &Section, &Entry)> {
    let mut all = Vec::new();
    for section in &page.sections {
        for entry in &section.entries {
            let path = format!("{}: {}.{}", page.subject.name(), section.name, entry.name);
            all.extend(entry.holds.iter().map(|held| (format!("{path}.{}", held.name), section, held)));
            all.push((path, section, entry));
        }
    }
    all
}

// ---- each entry says what is needed -----------------------------------------------------------------------------

#[test]
fn every_entry_has_a_meaning_a_form_and_what_holds_without_it() {
    let mut faults = Vec::new();
    for page in Subject::ALL.map(Subject::page) {
        assert!(!page.sections.is_empty(), "{}", page.subject.name());
        assert!(page.sections.iter().all(|section| !section.entries.is_empty()), "{}", page.subject.name());
        for (path, section, entry) in entries(&page) {
            // A word may speak for itself where all words beside it do; what stands by position has the word's text.
            let words = section.one_of && section.entries.iter().all(|entry| entry.says.is_empty());
            if entry.says.trim_matches(['.', ' ']).is_empty() && !words && !entry.name.is_empty() {
                faults.push(format!("{path} has no doc comment"));
            }
            if entry.says.contains("unless said otherwise") && entry.optional {
                faults.push(format!("{path} states more than one default: {}", entry.says));
            }
            if entry.optional && entry.default.is_none() && page.subject != Subject::Outputs {
                faults.push(format!("{path} may be left out: say `..; VALUE unless said otherwise.`"));
            }
            if unknown(&entry.form) {
                faults.push(format!("{path} has a type that the reference does not know: {:?}", entry.form));
            }
            // A law is of whatever number it stands for.
            if entry.form.needs_unit() && entry.unit.is_none() && section.name != "Law" {
                faults.push(format!(
                    "{path} is a number: say its unit in its doc comment, such as `\\[days\\]`"
                ));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn unknown(form: &Form) -> bool {
    match form {
        Form::Unknown(_) => true,
        Form::List(of) | Form::Map { values: of, .. } => unknown(of),
        Form::Tuple(several) | Form::Either(several) => several.iter().any(unknown),
        Form::Word | Form::Value(_) | Form::Of(_) => false,
    }
}

#[test]
fn every_clause_ends_with_its_origin() {
    let page = Subject::Ruleset.page();
    let ladder = page.section("Ladder").unwrap();
    let names: Vec<&str> = ladder.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["holder", "steps", "start", "source", "except", "since", "until"]);
}

/// The defaults that the reference tells are those that a run takes and prints.
#[test]
fn defaults_are_those_of_the_loader() {
    let text = r#"Scenario(
        title: "all defaults", start: "2024-03-04", zone: "UTC", horizon: "1d",
        platform: (ruleset: "platform-2020", numbers: { "main": () }, templates: { "t": (category: Marketing) }),
        audience: (segments: { "all": (customers: 10, profile: "cold-list", rest: "1d") }),
        sender: (
            number: "main", segment: "all", templates: ["t"], plan: Constant(a_day: 1),
            hours: (from: "09:00", to: "10:00"), weekdays: every_day,
        ),
    )"#;
    let scenario = Scenario::read("defaults", text, home()).unwrap();
    let page = Subject::Scenario.page();
    let mut compared = Vec::new();
    for input in &scenario.setting.assumptions {
        let (place, field) = match input.path.rsplit_once('.') {
            _ if input.path.ends_with("_from") => ("platform".to_owned(), "priors"),
            Some((place, field)) => (place.replace("segments.all", "audience.segments.NAME"), field),
            None => (String::new(), input.path.as_str()),
        };
        let place = place.replace("numbers.main", "numbers.NAME");
        let here = |section: &&Section| {
            section.places.contains(&place) || (place.is_empty() && section.places.is_empty())
        };
        let found = page.sections.iter().find(here).and_then(|section| {
            section.entries.iter().find(|entry| entry.name == field && entry.default.is_some())
        });
        // What a profile states has its own source there.
        let Some(entry) = found else { continue };
        let default = entry.default.as_ref().unwrap();
        assert_eq!(default.value.trim_matches('`'), input.value, "{}", input.path);
        assert_eq!((default.source.as_str(), input.grade), (input.source.as_str(), Evidence::Assumed));
        compared.push(field);
    }
    let distinct: BTreeSet<&str> = compared.into_iter().collect();
    let expected = ["choose", "priors", "replications", "review", "seed", "slot", "tier", "verification"];
    assert!(expected.iter().all(|field| distinct.contains(field)), "{distinct:?}");
}

// ---- what shipped files say -------------------------------------------------------------------------------------

#[test]
fn every_key_of_every_shipped_file_is_told() {
    let kinds = [
        (Subject::Scenario, "scenarios", ".ron", 4),
        (Subject::Audience, "scenarios/audiences", ".ron", 2),
        (Subject::Ruleset, "scenarios/rulesets", ".ron", 11),
        (Subject::Rulebook, "scenarios/rulesets", ".rulebook.ron", 1),
        (Subject::Prices, "scenarios/rulesets/prices", ".ron", 6),
        (Subject::Case, "tests/cases", ".ron", 20),
    ];
    let mut missing = Vec::new();
    for (subject, folder, ending, least) in kinds {
        let mut files = files(folder, ending);
        if subject == Subject::Ruleset {
            files.retain(|file| !file.to_str().unwrap().ends_with(".rulebook.ron"));
        }
        assert!(files.len() >= least, "{folder}");
        let page = subject.page();
        for file in files {
            let name = file.strip_prefix(home()).unwrap().display().to_string();
            let tree = Document::new(&name, std::fs::read_to_string(&file).unwrap()).tree().unwrap();
            let told = Walk { page: &page, file: &name };
            told.section(&page.sections[0], &tree, "", &mut missing);
        }
    }
    assert!(missing.is_empty(), "\n{}\n", missing.join("\n"));
}

/// A file beside the reference.
struct Walk<'p> {
    page: &'p Page,
    file: &'p str,
}

impl Walk<'_> {
    fn section(&self, section: &Section, tree: &Tree, path: &str, missing: &mut Vec<String>) {
        if section.one_of {
            let Tree::Variant(word, inside) = tree else {
                return missing.push(format!("{}: {path}: {tree} is no word of {}", self.file, section.name));
            };
            match named(&section.entries, word) {
                Some(entry) => self.held(entry, inside, &format!("{path}.{word}"), missing),
                None => missing.push(format!("{}: {path}: {} has no {word}", self.file, section.name)),
            }
        } else {
            // The name of the type may stand before its parentheses.
            let inside = if let Tree::Variant(_, inside) = tree { inside } else { tree };
            self.record(&section.entries, inside, path, missing);
        }
    }

    fn held(&self, entry: &Entry, inside: &Tree, path: &str, missing: &mut Vec<String>) {
        match (entry.holds.as_slice(), inside) {
            ([], Tree::Unit) => {}
            ([only], _) if only.name.is_empty() => self.form(&only.form, inside, path, missing),
            (several, Tree::Tuple(values)) if several.len() == values.len() => {
                several
                    .iter()
                    .zip(values)
                    .for_each(|(held, value)| self.form(&held.form, value, path, missing));
            }
            (several, _) => self.record(several, inside, path, missing),
        }
    }

    fn record(&self, entries: &[Entry], tree: &Tree, path: &str, missing: &mut Vec<String>) {
        let Tree::Record(fields) = tree else {
            if !matches!(tree, Tree::Unit) && !matches!(tree, Tree::Tuple(values) if values.is_empty()) {
                missing.push(format!("{}: {path}: expected fields, found {tree}", self.file));
            }
            return;
        };
        for (name, value) in fields {
            let path = format!("{path}.{name}");
            match named(entries, name) {
                Some(entry) => self.form(&entry.form, value, &path, missing),
                None => missing.push(format!("{}: {path} is not told", self.file)),
            }
        }
    }

    fn form(&self, form: &Form, tree: &Tree, path: &str, missing: &mut Vec<String>) {
        match (form, tree) {
            (Form::Of(name), _) => self.section(self.page.section(name).unwrap(), tree, path, missing),
            (Form::List(of), Tree::List(values)) => {
                values.iter().for_each(|value| self.form(of, value, &format!("{path}[]"), missing));
            }
            (Form::Map { values, .. }, Tree::Record(fields)) => {
                for (name, value) in fields {
                    self.form(values, value, &format!("{path}.{name}"), missing);
                }
            }
            (Form::Tuple(forms), Tree::Tuple(values)) if forms.len() == values.len() => {
                forms.iter().zip(values).for_each(|(form, value)| self.form(form, value, path, missing));
            }
            (Form::Either(forms), _) => {
                let tries = forms.iter().map(|form| {
                    let mut missing = Vec::new();
                    self.form(form, tree, path, &mut missing);
                    missing
                });
                missing.extend(tries.min_by_key(Vec::len).unwrap());
            }
            (Form::Value(_), Tree::Leaf(_) | Tree::Variant(..)) | (Form::Word, Tree::Unit) => {}
            _ => missing.push(format!("{}: {path}: {form:?} cannot be {tree}", self.file)),
        }
    }
}

fn named<'e>(entries: &'e [Entry], name: &str) -> Option<&'e Entry> {
    entries.iter().find(|entry| entry.name == name || entry.aliases.iter().any(|alias| alias == name))
}

/// The walk finds a key that nothing tells.
#[test]
fn a_key_that_is_not_told_is_found() {
    let page = Subject::Scenario.page();
    let text = r#"Scenario(title: "x", sender: (plan: FillLimit(share: "50%", upto: 3), speed: 1))"#;
    let tree = Document::new("slip.ron", text).tree().unwrap();
    let mut missing = Vec::new();
    Walk { page: &page, file: "slip.ron" }.section(&page.sections[0], &tree, "", &mut missing);
    assert_eq!(
        missing,
        ["slip.ron: .sender.plan.FillLimit.upto is not told", "slip.ron: .sender.speed is not told"]
    );
}

// ---- what a run writes ------------------------------------------------------------------------------------------

/// A run that prices, has a help desk and a campaign, so that everything that is ever written is, but for conversations,
/// which its rules no longer know.
fn ensemble() -> Ensemble {
    ensemble_of("deadline")
}

fn ensemble_of(name: &str) -> Ensemble {
    let text = std::fs::read_to_string(home().join(format!("scenarios/{name}.ron"))).unwrap();
    let scenario = Scenario::read(name, &text, home()).unwrap_or_else(|found| panic!("{found}"));
    let alone = Threads::Exactly(1.try_into().unwrap());
    let still = AtomicBool::new(false);
    Ensemble::run(scenario.setting.clone(), 0..3, alone, &scenario, &|_| (), &still)
}

#[test]
fn every_key_of_the_summary_is_told_and_every_told_key_is_written() {
    let page = Subject::Outputs.page();
    let json: serde_json::Value = serde_json::from_str(&Summary::of(&ensemble()).to_json()).unwrap();
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    keys(&page, &page.sections[0], &json, &mut seen, &mut faults);
    for section in page.sections.iter().filter(|section| !section.name.contains(".csv")) {
        let never = section.entries.iter().map(|entry| format!("{}.{}", section.name, entry.name));
        faults.extend(never.filter(|key| !seen.contains(key)).map(|key| format!("{key} is never written")));
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn keys(
    page: &Page,
    section: &Section,
    json: &serde_json::Value,
    seen: &mut BTreeSet<String>,
    faults: &mut Vec<String>,
) {
    let Some(object) = json.as_object() else {
        return faults.push(format!("{} is no object: {json}", section.name));
    };
    for (key, value) in object {
        let Some(entry) = named(&section.entries, key) else {
            faults.push(format!("{}.{key} is not told", section.name));
            continue;
        };
        seen.insert(format!("{}.{key}", section.name));
        match (&entry.form, value) {
            (_, serde_json::Value::Null) if entry.optional => {}
            (Form::Of(name), _) => keys(page, page.section(name).unwrap(), value, seen, faults),
            (Form::List(of), serde_json::Value::Array(values)) => {
                if let Form::Of(name) = of.as_ref() {
                    values
                        .iter()
                        .for_each(|value| keys(page, page.section(name).unwrap(), value, seen, faults));
                }
            }
            (Form::Value(_), value) => assert!(!value.is_object() && !value.is_array() && !value.is_null()),
            (form, _) => faults.push(format!("{}.{key}: {form:?} cannot be {value}", section.name)),
        }
    }
}

#[test]
fn every_column_and_metric_is_told_and_every_told_one_is_written() {
    let ensemble = ensemble();
    let page = Subject::Outputs.page();
    let daily = daily::to_csv(&ensemble);
    let head = |text: &str| rows(text).next().unwrap();
    both_ways(page.section("daily.csv").unwrap(), &head(&daily));
    let with_conversations = daily::to_csv(&ensemble_of("first-climb"));
    let days = rows(&daily).skip(1).chain(rows(&with_conversations).skip(1));
    let metrics: BTreeSet<String> = days.map(|row| row[2].clone()).collect();
    both_ways(page.section("daily.csv: metric").unwrap(), &metrics.into_iter().collect::<Vec<_>>());
    both_ways(page.section("replications.csv").unwrap(), &head(&replications::to_csv(&ensemble)));
    both_ways(page.section("schedule.csv").unwrap(), &head(&schedule::to_csv(&ensemble)));
}

/// The cells of a table, row by row.
fn rows(text: &str) -> impl Iterator<Item = Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    rows.into_iter()
}

/// Each name is told, by itself or by a pattern such as `tier_<name>`, and each told name is there.
#[track_caller]
fn both_ways(section: &Section, written: &[String]) {
    let fits = |told: &str, name: &str| match told.split_once('<') {
        Some((start, _)) => name.starts_with(start),
        None => told == name,
    };
    let told: Vec<&str> = section.entries.iter().map(|entry| entry.name.as_str()).collect();
    let untold: Vec<&String> =
        written.iter().filter(|name| !told.iter().any(|told| fits(told, name))).collect();
    let unwritten: Vec<&&str> =
        told.iter().filter(|told| !written.iter().any(|name| fits(told, name))).collect();
    assert!(untold.is_empty() && unwritten.is_empty(), "{}: {untold:?}, {unwritten:?}", section.name);
}

#[test]
fn every_kind_of_row_of_a_log_is_told() {
    use tiercast::sim::replay::Kind;
    let page = Subject::Log.page();
    let told: Vec<&str> =
        page.section("Kind").unwrap().entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(told, Kind::ALL.map(Kind::name));
}

#[test]
fn lines_keep_the_width() {
    for page in Subject::ALL.map(Subject::page) {
        for line in page.render(100).lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}
