//! The chances of one batch: what a replication drew, times the effects of day, weekday, campaign and template, times
//! what the past of a customer does to them.
//!
//! The arithmetic is that of several futures side by side: of one for [`Odds`], of all that go abreast for
//! [`OddsAbreast`].

mod abreast;

pub use abreast::OddsAbreast;

use crate::few::One;
use crate::random::quantile::{normal_cdf, normal_quantile};
use crate::random::{Address, Chance, NearDays, Purpose, Shares, Subject};

use super::behavior::{Behavior, RATES, RateName};
use super::history::History;
use super::moment::Moment;
use super::segment::{Segment, TemplateEffects};

/// Rows of the multinomial over outcomes, in order.
pub(super) const BLOCK: usize = 0;
pub(super) const REPORT: usize = 1;
pub(super) const REPORT_AND_BLOCK: usize = 2;
pub(super) const STOP: usize = 3;
pub(super) const MUTE: usize = 4;
pub(super) const ARCHIVE: usize = 5;
pub(super) const REPLY: usize = 6;
pub(super) const READ_ONLY: usize = 7;
pub(super) const OUTCOMES: usize = 8;

/// The chances of one segment in one replication.
#[derive(Clone, Debug)]
pub struct Rates {
    base: [f64; RATES.len()],
    /// The factors of each template.
    templates: One<[f64; RATES.len()]>,
    /// The odds of each template on the day of its last batch.
    odds: Vec<Odds>,
    days: NearDays,
}

impl Rates {
    /// Draws the chances of a replication: each is a quantile of its prior at its own address; what is correlated
    /// follows its partner by a Gaussian copula.
    pub fn draw(segment: &Segment, chance: &Chance) -> Rates {
        let uniform = |name: RateName| {
            let subject = Subject::new(&["segments", &segment.name, name.name()]);
            chance.parameter_uniform(Address::of(Purpose::Parameter, subject))
        };
        let together = |name: RateName| {
            let follows = segment.behavior.correlations.iter().find(|known| known.of == name);
            let Some(follows) = follows else { return uniform(name) };
            let (own, other) = (normal_quantile(uniform(name)), normal_quantile(uniform(follows.with)));
            let independent = crate::random::maths::sqrt(1.0 - follows.rho * follows.rho);
            normal_cdf(follows.rho * other + independent * own).clamp(f64::EPSILON, 1.0 - f64::EPSILON)
        };
        let base = RATES.map(|name| {
            let drawn = chance.parameter_at(&segment.behavior.rate(name).prior, || together(name));
            drawn.clamp(0.0, 1.0)
        });
        let templates = segment.templates.iter().map(|template| template.draw(segment, chance));
        Rates { base, templates: templates.collect(), odds: Vec::new(), days: NearDays::default() }
    }

    /// The odds of the day and template of a batch.
    pub(super) fn ready(&mut self, segment: &Segment, moment: &Moment, chance: &Chance) -> &mut Odds {
        while self.odds.len() <= moment.template {
            self.odds.push(Odds::new(self.of_template(self.odds.len())));
        }
        let odds = &mut self.odds[moment.template];
        if odds.day != Some(moment.day) {
            let (behavior, day) = (&segment.behavior, moment.day as u32);
            let address = Address::of(Purpose::Day, segment.subject());
            let effect = chance.effect_of_day(behavior.day_effect.sigma, address, day, &mut self.days);
            odds.begin_day(behavior, effect, moment, chance);
        }
        odds
    }

    /// The chances of messages of a template, before effects.
    fn of_template(&self, template: usize) -> [f64; RATES.len()] {
        let mut chances = self.base;
        if let Some(factors) = self.templates.get(template) {
            chances.iter_mut().zip(factors).for_each(|(chance, factor)| *chance *= factor);
        }
        // The share of reports that block is no act of its own.
        chances[RateName::report_also_blocks as usize] = self.base(RateName::report_also_blocks);
        chances
    }

    /// The chance of that name, before effects.
    pub fn base(&self, name: RateName) -> f64 {
        self.base[name as usize]
    }
}

impl TemplateEffects {
    fn draw(&self, segment: &Segment, chance: &Chance) -> [f64; RATES.len()] {
        let mut factors = [1.0; RATES.len()];
        for (name, prior) in &self.factors {
            let subject = Subject::new(&["templates", &self.name, name.name()]);
            factors[*name as usize] *=
                chance.parameter(prior, Address::of(Purpose::Parameter, subject)).max(0.0);
        }
        if self.buttons {
            let subject = Subject::new(&["segments", &segment.name, "buttons"]);
            let prior = &segment.behavior.buttons.prior;
            factors[RateName::reply as usize] *=
                chance.parameter(prior, Address::of(Purpose::Parameter, subject)).max(0.0);
        }
        factors
    }
}

/// The chances of the outcomes of the batches of one template, on the day of its last batch, by the past of a customer.
#[derive(Clone, Debug)]
pub(super) struct Odds {
    day: Option<usize>,
    /// Chance by name, before effects.
    base: [f64; RATES.len()],
    /// The effect of the campaign, once it is known.
    campaign: Option<f64>,
    /// Chance by name, with every effect but those of the past.
    chances: [f64; RATES.len()],
    /// Shares that were asked for already, and behind them room for others.
    known: Vec<Shares>,
    /// How many are known.
    worked_out: usize,
    /// Their positions, by level and contacts; [`UNKNOWN`] where nobody has asked.
    places: [u8; PASTS],
}

/// Levels of fatigue times contacts, each below 8.
const PASTS: usize = 64;

/// No position: there are fewer pasts.
const UNKNOWN: u8 = u8::MAX;

impl Odds {
    /// Odds of no day yet.
    fn new(base: [f64; RATES.len()]) -> Odds {
        let (known, places) = (Vec::new(), [UNKNOWN; PASTS]);
        Odds { day: None, base, campaign: None, chances: base, known, worked_out: 0, places }
    }

    /// Goes on to the day of a batch, whose effect is `of_day`.
    fn begin_day(&mut self, behavior: &Behavior, of_day: f64, moment: &Moment, chance: &Chance) {
        let campaign = Address::of(Purpose::Campaign, moment.subjects.campaign);
        let sigma = behavior.campaign_effect.sigma;
        let campaign = *self.campaign.get_or_insert_with(|| chance.effect(sigma, campaign));
        let mut chances = self.base.map(|base| [base]);
        bring_effects(behavior, &mut chances, &[of_day], &[campaign], moment.weekday);
        let chances = chances.map(|[chance]| chance);
        self.day = Some(moment.day);
        if self.chances != chances {
            self.chances = chances;
            self.worked_out = 0;
            self.places = [UNKNOWN; PASTS];
        }
    }

    /// Works out the shares of the outcomes of a delivered message to somebody of this past.
    pub(super) fn work_out(&mut self, behavior: &Behavior, past: History) {
        let key = past_key(past);
        if self.places[key] == UNKNOWN {
            let acts = outcomes(behavior, &mut self.chances.map(|chance| [chance]), past).map(|[act]| act);
            let place = self.worked_out;
            if place == self.known.len() {
                self.known.push(Shares::empty());
            }
            if let Err(error) = self.known[place].set(&acts) {
                unreachable!("chances between 0 and 1 that sum to at most 1: {error}");
            }
            self.places[key] = place as u8;
            self.worked_out += 1;
        }
    }

    /// The shares that [`Odds::work_out`] worked out.
    pub(super) fn shares(&self, past: History) -> &Shares {
        &self.known[usize::from(self.places[past_key(past)])]
    }
}

/// Chances by name, of so many futures side by side.
type Chances<const N: usize> = [[f64; N]; RATES.len()];

/// Brings the effects of a day, of a campaign and of a weekday into chances.
///
/// This and what follows is compiled with who asks for it, for the vectors that are taken there: loops, as a closure over
/// an array may be compiled for the plainest machine.
#[inline(always)]
fn bring_effects<const N: usize>(
    behavior: &Behavior,
    chances: &mut Chances<N>,
    of_day: &[f64; N],
    campaign: &[f64; N],
    weekday: usize,
) {
    let by_weekday = &behavior.weekday_effect;
    let no_act = chances[RateName::report_also_blocks as usize];
    multiply(chances, &behavior.day_effect.acts_on, of_day);
    multiply(chances, &behavior.campaign_effect.acts_on, campaign);
    multiply(chances, &by_weekday.acts_on, &[by_weekday.factors[weekday]; N]);
    chances[RateName::report_also_blocks as usize] = no_act;
}

/// The share of each outcome for customers of this past: each is a chance and their sum at most 1. What the past does to
/// the chances is left in them.
#[inline(always)]
fn outcomes<const N: usize>(
    behavior: &Behavior,
    chances: &mut Chances<N>,
    past: History,
) -> [[f64; N]; OUTCOMES] {
    let both = chances[RateName::report_also_blocks as usize];
    let fatigue = behavior.fatigue.factors[usize::from(past.level)];
    let frailty = behavior.frailty.strength.map_or(1.0, |s| s / (s + f64::from(past.contacts)));
    multiply(chances, &behavior.fatigue.acts_on, &[fatigue; N]);
    multiply(chances, &behavior.frailty.acts_on, &[frailty; N]);
    let most = behavior.largest_chance.value.value();
    let mut acts = [[0.0; N]; OUTCOMES];
    let report = within(&chances[RateName::report as usize], most);
    for future in 0..N {
        acts[REPORT][future] = report[future] * (1.0 - both[future]);
        acts[REPORT_AND_BLOCK][future] = report[future] * both[future];
    }
    for (act, name) in [
        (BLOCK, RateName::block),
        (STOP, RateName::stop),
        (MUTE, RateName::mute),
        (ARCHIVE, RateName::archive),
        (REPLY, RateName::reply),
    ] {
        acts[act] = within(&chances[name as usize], most);
    }
    let (read, mut sum) = (within(&chances[RateName::read as usize], most), acts[0]);
    for act in &acts[1..] {
        for future in 0..N {
            sum[future] += act[future];
        }
    }
    for future in 0..N {
        if sum[future] > 1.0 {
            acts.iter_mut().for_each(|act| act[future] /= sum[future]);
        }
    }
    for future in 0..N {
        acts[READ_ONLY][future] = (read[future] - sum[future]).clamp(0.0, (1.0 - sum[future]).max(0.0));
    }
    acts
}

/// Multiplies the chances of these names.
#[inline(always)]
fn multiply<const N: usize>(chances: &mut Chances<N>, names: &[RateName], factors: &[f64; N]) {
    for name in names {
        let chances = &mut chances[*name as usize];
        for future in 0..N {
            chances[future] *= factors[future];
        }
    }
}

/// Chances between 0 and `most`.
#[inline(always)]
fn within<const N: usize>(chances: &[f64; N], most: f64) -> [f64; N] {
    let mut bounded = *chances;
    for chance in &mut bounded {
        *chance = chance.clamp(0.0, most);
    }
    bounded
}

/// What of a past moves the odds, as a position.
fn past_key(past: History) -> usize {
    usize::from(past.level) << 3 | usize::from(past.contacts)
}
