//! The result of a check as text: a table of the files, what failed, and what was asked for besides.

use tiercast::experiment::expect::Judged;
use tiercast::glossary::grouped;
use tiercast::report::verdicts;

use super::args::Check;
use super::result::{FileResult, bounds};
use super::verdict::Verdict;
use super::{coverage, futures};
use crate::cli::width;

impl Check {
    /// The whole text; what failed and one line alone where it is to be `quiet`.
    pub(super) fn render(&self, results: &[FileResult<'_>], verdict: &Verdict, quiet: bool) -> String {
        let mut text = String::new();
        if !quiet {
            let widest = results.iter().map(|result| result.file.name.chars().count()).max().unwrap_or(0);
            for result in results {
                text.push_str(&format!("{:widest$}  {}\n", result.file.name, result.in_words()));
                text.push_str(&verdicts::expectations(&result.judged, width().min(120)));
            }
            text.push('\n');
        }
        for (_, outcome) in results.iter().flat_map(|result| &result.cases) {
            if !outcome.passed() {
                text.push_str(&format!("{outcome}\n\n"));
            }
        }
        for judged in results.iter().flat_map(|result| &result.judged) {
            if !judged.passed() {
                text.push_str(&format!("{judged}\n\n"));
            }
        }
        if let Some(golden) = &verdict.golden {
            text.push_str(&golden.render(width().min(120), quiet));
        }
        if let Some(readings) = verdict.readings.as_ref().filter(|_| !quiet) {
            let futures = results.iter().any(|result| !result.judged.is_empty());
            text.push_str(&readings.render(width().min(140), futures));
        }
        if self.coverage {
            verdict
                .covered
                .iter()
                .for_each(|coverage| text.push_str(&coverage::render(coverage, width().min(110))));
        }
        if !verdict.fired.is_empty() && !quiet {
            text.push_str(&futures::render(&verdict.fired, width().min(110)));
        }
        verdict.missed().for_each(|asked| text.push_str(&format!("{}\n", asked.in_words())));
        if !quiet && results.iter().flat_map(|result| &result.judged).any(Judged::judged) {
            text.push_str(&self.how_sure(results));
        }
        text.push_str(&format!("{}\n", verdict.in_words()));
        text
    }

    /// What the verdicts on expectations are worth.
    fn how_sure(&self, results: &[FileResult<'_>]) -> String {
        let judged = results.iter().flat_map(|result| &result.judged).filter(|judged| judged.judged());
        let bounds: u64 = judged.map(bounds).sum();
        let once = (1.0 / self.false_alarms.as_f64()).floor() as u64;
        format!(
            "{bounds} bounds were judged, each by an interval as wide as it takes that at most one run of this suite\n\
             in {} fails an expectation that is met.\n\n",
            grouped(once)
        )
    }
}
