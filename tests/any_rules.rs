//! Laws of the platform under any ruleset, log and time: rulesets that nobody would write, told things that nobody does.
//!
//! ```text
//!   shipped ruleset --numbers, spans, readings changed, clauses left out--> still a ruleset, or told what is wrong
//!   ruleset + random signals at random times --> Platform --> changes, followed through the life cycles
//!   ruleset + random log ----------------------> Replay ----> the same
//! ```
//!
//! `LAWS=20 cargo test --release --test any_rules` looks twenty times as long, at others.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use tiercast::document::Document;
use tiercast::glossary::{Category, Feedback, NumberStatus, Rating, TemplateStatus};
use tiercast::platform::{
    Change, Opening, Platform, Policy, Rules, Ruleset, Signal, Subject, TemplateOpening, Transition, What,
    catalogue, first_day,
};
use tiercast::sim::replay::{Log, Reading, Replay, Start};
use tiercast::time::{DAY, HOUR, SimTime, days_between};

fn config(cases: u32, seed: u64) -> ProptestConfig {
    let times: u32 = std::env::var("LAWS").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let rng_seed = RngSeed::Fixed(if times == 1 { seed } else { seed + u64::from(times) });
    ProptestConfig { cases: cases * times, rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}

// ---- random rulesets ------------------------------------------------------------------------------------------

/// A word of a ruleset's text that can be changed, and its place.
#[derive(Clone, Debug)]
enum Word {
    Number(Range<usize>),
    Text(Range<usize>),
    Name(Range<usize>),
    /// A bracket that opens, with the place of what it closes at.
    Open(usize),
}

/// The words of a text in RON; comments are passed over.
fn words(text: &str) -> Vec<Word> {
    let bytes = text.as_bytes();
    let end = |from: usize, fits: &dyn Fn(u8) -> bool| {
        from + bytes[from..].iter().position(|byte| !fits(*byte)).unwrap_or(bytes.len() - from)
    };
    let (mut words, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let begin = at;
        match bytes[at] {
            b'/' => at = end(at, &|byte| byte != b'\n'),
            b'"' => {
                at = end(at + 1, &|byte| byte != b'"') + 1;
                words.push(Word::Text(begin + 1..at - 1));
            }
            b'0'..=b'9' => {
                at = end(at, &|byte| byte.is_ascii_digit() || byte == b'_');
                words.push(Word::Number(begin..at));
            }
            byte if byte.is_ascii_alphabetic() => {
                at = end(at, &|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                words.push(Word::Name(begin..at));
            }
            byte => {
                at += 1;
                if byte == b'(' {
                    words.push(Word::Open(begin));
                }
            }
        }
    }
    words
}

const NUMBERS: [&str; 12] =
    ["0", "1", "2", "3", "7", "10", "50", "100", "999", "1_000", "10_000", "4_000_000_000"];
const SPANS: [&str; 12] = ["0h", "1s", "30m", "1h", "90m", "3h", "6h", "24h", "25h", "48h", "7d", "30d"];
const RATIOS: [&str; 12] =
    ["0", "1", "-1", "0.5", "-0.5", "1/3", "1%", "2%", "0.01%", "50%", "100%", "1_000"];
/// Readings: one word of a group for another.
const READINGS: [&[&str]; 16] = [
    &["sent", "delivered", "distinct", "best_day"],
    &["on_recovery", "hold_term", "at_deadline", "by_edit"],
    &["low", "medium_or_low", "low_above_floor"],
    &["keep", "unknown"],
    &["deadline", "flag"],
    &["flagged", "low", "restricted"],
    &["upgrade", "downgrade", "flag", "unflag"],
    &["High", "Medium", "Low"],
    &["Number", "Portfolio"],
    &["AtLeast", "MoreThan"],
    &["all", "templates"],
    &["true", "false"],
    &["events_alone", "worst_template"],
    &["delivery", "rating", "feedback", "verification", "application"],
    &["Flagged", "Warned", "RateLimited", "Restricted", "Banned", "Paused", "Disabled"],
    &["New", "Unpaused", "NotHigh"],
];

/// One change of a ruleset's text: which kind, where, and what stands there then.
type Mutation = (u8, usize, usize);

fn mutations(most: usize) -> impl Strategy<Value = Vec<Mutation>> {
    prop::collection::vec((0_u8..4, any::<usize>(), any::<usize>()), 0..most)
}

/// The text with one thing changed; nothing where there is no such thing.
fn mutated(text: &str, (kind, place, what): Mutation) -> Option<String> {
    let words = words(text);
    let fits: Vec<(Range<usize>, String)> = match kind {
        0 => words
            .iter()
            .filter_map(|word| match word {
                Word::Number(at) => Some((at.clone(), NUMBERS[what % NUMBERS.len()].to_owned())),
                _ => None,
            })
            .collect(),
        1 => words.iter().filter_map(|word| measure(text, word, what)).collect(),
        2 => words.iter().filter_map(|word| reading(text, word, what)).collect(),
        _ => words.iter().filter_map(|word| entry(text, word)).collect(),
    };
    let (at, new) = fits.get(place.checked_rem(fits.len())?)?;
    Some(format!("{}{new}{}", &text[..at.start], &text[at.end..]))
}

/// Another span for a span, another share for a share.
fn measure(text: &str, word: &Word, what: usize) -> Option<(Range<usize>, String)> {
    let Word::Text(at) = word else { return None };
    let old = &text[at.clone()];
    let digits = old.trim_start_matches('-').starts_with(|letter: char| letter.is_ascii_digit());
    let known: &[&str] = match old.chars().last()? {
        's' | 'm' | 'h' | 'd' if digits && old.len() < 6 => &SPANS,
        '%' | '0'..='9' if digits && old.len() < 8 => &RATIOS,
        _ => return None,
    };
    Some((at.clone(), known[what % known.len()].to_owned()))
}

fn reading(text: &str, word: &Word, what: usize) -> Option<(Range<usize>, String)> {
    let Word::Name(at) = word else { return None };
    let group = READINGS.iter().filter(|group| group.contains(&&text[at.clone()])).nth(what % 2)?;
    let is_key = text[at.end..].starts_with(':');
    (!is_key).then(|| (at.clone(), group[what / 2 % group.len()].to_owned()))
}

/// An entry `name: (..),` that is left out.
fn entry(text: &str, word: &Word) -> Option<(Range<usize>, String)> {
    let Word::Open(open) = word else { return None };
    let before = text[..*open].trim_end().strip_suffix(':')?;
    let key = before.rfind(|letter: char| !letter.is_alphanumeric() && letter != '_').map_or(0, |at| at + 1);
    let (mut depth, mut quoted) = (0_i32, false);
    let close = text[*open..].find(|letter| {
        match letter {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    let end = open + close + 1;
    Some((key..end + usize::from(text[end..].starts_with(',')), String::new()))
}

/// A shipped ruleset after those of the mutations that leave it one. What is refused is told, each with a place.
fn ruleset(base: usize, mutations: &[Mutation]) -> (Ruleset, usize) {
    let name = catalogue::names().nth(base % catalogue::names().len()).unwrap();
    let mut text = catalogue::document(name).unwrap().text;
    let mut read = Ruleset::read(&Document::new("base.ron", text.clone())).unwrap();
    let mut accepted = 0;
    for mutation in mutations {
        let Some(other) = mutated(&text, *mutation) else { continue };
        match Ruleset::read(&Document::new("mutated.ron", other.clone())) {
            Ok(ruleset) => (read, text, accepted) = (ruleset, other, accepted + 1),
            Err(findings) => assert!(findings.has_errors() && !findings.to_string().is_empty()),
        }
    }
    (read, accepted)
}

/// When the dated clauses of the shipped rulesets are in force, most of them.
const START: Date = date(2024, 6, 3);
/// Longest history [days].
const DAYS: i64 = 400;

fn compile(ruleset: &Ruleset) -> Rules {
    let instant_of = |day: &str| SimTime(days_between(START, first_day(day).unwrap()) * DAY);
    Rules::compile(ruleset, (0..DAYS).map(|day| SimTime(day * DAY)).collect(), &instant_of)
}

// ---- random histories -----------------------------------------------------------------------------------------

/// Something that the platform is told, to numbers and templates by their place (the remainder of it).
#[derive(Clone, Copy, Debug)]
enum Act {
    /// Messages asked for, and percent of them delivered, in a service window, and written to before.
    Send {
        number: usize,
        template: usize,
        messages: u64,
        delivered: u64,
        in_window: u64,
        again: u64,
    },
    /// As much as the limit allows, all of it delivered.
    Fill {
        number: usize,
        template: usize,
    },
    Feedback {
        number: usize,
        template: usize,
        kind: Feedback,
        count: u64,
    },
    CustomerMessages {
        number: usize,
        count: u64,
    },
    Verified,
    Policy(bool),
    Official(bool),
    Analysis {
        number: usize,
        approved: bool,
    },
    Reviewed {
        template: usize,
        approved: bool,
    },
    Edited {
        template: usize,
    },
}

fn acts() -> impl Strategy<Value = Act> {
    let many = || prop_oneof![2 => 0_u64..300, 4 => 0_u64..3_000, 2 => 0_u64..300_000, 1 => Just(1 << 31)];
    let few = || prop_oneof![4 => 0_u64..5, 2 => 0_u64..50, 1 => 0_u64..5_000];
    let most = || prop_oneof![4 => Just(100_u64), 1 => 0_u64..=100];
    let least = || prop_oneof![4 => Just(0_u64), 1 => 0_u64..=100];
    let kind = prop_oneof![
        4 => Just(Feedback::Block),
        2 => Just(Feedback::Report),
        1 => prop::sample::select(&[Feedback::Reply, Feedback::Mute, Feedback::Archive, Feedback::Stop,
            Feedback::CustomerFirst, Feedback::SlowAnswer, Feedback::Unread][..]),
    ];
    let place = 0..3_usize;
    prop_oneof![
        12 => (place.clone(), place.clone(), many(), most(), least(), least()).prop_map(
            |(number, template, messages, delivered, in_window, again)|
                Act::Send { number, template, messages, delivered, in_window, again }),
        12 => (place.clone(), place.clone()).prop_map(|(number, template)| Act::Fill { number, template }),
        8 => (place.clone(), place.clone(), kind, few())
            .prop_map(|(number, template, kind, count)| Act::Feedback { number, template, kind, count }),
        1 => (place.clone(), few()).prop_map(|(number, count)| Act::CustomerMessages { number, count }),
        1 => Just(Act::Verified),
        1 => any::<bool>().prop_map(Act::Policy),
        1 => any::<bool>().prop_map(Act::Official),
        2 => (place.clone(), any::<bool>()).prop_map(|(number, approved)| Act::Analysis { number, approved }),
        3 => (place.clone(), any::<bool>()).prop_map(|(template, approved)| Act::Reviewed { template, approved }),
        2 => place.prop_map(|template| Act::Edited { template }),
    ]
}

/// Seconds between two acts: at once, on the second of a term, or anywhere.
fn gaps() -> impl Strategy<Value = i64> {
    prop_oneof![
        3 => Just(0_i64),
        2 => 1_i64..HOUR,
        3 => prop::sample::select(&[1, HOUR - 1, HOUR, 3 * HOUR, DAY - 1, DAY, 2 * DAY, 7 * DAY - 1, 7 * DAY][..]),
        3 => 0_i64..2 * DAY,
    ]
}

type History = Vec<(i64, Act)>;

fn histories(most: usize) -> impl Strategy<Value = History> {
    prop::collection::vec((gaps(), acts()), 1..most)
}

/// Where numbers, templates and the business begin.
#[derive(Clone, Debug)]
struct Begin {
    numbers: Vec<(usize, Option<Rating>)>,
    templates: Vec<TemplateOpening>,
    policy: Policy,
}

fn begins() -> impl Strategy<Value = Begin> {
    let rating = prop::option::of(prop::sample::select(&[Rating::Low, Rating::Medium, Rating::High][..]));
    let template = (
        prop::sample::select(&[Category::Marketing, Category::Utility, Category::Authentication][..]),
        prop::sample::select(
            &[TemplateStatus::Approved, TemplateStatus::Approved, TemplateStatus::Pending][..],
        ),
        any::<bool>(),
    );
    let template = template.prop_map(|(category, status, new)| TemplateOpening {
        category,
        status,
        new: new && status == TemplateStatus::Approved,
    });
    (
        prop::collection::vec((0..5_usize, rating), 1..4),
        prop::collection::vec(template, 1..4),
        prop::sample::select(&[Policy::Passed, Policy::Passed, Policy::Open, Policy::Failed][..]),
    )
        .prop_map(|(numbers, templates, policy)| Begin { numbers, templates, policy })
}

impl Begin {
    fn opening(&self, rules: &Rules) -> Opening {
        let tier = |tier: usize| tier.min(rules.tiers.len() - 1);
        Opening {
            verified: false,
            numbers: self.numbers.iter().map(|(place, rating)| (tier(*place), *rating)).collect(),
            templates: self.templates.clone(),
            policy: self.policy,
            never_amended: false,
        }
    }
}

/// A sender under a platform, driven from instant to instant.
struct Sender<'r> {
    platform: Platform<'r>,
    /// Numbers and templates that the history speaks of; there may be more.
    numbers: usize,
    templates: usize,
    now: SimTime,
    changes: Vec<Change>,
    sends: Vec<SimTime>,
    /// Whether the platform is looked at between the instants, too.
    looks: bool,
    /// Whether terms are judged only where one is due, as in a run; else at every instant.
    as_due: bool,
    /// Called with every instant, and the changes of it.
    watch: &'r mut dyn FnMut(&mut Platform<'r>, SimTime, &[Change]),
}

impl<'r> Sender<'r> {
    fn new(
        platform: Platform<'r>,
        begin: &Begin,
        watch: &'r mut dyn FnMut(&mut Platform<'r>, SimTime, &[Change]),
    ) -> Sender<'r> {
        let (numbers, templates) = (begin.numbers.len(), begin.templates.len());
        let (changes, sends, now) = (Vec::new(), Vec::new(), SimTime::START);
        Sender { platform, numbers, templates, now, changes, sends, looks: false, as_due: false, watch }
    }

    /// Tells the platform a whole history; the changes.
    fn tell(mut self, history: &[(i64, Act)]) -> (Platform<'r>, Vec<Change>) {
        self.platform.begin(SimTime::START, &mut self.changes);
        (self.watch)(&mut self.platform, SimTime::START, &self.changes);
        self.now = SimTime(-1);
        let (mut at, mut place) = (SimTime::START, 0);
        while place < history.len() {
            at = SimTime((at.0 + history[place].0).min((DAYS - 30) * DAY).max(self.now.0 + 1));
            let more = history[place + 1..].iter().take_while(|(gap, _)| *gap == 0).count();
            let acts: Vec<Act> = history[place..=place + more].iter().map(|(_, act)| *act).collect();
            place += 1 + more;
            self.go_to(at);
            self.look_before(at);
            self.instant(at, &acts);
        }
        self.go_to(at + tiercast::time::Span::days(20));
        (self.platform, self.changes)
    }

    /// Everything that happens by itself before `at`.
    fn go_to(&mut self, at: SimTime) {
        let mut steps = 0;
        while let Some(next) = self.next().filter(|next| *next < at) {
            self.look_before(next);
            self.instant(next, &[]);
            steps += 1;
            assert!(steps < 100_000, "the clock stands still at {next:?}");
        }
    }

    /// Looks at everything half-way to the next instant, and a second before it.
    fn look_before(&mut self, next: SimTime) {
        let wait = next.0 - self.now.0;
        for at in [self.now.0 + wait / 2, next.0 - 1].into_iter().filter(|at| self.looks && *at >= 0) {
            look(&mut self.platform, self.numbers, SimTime(at));
        }
    }

    /// The next instant at which something happens by itself.
    fn next(&mut self) -> Option<SimTime> {
        let term = self.platform.next_term(self.now).max(SimTime(self.now.0 + 1));
        let next = term.min(self.platform.next_evaluation()).min(self.platform.next_clock(self.now));
        (next != SimTime::NEVER).then_some(next)
    }

    /// The six classes of an instant.
    fn instant(&mut self, now: SimTime, acts: &[Act]) {
        let told = self.changes.len();
        let term = self.platform.next_term(self.now).max(SimTime(self.now.0 + 1));
        self.now = now;
        if term <= now || !self.as_due {
            self.platform.terms(now, &mut self.changes);
        }
        let sends = acts
            .iter()
            .position(|act| matches!(act, Act::Send { .. } | Act::Fill { .. }))
            .unwrap_or(acts.len());
        let class = |place: usize, act: &Act| match act {
            Act::Send { .. } | Act::Fill { .. } => 5,
            Act::Edited { .. } => 4,
            Act::Feedback { .. } | Act::CustomerMessages { .. } if place > sends => 6,
            Act::Feedback { .. } | Act::CustomerMessages { .. } => 2,
            _ => 1,
        };
        let of = |wanted: &[u8]| {
            let all = acts.iter().enumerate().filter(|(place, act)| wanted.contains(&class(*place, act)));
            all.map(|(_, act)| *act).collect::<Vec<Act>>()
        };
        [of(&[1]), of(&[2])].concat().into_iter().for_each(|act| self.act(act));
        if self.platform.next_evaluation() == now {
            self.platform.evaluate(now, &mut self.changes);
        }
        if self.platform.next_clock(SimTime(now.0 - 1)) == now {
            self.platform.clocks(now, &mut self.changes);
        }
        [of(&[4]), of(&[5]), of(&[6])].concat().into_iter().for_each(|act| self.act(act));
        (self.watch)(&mut self.platform, now, &self.changes[told..]);
    }

    fn act(&mut self, act: Act) {
        let (numbers, templates) = (self.numbers, self.templates);
        let again;
        let signal = match act {
            Act::Fill { number, template } => {
                let messages = self.platform.capacity(number % numbers, self.now).min(1 << 31);
                return self.act(Act::Send {
                    number,
                    template,
                    messages,
                    delivered: 100,
                    in_window: 0,
                    again: 0,
                });
            }
            Act::Send { number, template, messages, delivered, in_window, again: known } => {
                let (number, template) = (number % numbers, template % templates);
                let open = messages * in_window / 100;
                let admission = self.platform.admit(number, template, messages, open, self.now);
                let whole = admission.admitted + admission.refused + admission.rejected + admission.held;
                assert_eq!(whole, messages, "{admission:?}");
                let sent = admission.admitted;
                let delivered = sent * delivered / 100;
                let before = self.sends.iter().rev().find(|at| **at < self.now);
                again = before.map(|at| (*at, delivered * known / 100)).into_iter().collect::<Vec<_>>();
                self.sends.push(self.now);
                let in_window = open.min(delivered);
                let in_window = [in_window.min(sent), in_window];
                let again = &again;
                Signal::Sent { number, template, sent, delivered, in_window, again, counted_again: again }
            }
            Act::Feedback { number, template, kind, count } => {
                Signal::Feedback { number: number % numbers, template: template % templates, kind, count }
            }
            Act::CustomerMessages { number, count } => {
                Signal::CustomerMessages { number: number % numbers, count }
            }
            Act::Verified => Signal::Verified,
            Act::Policy(passed) => Signal::Policy { passed },
            Act::Official(granted) => Signal::Official { granted },
            Act::Analysis { number, approved } => Signal::Analysis { number: number % numbers, approved },
            Act::Reviewed { template, approved } => {
                Signal::Reviewed { template: template % templates, approved }
            }
            Act::Edited { template } => Signal::Edited { template: template % templates },
        };
        self.platform.hear(self.now, signal, &mut self.changes);
    }
}

/// Tells a platform a history, and `watch` every instant of it.
fn tell<'r>(
    rules: &'r Rules,
    begin: &Begin,
    opening: &Opening,
    history: &[(i64, Act)],
    watch: &'r mut dyn FnMut(&mut Platform<'r>, SimTime, &[Change]),
) -> (Platform<'r>, Vec<Change>) {
    Sender::new(Platform::open(rules, opening), begin, watch).tell(history)
}

/// Looks at all that can be seen.
fn look(platform: &mut Platform<'_>, numbers: usize, now: SimTime) {
    for number in 0..numbers {
        platform.score(number, now);
        platform.capacity(number, now);
        platform.rating_blocks(number, now);
    }
    platform.may_apply(now);
    platform.next_term(now);
}

// ---- life cycles ----------------------------------------------------------------------------------------------

/// The life cycle of a template between its reviews: status before, what happens, status after. Nothing else leads into
/// Pending or Rejected, or out of them. Every other status of a template or a number begins and ends by its own clause:
/// it begins where that clause has not set it yet, and ends where it has, at its deadline or because it recovered.
const REVIEWS: [(TemplateStatus, Transition, TemplateStatus); 5] = [
    (
        TemplateStatus::Pending,
        Transition::TemplateLeaves(TemplateStatus::Pending, true),
        TemplateStatus::Approved,
    ),
    (TemplateStatus::Pending, Transition::TemplateEnters(TemplateStatus::Rejected), TemplateStatus::Rejected),
    (TemplateStatus::Approved, Transition::TemplateEnters(TemplateStatus::Pending), TemplateStatus::Pending),
    (TemplateStatus::Rejected, Transition::TemplateEnters(TemplateStatus::Pending), TemplateStatus::Pending),
    (
        TemplateStatus::Rejected,
        Transition::TemplateLeaves(TemplateStatus::Rejected, true),
        TemplateStatus::Approved,
    ),
];

/// A status that a clause set, and its deadline.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Running<S> {
    clause: u16,
    status: S,
    until: Option<SimTime>,
}

/// What the changes alone say of a sender.
#[derive(Clone, Debug)]
struct Followed {
    verified: bool,
    /// Numbers that are not connected.
    waiting: Vec<usize>,
    /// By holder.
    tiers: Vec<usize>,
    reviews: Vec<Option<SimTime>>,
    ratings: Vec<Rating>,
    numbers: Vec<Vec<Running<NumberStatus>>>,
    template_ratings: Vec<Rating>,
    bases: Vec<TemplateStatus>,
    templates: Vec<Vec<Running<TemplateStatus>>>,
}

impl Followed {
    fn new(rules: &Rules, opening: &Opening) -> Followed {
        let tiers: Vec<usize> = opening.numbers.iter().map(|(tier, _)| *tier).collect();
        let shared = rules.holder == tiercast::platform::language::Holder::Portfolio;
        let tiers = if shared { vec![tiers.into_iter().max().unwrap()] } else { tiers };
        Followed {
            verified: opening.verified,
            waiting: Vec::new(),
            reviews: vec![None; tiers.len()],
            tiers,
            ratings: opening.numbers.iter().map(|(_, rating)| rating.unwrap_or(Rating::Unknown)).collect(),
            numbers: vec![Vec::new(); opening.numbers.len()],
            template_ratings: vec![Rating::Unknown; opening.templates.len()],
            bases: opening.templates.iter().map(|template| template.status).collect(),
            templates: vec![Vec::new(); opening.templates.len()],
        }
    }

    /// Takes a change, which must fit what is held.
    fn take(&mut self, rules: &Rules, change: &Change) {
        match (change.what, change.subject) {
            (What::Verified, Subject::Portfolio) => {
                assert!(!self.verified, "verified twice");
                self.verified = true;
            }
            (What::TierRose { from, to, .. }, Subject::Holder(holder)) => {
                assert!(from == self.tiers[holder] && to > from && to < rules.tiers.len(), "{change:?}");
                self.tiers[holder] = to;
                // A rise at the end of its review, or by another clause beside it.
                self.reviews[holder] = self.reviews[holder].filter(|until| *until > change.at);
            }
            (What::TierFell { from, to, .. }, Subject::Holder(holder)) => {
                assert!(from == self.tiers[holder] && to < from, "{change:?}");
                self.tiers[holder] = to;
            }
            (What::ReviewStarted { until }, Subject::Holder(holder)) => {
                assert!(self.reviews[holder].is_none() && until > change.at, "{change:?}");
                self.reviews[holder] = Some(until);
            }
            (What::ReviewCancelled, Subject::Holder(holder)) => {
                assert!(self.reviews[holder].take().is_some(), "{change:?}");
            }
            (What::Rated { from, to }, Subject::Number(number)) => {
                assert!(from == self.ratings[number] && from != to, "{change:?}");
                self.ratings[number] = to;
            }
            (What::Rated { from, to }, Subject::Template(template)) => {
                assert!(from == self.template_ratings[template] && from != to, "{change:?}");
                self.template_ratings[template] = to;
            }
            (What::NumberWaits { most }, Subject::Number(number)) => {
                assert!(number as u64 >= most && !self.waiting.contains(&number), "{change:?}");
                self.waiting.push(number);
            }
            (What::NumberConnected, Subject::Number(number)) => {
                let waited = self.waiting.iter().position(|waiting| *waiting == number);
                self.waiting.remove(waited.unwrap_or_else(|| panic!("{change:?} and it did not wait")));
            }
            (What::NumberEntered { status, until }, Subject::Number(number)) => {
                enter(&mut self.numbers[number], change, status, until);
            }
            (What::NumberLeft { status, recovered }, Subject::Number(number)) => {
                leave(&mut self.numbers[number], change, status, recovered);
            }
            (What::TemplateEntered { .. } | What::TemplateLeft { .. }, Subject::Template(template)) => {
                self.take_template(template, change);
            }
            (
                What::PolicyDecided { .. }
                | What::OfficialDecided { .. }
                | What::AnalysisAsked
                | What::AnalysisDecided { .. }
                | What::HeldReleased { .. }
                | What::HeldDropped { .. },
                _,
            ) => {}
            (what, subject) => panic!("{what:?} cannot happen to {subject:?}"),
        }
    }

    fn take_template(&mut self, template: usize, change: &Change) {
        let base = self.bases[template];
        let transition = change.what.transition();
        let row = REVIEWS.iter().find(|(from, by, _)| *from == base && *by == transition);
        let reviewed = [TemplateStatus::Pending, TemplateStatus::Rejected];
        match (row, change.what) {
            (Some((_, _, to)), _) => self.bases[template] = *to,
            (None, What::TemplateEntered { status, until }) => {
                assert!(!reviewed.contains(&status), "{change:?} while {base}");
                enter(&mut self.templates[template], change, status, until);
            }
            (None, What::TemplateLeft { status, recovered }) => {
                assert!(!reviewed.contains(&status), "{change:?} while {base}");
                leave(&mut self.templates[template], change, status, recovered);
            }
            _ => unreachable!(),
        }
    }

    /// What the platform shows is what its changes have told.
    fn is_what_shows(&self, rules: &Rules, platform: &mut Platform<'_>, now: SimTime) {
        assert_eq!(self.verified, platform.verified());
        for number in 0..self.numbers.len() {
            let holder = if self.tiers.len() == 1 { 0 } else { number };
            assert_eq!(self.tiers[holder], platform.tier(number));
            assert_eq!(self.reviews[holder].is_some(), platform.in_review(number), "review at {now:?}");
            assert_eq!(self.ratings[number], platform.rating(number));
            assert_eq!(!self.waiting.contains(&number), platform.connected(number));
            let worst = self.numbers[number].iter().map(|running| running.status).max();
            assert_eq!(worst.unwrap_or(NumberStatus::Connected), platform.number_status(number));
            let (capacity, reached) = (platform.capacity(number, now), platform.reached(number, now));
            match rules.tiers[self.tiers[holder]].limit {
                Some(limit) => assert!(capacity <= limit.saturating_sub(reached), "{capacity} of {limit}"),
                None => assert_eq!(platform.limit(number), None),
            }
        }
        for (template, base) in self.bases.iter().enumerate() {
            assert_eq!(self.template_ratings[template], platform.template_rating(template));
            let running = self.templates[template].iter().map(|running| running.status);
            assert_eq!(running.fold(*base, TemplateStatus::max), platform.template_status(template));
        }
    }
}

fn enter<S: Copy + PartialEq + std::fmt::Debug>(
    running: &mut Vec<Running<S>>,
    change: &Change,
    status: S,
    until: Option<SimTime>,
) {
    let own = Running { clause: change.clause, status, until };
    assert!(
        !running.iter().any(|other| other.clause == own.clause && other.status == status),
        "{change:?} twice"
    );
    assert!(until.is_none_or(|until| until >= change.at), "{change:?} is over before it begins");
    running.push(own);
}

fn leave<S: Copy + PartialEq + std::fmt::Debug>(
    running: &mut Vec<Running<S>>,
    change: &Change,
    status: S,
    recovered: bool,
) {
    let place = running.iter().position(|other| other.clause == change.clause && other.status == status);
    let place = place.unwrap_or_else(|| panic!("{change:?} and it was not"));
    let own = running.remove(place);
    if !recovered {
        assert!(own.until.is_some_and(|until| until <= change.at), "{change:?} before its time: {own:?}");
    }
}

// ---- laws of the platform -------------------------------------------------------------------------------------

/// Whether a ruleset says that this clause can do this; the ladder is cited where no clause decides.
fn foreseen(ruleset: &Ruleset, rules: &Rules, change: &Change) -> bool {
    let path = &rules.clauses[usize::from(change.clause)].path;
    let (able, made) = (ruleset.transitions(), change.what.transition());
    path == "ladder"
        || able.iter().any(|(clause, all)| clause == path && all.iter().any(|(able, _)| *able == made))
}

proptest! {
    #![proptest_config(config(128, 11))]

    /// No panic and no count below zero (which would panic); only transitions of the life cycles, and only those that
    /// the ruleset says it can make; the changes tell all that can be seen, in the order of time.
    #[test]
    fn only_the_transitions_of_the_life_cycles(
        base in any::<usize>(),
        mutations in mutations(40),
        begin in begins(),
        history in histories(60),
    ) {
        let (ruleset, _) = ruleset(base, &mutations);
        let rules = compile(&ruleset);
        let opening = begin.opening(&rules);
        // Nobody tells a platform of a rejection where its rules know none.
        let rejects = ruleset.review.as_ref().is_none_or(|review| review.may_reject);
        let possible = |act: Act| match act {
            Act::Reviewed { template, .. } if !rejects => Act::Reviewed { template, approved: true },
            act => act,
        };
        let history: History = history.into_iter().map(|(gap, act)| (gap, possible(act))).collect();
        let mut followed = Followed::new(&rules, &opening);
        let mut latest = SimTime::START;
        let mut watch = |platform: &mut Platform<'_>, now: SimTime, changes: &[Change]| {
            for change in changes {
                assert!(change.at == now && latest <= now, "{change:?} at {now:?}");
                assert!(foreseen(&ruleset, &rules, change), "{change:?} {:?}", rules.clauses[usize::from(change.clause)]);
                followed.take(&rules, change);
            }
            latest = now;
            followed.is_what_shows(&rules, platform, now);
        };
        tell(&rules, &begin, &opening, &history, &mut watch);
    }

    /// The answer depends on ruleset, standing and signal alone: a platform that is copied at every instant, looked at
    /// and told other things in its copies answers as one that is left alone.
    #[test]
    fn copies_and_looks_change_no_answer(
        base in any::<usize>(),
        mutations in mutations(20),
        begin in begins(),
        history in histories(40),
        other in acts(),
    ) {
        let (ruleset, _) = ruleset(base, &mutations);
        let rules = compile(&ruleset);
        let opening = begin.opening(&rules);
        let mut nothing = |_: &mut Platform<'_>, _: SimTime, _: &[Change]| {};
        let (left, alone) = tell(&rules, &begin, &opening, &history, &mut nothing);
        let mut meddle = |platform: &mut Platform<'_>, now: SimTime, _: &[Change]| {
            let copy = platform.clone();
            let mut nothing = |_: &mut Platform<'_>, _: SimTime, _: &[Change]| {};
            let mut sender = Sender { now, ..Sender::new(copy, &begin, &mut nothing) };
            sender.act(other);
            look(platform, begin.numbers.len(), now);
        };
        let sender = Sender::new(Platform::open(&rules, &opening), &begin, &mut meddle);
        let (mut watched, changes) = Sender { looks: true, ..sender }.tell(&history);
        prop_assert_eq!(changes, alone);
        let mut left = left;
        let end = SimTime((DAYS - 5) * DAY);
        for number in 0..begin.numbers.len() {
            prop_assert_eq!(left.score(number, end), watched.score(number, end));
        }
    }

    /// An evaluation that finds what was judged already is cut short; judged in full it would change nothing, which is
    /// how a platform goes about it that was asked for terms just before.
    #[test]
    fn what_was_judged_is_not_judged_otherwise(
        base in any::<usize>(),
        mutations in mutations(20),
        begin in begins(),
        history in histories(60),
    ) {
        let (ruleset, _) = ruleset(base, &mutations);
        let rules = compile(&ruleset);
        let opening = begin.opening(&rules);
        let mut nothing = |_: &mut Platform<'_>, _: SimTime, _: &[Change]| {};
        let (_, in_full) = tell(&rules, &begin, &opening, &history, &mut nothing);
        let mut nothing = |_: &mut Platform<'_>, _: SimTime, _: &[Change]| {};
        let sender = Sender::new(Platform::open(&rules, &opening), &begin, &mut nothing);
        let (_, cut_short) = Sender { as_due: true, ..sender }.tell(&history);
        prop_assert_eq!(cut_short, in_full);
    }

    /// A number and a template that do nothing change nothing for the others, where each number has its own limit.
    #[test]
    fn who_does_nothing_changes_nothing(
        base in any::<usize>(),
        mutations in mutations(20),
        begin in begins(),
        history in histories(40),
    ) {
        let (ruleset, _) = ruleset(base, &mutations);
        let rules = compile(&ruleset);
        prop_assume!(rules.holder == tiercast::platform::language::Holder::Number);
        let mut nothing = |_: &mut Platform<'_>, _: SimTime, _: &[Change]| {};
        let (_, alone) = tell(&rules, &begin, &begin.opening(&rules), &history, &mut nothing);
        let mut longer = begin.opening(&rules);
        longer.numbers.push((0, None));
        longer.templates.push(TemplateOpening::PROVEN);
        let mut nothing = |_: &mut Platform<'_>, _: SimTime, _: &[Change]| {};
        let (_, mut changes) = tell(&rules, &begin, &longer, &history, &mut nothing);
        changes.retain(|change| match change.subject {
            Subject::Number(place) | Subject::Holder(place) => place < begin.numbers.len(),
            Subject::Template(place) => place < begin.templates.len(),
            Subject::Portfolio => true,
        });
        prop_assert_eq!(changes, alone);
    }

    /// What does not touch one another may come in any order within an instant: feedback on a number and a template.
    #[test]
    fn within_an_instant_feedback_may_come_in_any_order(
        base in any::<usize>(),
        mutations in mutations(20),
        begin in begins(),
        history in histories(20),
        feedback in prop::collection::vec((0..3_usize, 0..3_usize, 0_u64..2_000), 2..6),
        after in histories(10),
    ) {
        let (ruleset, _) = ruleset(base, &mutations);
        let rules = compile(&ruleset);
        let kinds = [Feedback::Block, Feedback::Reply, Feedback::Report];
        let acts = |turned: bool| {
            let mut acts: Vec<(i64, Act)> = feedback.iter().zip(kinds.iter().cycle()).map(|((number, template, count), kind)| {
                (0, Act::Feedback { number: *number, template: *template, kind: *kind, count: *count })
            }).collect();
            if turned {
                acts.reverse();
            }
            [history.as_slice(), &acts, &after].concat()
        };
        let opening = begin.opening(&rules);
        let mut nothing = |_: &mut Platform<'_>, _: SimTime, _: &[Change]| {};
        let (_, forth) = tell(&rules, &begin, &opening, &acts(false), &mut nothing);
        let mut nothing = |_: &mut Platform<'_>, _: SimTime, _: &[Change]| {};
        let (_, back) = tell(&rules, &begin, &opening, &acts(true), &mut nothing);
        // Of two numbers that are silenced at one instant, the one that is told of first is silenced first.
        let sorted = |mut changes: Vec<Change>| {
            changes.sort_by_key(|change| (change.at, format!("{change:?}")));
            changes
        };
        prop_assert_eq!(sorted(forth), sorted(back));
    }
}

/// Random rulesets and histories are worth little if the rulesets are the shipped ones, or nothing happens.
#[test]
fn the_random_rulesets_are_others_and_much_happens_under_them() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::new(config(1, 12));
    let seen: RefCell<BTreeMap<String, u32>> = RefCell::default();
    let mut changed = 0;
    for _ in 0..400 {
        let plan = (any::<usize>(), mutations(40), begins(), histories(60));
        let (base, mutations, begin, history) = plan.new_tree(&mut runner).unwrap().current();
        let (ruleset, accepted) = ruleset(base, &mutations);
        changed += u32::from(accepted > 3);
        let rules = compile(&ruleset);
        let mut watch = |_: &mut Platform<'_>, _: SimTime, changes: &[Change]| {
            for change in changes {
                *seen.borrow_mut().entry(change.what.transition().to_string()).or_default() += 1;
            }
        };
        tell(&rules, &begin, &begin.opening(&rules), &history, &mut watch);
    }
    let seen = seen.into_inner();
    assert!(changed > 200, "{changed} of 400 rulesets were others");
    for transition in [
        "the tier rises",
        "the tier falls",
        "a review begins",
        "the review is cancelled",
        "Flagged",
        "Restricted",
        "Pending",
        "Rejected",
        "Paused",
        "Disabled",
        "Offline",
        "rated Low",
        "rated Medium",
        "rated High",
        "rated Unknown",
        "verified",
        "no longer Flagged: its time is over",
        "no longer Flagged: recovered",
        "what is held is sent",
        "what is held fails",
        "an analysis is asked for",
        "granted",
    ] {
        assert!(seen.get(transition).copied().unwrap_or(0) > 0, "{transition} in {seen:?}");
    }
}

// ---- any text, any log ----------------------------------------------------------------------------------------

proptest! {
    #![proptest_config(config(300, 13))]

    /// A ruleset whose text is damaged anywhere is read, or what is wrong with it is told; nothing panics.
    #[test]
    fn a_damaged_text_is_a_ruleset_or_told(
        base in 0..11_usize,
        damages in prop::collection::vec((0_u8..6, any::<usize>(), 1_usize..200, "[ -~\u{e9}\u{1f600}\n]{0,3}"), 1..4),
    ) {
        let name = catalogue::names().nth(base).unwrap();
        let mut text: Vec<char> = catalogue::document(name).unwrap().text.chars().collect();
        for (kind, place, length, new) in damages {
            let at = place % (text.len() + 1);
            let end = (at + length).min(text.len());
            match kind {
                0 => drop(text.drain(at..end)),
                1 => { let copy = text[at..end].to_vec(); drop(text.splice(at..at, copy)); }
                2 => text.truncate(at),
                3 => text[at..end].reverse(),
                _ => drop(text.splice(at..(at + usize::from(kind == 4)).min(text.len()), new.chars())),
            }
        }
        let text: String = text.into_iter().collect();
        match Ruleset::read(&Document::new("damaged.ron", text)) {
            Ok(ruleset) => { compile(&ruleset); }
            Err(findings) => prop_assert!(findings.has_errors() && findings.to_string().contains("damaged.ron")),
        }
    }
}

const KINDS: [&str; 11] = [
    "sent",
    "delivered",
    "failed",
    "read",
    "replied",
    "stopped",
    "blocked",
    "reported",
    "muted",
    "archived",
    "customer_message",
];

proptest! {
    #![proptest_config(config(96, 14))]

    /// Any log in order of time is replayed under any ruleset: no panic, only transitions of the life cycles, and what
    /// stands at the end is what the changes tell.
    #[test]
    fn any_log_is_replayed_under_any_ruleset(
        base in any::<usize>(),
        mutations in mutations(20),
        rows in prop::collection::vec(
            (gaps(), 0..KINDS.len(), prop_oneof![0_u64..5, 0_u64..2_000, 0_u64..200_000], 0..3_u8, 0..3_u8),
            1..80,
        ),
        verified in any::<bool>(),
        tier in 0..5_usize,
    ) {
        let (ruleset, _) = ruleset(base, &mutations);
        let mut log = "time,kind,count,number,template\n".to_owned();
        let mut at = 1_696_204_800_i64;
        let mut open: BTreeMap<(u8, u8), u64> = BTreeMap::new();
        for (gap, kind, count, number, template) in rows {
            at += gap;
            let open = open.entry((number, template)).or_default();
            // No more can be delivered than was sent before.
            let count = if KINDS[kind] == "delivered" { count.min(*open) } else { count };
            match KINDS[kind] {
                "sent" => *open += count,
                "delivered" => *open -= count,
                _ => {}
            }
            log.push_str(&format!("{at},{},{count},n{number},t{template}\n", KINDS[kind]));
        }
        let reading = Reading::new("log.csv", None).unwrap();
        let read = Log::read(&reading, log.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{log}"));
        let steps: Vec<&str> = ruleset.ladder.iter().flat_map(|ladder| ladder.steps.keys()).collect();
        let start = Start {
            tier: steps.get(tier.min(steps.len().saturating_sub(1))).map(|tier| (*tier).to_owned()),
            verified,
            ..Start::default()
        };
        let replay = Replay::run(&reading, &read, log.as_bytes(), &ruleset, &start).unwrap();
        let opening = Opening {
            verified,
            numbers: vec![(replay.start_tier, None); read.names.numbers.len()],
            templates: vec![TemplateOpening::PROVEN; read.names.templates.len() + 1],
            ..Opening::default()
        };
        let mut followed = Followed::new(&replay.rules, &opening);
        let mut latest = SimTime::START;
        for (change, score) in &replay.changes {
            prop_assert!(latest <= change.at && change.at < replay.calendar.end(), "{:?}", change);
            prop_assert!(foreseen(&ruleset, &replay.rules, change), "{:?}", change);
            prop_assert!(score.is_none_or(|score| score >= 0.0), "{:?} {:?}", change, score);
            followed.take(&replay.rules, change);
            latest = change.at;
        }
        for (place, number) in replay.end.numbers.iter().enumerate() {
            let holder = if followed.tiers.len() == 1 { 0 } else { place };
            prop_assert_eq!(number.tier, followed.tiers[holder]);
            prop_assert_eq!(number.rating, followed.ratings[place]);
            let limit = replay.rules.tiers[number.tier].limit;
            let within = match (number.capacity, limit) {
                (Some(capacity), Some(limit)) => capacity <= limit,
                // Silenced or banned, or unlimited.
                (Some(_), None) | (None, None) => true,
                (None, Some(_)) => false,
            };
            prop_assert!(within, "{:?} of {:?}", number, limit);
        }
    }
}
