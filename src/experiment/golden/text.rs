//! Golden numbers as a text: sorted, one value a line, made to be read in a review.
//!
//! ```text
//!   # comment
//!   first-climb.ron  chance.flagged   43.4 % +- 3.0     what a reviewer reads
//!   first-climb.ron  engine           0.1.0             what decided it
//!   first-climb.ron  block 0..63      9f3a7c0012de4410  exact, of all that these futures did
//!   first-climb.ron  sums total.sent  46219834 45998..  exact, by block, for the comparison
//! ```
//!
//! Two or more blanks part the three columns.

use std::collections::{BTreeMap, BTreeSet};

use super::take::{Entry, Number};
use crate::document::{Document, Finding, Findings};
use crate::experiment::BLOCK;
use crate::sim::Contents;

const HEAD: &str = "\
# Golden numbers: what each scenario gave when somebody last looked at them.
# Written by `tiercast check PATHS.. --baseline FILE --update`; compared by the same without --update.
# Means over the replications, +- half of their 95 % interval. For a review the first part is enough: what decided the
# results, and the results. The second part is exact, by block of replications: fingerprints of all that the futures
# did, and the sums from which a change is told from noise.
";

const SECOND: &str = "\n# ---- exact, by block of replications: for the tool\n";

/// Golden numbers by the path of their scenario, as seen from the file that holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Golden {
    /// The entries.
    pub entries: BTreeMap<String, Entry>,
}

impl Golden {
    /// The text.
    pub fn write(&self) -> String {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for (path, entry) in &self.entries {
            let line = |key: String, value: String| (path.clone(), key, value);
            first.push(line("engine".to_owned(), entry.engine.clone()));
            first.push(line("seed".to_owned(), entry.seed.to_string()));
            let Contents { scenario, rules, audience } = entry.contents;
            for (what, hash) in [("scenario", scenario), ("rules", rules), ("audience", audience)] {
                first.push(line(format!("hash.{what}"), format!("{hash:016x}")));
            }
            for number in &entry.numbers {
                first.push(line(number.name.clone(), number.shown.clone()));
                let sums: Vec<String> = number.sums.iter().map(u128::to_string).collect();
                second.push(line(format!("sums {}", number.name), sums.join(" ")));
            }
            for (block, fingerprint) in (0_u64..).zip(&entry.fingerprints) {
                let from = block * BLOCK;
                let key = format!("block {from:06}..{:06}", from + BLOCK - 1);
                second.push(line(key, format!("{fingerprint:016x}")));
            }
        }
        format!("{HEAD}\n{}{SECOND}{}", columns(first), columns(second))
    }

    /// Reads the text.
    ///
    /// # Errors
    /// Lines that are not of three columns, values that are none, entries that lack something.
    pub fn read(document: &Document) -> Result<Golden, Findings> {
        let mut reader = Reader { document, drafts: BTreeMap::new(), wrong: Vec::new() };
        for (number, line) in (1..).zip(document.text.lines()) {
            let line = line.trim_end();
            if !line.is_empty() && !line.starts_with('#') {
                reader.line(number, line);
            }
        }
        reader.finish()
    }
}

/// Lines in order, their first two columns aligned.
fn columns(mut lines: Vec<(String, String, String)>) -> String {
    lines.sort();
    let widest = |column: fn(&(String, String, String)) -> &String| {
        lines.iter().map(|line| column(line).chars().count()).max().unwrap_or(0)
    };
    let (first, second) = (widest(|line| &line.0), widest(|line| &line.1));
    lines.iter().map(|(path, key, value)| format!("{path:first$}  {key:second$}  {value}\n")).collect()
}

/// An entry under construction.
#[derive(Default)]
struct Draft {
    line: usize,
    values: BTreeMap<String, String>,
    sums: BTreeMap<String, Vec<u128>>,
    fingerprints: BTreeMap<String, u64>,
}

struct Reader<'d> {
    document: &'d Document,
    drafts: BTreeMap<String, Draft>,
    wrong: Vec<Finding>,
}

impl Reader<'_> {
    fn wrong(&mut self, line: usize, message: String, help: &str) {
        self.wrong.push(Finding::at_line(self.document, line, 1, message).help(help));
    }

    fn line(&mut self, number: usize, line: &str) {
        let columns: Vec<&str> =
            line.split("  ").map(str::trim).filter(|column| !column.is_empty()).collect();
        let [path, key, value] = columns.as_slice() else {
            let message = format!("expected three columns, found {}", columns.len());
            return self.wrong(number, message, "two blanks part a path, a name and a value");
        };
        let mut draft = self.drafts.remove(*path).unwrap_or(Draft { line: number, ..Draft::default() });
        let known = if let Some(name) = key.strip_prefix("sums ") {
            let sums: Result<Vec<u128>, _> = value.split(' ').map(str::parse).collect();
            match sums {
                Ok(sums) => draft.sums.insert(name.trim().to_owned(), sums).is_some(),
                Err(_) => {
                    self.wrong(number, format!("the sums of {name} are not whole numbers"), WRITE_ANEW);
                    false
                }
            }
        } else if key.starts_with("block ") {
            match u64::from_str_radix(value, 16) {
                Ok(fingerprint) => draft.fingerprints.insert((*key).to_owned(), fingerprint).is_some(),
                Err(_) => {
                    self.wrong(number, format!("\"{value}\" is no fingerprint of 16 digits"), WRITE_ANEW);
                    false
                }
            }
        } else {
            draft.values.insert((*key).to_owned(), (*value).to_owned()).is_some()
        };
        self.drafts.insert((*path).to_owned(), draft);
        if known {
            self.wrong(number, format!("`{key}` of {path} is given twice"), "keep one of the two");
        }
    }

    fn finish(mut self) -> Result<Golden, Findings> {
        let mut golden = Golden::default();
        for (path, draft) in std::mem::take(&mut self.drafts) {
            let line = draft.line;
            match draft.entry() {
                Ok(entry) => {
                    golden.entries.insert(path, entry);
                }
                Err(lacks) => self.wrong(line, format!("the numbers of {path} lack {lacks}"), WRITE_ANEW),
            }
        }
        if self.wrong.is_empty() { Ok(golden) } else { Err(Findings::new(self.document, self.wrong)) }
    }
}

const WRITE_ANEW: &str = "write the file anew with --update, or take it back from version control";

impl Draft {
    /// The entry, or what it lacks.
    fn entry(mut self) -> Result<Entry, String> {
        let mut value = |key: &str| self.values.remove(key).ok_or(format!("`{key}`"));
        let engine = value("engine")?;
        let seed = value("seed")?.parse().map_err(|_| "a whole `seed`".to_owned())?;
        let mut hash = |what: &str| {
            let key = format!("hash.{what}");
            u64::from_str_radix(&value(&key)?, 16).map_err(|_| format!("a `{key}` of 16 digits"))
        };
        let contents =
            Contents { scenario: hash("scenario")?, rules: hash("rules")?, audience: hash("audience")? };
        let blocks = self.fingerprints.len();
        if blocks == 0 {
            return Err("blocks".to_owned());
        }
        let mut numbers = Vec::new();
        for (name, shown) in self.values {
            let sums = self.sums.remove(&name).ok_or(format!("`sums {name}`"))?;
            if sums.len() != blocks {
                return Err(format!("{blocks} numbers in `sums {name}`"));
            }
            numbers.push(Number { name, shown, sums });
        }
        let left: BTreeSet<String> = self.sums.into_keys().collect();
        if let Some(name) = left.first() {
            return Err(format!("`{name}`"));
        }
        let fingerprints = self.fingerprints.into_values().collect();
        Ok(Entry { engine, seed, contents, fingerprints, numbers })
    }
}
