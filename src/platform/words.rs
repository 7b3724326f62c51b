//! A ruleset in plain English, for people who plan: every clause, what it rests on, and how else it could be read.
//!
//! ```text
//!   Ruleset --> Passage { heading, sentences, notes } --> text wrapped to a width
//! ```
//!
//! The sentences are made from the values, so they change with every value (`--set`). The notes tell the sources,
//! each value that no source states, and for each lower-case word, which is a reading of an open text, what the
//! other readings are.

use crate::glossary::{Feedback, Rating, Ratio, capital, grouped};
use crate::time::Span;

use super::catalogue::{ClauseView, Leaf, clauses, steps};
use super::language::{
    Ageing, Amount, Cancel, Cap, CapLimit, CapOf, CapUnit, Condition, ConsumeOn, Count, Counts, DowngradeAt,
    Effect, Ends, FlagOn, Forbidden, Forgets, FreeAMonth, Frequency, FromTiers, Holder, HowMany, Ladder,
    Limit, Measure, Numbers, Official, OfficialChanges, Opener, Paced, Pacing, Pays, Price, PricedBy,
    ProlongedBy, Quantity, Rates, RatingClause, RatingOf, Restart, Review, Ruleset, Signal, Takes,
    TemplateCoupling, Term, Thin, ToTier, Upgrade, Window, WindowKind, Within,
};
use super::origin::Exception;
use super::readings::{OpenText, open_texts};

/// A clause in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The clause's path in the ruleset, which is its id.
    pub heading: String,
    /// What the clause says.
    pub sentences: Vec<String>,
    /// What it rests on.
    pub notes: Vec<Note>,
}

/// What is to be known about a clause or some of its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A source that states the clause: title, address, date and grade.
    Source(String),
    /// Values that another source states.
    By {
        /// The values, by name.
        values: String,
        /// The source.
        source: String,
    },
    /// Values that follow from what a source states.
    Derived {
        /// The values, by name.
        values: String,
        /// How they follow.
        how: String,
    },
    /// Values that no source states.
    Assumed {
        /// The values, by name.
        values: String,
        /// Why they were chosen.
        why: String,
    },
    /// A word that takes one reading of an open text.
    Reading {
        /// The field, or the condition, that takes it.
        field: String,
        /// What is taken: nothing where a list is empty, several where it names several.
        taken: Vec<(String, &'static str)>,
        /// The other documented readings: word and meaning.
        others: Vec<(&'static str, &'static str)>,
    },
}

impl Note {
    /// What an exception says of the values, with `source` to put a key into words.
    pub(super) fn of(exception: &Exception, values: String, source: impl Fn(&str) -> String) -> Note {
        match exception {
            Exception::By(_, key) => Note::By { values, source: source(key.as_str()) },
            Exception::Derived(_, how) => Note::Derived { values, how: how.clone() },
            Exception::Assumed(_, why) => Note::Assumed { values, why: why.clone() },
        }
    }

    /// The kind of note, in one word.
    pub fn label(&self) -> &'static str {
        match self {
            Note::Source(_) => "source",
            Note::By { .. } => "by",
            Note::Derived { .. } => "derived",
            Note::Assumed { .. } => "assumed",
            Note::Reading { .. } => "reading",
        }
    }

    /// What the note says.
    pub fn text(&self) -> String {
        match self {
            Note::Source(source) => source.clone(),
            Note::By { values, source: text }
            | Note::Derived { values, how: text }
            | Note::Assumed { values, why: text } => format!("{values}: {text}"),
            Note::Reading { field, taken, others } => {
                let taken: Vec<String> =
                    taken.iter().map(|(word, says)| format!("{word} ({says})")).collect();
                let others: Vec<String> =
                    others.iter().map(|(word, says)| format!("{word} ({says})")).collect();
                let taken = if taken.is_empty() { "none".to_owned() } else { taken.join(", ") };
                let others = if others.is_empty() { "none".to_owned() } else { others.join(", ") };
                format!("{field}: taken {taken}; others: {others}")
            }
        }
    }
}

/// Every clause of a ruleset in words, in the order of the language.
pub fn passages(ruleset: &Ruleset) -> Vec<Passage> {
    let open = open_texts(ruleset);
    clauses(ruleset).iter().map(|clause| passage(ruleset, clause, &open)).collect()
}

/// The passages as text in lines of at most `width` characters.
pub fn render(passages: &[Passage], width: usize) -> String {
    let mut text = String::new();
    for passage in passages {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&passage.heading);
        text.push('\n');
        wrap(&mut text, "  ", "  ", &passage.sentences.join(" "), width);
        for note in &passage.notes {
            let label = format!("    {:<9}", note.label());
            wrap(&mut text, &label, "             ", &note.text(), width);
        }
    }
    text
}

fn wrap(out: &mut String, first: &str, rest: &str, text: &str, width: usize) {
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > width {
            out.push_str(&line);
            out.push('\n');
            line = rest.to_owned();
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

fn passage(ruleset: &Ruleset, clause: &ClauseView, open: &[OpenText]) -> Passage {
    let mut sentences = sentences(ruleset, &clause.path);
    match (&clause.since, &clause.until) {
        (Some(since), Some(until)) => {
            sentences.push(format!("In force from {since} on, and no longer from {until} on."))
        }
        (Some(since), None) => sentences.push(format!("In force from {since} on.")),
        (None, Some(until)) => sentences.push(format!("No longer in force from {until} on.")),
        (None, None) => {}
    }
    Passage { heading: clause.path.clone(), sentences, notes: notes(ruleset, clause, open) }
}

// ---- notes ----------------------------------------------------------------------------------------------------

fn notes(ruleset: &Ruleset, clause: &ClauseView, open: &[OpenText]) -> Vec<Note> {
    let source = |key: &str| match ruleset.sources.get(key) {
        Some(source) => source.in_words(key),
        None => key.to_owned(),
    };
    let mut notes: Vec<Note> = clause.source.iter().map(|key| Note::Source(source(key.as_str()))).collect();
    for exception in &clause.except {
        let values = named_values(clause, exception);
        notes.push(Note::of(exception, values, source));
    }
    let open = open.iter().filter(|text| text.clause == clause.path).cloned();
    notes.extend(open.map(|text| Note::Reading { field: text.field, taken: text.taken, others: text.left }));
    notes
}

/// The values that an exception speaks of: each name, with its value where it is one.
fn named_values(clause: &ClauseView, exception: &Exception) -> String {
    let named = exception.fields().iter().map(|word| {
        if word.as_str() == "all" {
            return "every value".to_owned();
        }
        let leaves: Vec<&Leaf> = clause.under(word.as_str()).collect();
        match leaves.as_slice() {
            [leaf] => {
                let steps = steps(&leaf.path);
                let from = steps.iter().position(|step| *step == word.as_str()).unwrap_or(0);
                format!("{} {}", steps[from..].join(" "), leaf.value).trim().to_owned()
            }
            _ => word.to_string(),
        }
    });
    named.collect::<Vec<String>>().join(", ")
}

// ---- sentences ------------------------------------------------------------------------------------------------

fn sentences(ruleset: &Ruleset, path: &str) -> Vec<String> {
    let (section, name) = path.split_once('.').unwrap_or((path, ""));
    let said = match section {
        "ladder" => ruleset.ladder.as_ref().map(ladder),
        "numbers" => ruleset.numbers.as_ref().map(numbers),
        "admission" => ruleset.admission.get(name).map(cap),
        "window" => ruleset.window.get(name).map(window),
        "rating" => ruleset.rating.get(name).map(rating),
        "upgrade" => ruleset.upgrade.get(name).map(|clause| upgrade(clause, holder(ruleset))),
        "official" => ruleset.official.as_ref().map(official),
        "number" => ruleset.number.get(name).map(|clause| measure(clause, Who::Number)),
        "review" => ruleset.review.as_ref().map(review),
        "pacing" => ruleset.pacing.get(name).map(pacing),
        "template" => ruleset.template.get(name).map(|clause| measure(clause, Who::Template)),
        "price" => ruleset.price.get(name).map(price),
        "fact" => ruleset.fact.get(name).map(|fact| vec![sentence(&fact.says)]),
        _ => None,
    };
    said.unwrap_or_default()
}

fn holder(ruleset: &Ruleset) -> Who {
    match ruleset.ladder.as_ref().map(|ladder| ladder.holder) {
        Some(Holder::Portfolio) => Who::Portfolio,
        _ => Who::Number,
    }
}

/// Whom a clause speaks of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Number,
    Template,
    Portfolio,
}

fn ladder(ladder: &Ladder) -> Vec<String> {
    let holder = match ladder.holder {
        Holder::Number => "Each number has a limit of its own.",
        Holder::Portfolio => "The portfolio has one limit, which all its numbers share.",
    };
    let step = |(name, limit): (&str, &Limit)| match limit {
        Limit::AtMost(most) if grouped(*most) == name => name.to_owned(),
        Limit::AtMost(most) => format!("{name} (up to {})", grouped(*most)),
        Limit::Unlimited if name == "unlimited" => name.to_owned(),
        Limit::Unlimited => format!("{name} (unlimited)"),
    };
    let steps: Vec<String> = ladder.steps.iter().map(step).collect();
    vec![
        holder.to_owned(),
        format!("The tiers are {}.", listed(&steps, "and")),
        format!("A new number starts at {}.", ladder.start),
    ]
}

fn numbers(numbers: &Numbers) -> Vec<String> {
    let many = |many: HowMany| match many {
        HowMany::AtMost(1) => "up to 1 number".to_owned(),
        HowMany::AtMost(most) => format!("up to {} numbers", grouped(most)),
        HowMany::Unlimited => "an unlimited count of numbers".to_owned(),
        HowMany::Unstated => "a count of numbers that no source states".to_owned(),
    };
    vec![
        format!(
            "A business may connect {} before it is verified, and {} after.",
            many(numbers.unverified),
            many(numbers.verified)
        ),
        format!("Connecting a number takes {}.", takes(numbers.connecting)),
    ]
}

fn takes(takes: Takes) -> String {
    match takes {
        Takes::Between(least, most) => format!("between {} and {}", span(least), span(most)),
        Takes::UpTo(most) => format!("up to {}", span(most)),
        Takes::Unstated => "a time that no source states".to_owned(),
    }
}

fn cap(cap: &Cap) -> Vec<String> {
    let who = match cap.per {
        CapOf::Holder => "The holder of the tier's limit",
        CapOf::Number => "Each number",
        CapOf::Person => "Each customer (person)",
    };
    let verb = match (cap.per, cap.unit) {
        (CapOf::Person, CapUnit::Customers) => "is among",
        (CapOf::Person, CapUnit::Conversations) => "gets",
        (CapOf::Person, CapUnit::Messages) => "gets",
        (_, CapUnit::Customers) => "may reach",
        (_, CapUnit::Conversations) => "may start",
        (_, CapUnit::Messages) => "may send",
    };
    let unit = match cap.unit {
        CapUnit::Customers => "customers",
        CapUnit::Conversations => "conversations",
        CapUnit::Messages => "messages",
    };
    let limit = match cap.limit {
        CapLimit::OfTier => format!("as many {unit} as the tier's limit says"),
        CapLimit::Own(most) => format!("at most {} {unit}", grouped(most)),
        CapLimit::Unstated => format!("only so many {unit}, how many is unstated,"),
    };
    let counts = match cap.counts {
        Counts::all => "All that the business starts counts",
        Counts::templates => "Only messages made from templates count",
    };
    let consumed = match cap.consume_on {
        ConsumeOn::sent => "from sending on",
        ConsumeOn::delivered => "from delivery on",
    };
    let free = match cap.free_in_service_window {
        true => "Inside a service window messages are free of it: admitted and not counted.",
        false => "Messages inside a service window count like all others.",
    };
    let error = match cap.error {
        Some(code) => format!("What exceeds it is refused with error {code}."),
        None => "What exceeds it is refused; no error code is given.".to_owned(),
    };
    vec![
        format!("{who} {verb} {limit} {}.", within(cap.within)),
        format!("{counts}, {consumed}."),
        free.to_owned(),
        error,
    ]
}

fn within(within: Within) -> String {
    match within {
        Within::Rolling(length) => format!("in any {}", span(length)),
        Within::CalendarDay => "in a calendar day".to_owned(),
    }
}

fn window(window: &Window) -> Vec<String> {
    let kind = match window.kind {
        WindowKind::Service => "The service window, in which the business may answer freely,",
        WindowKind::BusinessInitiated => "A business-initiated conversation",
        WindowKind::CustomerInitiated => "A customer-initiated conversation",
        WindowKind::FreeEntry => "The free-entry window of who came through an advertisement",
    };
    let opener = |opener: &Opener| match opener {
        Opener::customer_message => "a message of the customer (a reply, a pressed button)",
        Opener::first_message_delivered => "the first delivered message of the business",
        Opener::business_answers_ad => {
            "the business's answer to a customer who came through an advertisement"
        }
    };
    let openers: Vec<String> = window.opens.iter().map(|by| opener(by).to_owned()).collect();
    let prolonged = match window.prolonged_by {
        ProlongedBy::nothing => "Nothing prolongs it.",
        ProlongedBy::customer_message => "Each message of the customer starts it anew.",
    };
    vec![
        format!("{kind} opens with {} and lasts {}.", listed(&openers, "or"), span(window.lasts)),
        prolonged.to_owned(),
    ]
}

// ---- ratings --------------------------------------------------------------------------------------------------

fn rating(rating: &RatingClause) -> Vec<String> {
    let who = match rating.of {
        RatingOf::Number => "A number",
        RatingOf::Template => "A template",
    };
    let ageing = match rating.ageing {
        Ageing::flat => "old and new weigh the same".to_owned(),
        Ageing::HalfLife(half) => format!("weight halves every {}, by full days of age", span(half)),
    };
    let weights: Vec<String> =
        rating.weights.iter().map(|(kind, weight)| format!("{} {weight}", feedback(*kind))).collect();
    let mut said = vec![
        format!(
            "{who} is rated every {} by what came back in the last {}: {ageing}.",
            span(rating.evaluated),
            span(rating.window)
        ),
        format!("The score is the weighted feedback for each delivery: {}.", listed(&weights, "and")),
        format!(
            "From {} on the rating is Medium, from {} on Low, else High.",
            rating.medium_from, rating.low_from
        ),
        thin(rating),
    ];
    said.extend(
        rating.answer_within.map(|limit| format!("An answer later than {} is a slow one.", span(limit))),
    );
    said.extend(rating.unread_after.map(|limit| format!("A message is unread after {}.", span(limit))));
    said.extend(rating.frequency.map(frequency));
    said.extend(rating.template_coupling.map(|coupling| match coupling {
        TemplateCoupling::events_alone => "Templates touch it by what their messages cause alone.".to_owned(),
        TemplateCoupling::worst_template => {
            "It is never rated better than its worst template in use.".to_owned()
        }
    }));
    said
}

fn thin(rating: &RatingClause) -> String {
    let thin = match rating.thin {
        Thin::keep => "the last rating stays",
        Thin::unknown => "it is Unknown",
    };
    let unknown = match rating.unknown_counts_as {
        Rating::High => "Unknown counts as High",
        _ => "Unknown counts as Medium, which does not meet High",
    };
    format!("With fewer than {} deliveries {thin}; {unknown}.", grouped(rating.min_deliveries))
}

fn frequency(frequency: Frequency) -> String {
    format!(
        "Each message a customer above {} within {} adds {} to the score.",
        frequency.allowance,
        span(frequency.within),
        frequency.weight
    )
}

fn feedback(kind: Feedback) -> &'static str {
    match kind {
        Feedback::Block => "block",
        Feedback::Report => "report",
        Feedback::Mute => "mute",
        Feedback::Archive => "archive",
        Feedback::Stop => "stop",
        Feedback::Reply => "reply",
        Feedback::CustomerFirst => "customer first",
        Feedback::SlowAnswer => "slow answer",
        Feedback::Unread => "unread",
    }
}

// ---- upgrades -------------------------------------------------------------------------------------------------

fn upgrade(upgrade: &Upgrade, who: Who) -> Vec<String> {
    let from = match &upgrade.from {
        FromTiers::Any => "any tier".to_owned(),
        FromTiers::Only(tiers) => listed(tiers, "and"),
    };
    let to = match &upgrade.to {
        ToTier::Next => "the next tier".to_owned(),
        ToTier::AtLeast(tier) => tier.clone(),
    };
    let review = match upgrade.review {
        Span(0) => "the tier rises at once (a review of 0 h)".to_owned(),
        length => format!("a review of {} starts; at its end the tier rises", span(length)),
    };
    let causes: Vec<String> = upgrade.cancelled_by.iter().map(|cancel| cause(*cancel)).collect();
    let mut said =
        vec![format!("From {from} to {to}: {}, {review}.", occasion(&upgrade.on, &upgrade.when, who))];
    match (causes.as_slice(), upgrade.review) {
        ([], Span(0)) => {}
        ([], _) => said.push("Nothing ends the review early.".to_owned()),
        (causes, _) => said.push(format!("{} ends the review early.", capital(&listed(causes, "or")))),
    }
    said.extend(usage_restarts(upgrade));
    said.extend(upgrade.restricted_blocks_upgrade.map(|blocks| {
        match blocks {
            true => "A number that has used up its limit (Restricted) does not count as Connected.",
            false => "A number that has used up its limit (Restricted) still counts as Connected.",
        }
        .to_owned()
    }));
    said.extend(upgrade.templates_count.map(|count| {
        match count {
            true => "Templates in use must meet the rating, too.",
            false => "The ratings of templates are not asked.",
        }
        .to_owned()
    }));
    said
}

fn usage_restarts(upgrade: &Upgrade) -> Option<String> {
    let words: Vec<String> = upgrade.usage_restarts.iter().map(|restart| restart_words(*restart)).collect();
    let asks_usage = upgrade.when.iter().any(|condition| matches!(condition, Condition::Usage { .. }));
    if words.is_empty() {
        return asks_usage.then(|| "Counting never begins anew.".to_owned());
    }
    Some(format!("Counting begins anew after {}.", listed(&words, "or")))
}

fn cause(cancel: Cancel) -> String {
    match cancel {
        Cancel::flagged => "a flag",
        Cancel::low => "a Low rating",
        Cancel::restricted => "a restriction",
    }
    .to_owned()
}

fn restart_words(restart: Restart) -> String {
    match restart {
        Restart::upgrade => "a rise of the tier",
        Restart::downgrade => "a fall of the tier",
        Restart::flag => "a flag",
        Restart::unflag => "the end of a flag",
    }
    .to_owned()
}

/// When a clause acts: its signals, then its conditions.
fn occasion(on: &[Signal], when: &[Condition], who: Who) -> String {
    let told = on == [Signal::verification];
    let asked = when.iter().filter(|asked| !(told && **asked == Condition::Verified));
    let mut conditions: Vec<String> = asked.map(|asked| condition(asked, who)).collect();
    if let Some(named) = conditions.iter().position(|words| words.starts_with("the number is")) {
        for words in &mut conditions[named + 1..] {
            *words = words.replacen("the number's rating", "its rating", 1);
        }
    }
    let signals: Vec<String> = on.iter().map(|heard| signal(*heard, who)).collect();
    match conditions.as_slice() {
        [] => listed(&signals, "or"),
        conditions => format!("{}, when {}", listed(&signals, "or"), listed(conditions, "and")),
    }
}

fn signal(signal: Signal, who: Who) -> String {
    match signal {
        Signal::delivery => "on a delivery".to_owned(),
        Signal::rating if who == Who::Template => "at an evaluation of its rating".to_owned(),
        Signal::rating => "at an evaluation of the rating".to_owned(),
        Signal::verification => "as the business is verified".to_owned(),
        Signal::application => "as an application is decided".to_owned(),
        Signal::policy => "at news of the policy".to_owned(),
        Signal::feedback => "as feedback of customers arrives".to_owned(),
        Signal::imposed => "as another clause imposes it".to_owned(),
        Signal::Every(length) => format!("every {}", span(length)),
    }
}

fn condition(condition: &Condition, who: Who) -> String {
    let rating = match who {
        Who::Number => "the number's rating",
        Who::Template => "the template's rating",
        Who::Portfolio => "the rating of each number in use",
    };
    match condition {
        Condition::Verified => "the business is verified".to_owned(),
        Condition::Approved => "the platform's analysis approved".to_owned(),
        Condition::PolicyOpen => "the check against the commerce policy is open".to_owned(),
        Condition::PolicyFailed => "the check against the commerce policy failed".to_owned(),
        Condition::LimitReached => "the tier's limit is used up".to_owned(),
        Condition::RatingAtLeast(floor) => format!("{rating} is {}", or_better(*floor)),
        Condition::RatingAtMost(ceiling) => format!("{rating} is {}", or_worse(*ceiling)),
        Condition::FlagOn(FlagOn::low) => format!("{rating} is Low"),
        Condition::FlagOn(FlagOn::medium_or_low) => format!("{rating} is Medium or Low"),
        Condition::FlagOn(FlagOn::low_above_floor) => {
            format!("{rating} is Low and there is a lower tier to fall to")
        }
        Condition::LowFor(length) => {
            format!("{rating} has been Low for {} without a break, on the same tier", span(*length))
        }
        Condition::TemplatesAtLeast(floor) => format!("every template in use is {}", or_better(*floor)),
        Condition::StatusIs(list) => {
            let words: Vec<String> = list.iter().map(|status| status.to_string()).collect();
            let number = if who == Who::Portfolio { "each number in use" } else { "the number" };
            format!("{number} is {}", listed(&words, "or"))
        }
        Condition::TierAtLeast(tier) => format!("the tier is {tier} or higher"),
        Condition::TierAtMost(tier) => format!("the tier is {tier} or lower"),
        Condition::Usage { count, within, amount } => usage(*count, *within, *amount),
        Condition::Complaints { within, more_than, while_low } => format!(
            "blocks and reports of the last {} are more than {} (more than {} while the rating is Low)",
            span(*within),
            grouped(*more_than),
            grouped(*while_low)
        ),
        Condition::SinceFirstSend(length) => {
            format!("{} have passed since the first delivery that counts", span(*length))
        }
        Condition::SinceLastStep(length) => {
            format!("{} have passed since the tier last changed", span(*length))
        }
    }
}

fn or_better(floor: Rating) -> String {
    if floor == Rating::High { "High".to_owned() } else { format!("{floor} or better") }
}

fn or_worse(ceiling: Rating) -> String {
    if ceiling == Rating::Low { "Low".to_owned() } else { format!("{ceiling} or worse") }
}

fn usage(count: Count, within: Within, amount: Amount) -> String {
    let counted = match count {
        Count::sent => "the messages accepted",
        Count::delivered => "the messages delivered",
        Count::distinct => "the different customers reached",
        Count::best_day => "the deliveries of the best day",
    };
    let within = match within {
        Within::Rolling(length) => format!("in the last {}", span(length)),
        Within::CalendarDay => "in the calendar day".to_owned(),
    };
    match amount {
        Amount::AtLeast(least) => format!("{counted} {within} are at least {}", quantity(least)),
        Amount::MoreThan(bound) => format!("{counted} {within} are more than {}", quantity(bound)),
    }
}

fn quantity(quantity: Quantity) -> String {
    let one = Ratio::new(1, 1);
    match quantity {
        Quantity::LimitTimes(times) if times < one => format!("{times} of the limit"),
        Quantity::LimitTimes(times) => format!("{times} times the limit"),
        Quantity::Number(number) => grouped(number),
    }
}

fn official(official: &Official) -> Vec<String> {
    let needs: Vec<String> = official.needs.iter().map(|need| condition(need, Who::Number)).collect();
    let needs = match needs.as_slice() {
        [] => "at any time".to_owned(),
        needs => format!("when {}", listed(needs, "and")),
    };
    let changes = match &official.changes {
        OfficialChanges::nothing => "It changes no limit.".to_owned(),
        OfficialChanges::StartsAt(tier) => format!("With it the tier is {tier} or higher."),
    };
    vec![
        format!("The official-business status (badge) can be applied for {needs}."),
        format!("The decision takes {}.", takes(official.decided)),
        changes,
    ]
}

// ---- measures -------------------------------------------------------------------------------------------------

fn measure(measure: &Measure, who: Who) -> Vec<String> {
    let subject = if who == Who::Template { "the template" } else { "the number" };
    let occasion = capital(&occasion(&measure.on, &measure.when, who));
    let mut said = vec![format!("{occasion}, {subject} is {}.", terms(measure))];
    if !measure.forbids.is_empty() {
        let words: Vec<String> =
            measure.forbids.iter().map(|what| forbidden(*what, who).to_owned()).collect();
        said.push(format!("Meanwhile {}.", listed(&words, "and")));
    }
    said.extend(measure.cap.map(|cap| {
        format!("Meanwhile at most {} messages are admitted in a rolling day (24 h).", grouped(cap))
    }));
    said.extend(measure.ends.map(|ends| {
        match ends {
            Ends::on_recovery => "It ends at the first evaluation at which this no longer holds.",
            Ends::hold_term => "It ends when the whole term has passed without this.",
            Ends::at_deadline => "It ends at the deadline, by what holds then.",
            Ends::by_edit => "Only an edit of the template saves it.",
        }
        .to_owned()
    }));
    if !measure.then.is_empty() {
        said.push(format!("When it ends and this no longer holds, {}.", effects(&measure.then)));
    }
    if !measure.if_still.is_empty() {
        let at = match measure.downgrade_at {
            Some(DowngradeAt::deadline) => " (at the deadline, not before)",
            Some(DowngradeAt::flag) => " (the tier falls at once, as the flag is set, and not again then)",
            None => "",
        };
        said.push(format!("If it still holds at the deadline, {}{at}.", effects(&measure.if_still)));
    }
    said.extend(measure.forgets.map(|forgets| match forgets {
        Forgets::never => "How often it happened is never forgotten.".to_owned(),
        Forgets::After(length) => {
            format!("How often it happened is forgotten {} after the last time ended.", span(length))
        }
    }));
    said
}

/// `Flagged for 7 days`, or what comes the first time, the second time and so on.
fn terms(measure: &Measure) -> String {
    let waits = measure.when.contains(&Condition::LimitReached);
    if let [only] = measure.term.as_slice() {
        return term(*only, waits);
    }
    let last = measure.term.len();
    let times = measure.term.iter().enumerate().map(|(place, each)| {
        let which = ordinal(place + 1);
        let from =
            if place + 1 == last { format!("from the {which} on") } else { format!("the {which} time") };
        format!("{from} {}", term(*each, waits))
    });
    times.collect::<Vec<String>>().join(", ")
}

fn term(term: Term, waits: bool) -> String {
    let status = status(term.status());
    match term {
        Term::For(_, length) => format!("{status} for {}", span(length)),
        Term::While(_) if waits => {
            format!("{status} while this holds and nothing more may be started under the limit")
        }
        Term::While(_) => format!("{status} while this holds"),
        Term::Forever(_) => format!("{status} for good"),
    }
}

fn status(status: super::language::Status) -> &'static str {
    use super::language::Status;
    match status {
        Status::Restricted => "Restricted",
        Status::Warned => "Warned",
        Status::Flagged => "Flagged",
        Status::RateLimited => "Rate-limited",
        Status::Pending => "Pending",
        Status::Offline => "Offline",
        Status::Banned => "Banned",
        Status::Paused => "Paused",
        Status::Rejected => "Rejected",
        Status::Disabled => "Disabled",
    }
}

fn ordinal(number: usize) -> String {
    match number {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        more => format!("{more}th"),
    }
}

fn forbidden(what: Forbidden, who: Who) -> &'static str {
    match what {
        Forbidden::Upgrade => "no review of an upgrade starts",
        Forbidden::Broadcast if who == Who::Template => "it cannot be broadcast",
        Forbidden::Broadcast => "no broadcast starts",
        Forbidden::Answer => "there is no answer to customers",
        Forbidden::Edit => "no edit is possible",
        Forbidden::AddNumber => "no one can add a number",
    }
}

fn effects(effects: &[Effect]) -> String {
    let words = effects.iter().map(|effect| match effect {
        Effect::Up(levels) => format!("the tier rises by {levels}"),
        Effect::Down { levels, floor } => format!("the tier falls by {levels}, never below {floor}"),
        Effect::Becomes(becomes) => format!("it becomes {} for good", status(*becomes)),
        Effect::Impose(name) => format!("the measure `{name}` begins"),
    });
    listed(&words.collect::<Vec<String>>(), "and")
}

// ---- templates and money --------------------------------------------------------------------------------------

fn review(review: &Review) -> Vec<String> {
    let reject = if review.may_reject { "It may reject." } else { "It never rejects." };
    let edit = match review.after_edit {
        true => "An edited template is reviewed again before it may be sent.",
        false => "An edited template may be sent without another review.",
    };
    vec![
        format!("The review of a template takes {}.", takes(review.takes)),
        reject.to_owned(),
        edit.to_owned(),
    ]
}

fn pacing(pacing: &Pacing) -> Vec<String> {
    let categories: Vec<String> = pacing.categories.iter().map(|category| format!("{category:?}")).collect();
    let kinds = pacing.applies_to.iter().map(|paced| match paced {
        Paced::New => "new",
        Paced::Unpaused => "just unpaused",
        Paced::NotHigh => "not High",
    });
    let kinds: Vec<String> = kinds.map(str::to_owned).collect();
    vec![
        format!("Templates of {} that are {} are paced.", listed(&categories, "and"), listed(&kinds, "or")),
        format!(
            "The first {} messages go out; the rest is held until {} after them.",
            grouped(pacing.sample),
            span(pacing.hold)
        ),
        format!("Where the sample's rating is {}, what is held is dropped.", or_worse(pacing.drops_at)),
    ]
}

fn price(price: &Price) -> Vec<String> {
    let mut said = pays(&price.pays);
    said.push(match &price.rates {
        Rates::Table(name) => format!("Unit prices stand in the table {name}."),
        Rates::NotStated => "Unit prices are not stated.".to_owned(),
    });
    said.extend(
        price
            .card_charged_above
            .as_ref()
            .map(|money| format!("The card is charged when the open amount exceeds {money}.")),
    );
    said.extend(price.needs_card.map(|needs| {
        match needs {
            true => "For more than what is free a card must be on file.",
            false => "No card need be on file.",
        }
        .to_owned()
    }));
    said
}

fn pays(pays: &Pays) -> Vec<String> {
    match pays {
        Pays::PerNotification => {
            vec![
                "Each delivered template message outside a service window is paid (per notification).".into(),
            ]
        }
        Pays::PerConversation { by, free_a_month } => {
            let by = match by {
                PricedBy::Initiator => "by who started it, the initiator",
                PricedBy::Category => "by category",
            };
            vec![format!("Each conversation is paid, {by}."), free(*free_a_month)]
        }
        Pays::PerMessage { free_in_window, service_charged } => {
            let categories: Vec<String> = free_in_window.iter().map(|each| format!("{each:?}")).collect();
            let free = match categories.as_slice() {
                [] => "No category is free inside a service window.".to_owned(),
                some => format!("Inside a service window {} is free.", listed(some, "and")),
            };
            let service = match service_charged {
                true => "Messages that are no template are charged, too.",
                false => "Messages that are no template are not charged.",
            };
            vec!["Each delivered template message is paid by category.".to_owned(), free, service.to_owned()]
        }
        Pays::NotStated => vec!["What is paid is not stated.".to_owned()],
    }
}

fn free(free: FreeAMonth) -> String {
    match free {
        FreeAMonth::Both(count) => {
            format!("Of a calendar month the first {} are free, whoever started them.", grouped(count))
        }
        FreeAMonth::Service(count) => {
            format!("Of a calendar month the first {} that customers started are free.", grouped(count))
        }
        FreeAMonth::EveryService => "Every conversation that customers started is free.".to_owned(),
        FreeAMonth::Nothing => "None is free.".to_owned(),
    }
}

// ---- words ----------------------------------------------------------------------------------------------------

/// A span with its units apart: `48 h`, `7 days`, `30 min`.
pub fn span(span: Span) -> String {
    let written = span.to_string();
    let parts = written.split(' ').map(|part| {
        let (number, unit) = part.split_at(part.len() - 1);
        match unit {
            "d" if number == "1" => "1 day".to_owned(),
            "d" => format!("{number} days"),
            "m" => format!("{number} min"),
            unit => format!("{number} {unit}"),
        }
    });
    parts.collect::<Vec<String>>().join(" ")
}

fn listed(words: &[String], last: &str) -> String {
    match words {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [before @ .., end] => format!("{} {last} {end}", before.join(", ")),
    }
}

/// A statement as a sentence.
fn sentence(says: &str) -> String {
    let says = capital(says.trim());
    if says.ends_with(['.', '!', '?']) { says } else { format!("{says}.") }
}

// ---- what no run acts on yet ----------------------------------------------------------------------------------

/// The clauses, or parts of them, that a ruleset has and that no run acts on yet: path and why.
pub fn not_simulated(ruleset: &Ruleset) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut note = |path: String, why: &str| found.push((path, why.to_owned()));
    if ruleset.numbers.as_ref().is_some_and(|numbers| numbers.connecting != Takes::Unstated) {
        let why = "a number is connected as soon as the business may connect it";
        note("numbers.connecting".to_owned(), why);
    }
    for (name, cap) in ruleset.admission.iter() {
        match (cap.limit, cap.per) {
            (CapLimit::OfTier, CapOf::Holder) | (_, CapOf::Person) | (CapLimit::Own(_), CapOf::Number) => {}
            _ => note(format!("admission.{name}"), "this bound is not simulated"),
        }
        if cap.per == CapOf::Person && cap.free_in_service_window {
            let why = "who is at the cap is refused inside a service window, too";
            note(format!("admission.{name}.free_in_service_window"), why);
        }
    }
    for (name, window) in ruleset.window.iter() {
        unlike_window(&format!("window.{name}"), window, &mut note);
    }
    for (name, clause) in ruleset.rating.iter() {
        idle_weights(&format!("rating.{name}"), clause, &mut note);
    }
    for (name, clause) in ruleset.upgrade.iter() {
        if let Some(why) = idle(&clause.on, &clause.when, Who::Number) {
            note(format!("upgrade.{name}"), &why);
        }
    }
    for (name, clause) in ruleset.number.iter() {
        if let Some(why) = idle(&clause.on, &clause.when, Who::Number) {
            note(format!("number.{name}"), &why);
        } else if clause.forbids.contains(&Forbidden::Answer) {
            note(format!("number.{name}.forbids.Answer"), "a help desk goes on answering customers");
        }
    }
    for (name, clause) in ruleset.template.iter() {
        if let Some(why) = idle(&clause.on, &clause.when, Who::Template) {
            note(format!("template.{name}"), &why);
        } else if clause.ends == Some(Ends::by_edit) {
            note(
                format!("template.{name}.ends"),
                "without `sender.edits` in a scenario none is saved by an edit",
            );
        }
    }
    found
}

/// In what a window differs from those of a run. There a customer's service window is open for 24 h after each of their
/// messages, and a conversation lasts as long as its clause says from what opened it, whatever is written in it.
fn unlike_window(path: &str, window: &Window, note: &mut impl FnMut(String, &str)) {
    let prolonged = window.prolonged_by == ProlongedBy::customer_message;
    match window.kind {
        WindowKind::FreeEntry => {
            note(path.to_owned(), "customers who come through an advertisement are not simulated");
        }
        WindowKind::Service => {
            if window.lasts != Span::hours(24) {
                note(format!("{path}.lasts"), "a service window is taken to last 24 h here");
            }
            if window.opens != [Opener::customer_message] {
                note(format!("{path}.opens"), "only a customer's message opens a service window here");
            }
            if !prolonged {
                let why = "each message of a customer starts a service window anew here";
                note(format!("{path}.prolonged_by"), why);
            }
        }
        WindowKind::BusinessInitiated | WindowKind::CustomerInitiated => {
            if window.lasts != Span::hours(24) {
                let why =
                    "whether an answer or the next message comes inside a conversation goes by 24 h here";
                note(format!("{path}.lasts"), why);
            }
            if prolonged {
                note(format!("{path}.prolonged_by"), "no message starts a conversation anew here");
            }
        }
    }
}

fn idle_weights(path: &str, clause: &RatingClause, note: &mut impl FnMut(String, &str)) {
    let frequent = clause.frequency.is_some_and(|frequency| frequency.weight.top != 0);
    if frequent && clause.of == RatingOf::Template {
        let why =
            "whether a customer had this template before is not known: how often counts for the number alone";
        note(format!("{path}.frequency"), why);
    }
}

/// Why a clause with these signals and conditions never acts in a run.
fn idle(on: &[Signal], when: &[Condition], who: Who) -> Option<String> {
    let unheard = |signal: &Signal| match who {
        Who::Template => !matches!(signal, Signal::rating | Signal::imposed),
        _ => false,
    };
    let untold = |condition: &&Condition| match who {
        Who::Template => {
            !matches!(condition, Condition::RatingAtMost(_) | Condition::FlagOn(_) | Condition::Verified)
        }
        _ => false,
    };
    if let Some(condition) = when.iter().find(untold) {
        return Some(format!("no run tells whether `{}` holds", condition.word()));
    }
    on.iter().all(unheard).then(|| "no run gives the signals that it listens to".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_their_units_apart() {
        let spans = [Span(0), Span(90), Span::hours(48), Span::days(7), Span(30 * 60), Span::hours(73)];
        assert_eq!(spans.map(span), ["0 h", "1 min 30 s", "48 h", "7 days", "30 min", "3 days 1 h"]);
    }

    #[test]
    fn text_is_wrapped_and_hung() {
        let mut text = String::new();
        wrap(&mut text, "- ", "  ", "one two three four", 12);
        assert_eq!(text, "- one two\n  three four\n");
    }
}
