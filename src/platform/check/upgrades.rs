//! The clauses that lead up: whom they lift, when, and how one can read them.

use crate::document::Examiner;

use super::super::language::{
    Cancel, Condition, FromTiers, Holder, RatingOf, Restart, Status, ToTier, Upgrade,
};

use super::conditions::Asks;
use super::{Reading, Sense};

impl Sense<'_, '_> {
    pub(super) fn upgrade(&mut self, path: &str, upgrade: &Upgrade) {
        if self.tiers.is_empty() {
            self.error(path, "there are no tiers that could rise", "add a ladder, or leave `upgrade` out");
            return;
        }
        self.upgrade_leads_up(path, upgrade);
        self.signals(path, &upgrade.on, &upgrade.when, Asks::Upgrade);
        self.conditions(&format!("{path}.when"), &upgrade.when, Asks::Upgrade);
        let usage = upgrade.when.iter().any(|condition| matches!(condition, Condition::Usage { .. }));
        if !usage {
            if let Some(place) =
                upgrade.when.iter().position(|condition| matches!(condition, Condition::SinceFirstSend(_)))
            {
                let message = "SinceFirstSend counts from the first delivery of the usage, and none is asked";
                self.error(&format!("{path}.when[{place}]"), message, "add a `Usage(..)`, or leave it out");
            }
            if !upgrade.usage_restarts.is_empty() {
                let message = "no usage is asked, so none can begin anew";
                self.error(&format!("{path}.usage_restarts"), message, "write `usage_restarts: []`");
            }
        }
        self.upgrade_words(path, upgrade);
        self.upgrade_readings(path, upgrade);
    }

    fn upgrade_leads_up(&mut self, path: &str, upgrade: &Upgrade) {
        let top = self.tiers.len() - 1;
        // Each tier with its place in the list that names it.
        let from: Vec<(usize, usize)> = match &upgrade.from {
            FromTiers::Any => vec![(0, 0)],
            FromTiers::Only(names) => {
                if names.is_empty() {
                    self.error(
                        &format!("{path}.from"),
                        "this leads up from no tier",
                        "name one, or write `Any`",
                    );
                }
                let named = names.iter().enumerate();
                let tier = |(place, name): (usize, &String)| {
                    let path = format!("{path}.from.Only[{place}]");
                    self.tier(&path, name).map(|tier| (place, tier))
                };
                named.filter_map(tier).collect()
            }
        };
        match &upgrade.to {
            ToTier::Next => {
                if let Some((place, _)) = from.iter().find(|(_, tier)| *tier == top) {
                    let message = format!("there is no tier above `{}`", self.tiers[top]);
                    let only = format!("{path}.from.Only[{place}]");
                    let path = if upgrade.from == FromTiers::Any { format!("{path}.to") } else { only };
                    self.error(&path, message, "leave it out");
                }
            }
            ToTier::AtLeast(name) => {
                let path = format!("{path}.to");
                let Some(to) = self.tier(&path, name) else { return };
                if let Some((_, from)) = from.into_iter().find(|(_, from)| to <= *from) {
                    let message = format!("`{name}` is not above `{}`", self.tiers[from]);
                    self.error(&path, message, "an upgrade leads up: name a higher tier, or write `Next`");
                }
            }
        }
    }

    /// Words in `cancelled_by` and `usage_restarts` that nothing in this ruleset can bring about.
    fn upgrade_words(&mut self, path: &str, upgrade: &Upgrade) {
        let flagged = self.number_can_be(Status::Flagged);
        for (place, cancel) in upgrade.cancelled_by.iter().enumerate() {
            let possible = match cancel {
                Cancel::flagged => flagged,
                Cancel::restricted => self.number_can_be(Status::Restricted),
                Cancel::low => self.rated(RatingOf::Number),
            };
            if !possible {
                let message = format!("nothing in this ruleset can make a number {cancel:?}");
                self.error(&format!("{path}.cancelled_by[{place}]"), message, "leave the word out");
            }
        }
        for (place, restart) in upgrade.usage_restarts.iter().enumerate() {
            let possible = match restart {
                Restart::upgrade => true,
                Restart::downgrade => self.can_fall(),
                Restart::flag | Restart::unflag => flagged,
            };
            if !possible {
                let message = format!("nothing in this ruleset brings about a {restart:?}");
                self.error(&format!("{path}.usage_restarts[{place}]"), message, "leave the word out");
            }
        }
    }

    /// Readings that must be taken where they matter, and only there.
    fn upgrade_readings(&mut self, path: &str, upgrade: &Upgrade) {
        let asks_status = upgrade.when.iter().any(|asked| matches!(asked, Condition::StatusIs(_)));
        let asks_rating = upgrade.when.iter().any(|asked| matches!(asked, Condition::RatingAtLeast(_)));
        let shared = self.ruleset.ladder.as_ref().is_some_and(|ladder| ladder.holder == Holder::Portfolio);
        let readings = [
            Reading {
                field: "restricted_blocks_upgrade",
                needed: asks_status && self.number_can_be(Status::Restricted),
                allowed: asks_status && self.number_can_be(Status::Restricted),
                given: upgrade.restricted_blocks_upgrade.is_some(),
                because: "the upgrade asks for a status and numbers can be Restricted",
                question: "does a number that has used up its limit fail \"status Connected\"? true or false",
            },
            Reading {
                field: "templates_count",
                needed: asks_rating && shared,
                allowed: asks_rating && shared,
                given: upgrade.templates_count.is_some(),
                because: "the upgrade asks for a rating and a portfolio holds the limit",
                question: "must templates meet the rating, too? true or false",
            },
        ];
        readings.into_iter().for_each(|reading| self.reading(path, reading));
    }
}
