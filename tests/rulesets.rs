//! t
use tiercast::platform::{Ruleset, catalogue, words};
#[test]
fn load() {
    for n in catalogue::names() {
        let d = catalogue::document(n).unwrap();
        match Ruleset::read(&d) {
            Ok(r) => {
                println!("{n}: {}", catalogue::summary(&r));
                println!("{}", words::render(&words::passages(&r), 110));
                for (p, w) in words::not_simulated(&r) {
                    println!("  {p}: {w}");
                }
            }
            Err(e) => println!("{e}"),
        }
    }
}
