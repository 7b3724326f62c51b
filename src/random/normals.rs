//! Standard normals side by side, each the [`normal_quantile`] of the uniform at its own address, and the log-normal
//! effects that are made of them.

use multiversion::multiversion;

use super::lanes::Addresses;
use super::maths::exp;
use super::powers::exp_each;
use super::quantile::{CENTRE_REACH, centre, normal_quantile};

/// The normals at these addresses.
pub(super) fn normals_at<const N: usize>(at: &Addresses<N>) -> [f64; N] {
    let (mut uniforms, mut normals) = ([0.0; N], [0.0; N]);
    as_in_the_centre(at, &mut uniforms, &mut normals);
    for (normal, uniform) in normals.iter_mut().zip(uniforms) {
        if (uniform - 0.5).abs() > CENTRE_REACH {
            *normal = normal_quantile(uniform);
        }
    }
    normals
}

/// The uniform of each address, and its quantile as if it lay in the centre of the law.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn as_in_the_centre<const N: usize>(at: &Addresses<N>, uniforms: &mut [f64; N], normals: &mut [f64; N]) {
    *uniforms = at.uniforms();
    for lane in 0..N {
        normals[lane] = centre(uniforms[lane] - 0.5);
    }
}

/// The log-normal number with mean 1 whose logarithm has the standard deviation `sigma`, at the standard normal `z`.
pub(super) fn log_normal(sigma: f64, z: f64) -> f64 {
    exp(logarithm(sigma, z))
}

/// [`log_normal`] at each of several standard normals.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
pub(super) fn log_normals<const N: usize>(sigma: f64, normals: &[f64; N]) -> [f64; N] {
    let mut logarithms = [0.0; N];
    for lane in 0..N {
        logarithms[lane] = logarithm(sigma, normals[lane]);
    }
    exp_each(&logarithms)
}

#[inline(always)]
fn logarithm(sigma: f64, z: f64) -> f64 {
    sigma * z - 0.5 * sigma * sigma
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Address, Purpose, Streams, Subject};

    #[test]
    fn side_by_side_is_one_by_one() {
        for replication in 0..200 {
            let streams = Streams::new(11, replication);
            let address = Address { slot: 8, ..Address::of(Purpose::Day, Subject::new(&["normals"])) };
            let all = Addresses::of_slots(streams.key(), address);
            for (lane, normal) in normals_at(&all).into_iter().enumerate() {
                let alone = streams.at(Address { slot: 8 + lane as u32, ..address }).uniform();
                assert_eq!(normal.to_bits(), normal_quantile(alone).to_bits(), "at {alone}");
            }
        }
    }
}
