//! The floors of the crate: what may import what, and who may read, print, start threads or look at a clock.
//!
//! ```text
//!   cli -> report -> experiment -> sim -> { platform, audience, sender } -> { abreast, document, few, glossary, random, time }
//! ```
//!
//! Paths are read as text, comments and strings left out. Between the words of floor 0 anything goes.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The floors from the ground up; a module imports from floors below its own, and from itself.
const FLOORS: [&[&str]; 6] = [
    &["abreast", "document", "few", "glossary", "random", "time"],
    &["audience", "platform", "sender"],
    &["sim"],
    &["experiment"],
    &["report"],
    &["cli"],
];
/// Floors up to this one are the engine.
const ENGINE: usize = 2;

/// Words that only some places may say: the words, and where.
struct Privilege {
    words: &'static [&'static str],
    holders: &'static [&'static str],
    /// Floors above this one may say them too.
    up_to: usize,
    why: &'static str,
}

const PRIVILEGES: [Privilege; 6] = [
    Privilege {
        words: &["std::fs", "fs::File", "File::open", "read_to_string"],
        holders: &["sim/load/loader.rs", "cli", "main.rs"],
        up_to: 99,
        why: "only the scenario loader and the tool read and write files",
    },
    Privilege {
        words: &["println!", "eprintln!", "print!", "eprint!", "dbg!"],
        holders: &["cli", "main.rs"],
        up_to: 99,
        why: "only the tool prints",
    },
    Privilege {
        words: &["std::thread", "thread::", "rayon"],
        holders: &["experiment"],
        up_to: 99,
        why: "only experiments start threads",
    },
    Privilege {
        words: &["HashMap", "HashSet", "SystemTime", "Instant", "std::env"],
        holders: &[],
        up_to: ENGINE,
        why: "a run depends on its scenario and seed alone",
    },
    Privilege {
        words: &["crate::random"],
        holders: &["audience", "sim", "random", "experiment", "report", "cli"],
        up_to: 99,
        why: "the platform and the sender know no chance",
    },
    Privilege {
        words: &["process::exit", "process::abort"],
        holders: &["cli", "main.rs"],
        up_to: 99,
        why: "only the tool ends itself",
    },
];

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The code of a source: comments and the insides of strings become spaces, tests at its end are left out.
fn code_of(source: &str) -> String {
    let mut code = String::new();
    let letters: Vec<char> = source.chars().collect();
    let at = |place: usize| letters.get(place).copied().unwrap_or(' ');
    let mut place = 0;
    while place < letters.len() {
        match (at(place), at(place + 1)) {
            ('/', '/') => {
                while place < letters.len() && at(place) != '\n' {
                    place += 1;
                }
            }
            ('/', '*') => {
                while place < letters.len() && (at(place), at(place + 1)) != ('*', '/') {
                    place += 1;
                }
                place += 2;
            }
            ('r', '"' | '#') if !at(place.wrapping_sub(1)).is_alphanumeric() => {
                let hashes = (place + 1..).take_while(|place| at(*place) == '#').count();
                if at(place + 1 + hashes) != '"' {
                    code.push('r');
                    place += 1;
                    continue;
                }
                place += hashes + 2;
                let ends =
                    |place: usize| at(place) == '"' && (1..=hashes).all(|step| at(place + step) == '#');
                while place < letters.len() && !ends(place) {
                    place += 1;
                }
                place += hashes + 1;
            }
            ('"', _) => {
                place += 1;
                while place < letters.len() && at(place) != '"' {
                    place += if at(place) == '\\' { 2 } else { 1 };
                }
                code.push_str("\"\"");
                place += 1;
            }
            ('\'', '"') if at(place + 2) == '\'' => place += 3,
            ('\'', '\\') if at(place + 3) == '\'' => place += 4,
            (letter, _) => {
                code.push(letter);
                place += 1;
            }
        }
    }
    match code.find("#[cfg(test)]\nmod ") {
        Some(tests) if code[tests..].lines().nth(1).is_some_and(|line| line.contains('{')) => {
            code[..tests].to_owned()
        }
        _ => code,
    }
}

/// The files that `file` declares as tests.
fn test_files(file: &str, source: &str) -> Vec<String> {
    let code = code_of(source);
    let folder = file.strip_suffix("mod.rs").map_or_else(|| file.replace(".rs", "/"), str::to_owned);
    let declared = code.match_indices("#[cfg(test)]\nmod ").filter_map(|(start, mark)| {
        let name = code[start + mark.len()..].lines().next()?.strip_suffix(';')?;
        Some(format!("{folder}{name}.rs"))
    });
    declared.collect()
}

/// The modules of the crate that a source names by `crate::` or by a `super::` that leaves its own top module.
fn named(file: &str, code: &str) -> BTreeSet<String> {
    // How many `super` lead from the module of this file to the crate: src/a/b.rs is crate::a::b.
    let steps: Vec<&str> = file.trim_end_matches(".rs").split('/').filter(|step| *step != "mod").collect();
    let mut names = BTreeSet::new();
    for start in words(code, "crate::") {
        names.extend(heads(&code[start + "crate::".len()..]));
    }
    let out = "super::".repeat(steps.len());
    for start in words(code, &out) {
        if !code[..start].ends_with("super::") {
            names.extend(heads(&code[start + out.len()..]));
        }
    }
    names
}

/// Where `word` begins a path.
fn words<'c>(code: &'c str, word: &'c str) -> impl Iterator<Item = usize> + 'c {
    let inside = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    code.match_indices(word).map(|(start, _)| start).filter(move |start| !code[..*start].ends_with(inside))
}

/// The first steps of a path: `a::b` gives a, `{a::b, c}` gives a and c.
fn heads(path: &str) -> Vec<String> {
    let head = |text: &str| -> String {
        text.trim_start().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
    };
    let Some(list) = path.strip_prefix('{') else { return vec![head(path)] };
    let (mut depth, mut found, mut start) = (0, Vec::new(), 0);
    for (place, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => {
                found.push(head(&list[start..place]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(head(&list[start..place]));
                start = place + 1;
            }
            _ => {}
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

/// What is wrong with one source; `file` is its path below src.
fn faults(file: &str, source: &str) -> Vec<String> {
    let code = code_of(source);
    let module = file.split('/').next().unwrap_or(file).trim_end_matches(".rs");
    let mut found = Vec::new();
    if !matches!(file, "lib.rs" | "main.rs") {
        let Some(own) = floor_of(module) else {
            return vec![format!("{file}: the module `{module}` stands on no floor")];
        };
        for name in named(file, &code) {
            let Some(other) = floor_of(&name) else { continue };
            if name == module || other < own || (other == own && own == 0) {
                continue;
            }
            let how = if other == own { "beside" } else { "up to" };
            found.push(format!("{file}: `{module}` looks {how} `{name}`"));
        }
    }
    let floor = floor_of(module).unwrap_or(FLOORS.len());
    for Privilege { words: list, holders, up_to, why } in PRIVILEGES {
        let allowed = floor > up_to || holders.iter().any(|holder| *holder == module || *holder == file);
        for word in list.iter().filter(|word| !allowed && words(&code, word).next().is_some()) {
            found.push(format!("{file}: `{word}`: {why}"));
        }
    }
    found
}

/// The modules that a crate root declares.
fn declared(root: &str) -> BTreeSet<String> {
    let code = code_of(root);
    let lines = code.lines().filter_map(|line| {
        let line = line.trim();
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned)
    });
    lines.collect()
}

fn sources(folder: &Path, below: &str, list: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            sources(&path, &format!("{name}/"), list);
        } else if name.ends_with(".rs") && !name.ends_with("/tests.rs") {
            list.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn arrows_run_one_way() {
    let mut list = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut list);
    assert!(list.len() > 30, "the sources were not found");
    let tests: BTreeSet<String> = list.iter().flat_map(|(file, source)| test_files(file, source)).collect();
    list.retain(|(file, _)| !tests.contains(file));
    let found: Vec<String> = list.iter().flat_map(|(file, source)| faults(file, source)).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn the_front_page_declares_the_floors() {
    let root = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let modules = declared(&root);
    let (engine, above) = FLOORS.split_at(ENGINE + 1);
    let must: BTreeSet<String> =
        engine.iter().flat_map(|floor| floor.iter().map(|m| (*m).to_owned())).collect();
    let missing: Vec<_> = must.difference(&modules).collect();
    assert!(missing.is_empty(), "lib.rs declares no {missing:?}");
    // The tool sees the public API only: `cli` belongs to main.rs.
    let may: BTreeSet<String> =
        above.iter().flat_map(|floor| floor.iter().map(|m| (*m).to_owned())).collect();
    let strange: Vec<_> = modules.difference(&must).filter(|m| !may.contains(*m) || *m == "cli").collect();
    assert!(strange.is_empty(), "lib.rs declares {strange:?}, which no floor holds");
}

/// The watchman is watched: made-up sources, each with what must be said of it.
#[test]
fn forbidden_arrows_are_seen() {
    let wrong = [
        ("platform/judge.rs", "use crate::sim::Scenario;", "looks up to `sim`"),
        ("platform/judge.rs", "use crate::audience::List;", "looks beside `audience`"),
        ("sender/mod.rs", "fn f() { crate::platform::x() }", "looks beside `platform`"),
        ("time.rs", "use crate::{glossary::Rating, sim::{run, Scenario}};", "looks up to `sim`"),
        ("random/a/b.rs", "use super::super::super::sim::Run;", "looks up to `sim`"),
        ("platform/judge.rs", "use super::super::audience;", "looks beside `audience`"),
        ("audience/mod.rs", "use super::sender::Plan;", "looks beside `sender`"),
        ("sim/run.rs", "use crate::experiment::Fan;", "looks up to `experiment`"),
        ("report/page.rs", "use crate::cli::Options;", "looks up to `cli`"),
        ("platform/judge.rs", "use crate::random::Streams;", "know no chance"),
        ("sender/mod.rs", "let x = crate::random::binomial();", "know no chance"),
        ("sim/run.rs", "let text = std::fs::read(path);", "read and write files"),
        ("report/page.rs", "fn f() { println!(\"x\"); }", "only the tool prints"),
        ("sim/run.rs", "std::thread::spawn(f);", "start threads"),
        ("report/page.rs", "use rayon::prelude::*;", "start threads"),
        ("platform/rules.rs", "use std::collections::HashMap;", "scenario and seed alone"),
        ("sim/run.rs", "let t = Instant::now();", "scenario and seed alone"),
        ("newcomer.rs", "fn f() {}", "stands on no floor"),
        ("sim/run.rs", "let a = '\"'; use crate::report::Page; let b = '\"';", "looks up to `report`"),
    ];
    for (file, source, expected) in wrong {
        let found = faults(file, source);
        assert!(found.iter().any(|fault| fault.contains(expected)), "{file}: {source}: {found:?}");
    }
    let right = [
        ("sim/run.rs", "use crate::audience::List; use crate::time::{SimTime, Slot};"),
        ("sim/load/loader.rs", "let text = std::fs::read_to_string(path)?;"),
        ("sim/load/mod.rs", "use super::scenario::Text;"),
        (
            "experiment/ensemble.rs",
            "use rayon::prelude::*; use std::collections::BTreeMap; std::thread::scope(f);",
        ),
        ("cli/run.rs", "use tiercast::sim::Scenario; println!(); std::fs::write(a, b);"),
        ("random/split.rs", "use super::streams::Draw;"),
        (
            "platform/judge.rs",
            "/// See [`crate::sim`].\nfn f() { g(\"crate::sim::Run println!\") } /* crate::sim */",
        ),
        ("platform/judge.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use crate::sim::Run; }"),
        ("platform/judge.rs", "let macrocrate_println = my_println!(1);"),
        ("time.rs", "//! An [`Instant`] of the wall clock is none of ours.\nstruct SimInstant;"),
    ];
    for (file, source) in right {
        assert_eq!(faults(file, source), Vec::<String>::new(), "{file}: {source}");
    }
    assert_eq!(
        test_files("report/charts/mod.rs", "#[cfg(test)]\nmod gallery;\nmod b;"),
        ["report/charts/gallery.rs"]
    );
    assert!(!faults("sim/run.rs", "#[cfg(test)]\nmod a;\nuse crate::report::Page;").is_empty());
    assert_eq!(
        declared("//! mod a;\npub mod time;\nmod sim; // mod b;\npub use sim::Run;"),
        BTreeSet::from(["time".to_owned(), "sim".to_owned()])
    );
}
