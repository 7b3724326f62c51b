//! The odds of replications abreast: of messages of one template to customers of one past, in all runs at once.

use multiversion::multiversion;

use crate::abreast::{ABREAST, All};
use crate::random::{Address, ChanceAbreast, Purpose, SharesAbreast, Subject};

use super::super::behavior::{Behavior, RATES, RateName};
use super::super::history::History;
use super::super::moment::Moment;
use super::super::segment::Segment;
use super::{Chances, OUTCOMES, Rates, bring_effects, outcomes, past_key};

/// The chances of all runs on the day of their last batches.
#[derive(Clone, Debug)]
pub struct OddsAbreast {
    /// Before effects.
    base: Chances<ABREAST>,
    delivered: All<f64>,
    /// The effects of the campaign.
    campaign: All<f64>,
    /// The day and the past that the shares are those of; `None` before the first.
    known: Option<(usize, usize)>,
    shares: SharesAbreast,
}

impl OddsAbreast {
    /// Of runs (at most [`ABREAST`]) with these rates, of the first template of a segment, which belongs to `campaign`.
    pub fn new<'r>(
        segment: &Segment,
        rates: impl IntoIterator<Item = &'r Rates>,
        campaign: Subject,
        chance: &ChanceAbreast,
    ) -> OddsAbreast {
        let (mut base, mut delivered) = ([[0.0; ABREAST]; RATES.len()], [0.0; ABREAST]);
        for (run, rates) in rates.into_iter().enumerate() {
            // Where there are fewer runs the last one stands for others: it has no outcome that no run has.
            base.iter_mut().zip(rates.of_template(0)).for_each(|(row, chance)| row[run..].fill(chance));
            delivered[run] = rates.base(RateName::delivered);
        }
        let sigma = segment.behavior.campaign_effect.sigma;
        let campaign = chance.effects(sigma, Address::of(Purpose::Campaign, campaign));
        OddsAbreast { base, delivered, campaign, known: None, shares: SharesAbreast::default() }
    }

    /// The chance of a message to be delivered.
    pub(in crate::audience) fn delivered(&self) -> &All<f64> {
        &self.delivered
    }

    /// The shares of the outcomes of a delivered message to somebody of this past.
    pub(in crate::audience) fn shares(
        &mut self,
        segment: &Segment,
        moment: &Moment,
        past: History,
        chance: &ChanceAbreast,
    ) -> &SharesAbreast {
        let (behavior, asked) = (&segment.behavior, (moment.day, past_key(past)));
        if self.known != Some(asked) {
            self.known = Some(asked);
            let day = Address { slot: moment.day as u32, ..Address::of(Purpose::Day, segment.subject()) };
            let of_day = chance.effects(behavior.day_effect.sigma, day);
            let outcomes =
                outcomes_of_day(behavior, &self.base, [&of_day, &self.campaign], moment.weekday, past);
            self.shares.set(&outcomes);
        }
        &self.shares
    }
}

/// The shares of the outcomes on a weekday with these effects of the day and of the campaign.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn outcomes_of_day(
    behavior: &Behavior,
    base: &Chances<ABREAST>,
    [of_day, campaign]: [&All<f64>; 2],
    weekday: usize,
    past: History,
) -> [All<f64>; OUTCOMES] {
    let mut chances = *base;
    bring_effects(behavior, &mut chances, of_day, campaign, weekday);
    outcomes(behavior, &mut chances, past)
}
