//! `compare`: which plan is better, is it real, does it matter?

use std::path::PathBuf;

use clap::Args;
use tiercast::experiment::{By, Contrast, Headline, Threads, compared_by};
use tiercast::glossary::grouped;
use tiercast::report::comparison::{Answer, gallery, json, tables, text};
use tiercast::report::precision;
use tiercast::sim::{Scenario, Setting};

use super::amount::{Amount, AmountArgs};
use super::asked::{check_priced, metric_named};
use super::files::{Folder, chart_of};
use super::paired::{PairedArgs, run};
use super::plan::{CHART_SECONDS, Measured, Planned};
use super::progress::finished;
use super::{Failure, assignment, check_own, in_two_lines, print, shell, which, width};

/// More plans than this are more than a table or a reader bears.
const MOST_PLANS: usize = 12;

/// Compare plans, rules or settings on the same luck: which is better, is it real, does it matter?
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast compare scenarios/first-climb.ron scenarios/half-limit-climb.ron --by 30d
  tiercast compare scenarios/first-climb.ron --variant \"half: sender.plan.share=50%\" --variant \"late: sender.hours.from=12:00\"
  tiercast compare scenarios/first-climb.ron --variant \"half: sender.plan.share=50%\" --precision 2% --metric flagged
  tiercast compare scenarios/half-limit-climb.ron --rules platform-2023 --rules platform-2025-10 --matters 2d

All plans meet the same luck: replication 17 of one is held against replication 17 of the other. Writes
comparison.json, pairs.csv, days.csv, replications.csv and the charts of each pair (SVG and PNG) to --out.")]
pub(super) struct Compare {
    /// The scenarios: RON files. One is enough with --rules or --variant.
    #[arg(required = true)]
    scenarios: Vec<PathBuf>,
    /// The one scenario under these rules: a ruleset, a rulebook (also on a day: platform@2025-10-06) or a file. Given
    /// once, against its own rules.
    #[arg(long, value_name = "RULES", conflicts_with = "variants")]
    rules: Vec<String>,
    /// The one scenario with values changed, against itself as it stands: `name: path=value; path=value`. May be given
    /// several times.
    #[arg(long = "variant", value_name = "NAME: PATH=VALUE", value_parser = variant)]
    variants: Vec<Variant>,
    /// Change a value of all scenarios or their rules, such as `horizon=90d`. May be given several times.
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = assignment)]
    changes: Vec<(String, String)>,
    /// Seed of the random numbers of all; that of the first scenario unless said otherwise.
    #[arg(long, env = "TIERCAST_SEED")]
    seed: Option<u64>,
    #[command(flatten)]
    amount: AmountArgs,
    /// The result whose difference --precision asks for, such as `flagged` or `days_to_10K`.
    #[arg(long, requires = "precision", value_name = "NAME")]
    metric: Option<String>,
    /// Folder for the results; `out/compare` unless said otherwise.
    #[arg(long, short)]
    out: Option<PathBuf>,
    #[command(flatten)]
    paired: PairedArgs,
    /// Print comparison.json instead of the text.
    #[arg(long)]
    json: bool,
}

/// A named change of a scenario.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    pub(super) name: String,
    pub(super) changes: Vec<(String, String)>,
}

pub(super) fn variant(text: &str) -> Result<Variant, String> {
    let form = "expected NAME: PATH=VALUE, such as \"half: sender.plan.share=50%\"";
    let (name, changes) = text.split_once(':').ok_or(form)?;
    if name.trim().is_empty() || name.contains('=') {
        return Err(form.to_owned());
    }
    let changes: Vec<_> = changes.split(';').map(assignment).collect::<Result<_, String>>()?;
    changes.iter().try_for_each(|(path, _)| check_own(path)).map_err(in_two_lines)?;
    Ok(Variant { name: name.trim().to_owned(), changes })
}

/// Name, file and own changes of a plan.
pub(super) type Asked = (String, PathBuf, Vec<(String, String)>);

/// A plan that is compared.
struct Plan {
    name: String,
    scenario: Scenario,
    /// What makes it out of the first scenario when it is told beside another: options of `explain`.
    option: Option<[String; 2]>,
}

impl Compare {
    pub(super) fn execute(&self, quiet: bool) -> Result<(), Failure> {
        let plans = self.plans()?;
        let named: Vec<(&str, &Scenario)> =
            plans.iter().map(|plan| (plan.name.as_str(), &plan.scenario)).collect();
        self.paired.check_dates(&named)?;
        let amount = self.amount(&named)?;
        if self.amount.plan {
            return self.tell_plan(&named, &amount);
        }
        let default = PathBuf::from("out").join("compare");
        let folder = Folder::prepare(self.out.as_ref().unwrap_or(&default))?;
        let (comparison, cache) = self.paired.replicate(&named, &amount, quiet);
        let contrasts = comparison.pairs().iter().map(|pair| {
            let of = |arm: usize| (&plans[arm].scenario, &comparison.arms()[arm]);
            let ((a, first), (b, second)) = (of(pair.first), of(pair.second));
            Contrast::between([a, b], [first, second])
        });
        let answer = Answer::of(&comparison, contrasts.collect(), &self.paired.by, self.paired.thresholds());
        write(&folder, &answer, self.paired.threads())?;
        if self.json {
            print(&json::to_json(&answer))?;
        } else {
            print(&text::render(&answer, width().min(140)))?;
            if let Some(said) = amount.precision().and_then(|asked| precision::of_plans(asked, &comparison)) {
                print(&format!("\n{said}\n"))?;
            }
            if !quiet {
                print(&self.where_to_look(&plans, &answer))?;
                print(&format!(
                    "\nWritten to {}: comparison.json, pairs.csv, days.csv, replications.csv and charts.\n",
                    folder.path().display()
                ))?;
            }
        }
        finished(comparison.complete(), comparison.n(), amount.look_after(comparison.n()), &cache)
    }

    /// How many runs of each plan are asked for.
    fn amount(&self, plans: &[(&str, &Scenario)]) -> Result<Amount, Failure> {
        let settings: Vec<&Setting> = plans.iter().map(|(_, scenario)| &scenario.setting).collect();
        let told = compared_by(&settings, &self.paired.by);
        let metric = self.metric.as_ref().map(|name| self.metric(name, plans, &told)).transpose()?;
        let own = plans.iter().map(|(_, scenario)| scenario.replications).max().unwrap_or(1);
        self.amount.get(own, plans.len(), metric, told)
    }

    /// The result of that name, if these plans are compared by it.
    fn metric(
        &self,
        name: &str,
        plans: &[(&str, &Scenario)],
        told: &[Headline],
    ) -> Result<Headline, Failure> {
        let named = plans.iter().map(|(name, scenario)| ((*name).to_owned(), &scenario.setting));
        let horizons = plans.iter().map(|(_, scenario)| scenario.setting.calendar.horizon());
        let metric = metric_named(name, &named.collect::<Vec<_>>())?.by_common_end(By::end_of(horizons));
        if metric.dated().is_none() && !told.contains(&metric) {
            return Err(Failure::Usage {
                message: format!("plans of unlike horizons are not compared by `{name}`"),
                help: "a time or a limit can be known; --set horizon=... runs all equally long".to_owned(),
            });
        }
        for (_, scenario) in plans {
            check_priced(std::slice::from_ref(&metric), scenario)?;
        }
        Ok(metric)
    }

    /// What the comparison would take, from a few replications of each plan.
    fn tell_plan(&self, plans: &[(&str, &Scenario)], amount: &Amount) -> Result<(), Failure> {
        let (threads, count) = (self.paired.threads(), plans.len());
        let first_look = |first| run(plans, 0..first, threads, true);
        let replications = amount.foretold(first_look, " of each plan", "them")?;
        let scenarios: Vec<&Scenario> = plans.iter().map(|(_, scenario)| *scenario).collect();
        let planned = Planned {
            work: format!("{count} plans of {} runs each", grouped(replications)),
            runs: count as u64 * replications,
            of_days: count,
            rows: true,
            charts: CHART_SECONDS * (count * (count - 1) / 2) as f64,
        };
        planned.tell(&Measured::watched(&scenarios), threads)
    }

    /// The plans, loaded, on one seed.
    fn plans(&self) -> Result<Vec<Plan>, Failure> {
        let asked = self.asked()?;
        let options = self.options();
        let mut plans: Vec<Plan> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for ((name, path, own), option) in asked.into_iter().zip(options) {
            let changes: Vec<(String, String)> = self.changes.iter().cloned().chain(own).collect();
            let scenario = Scenario::load(&path, &changes)?;
            let seed = self.seed.or(plans.first().map(|plan| plan.scenario.setting.seed));
            let seed = seed.unwrap_or(scenario.setting.seed);
            let taken = names.iter().filter(|other| **other == name).count();
            let shown = if taken == 0 { name.clone() } else { format!("{name} ({})", taken + 1) };
            plans.push(Plan { name: shown, scenario: scenario.with_seed(seed), option });
            names.push(name);
        }
        Ok(plans)
    }

    /// Name, file and own changes of each plan.
    fn asked(&self) -> Result<Vec<Asked>, Failure> {
        let stem = |path: &PathBuf| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let usage = |message: String, help: &str| Failure::Usage { message, help: help.to_owned() };
        let alone = self.rules.is_empty() && self.variants.is_empty();
        let plans: Vec<_> = match self.scenarios.as_slice() {
            [_] if alone => {
                return Err(usage(
                    "one scenario alone cannot be compared".to_owned(),
                    "give a second one, or --variant \"name: path=value\", or --rules RULES",
                ));
            }
            [_, _, ..] if !alone => {
                return Err(usage(
                    "--rules and --variant change one scenario, and several were given".to_owned(),
                    "give one scenario, or leave --rules and --variant out",
                ));
            }
            [path] => {
                let under = |rules: &String| {
                    let change = ("platform.ruleset".to_owned(), which::for_scenario(rules)?);
                    Ok((rules.clone(), path.clone(), vec![change]))
                };
                let varied =
                    |variant: &Variant| (variant.name.clone(), path.clone(), variant.changes.clone());
                let itself = (self.rules.len() < 2).then(|| (stem(path), path.clone(), Vec::new()));
                let ruled: Vec<Asked> = self.rules.iter().map(under).collect::<Result<_, Failure>>()?;
                let varied = self.variants.iter().map(varied);
                itself.into_iter().chain(ruled).chain(varied).collect()
            }
            several => several.iter().map(|path| (stem(path), path.clone(), Vec::new())).collect(),
        };
        if plans.len() > MOST_PLANS {
            let message = format!("{} plans are too many to be held against each other", plans.len());
            return Err(usage(message, &format!("at most {MOST_PLANS}")));
        }
        Ok(plans)
    }

    /// The option of `explain` that makes each plan, in their order; nothing for a scenario as it stands.
    fn options(&self) -> Vec<Option<[String; 2]>> {
        if let [_, _, ..] = self.scenarios.as_slice() {
            let other = |path: &PathBuf| Some(["--against".to_owned(), path.display().to_string()]);
            return self.scenarios.iter().map(other).collect();
        }
        let itself = (self.rules.len() < 2).then_some(None);
        let ruled = self.rules.iter().map(|rules| Some(["--rules".to_owned(), rules.clone()]));
        let varied = self.variants.iter().map(|variant| {
            let changes: Vec<String> =
                variant.changes.iter().map(|(path, value)| format!("{path}={value}")).collect();
            Some(["--variant".to_owned(), format!("{}: {}", variant.name, changes.join("; "))])
        });
        itself.into_iter().chain(ruled).chain(varied).collect()
    }

    /// The commands that tell where each two plans first part.
    fn where_to_look(&self, plans: &[Plan], answer: &Answer<'_>) -> String {
        let mut lines = Vec::new();
        for pair in &answer.pairs {
            let Some(replication) = Answer::telling(pair) else { continue };
            let (first, second) = (&plans[pair.pair.first], &plans[pair.pair.second]);
            let several = self.scenarios.len() > 1;
            let file = if several { &self.scenarios[pair.pair.first] } else { &self.scenarios[0] };
            let mut words =
                vec![file.display().to_string(), "--replication".to_owned(), replication.to_string()];
            let own = first.option.iter().filter(|_| !several);
            own.chain(&second.option).for_each(|option| words.extend(option.clone()));
            for (path, value) in &self.changes {
                words.extend(["--set".to_owned(), format!("{path}={value}")]);
            }
            if self.seed.is_some() || (several && pair.pair.first > 0) {
                words.extend(["--seed".to_owned(), first.scenario.setting.seed.to_string()]);
            }
            let words: Vec<String> = words.iter().map(|word| shell(word)).collect();
            lines.push(format!("  tiercast explain {}\n", words.join(" ")));
        }
        match lines.len() {
            0 => String::new(),
            _ => format!(
                "\nWhere the runs first part, in the lowest replication that differs:\n{}",
                lines.concat()
            ),
        }
    }
}

/// Writes every file of a comparison.
fn write(folder: &Folder, answer: &Answer<'_>, threads: Threads) -> Result<(), Failure> {
    folder.write("comparison.json", json::to_json(answer).as_bytes())?;
    folder.write("pairs.csv", tables::pairs(answer).as_bytes())?;
    folder.write("days.csv", tables::days(answer).as_bytes())?;
    folder.write("replications.csv", tables::replications(answer).as_bytes())?;
    folder.draw(gallery::draw(answer, threads))?;
    folder.clear(&|file| chart_of(file).is_some_and(gallery::is_chart))
}
