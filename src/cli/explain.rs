//! `explain`: why did this future go so? And where does it part from the same future of another version?

use std::path::{Path, PathBuf};

use clap::Args;
use tiercast::report::divergence::{self, Stories, Version};
use tiercast::report::story;
use tiercast::sim::{Journal, Scenario, Trajectory};

use super::compare::{Asked, Variant, variant};
use super::{Failure, ScenarioArgs, note, print, print_json, which, width};

/// Tell one future as a dated story, with the clause behind each change; or two versions of it side by side.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast explain scenarios/cold-list.ron --replication 17
  tiercast explain scenarios/half-limit-climb.ron --replication 17 --rules platform-2025-10
  tiercast explain scenarios/first-climb.ron --replication 3 --variant \"half: sender.plan.share=50%\"
  tiercast explain my-plan.ron --replication 0 --against my-other-plan.ron

The replication is the one of replications.csv, found again by its number. With --against, --rules or
--variant it is told twice, on the same luck: what both have in common, where they first part, by which
clause, and what follows on each side.")]
pub(super) struct Explain {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Which future, from 0: the first column of replications.csv.
    #[arg(long, short)]
    replication: u64,
    /// Hold it against the same future of this scenario, on this one's seed.
    #[arg(long, value_name = "SCENARIO", conflicts_with_all = ["rules", "variants"])]
    against: Option<PathBuf>,
    /// Hold it against itself under these rules: a ruleset, a rulebook (also on a day: platform@2025-10-06) or a file.
    /// Given twice, one against the other.
    #[arg(long, value_name = "RULES", conflicts_with = "variants")]
    rules: Vec<String>,
    /// Hold it against itself with values changed: `name: path=value; path=value`. Given twice, one against the other.
    #[arg(long = "variant", value_name = "NAME: PATH=VALUE", value_parser = variant)]
    variants: Vec<Variant>,
    /// Print JSON instead of a story: the changes, or what parts two versions.
    #[arg(long)]
    json: bool,
}

/// A version of the scenario, and how the replication of it went.
struct Told {
    name: String,
    scenario: Scenario,
    trajectory: Trajectory,
    journal: Journal,
}

impl Told {
    fn version(&self) -> Version<'_> {
        let Told { name, scenario, trajectory, journal } = self;
        Version { name, scenario, trajectory, journal }
    }
}

impl Explain {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        let others = self.rules.len() + self.variants.len();
        match (&self.against, others) {
            (None, 0) => self.tell_one(),
            (Some(_), _) | (None, 1 | 2) => self.tell_two(),
            _ => Err(Failure::Usage {
                message: format!("{others} versions do not stand side by side"),
                help: "give --rules or --variant once or twice".to_owned(),
            }),
        }
    }

    fn tell_one(&self) -> Result<(), Failure> {
        let Told { scenario, trajectory, journal, .. } = self.told(String::new(), self.scenario.load()?);
        if self.json {
            // The changes are all that is printed.
            scenario.setting.warnings.iter().for_each(|warning| note(warning));
            return print_json(&story::changes(&scenario, &journal));
        }
        print(&story::render(&scenario, self.replication, &trajectory, &journal, width().min(120)))
    }

    /// Two versions side by side, on the seed of the first.
    fn tell_two(&self) -> Result<(), Failure> {
        let mut told: Vec<Told> = Vec::new();
        for (name, path, own) in self.versions()? {
            let scenario = self.scenario.load_version(&path, &own)?;
            let seed = told.first().map_or(scenario.setting.seed, |first| first.scenario.setting.seed);
            told.push(self.told(name, scenario.with_seed(seed)));
        }
        let [a, b] = told.as_slice() else { return Ok(()) };
        let stories = Stories::of(self.replication, [a.version(), b.version()]);
        if self.json {
            return print(&divergence::json::to_json(&stories));
        }
        print(&divergence::text::render(&stories, width().min(140)))
    }

    fn told(&self, name: String, scenario: Scenario) -> Told {
        let mut journal = Journal::default();
        let trajectory = scenario.watch(self.replication, &mut journal);
        Told { name, scenario, trajectory, journal }
    }

    /// Name, file and own changes of the two versions.
    fn versions(&self) -> Result<Vec<Asked>, Failure> {
        let path = &self.scenario.scenario;
        let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut others = Vec::new();
        for rules in &self.rules {
            let change = ("platform.ruleset".to_owned(), which::for_scenario(rules)?);
            others.push((rules.clone(), path.clone(), vec![change]));
        }
        let varied = |variant: &Variant| (variant.name.clone(), path.clone(), variant.changes.clone());
        others.extend(self.variants.iter().map(varied));
        others.extend(self.against.iter().map(|other| (stem(other), other.clone(), Vec::new())));
        if others.len() == 1 {
            others.insert(0, (stem(path), path.clone(), Vec::new()));
        }
        Ok(others)
    }
}
