//! Where a change leads: the path of `--set` names a field of the scenario, of its rules, or of a profile.
//!
//! ```text
//!   audience.segments.members.customers        the scenario
//!   rating.number.low_from                     its rules: the first step is a section of rulesets
//!   audience.segments.members.profile.block    the profile of that segment, for that segment alone
//! ```
//!
//! Where an uncertain number stands, a plain number or per cent holds it: `5%` is `Fixed(0.05)`. A threshold of a rating
//! that is changed is known from then on, and no longer drawn.

use crate::document::{Check, Document, Findings, did_you_mean};
use crate::glossary::Ratio;
use crate::random::{Law, Prior};
use crate::sim::scenario::ScenarioText;

use super::parts::written_to;

/// The sections of a ruleset: a change whose path begins with one of them is a change of the rules.
const RULE_SECTIONS: [&str; 13] = [
    "ladder",
    "numbers",
    "admission",
    "window",
    "rating",
    "upgrade",
    "official",
    "number",
    "review",
    "pacing",
    "template",
    "price",
    "fact",
];

/// Which document a path leads into, and the path within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place<'p> {
    Scenario(&'p str),
    Rules(&'p str),
    Profile { segment: &'p str, field: &'p str },
}

impl<'p> Place<'p> {
    pub(super) fn of(path: &'p str) -> Place<'p> {
        let section = path.split(['.', '[']).next().unwrap_or(path);
        if RULE_SECTIONS.contains(&section) {
            return Place::Rules(path);
        }
        profile_field(path).unwrap_or(Place::Scenario(path))
    }

    /// The path, where it leads into the scenario.
    pub(super) fn in_scenario(self) -> Option<&'p str> {
        if let Place::Scenario(path) = self { Some(path) } else { None }
    }

    /// The path, where it leads into the rules.
    pub(super) fn in_rules(self) -> Option<&'p str> {
        if let Place::Rules(path) = self { Some(path) } else { None }
    }

    /// The field, where it leads into the profile of a segment.
    pub(super) fn in_profile_of(self, name: &str) -> Option<&'p str> {
        match self {
            Place::Profile { segment, field } if segment == name => Some(field),
            _ => None,
        }
    }
}

fn profile_field(path: &str) -> Option<Place<'_>> {
    let rest = path.strip_prefix("audience.segments.")?;
    let (segment, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => rest.split_at(rest.find('.')?),
    };
    let field = rest.strip_prefix(".profile.").filter(|field| !field.is_empty())?;
    Some(Place::Profile { segment, field })
}

/// The document with a change; a plain number holds an uncertain one.
pub(super) fn change(document: &Document, path: &str, value: &str) -> Result<Document, Findings> {
    let Some(number) = plain(value) else { return document.with(path, value) };
    let inside = format!("{path}.prior");
    let fixed = format!("Fixed({number})");
    if document.locate(&inside).is_some() {
        document.with(&inside, &fixed)
    } else if stands(document, path).is_some_and(is_law) || holds_priors(path) {
        document.with(path, &fixed)
    } else {
        document.with(path, value)
    }
}

/// The value at a path as it is written, the prior of an uncertain number.
pub(super) fn standing<'d>(document: &'d Document, path: &str) -> Option<&'d str> {
    stands(document, &format!("{path}.prior")).or_else(|| stands(document, path))
}

fn stands<'d>(document: &'d Document, path: &str) -> Option<&'d str> {
    document.text.get(document.locate(path)?)
}

fn is_law(text: &str) -> bool {
    ron::from_str::<Law>(text).is_ok()
}

/// Whether a path of a scenario names an entry of a map of priors, which may not stand there yet.
fn holds_priors(path: &str) -> bool {
    let above = path.rsplit_once('.').map_or("", |(above, _)| above);
    let segment = path.starts_with("audience.segments.") && above.ends_with(".chances");
    let template = path.starts_with("platform.templates.") && above.ends_with(".factors");
    segment || template || path.starts_with("platform.priors.")
}

/// A plain number or per cent.
fn plain(value: &str) -> Option<f64> {
    let value = value.trim();
    let number = value.strip_suffix('%').unwrap_or(value);
    let digits = number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_'));
    digits.then(|| Ratio::try_from(value.replace('_', "")).ok()).flatten().map(Ratio::as_f64)
}

/// The thresholds that changes make known, by their paths.
pub(super) fn hold_thresholds(text: &mut ScenarioText, changes: &[(String, String)]) {
    for (path, value) in changes {
        let Some((path, known)) = threshold(path).zip(plain(value)) else { continue };
        if let Ok(prior) = Prior::new(Law::Fixed(known)) {
            text.platform.priors.set(path, prior);
        }
    }
}

/// The path, where it is that of a threshold.
fn threshold(path: &str) -> Option<&str> {
    let names = path.strip_prefix("rating.")?;
    let field = names.rsplit('.').next()?;
    matches!(field, "medium_from" | "low_from").then_some(path)
}

/// What is said where one of two thresholds is held by a change, and the other is still drawn.
pub(super) fn half_held(text: &ScenarioText, changes: &[(String, String)]) -> Vec<String> {
    let of = |path: &str| {
        let (clause, field) = threshold(path)?.rsplit_once('.')?;
        let other = if field == "low_from" { "medium_from" } else { "low_from" };
        let other = format!("{clause}.{other}");
        let drawn =
            text.platform.priors.get(&other).is_none_or(|prior| !matches!(prior.law(), Law::Fixed(_)));
        drawn.then(|| {
            format!(
                "{path} is held and {other} is still drawn; where they come out in the wrong order they change places: \
                 set both"
            )
        })
    };
    changes.iter().filter_map(|(path, _)| of(path)).collect()
}

/// Changes that would reach nothing.
pub(super) fn check_reach(
    text: &ScenarioText,
    changes: &[(String, String)],
    rulebook: bool,
    check: &mut Check<'_>,
) {
    let segments = &text.audience.segments;
    for (path, _) in changes {
        match Place::of(path) {
            Place::Profile { segment, field } => {
                let rate = field.split('.').next().unwrap_or(field);
                match segments.get(segment) {
                    None => {
                        let message = format!("`{path}` changes the profile of a segment that there is not");
                        check.error("audience.segments", message, did_you_mean(segment, segments.keys()));
                    }
                    Some(_) if !written_to(text).any(|known| known == segment) => {
                        let message = format!("`{path}` would change nothing: nobody writes to {segment}");
                        check.error(
                            &format!("audience.segments.{segment}"),
                            message,
                            "name it in sender.segments",
                        );
                    }
                    Some(known) if known.chances.get(rate).is_some() => {
                        let message = format!(
                            "`{path}` would change nothing: `chances` replaces `{rate}` of the profile"
                        );
                        let own = format!("audience.segments.{segment}.chances.{rate}");
                        check.error(&own, message, format!("change `{own}`"));
                    }
                    Some(_) => {}
                }
            }
            Place::Rules(_) if rulebook && threshold(path).is_none() => {
                let message = format!("`{path}` would change nothing: the rules are those of several eras");
                check.error("platform.ruleset", message, "name one ruleset, or a file of your own");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_into_one_document() {
        assert_eq!(Place::of("horizon"), Place::Scenario("horizon"));
        assert_eq!(Place::of("audience.segments.a.profile"), Place::Scenario("audience.segments.a.profile"));
        assert_eq!(Place::of("upgrade.volume.review"), Place::Rules("upgrade.volume.review"));
        let field = |segment, field| Place::Profile { segment, field };
        assert_eq!(Place::of("audience.segments.a.profile.block"), field("a", "block"));
        assert_eq!(
            Place::of("audience.segments.\"a.b\".profile.fatigue.recover"),
            field("a.b", "fatigue.recover")
        );
    }

    #[test]
    fn a_plain_number_holds_an_uncertain_one() {
        let document =
            Document::new("a", "(block: (prior: Uniform(low: 0, high: 1), grade: 0), after: Fixed(3), n: 5)");
        let changed = |path: &str, value: &str| change(&document, path, value).unwrap().text;
        assert!(changed("block", "0.7%").contains("prior: Fixed(0.007),"));
        assert!(changed("block.prior", "0.2").contains("prior: Fixed(0.2),"));
        assert!(changed("block.prior", "Fixed(0.3)").contains("prior: Fixed(0.3),"));
        assert!(changed("after", "4").contains("after: Fixed(4)"));
        assert!(changed("n", "6").contains("n: 6"));
        assert_eq!(standing(&document, "block"), Some("Uniform(low: 0, high: 1)"));
        assert_eq!(standing(&document, "n"), Some("5"));
        assert_eq!(standing(&document, "m"), None);
    }
}
