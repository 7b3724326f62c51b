//! The uncertain parameters of a scenario: what is drawn once for a whole replication, each by one uniform of its own.

use crate::audience::{RATES, Segment};
use crate::random::{Address, Law, Pinned, Prior, Probability, Purpose, Subject};
use crate::sim::scenario::{PolicyText, Verification};
use crate::sim::thresholds::ThresholdBelief;
use crate::time::SimTime;

use super::inputs::{days_in_words, share_in_words};
use crate::sim::ready::Scenario;

/// A parameter that nobody knows exactly, or that the platform decides by chance. Most are one draw; the two thresholds of
/// a rating clause are two draws that are sorted, so that neither draw alone is one of them: together they are one parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Uncertain {
    draws: Vec<Draw>,
}

/// A draw of an uncertain parameter.
#[derive(Clone, Debug, PartialEq)]
struct Draw {
    path: String,
    belief: String,
    address: Address,
}

impl Uncertain {
    fn of(path: String, belief: String, address: Address) -> Uncertain {
        Uncertain { draws: vec![Draw { path, belief, address }] }
    }

    /// Its path, such as `audience.segments.members.profile.block`; of two thresholds `rating.number.medium_from+low_from`.
    pub fn path(&self) -> String {
        let fields = self.draws.iter().skip(1).map(|draw| draw.path.rsplit('.').next().unwrap_or(&draw.path));
        let first = self.draws.first().map_or("", |draw| &draw.path);
        std::iter::once(first).chain(fields).collect::<Vec<_>>().join("+")
    }

    /// What is believed of it, in words.
    pub fn belief(&self) -> String {
        match self.draws.as_slice() {
            [a, b] if a.belief == b.belief => format!("two draws, sorted: {}", a.belief),
            draws => draws.iter().map(|draw| draw.belief.as_str()).collect::<Vec<_>>().join("; and "),
        }
    }

    /// How many uniforms it takes.
    pub fn width(&self) -> usize {
        self.draws.len()
    }

    /// What is left of it where the values at some paths are known; `None` where nothing is.
    #[must_use]
    pub fn without(mut self, known: &dyn Fn(&str) -> bool) -> Option<Uncertain> {
        self.draws.retain(|draw| !known(&draw.path));
        (!self.draws.is_empty()).then_some(self)
    }
}

/// How the value of an uncertain parameter comes about in a replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Drawn from what is believed of it.
    Drawn,
    /// Held at the mean of what is believed of it.
    Held,
    /// Known: given by the scenario, or by a change of it.
    Given,
}

impl Scenario {
    /// How the two thresholds of the number's rating at the start come about, sorted or not; `None` where numbers are not
    /// rated.
    pub fn thresholds_from(&self) -> Option<[Source; 2]> {
        let belief = self.thresholds.get(self.rules.number_rating_at(SimTime::START)?)?;
        let source = |prior: &Prior| match (is_known(prior), self.held.parameters) {
            (true, _) => Source::Given,
            (false, true) => Source::Held,
            (false, false) => Source::Drawn,
        };
        let [medium, low] = belief.pair.priors();
        Some([source(medium), source(low)])
    }

    /// What is drawn once for a whole replication: rates, factors, thresholds, when the business is verified, and the like.
    /// Reviews of templates and analyses are drawn as often as they happen and are not among them.
    pub fn uncertain(&self) -> Vec<Uncertain> {
        let mut all: Vec<Uncertain> = Vec::new();
        all.extend(self.segments.iter().flat_map(rates));
        all.extend(self.segments.iter().flat_map(factors));
        all.extend(self.uncertain_thresholds());
        all.extend(self.uncertain_decisions());
        let mut known: Vec<Address> = Vec::new();
        // Two segments share a template's factors, two eras a threshold.
        all.retain(|uncertain| {
            let new = uncertain.draws.iter().any(|draw| !known.contains(&draw.address));
            known.extend(uncertain.draws.iter().map(|draw| draw.address));
            new
        });
        all
    }

    /// The same scenario with some parameters set: each draw at the quantile of its uniform \[0 < u < 1\], whatever the
    /// replication. Where two are believed to go together the uniforms are those before they are joined.
    #[must_use]
    pub fn with_pinned(mut self, uniforms: &[(&Uncertain, &[f64])]) -> Scenario {
        let pins = uniforms.iter().flat_map(|(uncertain, uniforms)| {
            uncertain.draws.iter().map(|draw| draw.address).zip(uniforms.iter().copied())
        });
        self.pinned = Pinned::new(pins.collect());
        self
    }

    fn uncertain_thresholds(&self) -> Vec<Uncertain> {
        let eras = std::iter::once(&self.thresholds).chain(self.later.iter().map(|era| &era.thresholds));
        let of = |belief: &ThresholdBelief| {
            let paths = ThresholdBelief::FIELDS.map(|field| format!("{}.{field}", belief.clause));
            let draws = paths.into_iter().zip(belief.pair.priors()).zip(belief.addresses());
            let draws = draws.filter_map(|((path, prior), address)| share(path, prior, address));
            let draws: Vec<Draw> = draws.flat_map(|uncertain| uncertain.draws).collect();
            (!draws.is_empty()).then_some(Uncertain { draws })
        };
        eras.flatten().filter_map(of).collect()
    }

    fn uncertain_decisions(&self) -> Vec<Uncertain> {
        let address = |name: &str| Address::of(Purpose::Decision, Subject::new(&["platform", name]));
        let days = |name: &str, prior: &Prior| {
            let belief = days_in_words(prior);
            (!is_known(prior)).then(|| Uncertain::of(format!("platform.{name}"), belief, address(name)))
        };
        let decision = |name: &str, field: &str, chance: Probability| {
            let at = Address { item: 1, ..address(name) };
            let open = 0.0 < chance.value() && chance.value() < 1.0;
            let belief = format!("{} % likely", 100.0 * chance.value());
            open.then(|| Uncertain::of(format!("platform.{name}.{field}"), belief, at))
        };
        let decisions = &self.decisions;
        let mut all = Vec::new();
        if let Verification::AfterDays(prior) = &decisions.verification {
            all.extend(days("verification", prior));
        }
        match &decisions.policy {
            PolicyText::Passed => {}
            PolicyText::Open { after_days, passed } => {
                all.extend(days("policy", after_days));
                all.extend(decision("policy", "passed", *passed));
            }
            PolicyText::CancelledAfterDays(prior) => all.extend(days("policy", prior)),
        }
        if let Some(official) = &decisions.official {
            all.extend(days("official", &official.after_days));
            all.extend(decision("official", "granted", official.granted));
        }
        all
    }
}

fn is_known(prior: &Prior) -> bool {
    matches!(prior.law(), Law::Fixed(_))
}

fn share(path: String, prior: &Prior, address: Address) -> Option<Uncertain> {
    (!is_known(prior)).then(|| Uncertain::of(path, share_in_words(prior), address))
}

/// The uncertain chances of a segment.
fn rates(segment: &Segment) -> Vec<Uncertain> {
    let of = |rate: crate::audience::RateName| {
        let path = format!("audience.segments.{}.profile.{}", segment.name, rate.name());
        let subject = Subject::new(&["segments", &segment.name, rate.name()]);
        share(path, &segment.behavior.rate(rate).prior, Address::of(Purpose::Parameter, subject))
    };
    RATES.into_iter().filter_map(of).collect()
}

/// The uncertain factors on them: of templates, and of buttons.
fn factors(segment: &Segment) -> Vec<Uncertain> {
    let mut all = Vec::new();
    let factor = |path: String, prior: &Prior, subject: Subject| {
        let address = Address::of(Purpose::Parameter, subject);
        (!is_known(prior)).then(|| Uncertain::of(path, prior.describe(), address))
    };
    for template in &segment.templates {
        let of = |(rate, prior): &(crate::audience::RateName, Prior)| {
            let path = format!("platform.templates.{}.factors.{}", template.name, rate.name());
            factor(path, prior, Subject::new(&["templates", &template.name, rate.name()]))
        };
        all.extend(template.factors.iter().filter_map(of));
    }
    if segment.templates.iter().any(|template| template.buttons) {
        let path = format!("audience.segments.{}.profile.buttons", segment.name);
        let subject = Subject::new(&["segments", &segment.name, "buttons"]);
        all.extend(factor(path, &segment.behavior.buttons.prior, subject));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::climb::first_climb;

    fn paths(scenario: &Scenario) -> Vec<String> {
        scenario.uncertain().iter().map(Uncertain::path).collect()
    }

    #[test]
    fn what_has_a_prior_is_uncertain_and_what_is_held_is_not() {
        let all = paths(&first_climb(&[]));
        let block = "audience.segments.members.profile.block";
        for path in [block, "rating.number.medium_from+low_from", "platform.verification"] {
            assert!(all.iter().any(|known| known == path), "{path} in {all:?}");
        }
        assert!(all.iter().all(|known| !known.ends_with(".delivered")), "{all:?}");
        let held = paths(&first_climb(&[(block, "1%"), ("platform.verification", "Done")]));
        assert!(held.iter().all(|known| known != block && known != "platform.verification"));
        assert_eq!(held.len(), all.len() - 2);
    }

    /// The draws of two thresholds are sorted: one alone moves either of them, so they are one parameter.
    #[test]
    fn two_thresholds_are_one_parameter_unless_one_is_held() {
        let all = first_climb(&[]).uncertain();
        let both = all.iter().find(|uncertain| uncertain.path().starts_with("rating.number")).unwrap();
        assert_eq!((both.width(), both.path().as_str()), (2, "rating.number.medium_from+low_from"));
        assert_eq!(both.belief(), "two draws, sorted: log-uniform, 0.5% to 5%");
        let low = |path: &str| path == "rating.number.low_from";
        assert_eq!(both.clone().without(&low).unwrap().path(), "rating.number.medium_from");
        assert_eq!(both.clone().without(&|_| true), None);
        let held = paths(&first_climb(&[("rating.number.low_from", "2%")]));
        assert!(held.iter().any(|path| path == "rating.number.medium_from"), "{held:?}");
    }

    /// Held at what is expected of the smaller and of the larger, there is a Medium band.
    #[test]
    fn thresholds_that_are_held_leave_a_medium_band() {
        let held = crate::random::Held { parameters: true, ..crate::random::Held::default() };
        let (medium, low) = first_climb(&[("horizon", "5d")]).with_held(held).replicate(0).outcome.thresholds;
        assert!((medium - 0.0126).abs() < 1e-4 && (low - 0.0265).abs() < 1e-4, "{medium} and {low}");
    }

    /// Every parameter is found at the address where the run draws it: pinned high or low it decides the run, and pinned
    /// at what the run drew it changes nothing.
    #[test]
    fn a_pin_reaches_what_it_names() {
        let scenario = first_climb(&[("horizon", "20d")]);
        let all = scenario.uncertain();
        let pinned = |path: &str, uniform: f64| {
            let of = all.iter().find(|uncertain| uncertain.path() == path).unwrap();
            scenario.clone().with_pinned(&[(of, &vec![uniform; of.width()])]).replicate(3)
        };
        let thresholds = |uniform| pinned("rating.number.medium_from+low_from", uniform).outcome.thresholds;
        // Two draws, sorted: the lowest of all is Medium's, the highest Low's.
        assert!((thresholds(1e-9).0 - 0.005).abs() < 1e-6 && (thresholds(1.0 - 1e-9).1 - 0.05).abs() < 1e-6);
        let verified = |uniform| pinned("platform.verification", uniform).outcome.reached[1];
        assert!(verified(0.01) < verified(0.5));
        let blocked = |uniform| {
            let future = pinned("audience.segments.members.profile.block", uniform);
            future.outcome.totals[crate::sim::Metric::Blocked as usize] as f64
                / future.outcome.totals[crate::sim::Metric::Delivered as usize] as f64
        };
        assert!(blocked(0.999) > 5.0 * blocked(0.001));
    }
}
