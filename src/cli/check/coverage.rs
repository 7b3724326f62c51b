//! What cases reach of the clauses of a ruleset, as text.

use tiercast::sim::{ClauseCoverage, Coverage, Reach, TransitionCoverage, Unit};

/// The table of a ruleset.
pub(super) fn render(coverage: &Coverage, width: usize) -> String {
    let Coverage { ruleset, cases, .. } = coverage;
    let among = if *cases == 1 { "case" } else { "cases" };
    let mut text = format!("{ruleset}: {}, in {cases} {among}\n", reached_in_words(coverage));
    let rows: Vec<Row> = coverage.counted().flat_map(rows_of).collect();
    let heading = "clause and transition";
    let widest = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max(heading.len());
    text.push_str(&format!("  {:widest$}                 just missed by\n", ""));
    text.push_str(&format!("  {heading:widest$}  fired  cases    one  second   step\n"));
    for row in &rows {
        text.push_str(&row.render(widest));
    }
    let named = |wanted: fn(&Reach) -> bool| {
        let clauses = coverage.counted().filter(move |clause| wanted(&clause.reach));
        clauses.map(|clause| clause.path.as_str()).collect::<Vec<&str>>()
    };
    list(&mut text, "  never fired: ", &named(|reach| !reach.fired()), width);
    list(&mut text, "  never just missed: ", &named(|reach| !reach.missed()), width);
    let left_out = |cited: bool| {
        let clauses = coverage.left_out().filter(move |clause| clause.reach.fired() == cited);
        clauses.map(|clause| clause.path.as_str()).collect::<Vec<&str>>()
    };
    list(&mut text, "  not counted, though a change cites them: ", &left_out(true), width);
    list(&mut text, "  not counted, for they change nothing by themselves: ", &left_out(false), width);
    text.push('\n');
    text
}

/// A row of a coverage.
struct Row {
    name: String,
    reach: Reach,
    /// Whether something is wanting where there is none: changes, then what was just missed by each unit.
    wanted: [bool; 4],
}

/// A row for a clause, and one for each of its transitions.
fn rows_of(clause: &ClauseCoverage) -> Vec<Row> {
    let missed = clause.reach.missed();
    let head =
        Row { name: clause.path.clone(), reach: clause.reach, wanted: [true, !missed, !missed, !missed] };
    let of_transition = |own: &TransitionCoverage| {
        let mark = if own.counted() { "" } else { " (by another reading)" };
        let any = own.counted() && own.unit().is_none() && !own.reach.missed();
        let missed = Unit::ALL.map(|unit| any || own.unit() == Some(unit));
        let wanted = [own.counted(), missed[0], missed[1], missed[2]];
        Row { name: format!("  {}{mark}", own.transition), reach: own.reach, wanted }
    };
    std::iter::once(head).chain(clause.transitions.iter().map(of_transition)).collect()
}

impl Row {
    /// `never` stands where something is wanting.
    fn render(&self, widest: usize) -> String {
        let Reach { changes, cases, just_missed: [one, second, step] } = self.reach;
        let cell = |count: u64, wanted: bool| match count {
            0 if wanted => "never".to_owned(),
            0 => "-".to_owned(),
            count => count.to_string(),
        };
        let [fired, by_one, by_second, by_step] = self.wanted;
        let (name, cases) = (&self.name, cell(cases, false));
        let (changes, one) = (cell(changes, fired), cell(one, by_one));
        let (second, step) = (cell(second, by_second), cell(step, by_step));
        format!("  {name:widest$}  {changes:>5}  {cases:>5}  {one:>5}  {second:>6}  {step:>5}\n")
    }
}

/// `12 of 15 clauses (80%) and 20 of 40 transitions (50%) fired and were just missed`, rounded down.
/// How much of a ruleset was reached.
pub(super) fn reached_in_words(coverage: &Coverage) -> String {
    let of = |reached: usize, all: usize, what: &str| {
        let percent = (100 * reached).checked_div(all).unwrap_or(100);
        format!("{reached} of {all} {what} ({percent}%)")
    };
    let clauses = coverage.counted().filter(|clause| clause.reached()).count();
    let transitions = coverage.transitions().filter(|own| own.reached()).count();
    let clauses = of(clauses, coverage.counted().count(), "clauses");
    let transitions = of(transitions, coverage.transitions().count(), "transitions");
    format!("{clauses} and {transitions} fired and were just missed")
}

/// Words after a head, broken between them.
fn list(text: &mut String, head: &str, words: &[&str], width: usize) {
    if words.is_empty() {
        return;
    }
    let mut line = head.to_owned();
    for (place, word) in words.iter().enumerate() {
        if place > 0 && line.len() + word.len() + 1 > width {
            text.push_str(line.trim_end());
            line = "\n    ".to_owned();
        }
        line.push_str(word);
        line.push_str(if place + 1 < words.len() { ", " } else { "\n" });
    }
    text.push_str(&line);
}
