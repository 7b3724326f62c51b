//! `--readings all`: every case and expectation under every other reading of the rules, one open text at a time.

use serde::Serialize;
use tiercast::document::Document;
use tiercast::experiment::expect::{Judged, Outcome, Terms, judge};
use tiercast::experiment::readings::{
    COMPARED, Spectrum, UnderReading, Variation, cases_under, first_futures,
};
use tiercast::glossary::grouped;
use tiercast::platform::rulebook;
use tiercast::report::readings::{Tally, table};
use tiercast::sim::{Case, Scenario, Trajectory};

use super::args::Check;
use super::files::RightFile;
use super::result::{FileResult, bounds, case_name};
use crate::cli::progress::spinner;
use crate::cli::{Failure, interrupt};

/// The most replications under a reading that is not the ruleset's own.
pub(super) const MOST: u64 = 1_024;

/// What became of everything under every other reading.
pub(super) struct ReadingsResult {
    /// The most replications of a scenario under another reading.
    most: u64,
    rules: Vec<RulesResult>,
}

/// The other readings of one ruleset or rulebook.
struct RulesResult {
    spectrum: Spectrum,
    /// By variation: cases, expectations.
    tallies: Vec<[Tally; 2]>,
    /// What depends on a variation.
    depends: Vec<Dependent>,
}

/// A case or an expectation that holds under one reading and not under another.
#[derive(Clone)]
struct Dependent {
    /// Position of the variation.
    variation: usize,
    kind: &'static str,
    file: String,
    line: usize,
    name: String,
    /// Whether it holds under the other reading, and not under the ruleset's own.
    holds: bool,
    /// What was found under the reading under which it does not hold.
    found: String,
}

impl Check {
    /// Tries every other reading of the rules of what was checked.
    pub(super) fn vary(&self, results: &[FileResult<'_>], quiet: bool) -> Result<ReadingsResult, Failure> {
        let spectra = spectra(results)?;
        let all: Vec<&Variation> = spectra.iter().flat_map(|spectrum| &spectrum.variations).collect();
        let cases: Vec<&Case> =
            results.iter().flat_map(|result| &result.cases).map(|(case, _)| *case).collect();
        let mut cases = cases_under(&cases, &all, self.threads.get()).into_iter();
        let mut expectations = self.judge_under(results, &all, quiet).into_iter();
        let rules = spectra.into_iter().map(|spectrum| {
            let mut made = RulesResult { spectrum, tallies: Vec::new(), depends: Vec::new() };
            for place in 0..made.spectrum.variations.len() {
                let (cases, judged) =
                    (cases.next().unwrap_or_default(), expectations.next().unwrap_or_default());
                let tallies =
                    [made.add_cases(place, results, cases), made.add_judged(place, results, judged)];
                made.tallies.push(tallies);
            }
            made
        });
        Ok(ReadingsResult { most: self.replications.min(MOST), rules: rules.collect() })
    }

    /// The expectations of every scenario under every variation: by variation and file, none where its rules are others.
    fn judge_under(
        &self,
        results: &[FileResult<'_>],
        variations: &[&Variation],
        quiet: bool,
    ) -> Vec<Vec<Option<Vec<Judged>>>> {
        let concerned = |result: &FileResult<'_>, variation: &Variation| {
            let scenario = result.file.scenario().filter(|_| !result.judged.is_empty());
            scenario.is_some_and(|scenario| scenario.has_rules(&variation.change.rules))
        };
        let bounds = |result: &FileResult<'_>| result.judged.iter().map(bounds).sum::<u64>();
        let all = variations
            .iter()
            .flat_map(|variation| results.iter().filter(|result| concerned(result, variation)).map(bounds));
        let terms = Terms {
            false_alarms: self.false_alarms.as_f64(),
            bounds: all.sum(),
            most: self.replications.min(MOST),
            threads: self.threads.get(),
        };
        let bar = spinner(quiet);
        let futures = |scenario: &Scenario| first_futures(scenario, self.threads.get());
        let own = |result: &FileResult<'_>| {
            let scenario = result.file.scenario().filter(|_| !result.judged.is_empty());
            scenario.map(|scenario| futures(&self.seeded(scenario.clone()))).unwrap_or_default()
        };
        let own: Vec<Vec<Vec<Trajectory>>> = results.iter().map(own).collect();
        let mut made = Vec::new();
        for (place, variation) in variations.iter().enumerate() {
            let mut by_file = Vec::new();
            for (result, own) in results.iter().zip(&own) {
                if !concerned(result, variation) || interrupt::heard() {
                    by_file.push(None);
                    continue;
                }
                bar.set_message(format!(
                    "reading {} of {}: {}",
                    place + 1,
                    variations.len(),
                    result.file.name
                ));
                bar.tick();
                by_file.push(Some(self.judge_one(result, variation, &terms, own)));
            }
            made.push(by_file);
        }
        bar.finish_and_clear();
        made
    }

    pub(super) fn seeded(&self, scenario: Scenario) -> Scenario {
        match self.seed {
            Some(seed) => scenario.with_seed(seed),
            None => scenario,
        }
    }

    /// What the file expects under a variation; as it is where the first futures are the same, nothing where the scenario
    /// does not go together with it.
    fn judge_one(
        &self,
        result: &FileResult<'_>,
        variation: &Variation,
        terms: &Terms,
        own: &[Vec<Trajectory>],
    ) -> Vec<Judged> {
        let Ok(scenario) = Scenario::load_under(result.file.name.as_ref(), &variation.change) else {
            return Vec::new();
        };
        let scenario = self.seeded(scenario);
        if first_futures(&scenario, self.threads.get()) == own {
            return result.judged.clone();
        }
        let wanted = |name: &str| result.judged.iter().any(|judged| judged.expectation.name == name);
        let wanted: Vec<_> =
            scenario.expectations().iter().filter(|expected| wanted(&expected.name)).cloned().collect();
        judge(&scenario, &wanted, terms, &|_, _| {}, interrupt::listen())
    }
}

/// The readings of every ruleset and rulebook of what was checked, in the order in which they come.
fn spectra(results: &[FileResult<'_>]) -> Result<Vec<Spectrum>, Failure> {
    let mut found: Vec<Spectrum> = Vec::new();
    for result in results {
        let cases = result.cases.iter().flat_map(|(case, _)| case.rulesets());
        let scenario = result.file.scenario().filter(|_| !result.judged.is_empty());
        for name in cases.chain(scenario.into_iter().flat_map(Scenario::rulesets)) {
            if !found.iter().any(|known| known.rules == name) {
                found.push(Spectrum::of_ruleset(&result.file.ruleset_document(name)?)?);
            }
        }
        for name in rulebook::names() {
            let used = result.cases.iter().any(|(case, _)| case.has_rules(name))
                || scenario.is_some_and(|scenario| scenario.has_rules(name));
            if used && !found.iter().any(|known| known.rules == name) {
                let document = rulebook::document(name).unwrap_or_else(|| Document::new(name, ""));
                found.push(Spectrum::of_rulebook(&document)?);
            }
        }
    }
    Ok(found)
}

impl RulesResult {
    fn add_cases(&mut self, variation: usize, results: &[FileResult<'_>], under: Vec<UnderReading>) -> Tally {
        let own = results.iter().flat_map(|result| result.cases.iter().map(move |pair| (result, pair)));
        let mut tally = Tally::default();
        for ((result, (_, outcome)), under) in own.zip(under) {
            let (holds, failure) = match under {
                UnderReading::OtherRules => continue,
                UnderReading::Stated | UnderReading::Refused => {
                    tally.not_varied += 1;
                    continue;
                }
                UnderReading::Holds => (true, outcome.failures.first().cloned()),
                UnderReading::Fails(failure) => (false, Some(*failure)),
            };
            match (outcome.passed(), holds) {
                (true, true) => tally.hold += 1,
                (false, false) => tally.fail += 1,
                (_, holds) => {
                    tally.depend += 1;
                    let found = failure.as_ref().map_or_else(String::new, |failure| {
                        let tiercast::sim::Failure { at, what, expected, found, .. } = failure;
                        format!("{at}, {what}: expected {expected}, found {found}")
                    });
                    self.depends.push(Dependent {
                        variation,
                        kind: "case",
                        file: result.file.name.clone(),
                        line: failure.as_ref().map_or(0, |failure| failure.line),
                        name: case_name(outcome),
                        holds,
                        found,
                    });
                }
            }
        }
        tally
    }

    fn add_judged(
        &mut self,
        variation: usize,
        results: &[FileResult<'_>],
        under: Vec<Option<Vec<Judged>>>,
    ) -> Tally {
        let mut tally = Tally::default();
        for (result, under) in results.iter().zip(under) {
            let Some(under) = under else { continue };
            for own in &result.judged {
                let name = &own.expectation.name;
                let Some(other) = under.iter().find(|other| other.expectation.name == *name) else {
                    tally.not_varied += 1;
                    continue;
                };
                match (own.outcome, other.outcome) {
                    (Outcome::Pass, Outcome::Pass) => tally.hold += 1,
                    (Outcome::Fail, Outcome::Fail) => tally.fail += 1,
                    (Outcome::Undecided, _) | (_, Outcome::Undecided) => tally.open += 1,
                    (_, outcome) => {
                        tally.depend += 1;
                        let holds = outcome == Outcome::Pass;
                        let failing = if holds { own } else { other };
                        self.depends.push(Dependent {
                            variation,
                            kind: "expectation",
                            file: result.file.name.clone(),
                            line: own.expectation.line,
                            name: name.clone(),
                            holds,
                            found: format!("expected {}, found {}", own.expectation.asks, failing.found()),
                        });
                    }
                }
            }
        }
        tally
    }

    fn reading(&self, variation: usize) -> String {
        let Variation { text, other, .. } = &self.spectrum.variations[variation];
        format!("{} = {}", text.path, other.value)
    }
}

impl ReadingsResult {
    /// Every dependent with its rules, in the order of rules and readings.
    fn dependents(&self) -> impl Iterator<Item = (&RulesResult, &Dependent)> {
        self.rules.iter().flat_map(|rules| rules.depends.iter().map(move |dependent| (rules, dependent)))
    }

    /// Each file, line and name of what depends on a reading, with its dependencies, in the order of the files.
    fn by_check(&self) -> Vec<(&Dependent, Vec<(&RulesResult, &Dependent)>)> {
        let mut found: Vec<(&Dependent, Vec<(&RulesResult, &Dependent)>)> = Vec::new();
        for (rules, one) in self.dependents() {
            let same = |known: &&mut (&Dependent, Vec<_>)| {
                (&known.0.file, &known.0.name, known.0.kind) == (&one.file, &one.name, one.kind)
            };
            match found.iter_mut().find(same) {
                Some((_, all)) => all.push((rules, one)),
                None => found.push((one, vec![(rules, one)])),
            }
        }
        found.sort_by(|(a, _), (b, _)| (&a.file, a.kind).cmp(&(&b.file, b.kind)));
        found
    }

    /// How many cases and expectations depend on a reading.
    pub(super) fn depending(&self) -> usize {
        self.by_check().len()
    }

    /// What a check depends on, in words; nothing where it depends on no reading.
    pub(super) fn remark(&self, kind: &str, file: &str, name: &str) -> Option<String> {
        let own: Vec<String> = self
            .dependents()
            .filter(|(_, one)| (one.kind, one.file.as_str(), one.name.as_str()) == (kind, file, name))
            .map(|(rules, one)| {
                let verb = if one.holds { "holds" } else { "fails" };
                let (name, reading) = (&rules.spectrum.rules, rules.reading(one.variation));
                format!("{verb} under {name} with {reading}: {}", one.found)
            })
            .collect();
        (!own.is_empty()).then(|| format!("depends on the reading:\n{}", own.join("\n")))
    }

    pub(super) fn render(&self, width: usize, futures: bool) -> String {
        let mut text = String::from(
            "How the rules are read: each open text read otherwise, one at a time; the others as the ruleset takes them.\n",
        );
        if futures {
            text.push_str(&format!(
                "Expectations under another reading are judged by up to {} futures; \"open\" is what these do not tell. Where \
                 the first\n{COMPARED} futures are the same under both readings, what is expected is taken to stay as it is.\n",
                grouped(self.most)
            ));
        }
        for rules in &self.rules {
            text.push_str(&table(&rules.spectrum, &rules.tallies, width));
        }
        let all = self.by_check();
        if !all.is_empty() {
            text.push_str("\nWhat depends on a reading:\n");
        }
        for (place, (one, dependencies)) in all.iter().enumerate() {
            if place == 0 || all[place - 1].0.file != one.file {
                text.push_str(&format!("  {}\n", one.file));
            }
            text.push_str(&format!("    {} \"{}\"\n", one.kind, one.name));
            for line in in_lines(dependencies) {
                text.push_str(&format!("      {line}\n"));
            }
        }
        text.push('\n');
        text
    }

    pub(super) fn report(&self) -> ReadingsReport<'_> {
        ReadingsReport { replications: self.most, rules: self.rules.iter().map(RulesReport::of).collect() }
    }
}

/// A line for each open text, with the readings under which a check fails, or holds where it fails as the rules stand.
fn in_lines(dependencies: &[(&RulesResult, &Dependent)]) -> Vec<String> {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for (rules, one) in dependencies {
        let Variation { text, other, .. } = &rules.spectrum.variations[one.variation];
        let verb = if one.holds { "HOLDS" } else { "fails" };
        let head = format!("{verb} if {} is", text.path);
        match lines.iter_mut().find(|(known, _)| *known == head) {
            Some((_, values)) => values.push(&other.value),
            None => lines.push((head, vec![&other.value])),
        }
    }
    lines.into_iter().map(|(head, values)| format!("{head} {}", values.join(" or "))).collect()
}

// ---- for programs -------------------------------------------------------------------------------------------------

/// Every other reading, for programs.
#[derive(Serialize)]
pub(super) struct ReadingsReport<'r> {
    /// The most replications of a scenario under another reading.
    replications: u64,
    rules: Vec<RulesReport<'r>>,
}

#[derive(Serialize)]
struct RulesReport<'r> {
    rules: &'r str,
    readings: Vec<ReadingReport<'r>>,
    /// Readings that contradict the other clauses.
    senseless: Vec<SenselessReport<'r>>,
}

#[derive(Serialize)]
struct SenselessReport<'r> {
    path: &'r str,
    reading: &'r str,
}

#[derive(Serialize)]
struct ReadingReport<'r> {
    clause: &'r str,
    path: &'r str,
    taken: &'r str,
    reading: &'r str,
    says: &'r str,
    cases: TallyReport,
    expectations: TallyReport,
    depends: Vec<DependentReport<'r>>,
}

#[derive(Serialize)]
struct TallyReport {
    hold: u64,
    depend: u64,
    fail: u64,
    open: u64,
    not_varied: u64,
}

#[derive(Serialize)]
struct DependentReport<'r> {
    kind: &'r str,
    file: &'r str,
    line: usize,
    name: &'r str,
    /// Under this reading; under the ruleset's own it is the other way round.
    holds: bool,
    found: &'r str,
}

impl<'r> RulesReport<'r> {
    fn of(result: &'r RulesResult) -> RulesReport<'r> {
        let of = |(place, variation): (usize, &'r Variation)| {
            let Variation { text, other, .. } = variation;
            let depends = result.depends.iter().filter(|one| one.variation == place);
            ReadingReport {
                clause: &text.clause,
                path: &text.path,
                taken: &text.value,
                reading: &other.value,
                says: &other.says,
                cases: TallyReport::of(result.tallies[place][0]),
                expectations: TallyReport::of(result.tallies[place][1]),
                depends: depends.map(DependentReport::of).collect(),
            }
        };
        let senseless = result.spectrum.senseless.iter();
        RulesReport {
            rules: &result.spectrum.rules,
            readings: result.spectrum.variations.iter().enumerate().map(of).collect(),
            senseless: senseless.map(|(path, reading)| SenselessReport { path, reading }).collect(),
        }
    }
}

impl TallyReport {
    fn of(tally: Tally) -> TallyReport {
        let Tally { hold, depend, fail, open, not_varied } = tally;
        TallyReport { hold, depend, fail, open, not_varied }
    }
}

impl<'r> DependentReport<'r> {
    fn of(one: &'r Dependent) -> DependentReport<'r> {
        let Dependent { kind, file, line, name, holds, found, .. } = one;
        DependentReport { kind, file, line: *line, name, holds: *holds, found }
    }
}

impl RightFile {
    /// The file of the ruleset that its cases, or its scenario, know by this name: one beside it that they name, or a
    /// built-in one.
    pub(super) fn ruleset_document(&self, name: &str) -> Result<Document, Failure> {
        let texts = self.text.split('"').filter(|text| text.ends_with(".ron"));
        let mut own = texts.filter_map(|file| super::files::beside(self.name.as_ref(), file));
        let called = |document: &Document| {
            document.read::<tiercast::platform::Ruleset>().is_ok_and(|ruleset| ruleset.name == name)
        };
        if let Some(document) = own.find(called) {
            return Ok(document);
        }
        tiercast::platform::catalogue::document(name).ok_or_else(|| Failure::Usage {
            message: format!("{}: the clauses of the ruleset \"{name}\" cannot be listed", self.name),
            help: "a case must not change the name of its ruleset; leave --coverage, --threshold and --readings out"
                .to_owned(),
        })
    }
}
