//! What became of expectations and golden numbers, as a table for the terminal.

use super::text::{Align, Page};
use crate::experiment::expect::{Judged, Outcome};
use crate::experiment::golden::{Comparison, Move};

/// The expectations of a scenario, a row each, in lines of `width` letters.
pub fn expectations(judged: &[Judged], width: usize) -> String {
    let row = |judged: &Judged| {
        let mark = match judged.outcome {
            Outcome::Pass => "ok",
            Outcome::Fail => "FAILED",
            Outcome::Undecided if !judged.judged() => "NOT JUDGED",
            Outcome::Undecided => "UNDECIDED",
        };
        vec![mark.to_owned(), judged.expectation.name.clone(), judged.found()]
    };
    let mut page = Page::new(width);
    page.table(&[Align::Left, Align::Left, Align::Left], &judged.iter().map(row).collect::<Vec<_>>());
    page.finish()
}

/// What moved in a scenario, a row a number, in lines of `width` letters.
pub fn moves(comparison: &Comparison, width: usize) -> String {
    let row = |step: &Move| {
        let Move { name, from, to, by, limit, moved } = step;
        vec![name.clone(), from.clone(), to.clone(), by.clone(), limit.clone(), moved.name().to_owned()]
    };
    let mut page = Page::new(width);
    let head = ["", "was", "is", "by", "matters from", ""].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = comparison.moves.iter().map(row).collect();
    if !rows.is_empty() {
        page.table(&[Align::Left; 6], &[vec![head], rows].concat());
    }
    page.finish()
}
