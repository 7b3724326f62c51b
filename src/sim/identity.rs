//! What decides a replication, as one text: for caches, and to tell two scenarios apart.

use super::ready::Scenario;

impl Scenario {
    /// All that decides a replication besides its index, as text: the scenario as it was loaded, with every ruleset,
    /// profile and table that it names, and the seed. Two scenarios with equal texts have the same futures; a comment
    /// or another title makes no other text, a changed value in any of the files does.
    ///
    /// It is the same only within one build of the program.
    pub fn identity(&self) -> String {
        let mut bare = self.clone();
        bare.replications = 0;
        // What is expected of a scenario decides nothing, and its digest is one of its whole text.
        bare.expectations.clear();
        bare.others.clear();
        bare.contents = Default::default();
        let setting = &mut bare.setting;
        [&mut setting.scenario, &mut setting.title].into_iter().for_each(String::clear);
        setting.assumptions.clear();
        setting.warnings.clear();
        // Every field is derived into it, so that none can be forgotten.
        format!("{bare:?}")
    }
}

#[cfg(test)]
mod tests {
    use crate::sim::climb::first_climb;

    #[test]
    fn what_decides_nothing_is_left_out() {
        let plain = first_climb(&[]).identity();
        assert_eq!(first_climb(&[("title", "Another")]).identity(), plain);
        assert_eq!(first_climb(&[("replications", "7")]).identity(), plain);
    }

    #[test]
    fn what_decides_anything_is_in_it() {
        let plain = first_climb(&[]).identity();
        for (path, value) in [
            ("seed", "5"),
            ("horizon", "61d"),
            ("start", "2022-03-08"),
            ("slot", "30m"),
            ("audience.segments.members.customers", "60001"),
            ("audience.segments.members.rest", "4d"),
            ("platform.verification", "Done"),
            ("platform.market", "India"),
            ("sender.plan.share", "99%"),
            ("sender.hours.to", "18:00"),
            ("upgrade.volume.review", "25h"),
        ] {
            assert_ne!(first_climb(&[(path, value)]).identity(), plain, "{path}");
        }
        assert_ne!(first_climb(&[]).with_seed(5).identity(), plain);
        assert_eq!(first_climb(&[]).with_seed(5).identity(), first_climb(&[("seed", "5")]).identity());
    }
}
