//! The chance of one replication, in three layers that can be held still one by one.
//!
//! ```text
//!   parameters   rates, thresholds, decisions   held: their mean, the likeliest decision
//!   days         effects of days and campaigns  held: 1
//!   luck         outcomes                       held: what is expected, whole by carrying the fraction on
//! ```
//!
//! Holding a layer shows how much of a result's spread it causes. What is expected of luck is rarely whole, so the
//! fraction is carried to the next draw of the same purpose and subject, and nothing is lost over a run.

use std::cell::Ref;
use std::collections::BTreeMap;

use super::binomial::binomial_at;
use super::counts::{Receipt, Ticket};
use super::hypergeometric::hypergeometric;
use super::near::{NearDays, NearUniforms};
use super::normals::{log_normal, log_normals, normals_at};
use super::poisson::{NearCounts, poisson};
use super::prior::Prior;
use super::probability::Probability;
use super::quantile::normal_quantile;
use super::sorted::SortedPair;
use super::split::{Parted, Shares, Split};
use super::streams::{Address, Purpose, Streams, Subject};
use super::table::{self, Table};

/// Which layers of chance are held still.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Uncertain parameters at their mean, the platform's decisions at the likeliest.
    pub parameters: bool,
    /// Effects of days and campaigns at 1.
    pub days: bool,
    /// Outcomes at what is expected.
    pub luck: bool,
}

/// Uniforms of parameters that are set and not drawn: an uncertain number at a given quantile, a decision as given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pinned(Vec<(Address, f64)>);

impl Pinned {
    /// Each address with its uniform \[0 < u < 1\].
    pub fn new(uniforms: Vec<(Address, f64)>) -> Pinned {
        Pinned(uniforms)
    }

    fn get(&self, address: Address) -> Option<f64> {
        self.0.iter().find(|(pinned, _)| *pinned == address).map(|(_, uniform)| *uniform)
    }
}

/// The chance of one replication: every draw of a run is asked of it.
#[derive(Clone, Debug)]
pub struct Chance {
    streams: Streams,
    held: Held,
    pinned: Pinned,
    /// What is left of expected counts, by what they are counts of.
    carried: BTreeMap<(Purpose, u8, Subject), f64>,
    drawn: u64,
    /// Where counts are drawn side by side, with those of other replications.
    table: Table,
}

impl Chance {
    /// The chance of a replication whose numbers are `streams`, with some layers held still, at a table of its own.
    pub fn new(streams: Streams, held: Held) -> Chance {
        Chance::at_table(streams, held, &Table::default())
    }

    /// The same at a table of others.
    pub fn at_table(streams: Streams, held: Held, table: &Table) -> Chance {
        Chance {
            streams,
            held,
            pinned: Pinned::default(),
            carried: BTreeMap::new(),
            drawn: 0,
            table: table.clone(),
        }
    }

    /// Where it draws side by side: whoever waits for its counts is played there.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The same with the uniforms of some parameters set.
    #[must_use]
    pub fn with_pinned(mut self, pinned: &Pinned) -> Chance {
        self.pinned = pinned.clone();
        self
    }

    /// The numbers behind it.
    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// How many counts were drawn so far: the work of a run.
    pub fn drawn(&self) -> u64 {
        self.drawn
    }

    /// Takes note of counts that were drawn of it elsewhere.
    pub(crate) fn note_drawn(&mut self, counts: u64) {
        self.drawn += counts;
    }

    // ---- parameters -----------------------------------------------------------------------------------------

    /// The uniform of a parameter: the one that was set, or the one at `address`.
    pub fn parameter_uniform(&self, address: Address) -> f64 {
        self.pinned.get(address).unwrap_or_else(|| self.streams.at(address).uniform())
    }

    /// An uncertain number, in the unit of its prior: the quantile of the uniform at `address`.
    pub fn parameter(&self, prior: &Prior, address: Address) -> f64 {
        self.parameter_at(prior, || self.parameter_uniform(address))
    }

    /// The smaller and the larger of two uncertain numbers, each drawn at an address of its own; what is expected of
    /// the smaller and of the larger where parameters are held.
    pub fn sorted_parameters(&self, pair: &SortedPair, addresses: [Address; 2]) -> [f64; 2] {
        if self.held.parameters {
            return pair.means();
        }
        let [first, second] = pair.priors();
        let (a, b) = (self.parameter(first, addresses[0]), self.parameter(second, addresses[1]));
        [a.min(b), a.max(b)]
    }

    /// The value of `prior` at the quantile that the caller draws; its mean where parameters are held. Where the number
    /// is certain nothing is drawn.
    pub fn parameter_at(&self, prior: &Prior, u: impl FnOnce() -> f64) -> f64 {
        match prior.certain() {
            Some(value) => value,
            None if self.held.parameters => prior.mean(),
            None => prior.quantile(u()),
        }
    }

    /// Whether the platform decides for what it does with probability `likely`.
    pub fn decides(&self, likely: Probability, address: Address) -> bool {
        let at = if self.held.parameters { 0.5 } else { self.parameter_uniform(address) };
        at < likely.value()
    }

    // ---- days -----------------------------------------------------------------------------------------------

    /// The log-normal factor with mean 1 of a day or campaign; `sigma` is the standard deviation of its logarithm.
    pub fn effect(&self, sigma: f64, address: Address) -> f64 {
        if self.is_still(sigma) {
            return 1.0;
        }
        log_normal(sigma, normal_quantile(self.streams.at(address).uniform()))
    }

    /// [`Chance::effect`] at a slot (a day) of `address`, whatever the slot in it. `near` remembers the effects of the
    /// days around it.
    pub fn effect_of_day(&self, sigma: f64, address: Address, day: u32, near: &mut NearDays) -> f64 {
        if self.is_still(sigma) {
            return 1.0;
        }
        let address = Address { slot: day, ..address };
        let (effects, at) =
            near.around(self.streams.key(), address, |all| log_normals(sigma, &normals_at(all)));
        effects[at]
    }

    /// Whether effects of days and campaigns are held.
    pub(super) fn holds_days(&self) -> bool {
        self.held.days
    }

    /// Whether an effect of a day or campaign never moves.
    fn is_still(&self, sigma: f64) -> bool {
        self.held.days || sigma == 0.0
    }

    // ---- luck -----------------------------------------------------------------------------------------------

    /// How many of `n` happen, each with probability `p`.
    pub fn binomial(&mut self, address: Address, n: u64, p: f64) -> u64 {
        self.binomial_by(address, n, p, |streams| streams.at(address).uniform())
    }

    /// [`Chance::binomial`]; `near` remembers the numbers of the slots around.
    pub fn binomial_near(&mut self, address: Address, n: u64, p: f64, near: &mut NearUniforms) -> u64 {
        self.binomial_by(address, n, p, |streams| near.uniform(streams.key(), address))
    }

    /// [`Chance::binomial`], whose uniform is drawn by `uniform` where it is needed.
    #[inline]
    fn binomial_by(
        &mut self,
        address: Address,
        n: u64,
        p: f64,
        uniform: impl FnOnce(&Streams) -> f64,
    ) -> u64 {
        self.drawn += 1;
        if self.held.luck {
            return self.expected(address, n as f64 * p.clamp(0.0, 1.0), 0, n);
        }
        binomial_at(|| uniform(&self.streams), n, p)
    }

    /// Asks as [`Chance::binomial`] for each (address, n, p), side by side: [`Chance::counted`] tells, after a
    /// [wait](Chance::wait).
    pub fn ask(&mut self, asked: impl IntoIterator<Item = (Address, u64, f64)>) -> Ticket {
        let table = self.table.clone();
        let mut counts = table.counts().borrow_mut();
        let questions = counts.asked();
        let ticket = questions.ticket();
        for (address, n, p) in asked {
            if self.held.luck {
                questions.know(self.binomial(address, n, p) as u32);
            } else {
                questions.ask(self.streams.key(), address.words(), n, p);
                self.drawn += 1;
            }
        }
        questions.up_to_here(ticket)
    }

    /// The counts that were asked for, in the order in which they were.
    pub fn counted(&self, ticket: Ticket) -> Ref<'_, [u32]> {
        Ref::map(self.table.counts().borrow(), |counts| counts.drawn().counts(ticket))
    }

    /// Waits until all that was asked for is drawn. Replications that ask alike wait alike, whether anything is left to
    /// chance or not, and so stay side by side.
    pub fn wait(&self) -> impl Future<Output = ()> + use<> {
        table::drawn()
    }

    /// How many of `taken` are marked, when `marked` of `total` are.
    pub fn hypergeometric(&mut self, address: Address, total: u64, marked: u64, taken: u64) -> u64 {
        self.drawn += 1;
        let (marked, taken) = (marked.min(total), taken.min(total));
        if self.held.luck && total > 0 {
            let mean = taken as f64 * (marked as f64 / total as f64);
            return self.expected(address, mean, (taken + marked).saturating_sub(total), taken.min(marked));
        }
        hypergeometric(&self.streams.at(address), total, marked, taken)
    }

    /// How many events there are, when `mean` are expected; `near` remembers the numbers of the slots around.
    pub fn poisson(&mut self, address: Address, mean: f64, near: &mut NearCounts) -> u64 {
        self.drawn += 1;
        if self.held.luck {
            return self.expected(address, mean, 0, u64::MAX);
        }
        poisson(&self.streams, address, mean, near)
    }

    /// Splits people over the rows of their tables, beside those of others at its table, whose [`Table::parted`] tells
    /// where they went. `splits` gives the same each time that it is asked.
    #[inline]
    pub async fn split<'s, I: Iterator<Item = Split<'s>>>(&mut self, splits: impl Fn() -> I) -> Receipt {
        let receipt = self.hand_in(splits());
        self.wait().await;
        self.take_back(receipt, splits());
        receipt
    }

    /// Asks for splits.
    #[inline]
    fn hand_in<'s>(&mut self, splits: impl Iterator<Item = Split<'s>>) -> Receipt {
        let table = self.table.clone();
        let mut counts = table.counts().borrow_mut();
        let asked = counts.asked();
        let receipt = asked.receipt();
        for split in splits {
            match self.held.luck {
                false => asked.hand_in(self.streams.key(), &split),
                true => _ = asked.know_split(self.split_expected(&split)),
            }
        }
        asked.handed_in_since(receipt)
    }

    /// Takes splits back, which are those that were handed in.
    #[inline]
    fn take_back<'s>(&mut self, receipt: Receipt, splits: impl Iterator<Item = Split<'s>>) {
        let mut counts = self.table.counts().borrow_mut();
        self.drawn += counts.drawn_mut().take_back(self.streams.key(), receipt, splits);
    }

    /// The row that all of `n` people go to, where the table leaves nothing to chance: they count as split over it.
    pub fn only_row(&mut self, n: u64, shares: &Shares) -> Option<usize> {
        let row = shares.only_row()?;
        self.drawn += match self.held.luck {
            true => shares.shares().len() as u64,
            false if shares.few(n) => n,
            false => 0,
        };
        Some(row)
    }

    /// Where the people of a split are expected to go.
    #[cold]
    fn split_expected(&mut self, split: &Split<'_>) -> Parted {
        let (n, shares, address) = (split.n(), split.shares(), split.address());
        let mut parted = Parted { draws: shares.shares().len() as u32, ..split.nobody() };
        let mut left = n;
        let last = shares.shares().iter().rposition(|share| *share > 0.0);
        for (row, share) in shares.shares().iter().enumerate() {
            let all_left = shares.never() == 0.0 && Some(row) == last;
            let at = Address { item: address.item.wrapping_add(row as u8), ..address };
            let count = if all_left { left } else { self.expected(at, n as f64 * share, 0, left) };
            parted.rows[row] = count as u32;
            left -= count;
        }
        parted.never = left as u32;
        parted
    }

    /// What is expected, whole: the fraction goes to the next draw of the same purpose, item and subject.
    fn expected(&mut self, address: Address, mean: f64, least: u64, most: u64) -> u64 {
        let carried = self.carried.entry((address.purpose, address.item, address.subject)).or_insert(0.0);
        let due = mean + *carried;
        let whole = (due.floor().max(0.0) as u64).clamp(least, most);
        *carried = due - whole as f64;
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> Chance {
        let held = Held { luck: true, ..Held::default() };
        Chance::new(Streams::new(1, 0), held)
    }

    #[test]
    fn what_is_expected_adds_up() {
        let mut chance = held();
        let address = |slot| Address { slot, ..Address::of(Purpose::Outcome, Subject::new(&["a"])) };
        let sum: u64 = (0..1_000).map(|slot| chance.binomial(address(slot), 3, 0.125)).sum();
        assert_eq!(sum, 375);
        let shares = Shares::new(&[0.25, 0.5]).expect("shares");
        let mut sums = [0_u64; 3];
        for slot in 0..400 {
            let split = chance.split_expected(&Split::new(address(10_000 + slot), 5, &shares));
            assert_eq!(u64::from(split.rows().iter().sum::<u32>()) + split.never(), 5);
            sums[0] += u64::from(split.rows()[0]);
            sums[1] += u64::from(split.rows()[1]);
            sums[2] += split.never();
        }
        assert!(sums.iter().zip([500, 1_000, 500]).all(|(sum, due)| sum.abs_diff(due) <= 2), "{sums:?}");
    }

    #[test]
    fn a_whole_table_leaves_nobody() {
        let shares = Shares::new(&[0.3, 0.3, 0.4, 0.0]).expect("shares");
        let mut chance = held();
        for slot in 0..50 {
            let address = Address { slot, ..Address::of(Purpose::Delay, Subject::new(&["b"])) };
            assert_eq!(chance.split_expected(&Split::new(address, 7, &shares)).never(), 0);
        }
    }

    #[test]
    fn what_is_pinned_is_not_drawn_and_nothing_else_changes() {
        let prior = Prior::new(super::super::Law::Uniform { low: 0.0, high: 10.0 }).expect("a prior");
        let address = |name: &str| Address::of(Purpose::Parameter, Subject::new(&[name]));
        let free = Chance::new(Streams::new(1, 0), Held::default());
        let pinned = free.clone().with_pinned(&Pinned::new(vec![(address("a"), 0.25)]));
        assert_eq!(pinned.parameter(&prior, address("a")), 2.5);
        assert_eq!(pinned.parameter(&prior, address("b")), free.parameter(&prior, address("b")));
        assert!(pinned.decides(Probability::new(0.3).expect("a chance"), address("a")));
        assert!(!pinned.decides(Probability::new(0.2).expect("a chance"), address("a")));
    }

    /// Two draws of one prior have one mean; the smaller and the larger of them have not.
    #[test]
    fn what_is_sorted_is_held_at_the_means_of_the_sorted() {
        let prior = Prior::new(super::super::Law::Uniform { low: 0.0, high: 3.0 }).expect("a prior");
        let pair = SortedPair::new(prior, prior);
        let addresses = ["a", "b"].map(|name| Address::of(Purpose::Parameter, Subject::new(&[name])));
        let still = Chance::new(Streams::new(1, 0), Held { parameters: true, ..Held::default() });
        let [smaller, larger] = still.sorted_parameters(&pair, addresses);
        assert!((smaller - 1.0).abs() < 1e-9 && (larger - 2.0).abs() < 1e-9, "{smaller} and {larger}");
        let free = Chance::new(Streams::new(1, 0), Held::default());
        let mut drawn = addresses.map(|address| free.parameter(&prior, address));
        drawn.sort_by(f64::total_cmp);
        assert_eq!(free.sorted_parameters(&pair, addresses), drawn);
    }

    #[test]
    fn layers_are_held_one_by_one() {
        let prior = Prior::new(super::super::Law::Uniform { low: 0.0, high: 1.0 }).expect("a prior");
        let address = Address::of(Purpose::Parameter, Subject::new(&["c"]));
        let free = Chance::new(Streams::new(1, 0), Held::default());
        let still = Chance::new(Streams::new(1, 0), Held { parameters: true, days: true, luck: false });
        assert_ne!(free.parameter(&prior, address), 0.5);
        assert_eq!(still.parameter(&prior, address), 0.5);
        assert_eq!(still.effect(0.3, address), 1.0);
        assert_ne!(free.effect(0.3, address), 1.0);
        let often = Probability::new(0.6).expect("a chance");
        assert!(
            still.decides(often, address)
                && !still.decides(Probability::new(0.4).expect("a chance"), address)
        );
    }
}
