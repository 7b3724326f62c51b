//! What golden numbers tell, on numbers made up for it.

use super::compare::{Moved, compare};
use super::take::{Entry, Number, Taken, take};
use super::text::Golden;
use crate::document::Document;
use crate::experiment::Threads;
use crate::experiment::expect::Outcome;
use crate::sim::Scenario;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// Two blocks of the shipped cold list.
fn cold_list(changes: &[(&str, &str)]) -> Taken {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/cold-list.ron");
    let changes: Vec<(String, String)> =
        changes.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect();
    let scenario = Scenario::load(&file, &changes).unwrap();
    take(&scenario, 4, Threads::All, &|_| {}, &AtomicBool::new(false)).unwrap()
}

fn number<'e>(entry: &'e mut Entry, name: &str) -> &'e mut Number {
    entry.numbers.iter_mut().find(|number| number.name == name).unwrap()
}

#[test]
fn a_text_is_read_as_it_was_written() {
    let mut golden = Golden::default();
    golden.entries.insert("scenarios/cold list.ron".to_owned(), cold_list(&[]).entry);
    let text = golden.write();
    assert_eq!(Golden::read(&Document::new("golden.txt", text.as_str())).unwrap(), golden);
    let values: Vec<&str> = text.lines().filter(|line| line.contains("  chance.flagged  ")).collect();
    assert_eq!(values.len(), 1, "one line a value");
    let mut sorted: Vec<&str> = text.split("# ---- exact").next().unwrap().lines().collect();
    sorted.retain(|line| !line.starts_with('#') && !line.is_empty());
    assert!(sorted.is_sorted());
}

#[test]
fn a_broken_text_is_told_line_by_line() {
    let mut golden = Golden::default();
    golden.entries.insert("a.ron".to_owned(), cold_list(&[]).entry);
    let text = golden.write();
    let said = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        let broken = text.replacen(from, to, 1);
        Golden::read(&Document::new("golden.txt", broken)).unwrap_err().to_string()
    };
    assert!(said("a.ron  seed ", "a.ron  sead ").contains("lack `seed`"));
    assert!(said("a.ron  engine ", "a.ron engine ").contains("expected three columns, found 2"));
    assert!(said("block 000064..000127", "block 000000..000063").contains("is given twice"));
    assert!(said("sums total.sent ", "sums total.sen ").contains("lack `sums total.sent`"));
}

#[test]
fn the_same_is_the_same() {
    let taken = cold_list(&[]);
    let comparison = compare(&taken.entry, &cold_list(&[]), 1e-5);
    assert_eq!((comparison.blocks_changed, comparison.blocks, comparison.moves.len()), (0, 4, 0));
    assert_eq!((comparison.outcome(), comparison.same), (Outcome::Pass, taken.entry.numbers.len()));
    assert!(comparison.causes.is_empty());
}

#[test]
fn causes_are_told_apart() {
    let before = cold_list(&[]).entry;
    let causes = |changes: &[(&str, &str)]| compare(&before, &cold_list(changes), 1e-5).causes;
    assert_eq!(causes(&[("number.flagged.term", "[For(Flagged, \"8d\")]")]), ["the rules changed"]);
    assert_eq!(causes(&[("sender.plan.a_day", "4000")]), ["the scenario changed"]);
    assert_eq!(causes(&[("title", "another title")]), [""; 0]);
    let chances = ("audience.segments.bought.chances", "{ \"block\": Fixed(0.001) }");
    assert_eq!(causes(&[chances]), ["the audience profile changed", "the scenario changed"]);
    let older = Entry { engine: "0.0.9".to_owned(), ..before.clone() };
    assert_eq!(
        compare(&older, &cold_list(&[]), 1e-5).causes,
        [format!("the engine changed from 0.0.9 to {}", before.engine)]
    );
}

#[test]
fn a_change_that_nothing_explains_fails_however_small() {
    let now = cold_list(&[]);
    let mut before = now.entry.clone();
    before.fingerprints[2] ^= 1;
    let comparison = compare(&before, &now, 1e-5);
    assert_eq!((comparison.blocks_changed, comparison.first), (1, Some(128)));
    assert_eq!(comparison.outcome(), Outcome::Fail);
    before.engine = "0.0.9".to_owned();
    assert_eq!(
        compare(&before, &now, 1e-5).outcome(),
        Outcome::Pass,
        "another engine may differ by next to nothing"
    );
}

#[test]
fn steps_are_held_against_what_matters() {
    let now = cold_list(&[]);
    let moved = |change: &dyn Fn(usize, &mut u128)| {
        let mut before = now.entry.clone();
        let sums = &mut number(&mut before, "total.sent").sums;
        sums.iter_mut().enumerate().for_each(|(block, sum)| change(block, sum));
        let comparison = compare(&before, &now, 1e-5);
        assert_eq!(comparison.moves.len(), 1);
        comparison.moves[0].moved
    };
    assert_eq!(moved(&|_, sum| *sum += *sum / 1_000), Moved::Within);
    assert_eq!(moved(&|block, sum| *sum += *sum / [5, 3, 8, 1][block]), Moved::Unclear);
    assert_eq!(
        moved(&|_, sum| *sum = *sum * 6 / 5),
        Moved::Unclear,
        "blocks differ: four of them are too few"
    );
    let mut before = now.entry.clone();
    number(&mut before, "chance.flagged").sums.iter_mut().for_each(|sum| *sum -= 13);
    let comparison = compare(&before, &now, 1e-5);
    assert_eq!(comparison.moves[0].moved, Moved::Beyond, "a fifth of the futures more in every block");
    assert_eq!(comparison.outcome(), Outcome::Fail);
    number(&mut before, "chance.flagged").name = "chance.fired".to_owned();
    let names: Vec<Moved> = compare(&before, &now, 1e-5).moves.iter().map(|step| step.moved).collect();
    assert_eq!(names, [Moved::New, Moved::Gone]);
}
