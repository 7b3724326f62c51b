//! `completions`: commands and options by the tab key.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Failure, Tool, print};

/// Print completions of commands and options for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast completions bash > ~/.local/share/bash-completion/completions/tiercast
  tiercast completions fish > ~/.config/fish/completions/tiercast.fish
  tiercast completions zsh > \"${fpath[1]}/_tiercast\"")]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Tool::command(), "tiercast", &mut script);
        print(&String::from_utf8_lossy(&script))
    }
}
