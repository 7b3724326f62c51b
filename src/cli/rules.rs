//! rules
use super::Failure;
use clap::Args;
/// Rules
#[derive(Debug, Args)]
pub(super) struct Rules {}
impl Rules {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        Ok(())
    }
}
