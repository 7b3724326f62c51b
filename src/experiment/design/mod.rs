//! Which points of the factors are run.
//!
//! ```text
//!   factorial   every level with every level, the last factor fastest        * * *     levels for all
//!                                                                            * * *
//!   latin       one point in each of n equal parts of every factor            *        any factors
//!                                                                               *
//!   sobol       points that fill the space evenly, for any number so far     * * *     any factors
//! ```
//!
//! *Invariant:* a design is decided by its factors, its size and the seed alone.

mod sobol;

use crate::random::{Address, Purpose, Streams, Subject};

use super::factor::{Factor, FactorError};

pub use sobol::{SOBOL_DIMENSIONS, Sobol};

/// Most points of one design.
pub const MOST_POINTS: u64 = 5_000;

/// How points are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DesignKind {
    /// Every level with every level.
    Factorial,
    /// A Latin hypercube: one point in each of n equal parts of every factor (McKay, Beckman and Conover 1979).
    Latin,
    /// Sobol' points, shifted by the seed.
    Sobol,
}

impl DesignKind {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            DesignKind::Factorial => "factorial",
            DesignKind::Latin => "lhs",
            DesignKind::Sobol => "sobol",
        }
    }
}

/// Points of some factors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Design {
    /// How they were chosen.
    pub kind: DesignKind,
    /// What is varied.
    pub factors: Vec<Factor>,
    /// The values of each point, in the order of the factors.
    pub points: Vec<Vec<String>>,
}

impl Design {
    /// Every level of each factor with every level of the others; the last factor changes fastest.
    ///
    /// # Errors
    /// No factor, one path twice, a range without levels, or more than [`MOST_POINTS`].
    pub fn factorial(factors: Vec<Factor>) -> Result<Design, FactorError> {
        check(&factors)?;
        let mut points: Vec<Vec<String>> = vec![Vec::new()];
        for factor in &factors {
            let Some(levels) = factor.levels() else {
                let message = format!("{factor} has no levels, and a factorial design runs every level");
                let help = "give levels (1%..5%:5), or choose points with --design sobol --points 64";
                return Err(FactorError { message, help: help.to_owned() });
            };
            if points.len() as u64 * levels.len() as u64 > MOST_POINTS {
                let message = format!("more than {MOST_POINTS} points");
                let help = "give fewer levels, or choose points with --design sobol --points 256";
                return Err(FactorError { message, help: help.to_owned() });
            }
            let with = |point: &Vec<String>, level: &String| {
                point.iter().chain(std::iter::once(level)).cloned().collect::<Vec<_>>()
            };
            points = points.iter().flat_map(|point| levels.iter().map(|level| with(point, level))).collect();
        }
        Ok(Design { kind: DesignKind::Factorial, factors, points })
    }

    /// So many points, one in each of as many equal parts of every factor, paired at random by the seed.
    ///
    /// # Errors
    /// No factor, one path twice, or no or too many points.
    pub fn latin(factors: Vec<Factor>, points: u64, seed: u64) -> Result<Design, FactorError> {
        check(&factors)?;
        check_points(points)?;
        let columns: Vec<Vec<f64>> =
            factors.iter().map(|factor| strata(points as usize, seed, factor.path())).collect();
        let units = (0..points as usize).map(|point| columns.iter().map(|column| column[point]).collect());
        Ok(Design::of_units(DesignKind::Latin, units.collect(), factors))
    }

    /// The first so many Sobol' points, shifted by the seed; powers of two are the evenest.
    ///
    /// # Errors
    /// No factor or more than [`SOBOL_DIMENSIONS`], one path twice, or no or too many points.
    pub fn sobol(factors: Vec<Factor>, points: u64, seed: u64) -> Result<Design, FactorError> {
        check(&factors)?;
        check_points(points)?;
        let Some(sequence) = Sobol::new(factors.len()) else {
            let message =
                format!("{} factors are more than Sobol' points have dimensions here", factors.len());
            let help = format!("at most {SOBOL_DIMENSIONS}; --design lhs takes any number");
            return Err(FactorError { message, help });
        };
        let sequence = sequence.shifted(seed);
        let units = (0..points as u32).map(|index| sequence.point(index)).collect();
        Ok(Design::of_units(DesignKind::Sobol, units, factors))
    }

    fn of_units(kind: DesignKind, units: Vec<Vec<f64>>, factors: Vec<Factor>) -> Design {
        let values = |unit: Vec<f64>| factors.iter().zip(unit).map(|(factor, u)| factor.at(u)).collect();
        Design { kind, points: units.into_iter().map(values).collect(), factors }
    }
}

fn check(factors: &[Factor]) -> Result<(), FactorError> {
    if factors.is_empty() {
        let help = "say what is varied: --vary rating.number.low_from=1.5%..4%:4";
        return Err(FactorError { message: "the design is empty".to_owned(), help: help.to_owned() });
    }
    let twice = factors
        .iter()
        .enumerate()
        .find(|(place, factor)| factors[..*place].iter().any(|other| other.path() == factor.path()));
    if let Some((_, factor)) = twice {
        let message = format!("`{}` is varied twice", factor.path());
        return Err(FactorError { message, help: "give all its values at once".to_owned() });
    }
    Ok(())
}

fn check_points(points: u64) -> Result<(), FactorError> {
    if (2..=MOST_POINTS).contains(&points) {
        return Ok(());
    }
    let message = match points {
        0 => "a design of no points is empty".to_owned(),
        1 => "one point shows no effect".to_owned(),
        more => format!("{more} points are too many"),
    };
    Err(FactorError { message, help: format!("2 to {MOST_POINTS} points; 64 is a good start") })
}

/// One position in each of n equal parts, in random order.
fn strata(n: usize, seed: u64, name: &str) -> Vec<f64> {
    let (streams, subject) = (Streams::new(seed, 0), Subject::new(&["design", "latin", name]));
    let draw = |item: u8, cell: usize| {
        let address = Address { item, cell: cell as u32, ..Address::of(Purpose::Reserve, subject) };
        streams.at(address).uniform()
    };
    let mut order: Vec<usize> = (0..n).collect();
    for last in (1..n).rev() {
        let other = (draw(0, last) * (last + 1) as f64) as usize;
        order.swap(last, other.min(last));
    }
    order.iter().map(|part| (*part as f64 + draw(1, *part)) / n as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(texts: &[&str]) -> Vec<Factor> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_factorial_design_has_every_pair_once() {
        let design = Design::factorial(factors(&["a=1..3:3", "b=[x, y]"])).unwrap();
        let points: Vec<String> = design.points.iter().map(|point| point.join(" ")).collect();
        assert_eq!(points, ["1 x", "1 y", "2 x", "2 y", "3 x", "3 y"]);
    }

    #[test]
    fn a_latin_design_has_one_point_in_each_part() {
        for n in [2, 7, 64] {
            let design = Design::latin(factors(&["a=0.0..1.0", "b=0.0..1.0"]), n, 5).unwrap();
            for column in 0..2 {
                let of = |point: &Vec<String>| (point[column].parse::<f64>().unwrap() * n as f64) as u64;
                let mut parts: Vec<u64> = design.points.iter().map(of).collect();
                parts.sort_unstable();
                assert!(parts.into_iter().eq(0..n), "{n}");
            }
            assert_ne!(design.points, Design::latin(design.factors.clone(), n, 6).unwrap().points);
            assert_eq!(design.points, Design::latin(design.factors.clone(), n, 5).unwrap().points);
        }
    }

    #[test]
    fn levels_are_met_alike_often() {
        let design = Design::sobol(factors(&["a=[x, y, z, w]", "b=1..2:2"]), 64, 1).unwrap();
        for (column, level, times) in [(0, "x", 16), (0, "w", 16), (1, "1", 32), (1, "2", 32)] {
            assert_eq!(design.points.iter().filter(|point| point[column] == level).count(), times);
        }
    }

    #[test]
    fn what_is_no_design_is_refused() {
        let refused = |design: Result<Design, FactorError>| design.unwrap_err().message;
        assert!(refused(Design::factorial(Vec::new())).contains("empty"));
        assert!(refused(Design::factorial(factors(&["a=1..3"]))).contains("no levels"));
        assert!(refused(Design::factorial(factors(&["a=1..3:3", "a=1..2:2"]))).contains("twice"));
        assert!(refused(Design::factorial(factors(&["a=1..100:100", "b=1..100:100"]))).contains("5000"));
        assert!(refused(Design::latin(factors(&["a=1..3"]), 0, 1)).contains("empty"));
        assert!(refused(Design::sobol(factors(&["a=1..3"]), 6_000, 1)).contains("too many"));
        let many: Vec<String> = (0..54).map(|n| format!("a{n}=1..3")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(refused(Design::sobol(factors(&many), 8, 1)).contains("54 factors"));
    }
}
