//! What a pipeline reads: JUnit XML, and GitHub's annotations.
//!
//! ```text
//!   Checked (file, line, name, outcome, details) --junit--->  <testsuite> a file, <testcase> a check
//!                                                '-github-->  ::error file=..,line=..,title=..::details
//! ```
//!
//! What is undecided is *skipped* for JUnit, which knows no third outcome, and a warning for GitHub. No times and no
//! dates are written: the same checks give the same bytes.

use crate::experiment::expect::Outcome;

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What it is: `case`, `expectation`, `golden numbers`, `threshold`, `impact`.
    pub kind: &'static str,
    /// The file that it stands in.
    pub file: String,
    /// Its line there, from 1, where it is known.
    pub line: Option<usize>,
    /// The sentence that says what must be so.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
    /// What was found, in as many lines as it takes.
    pub details: String,
    /// What is to be known even if it passed.
    pub remark: Option<String>,
}

/// JUnit XML of what `by` checked (such as `tiercast check`): a suite a file, in the order of the checks.
pub fn junit(by: &str, checks: &[Checked]) -> String {
    let count = |checks: &[Checked], outcome| checks.iter().filter(|check| check.outcome == outcome).count();
    let numbers = |checks: &[Checked]| {
        format!(
            "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"",
            checks.len(),
            count(checks, Outcome::Fail),
            count(checks, Outcome::Undecided)
        )
    };
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str(&format!("<testsuites name=\"{}\" {}>\n", escaped(by), numbers(checks)));
    for suite in checks.chunk_by(|a, b| a.file == b.file) {
        let file = escaped(&suite[0].file);
        text.push_str(&format!("  <testsuite name=\"{file}\" {}>\n", numbers(suite)));
        suite.iter().for_each(|check| text.push_str(&test_case(check)));
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

fn test_case(check: &Checked) -> String {
    let (name, file) = (escaped(&check.name), escaped(&check.file));
    let line = check.line.map_or_else(String::new, |line| format!(" line=\"{line}\""));
    let head = format!("    <testcase classname=\"{file}\" name=\"{name}\" file=\"{file}\"{line}");
    let remark = check.remark.as_ref().map_or_else(String::new, |remark| format!("\n{remark}"));
    let details = escaped(&format!("{}{remark}", check.details));
    match check.outcome {
        Outcome::Pass => match &check.remark {
            Some(remark) => {
                format!("{head}>\n      <system-out>{}</system-out>\n    </testcase>\n", escaped(remark))
            }
            None => format!("{head}/>\n"),
        },
        Outcome::Fail => {
            let message = escaped(first_line(&check.details));
            format!(
                "{head}>\n      <failure type=\"{}\" message=\"{message}\">{details}</failure>\n    </testcase>\n",
                check.kind
            )
        }
        Outcome::Undecided => {
            format!("{head}>\n      <skipped message=\"undecided: {details}\"/>\n    </testcase>\n")
        }
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Text for XML; what XML cannot hold becomes a question mark.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            control if (control as u32) < 0x20 || matches!(control, '\u{fffe}' | '\u{ffff}') => out.push('?'),
            other => out.push(other),
        }
    }
    out
}

/// GitHub's annotations: an error for what failed, a warning for what is undecided, a notice for what passed and has a
/// remark, nothing for what else passed.
pub fn github(checks: &[Checked]) -> String {
    let annotation = |check: &Checked| {
        let (level, text) = match check.outcome {
            Outcome::Pass => ("notice", check.remark.as_ref()?),
            Outcome::Fail => ("error", &check.details),
            Outcome::Undecided => ("warning", &check.details),
        };
        let line = check.line.map_or_else(String::new, |line| format!(",line={line}"));
        let (file, title) = (property(&check.file), property(&check.name));
        Some(format!("::{level} file={file}{line},title={title}::{}\n", message(text)))
    };
    checks.iter().filter_map(annotation).collect()
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks() -> Vec<Checked> {
        let check = |file: &str, name: &str, outcome, details: &str| Checked {
            kind: "case",
            file: file.to_owned(),
            line: Some(3),
            name: name.to_owned(),
            outcome,
            details: details.to_owned(),
            remark: None,
        };
        vec![
            check("a.ron", "it holds", Outcome::Pass, ""),
            check("a.ron", "5 < 6 & \"so\"", Outcome::Fail, "found 50 %,\nexpected\u{1}: 60 %"),
            check("b, c.ron", "who knows: nobody", Outcome::Undecided, "20 %"),
        ]
    }

    #[test]
    fn junit_counts_and_escapes() {
        let xml = junit("tiercast check", &checks());
        for part in [
            "<testsuites name=\"tiercast check\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\">",
            "<testsuite name=\"a.ron\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\">",
            "name=\"it holds\" file=\"a.ron\" line=\"3\"/>",
            "name=\"5 &lt; 6 &amp; &quot;so&quot;\"",
            "message=\"found 50 %,\">found 50 %,&#10;expected?: 60 %</failure>",
            "<skipped message=\"undecided: 20 %\"/>",
        ] {
            assert!(xml.contains(part), "expected `{part}` in:\n{xml}");
        }
        let opened = xml.matches("<test").count();
        let closed = xml.matches("</test").count() + xml.matches("line=\"3\"/>").count();
        assert_eq!(opened, closed, "{xml}");
        assert!(junit("tiercast check", &[]).contains("tests=\"0\""));
    }

    #[test]
    fn annotations_are_one_line_each() {
        assert_eq!(
            github(&checks()),
            "::error file=a.ron,line=3,title=5 < 6 & \"so\"::found 50 %25,%0Aexpected\u{1}: 60 %25\n\
             ::warning file=b%2C c.ron,line=3,title=who knows%3A nobody::20 %25\n"
        );
    }
}
