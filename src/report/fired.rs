//! What random futures reach of the rules, as a table for the terminal.

use super::text::{Align, Page, chance};
use crate::experiment::{Fired, FiredClause};
use crate::glossary::grouped;

/// The clauses of a ruleset and their transitions, a row each, in lines of `width` letters.
pub fn table(fired: &Fired, width: usize) -> String {
    let mut page = Page::new(width);
    page.heading(&format!("{}: {}", fired.ruleset, in_words(fired)));
    let head = ["clause and transition", "futures", "share", "95 % interval"].map(str::to_owned);
    let mut rows = vec![head.to_vec()];
    for clause in fired.clauses.iter().filter(|clause| clause.counted) {
        rows.push(row(fired, &clause.path, clause.futures));
        for (transition, futures) in &clause.transitions {
            rows.push(row(fired, &format!(". {transition}"), *futures));
        }
    }
    if rows.len() > 1 {
        page.table(&[Align::Left, Align::Right, Align::Right, Align::Left], &rows);
    }
    let named = |wanted: &dyn Fn(&FiredClause) -> bool| {
        let clauses = fired.clauses.iter().filter(|clause| wanted(clause));
        clauses.map(|clause| clause.path.as_str()).collect::<Vec<&str>>().join(", ")
    };
    let never = named(&|clause| clause.counted && clause.futures == 0);
    if !never.is_empty() {
        page.indented(&format!("Fired in no future: {never}."));
    }
    let besides = named(&|clause| !clause.counted);
    if !besides.is_empty() {
        page.indented(&format!("Not counted, though a change cites them: {besides}."));
    }
    page.finish()
}

/// `12 of 15 clauses that can change something fired (80 %), in 400 futures of 2 scenarios`.
pub fn in_words(fired: &Fired) -> String {
    let counted = || fired.clauses.iter().filter(|clause| clause.counted);
    let reached = counted().filter(|clause| clause.futures > 0).count();
    // Rounded down: 100 % are all.
    let all = counted().count();
    let part = (100 * reached).checked_div(all).unwrap_or(100);
    let scenarios = match fired.scenarios.as_slice() {
        [one] => one.clone(),
        several => format!("{} scenarios", several.len()),
    };
    format!(
        "{reached} of {all} clauses that can change something fired ({part} %), in {} futures of {scenarios}",
        grouped(fired.n)
    )
}

fn row(fired: &Fired, name: &str, futures: u64) -> Vec<String> {
    let count = if futures == 0 { "never".to_owned() } else { grouped(futures) };
    let [share, interval] = chance(fired.share(futures));
    vec![name.to_owned(), count, share, interval]
}
