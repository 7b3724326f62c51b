//! `explain`: why did this future go so?

use clap::Args;
use tiercast::report::story;
use tiercast::sim::Journal;

use super::{Failure, ScenarioArgs, print, width};

/// Tell one future as a dated story, with the clause behind each change.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  tiercast explain scenarios/cold-list.ron --replication 17

The replication is the one of replications.csv, found again by its number.")]
pub(super) struct Explain {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Which future, from 0: the first column of replications.csv.
    #[arg(long, short)]
    replication: u64,
    /// Print the changes as JSON instead of a story.
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        let scenario = self.scenario.load()?;
        let mut journal = Journal::default();
        let trajectory = scenario.watch(self.replication, &mut journal);
        if self.json {
            let told = story::changes(&scenario, &journal);
            let json = serde_json::to_string_pretty(&told).map_err(std::io::Error::from)?;
            return print(&format!("{json}\n"));
        }
        print(&story::render(&scenario, self.replication, &trajectory, &journal, width().min(120)))
    }
}
