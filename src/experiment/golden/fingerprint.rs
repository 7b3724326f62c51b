//! A fingerprint of a future: any change of behaviour at all changes it.

use crate::random::Fnv;
use crate::sim::{Day, Ledger, Outcome, Trajectory};
use crate::time::SimTime;

/// 64 bits of FNV-1a over every whole number of a future, in a fixed order. The thresholds that were drawn, how customers
/// were kept in cells and what the days tell already are left out: what they do is there.
pub(super) fn fingerprint(future: &Trajectory) -> u64 {
    let mut digest = Digest::default();
    let Trajectory { days, outcome, most_cells: _, draws: _, ledger } = future;
    let Outcome {
        final_tier,
        reached,
        flags,
        warnings: _,
        rate_limits: _,
        downgrades,
        restrictions,
        template_flags,
        templates_disabled,
        banned,
        ended,
        totals,
        thresholds: _,
        unpriced,
        limited: _,
        campaign: _,
    } = outcome;
    days.iter().for_each(|day| digest.day(day));
    reached.iter().for_each(|time| digest.add(time.unwrap_or(SimTime::NEVER).0.cast_unsigned()));
    totals.iter().for_each(|total| digest.add(*total));
    digest.add(*final_tier as u64);
    [flags, downgrades, restrictions, template_flags, templates_disabled]
        .into_iter()
        .for_each(|count| digest.add(u64::from(*count)));
    digest.add(u64::from(*banned));
    digest.add(ended.map_or(u64::MAX, |(at, end)| (end as u64) << 48 ^ at.0.cast_unsigned()));
    digest.add(*unpriced);
    let Ledger { customers, in_list, gone, in_flight, held } = ledger;
    [customers, in_list, gone, in_flight, held].into_iter().for_each(|count| digest.add(*count));
    digest.0.finish()
}

/// The fingerprint of several futures in their order.
pub(super) fn joined(fingerprints: impl IntoIterator<Item = u64>) -> u64 {
    let mut digest = Digest::default();
    fingerprints.into_iter().for_each(|number| digest.add(number));
    digest.0.finish()
}

/// The hash of some whole numbers.
#[derive(Default)]
struct Digest(Fnv);

impl Digest {
    fn add(&mut self, number: u64) {
        self.0.bytes(number.to_le_bytes());
    }

    fn day(&mut self, day: &Day) {
        let Day {
            counts,
            tier,
            status,
            rating,
            template,
            score,
            template_rating,
            template_score,
            capacity_used,
            reason,
            backlog,
            conversations_open,
            chats,
        } = day;
        counts.iter().for_each(|count| self.add(*count));
        self.add(u64::from(*tier));
        [*status as u64, *rating as u64, *template as u64, *reason as u64]
            .into_iter()
            .for_each(|state| self.add(state));
        self.add(score.map_or(u64::MAX, u64::from));
        self.add(capacity_used.map_or(u64::MAX, u64::from));
        // What a scenario does not have at all is no number of its days.
        if let Some(rating) = template_rating {
            self.add(*rating as u64);
            self.add(template_score.map_or(u64::MAX, u64::from));
        }
        backlog.iter().chain(conversations_open).for_each(|count| self.add(*count));
        chats.iter().flat_map(|chats| chats.iter()).for_each(|count| self.add(*count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::toy;

    #[test]
    fn every_number_counts() {
        let future = toy::future(3);
        let whole = fingerprint(&future);
        let changes: [fn(&mut Trajectory); 8] = [
            |future| future.days[59].counts[16] += 1,
            |future| future.days[0].score = Some(0),
            |future| future.days[30].tier += 1,
            |future| future.outcome.reached[3] = Some(SimTime(1)),
            |future| future.outcome.totals[0] += 1,
            |future| future.outcome.flags += 1,
            |future| future.outcome.banned = true,
            |future| future.ledger.held += 1,
        ];
        for (place, change) in changes.iter().enumerate() {
            let mut other = future.clone();
            change(&mut other);
            assert_ne!(fingerprint(&other), whole, "change {place} was not seen");
        }
        assert_eq!(fingerprint(&toy::future(3)), whole);
        assert_ne!(joined([1, 2]), joined([2, 1]));
    }
}
