//! The language of the rulesets: every clause type, its values and its readings.
//!
//! A ruleset is one record with named sections; a section is one clause or a few named ones, and **the path to a
//! clause is its id** (`ladder`, `upgrade.volume`, `template.paused`). There are nouns (what is: ladder, admission,
//! window, rating, price, ...) and two verbs (what happens): an [`Upgrade`] (when all conditions hold a review runs,
//! then the tier rises) and a [`Measure`] (when all hold a status with a term, then consequences).
//!
//! Capitalised words are the platform's nouns; lower-case words are *readings* of a text that is open. Every clause
//! ends with its origin ([`Origin`]). Absence is the absence of the rule. There are no defaults for values or
//! readings; only lists of consequences may be left out when there are none.
//!
//! The doc comment of each field is also the help that a person reads when the field is missing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::origin::{Exception, Origin, Source};
use crate::document::{Ordered, Word};
use crate::glossary::{Category, Feedback, Money, NumberStatus, Rating, Ratio};
use crate::time::Span;

/// One field of a clause type, for help texts and reference pages.
#[derive(Clone, Copy, Debug)]
pub struct FieldDoc {
    /// Name in the file.
    pub name: &'static str,
    /// Its doc comment, in one line.
    pub says: &'static str,
}

/// One clause type, for help texts and reference pages.
#[derive(Clone, Copy, Debug)]
pub struct ClauseDoc {
    /// Name of the type, as error messages use it.
    pub name: &'static str,
    /// Its doc comment, in one line.
    pub says: &'static str,
    /// Its own fields, in order.
    pub fields: &'static [FieldDoc],
}

/// A clause: a record that says where it comes from.
pub trait Clause {
    /// What the type's doc comments say.
    const DOC: ClauseDoc;

    /// Where the clause comes from and when it is in force.
    fn origin(&self) -> Origin<'_>;
}

/// Defines clause types from their doc comments and adds what all clauses have: `source`, `except`, `since`, `until`.
macro_rules! clauses {
    ($($(#[doc = $says:literal])+ $name:ident {
        $($(#[doc = $field_says:literal])+ $(#[serde($($serde:tt)*)])* $field:ident: $type:ty,)*
    })*) => {
        $(
            $(#[doc = $says])+
            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                $($(#[doc = $field_says])+ $(#[serde($($serde)*)])* pub $field: $type,)*
                /// Keys of the sources that state the clause; may be empty only when `except` covers all values.
                pub source: Vec<Word>,
                /// Values that come from elsewhere: `Assumed([..], "why")`, `Derived([..], "how")`, `By([..], KEY)`.
                #[serde(default, skip_serializing_if = "Vec::is_empty")]
                pub except: Vec<Exception>,
                /// First date on which the clause is in force (`"2023-10-12"`); always, when left out.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub since: Option<String>,
                /// First date on which it is no longer in force; never, when left out.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub until: Option<String>,
            }

            impl Clause for $name {
                const DOC: ClauseDoc = ClauseDoc {
                    name: stringify!($name),
                    says: concat!($($says),+),
                    fields: &[$(FieldDoc { name: stringify!($field), says: concat!($($field_says),+) },)*],
                };

                fn origin(&self) -> Origin<'_> {
                    Origin {
                        source: &self.source,
                        except: &self.except,
                        since: self.since.as_deref(),
                        until: self.until.as_deref(),
                    }
                }
            }
        )*

        /// Every clause type with its fields.
        pub const CLAUSE_DOCS: &[ClauseDoc] = &[$($name::DOC),*];
    };
}

/// A complete set of rules, as it stands in one file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ruleset {
    /// The name that scenarios use; also the name of the file.
    pub name: String,
    /// One line for lists.
    pub title: String,
    /// The publications behind the clauses, by short key.
    pub sources: Ordered<Source>,
    /// The steps of the limit; absent where the platform knew no tiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ladder: Option<Ladder>,
    /// How many numbers a business may connect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers: Option<Numbers>,
    /// What limits sending.
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub admission: Ordered<Cap>,
    /// Windows and conversations.
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub window: Ordered<Window>,
    /// How numbers and templates are rated.
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub rating: Ordered<RatingClause>,
    /// What lifts the tier.
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub upgrade: Ordered<Upgrade>,
    /// The official-business status (badge).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub official: Option<Official>,
    /// What happens to a number.
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub number: Ordered<Measure>,
    /// How templates are reviewed before they may be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    /// How new templates are tried on a first sample.
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub pacing: Ordered<Pacing>,
    /// What happens to a template.
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub template: Ordered<Measure>,
    /// What is paid.
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub price: Ordered<Price>,
    /// What a source states and no clause uses, yet is shown and compared.
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub fact: Ordered<Fact>,
}

clauses! {
    /// The steps of the limit, who holds it, and where a new number starts.
    Ladder {
        /// Who holds the limit: `Number` or `Portfolio`.
        holder: Holder,
        /// The tiers, lowest first: name and limit, such as `"1K": AtMost(1_000)` or `"top": Unlimited`.
        steps: Ordered<Limit>,
        /// The tier at which a new number starts.
        start: String,
    }

    /// How many numbers a business may connect, before and after verification. Those beyond, the last of a scenario's
    /// list, are not connected and send nothing; a number that is connected stays so.
    Numbers {
        /// How many before the business is verified.
        unverified: HowMany,
        /// How many after it is verified, or once a limit is above the entry step by another clause.
        verified: HowMany,
        /// How long connecting a number takes.
        connecting: Takes,
    }

    /// A limit on sending within a window of time.
    Cap {
        /// Whom the cap binds: `Holder` (who holds the ladder's limit), `Number` or `Person` (each customer).
        per: CapOf,
        /// What is counted: `Customers`, `Conversations` or `Messages`.
        unit: CapUnit,
        /// Over which time: `Rolling("24h")` or `CalendarDay`.
        within: Within,
        /// How much: `OfTier` (the tier's limit), `Own(n)` or `Unstated`.
        limit: CapLimit,
        /// Which messages count: `all` or `templates`.
        counts: Counts,
        /// When a message uses up the limit: `sent` or `delivered`.
        consume_on: ConsumeOn,
        /// Whether messages inside a service window are admitted and not counted.
        free_in_service_window: bool,
        /// The platform's error code for what is refused \[code\].
        #[serde(default)]
        error: Option<u32>,
    }

    /// A window of time between a customer and the business.
    Window {
        /// Which window: `Service`, `BusinessInitiated`, `CustomerInitiated` or `FreeEntry`.
        kind: WindowKind,
        /// What opens it.
        opens: Vec<Opener>,
        /// How long it lasts.
        lasts: Span,
        /// What makes it start anew while it is open.
        #[serde(alias = "refreshed_by")]
        prolonged_by: ProlongedBy,
    }

    /// How a number or a template is rated from what customers do.
    RatingClause {
        /// What is rated: `Number` or `Template`.
        of: RatingOf,
        /// Over which time events and deliveries count.
        window: Span,
        /// How their weight fades with full days of age: `flat` or `HalfLife("2d")`.
        ageing: Ageing,
        /// Weight of each kind of event; positive lowers the rating, negative offsets.
        weights: BTreeMap<Feedback, Ratio>,
        /// Fewer deliveries than this in the window are too few to judge \[messages\].
        min_deliveries: u64,
        /// What a window with too few deliveries means: `keep` the last rating, or `unknown`.
        thin: Thin,
        /// Whether Unknown meets a condition that asks for High: `High` (it does) or `Medium` (it does not).
        unknown_counts_as: Rating,
        /// The score from which the rating is Medium.
        #[serde(alias = "thr_yellow")]
        medium_from: Ratio,
        /// The score from which the rating is Low.
        #[serde(alias = "thr_red")]
        low_from: Ratio,
        /// How often the rating is evaluated.
        #[serde(alias = "evaluate_every", alias = "eval_interval")]
        evaluated: Span,
        /// An answer to a customer later than this is a slow one.
        #[serde(default)]
        answer_within: Option<Span>,
        /// A delivered message that is unread for this long counts as unread.
        #[serde(default)]
        unread_after: Option<Span>,
        /// What frequent sending adds to the score.
        #[serde(default)]
        frequency: Option<Frequency>,
        /// How templates touch a number's rating: `events_alone` or `worst_template` (numbers only).
        #[serde(default)]
        template_coupling: Option<TemplateCoupling>,
    }

    /// A rise of the tier: when all conditions hold a review runs, and at its end the tier rises.
    Upgrade {
        /// From which tiers: `Any` or `Only(["1K", "10K"])`.
        from: FromTiers,
        /// To which tier: `Next` or `AtLeast("1K")`.
        to: ToTier,
        /// At which signals the conditions are judged.
        on: Vec<Signal>,
        /// The conditions; all must hold.
        when: Vec<Condition>,
        /// How long the review runs before the tier rises.
        review: Span,
        /// What ends a running review early.
        cancelled_by: Vec<Cancel>,
        /// Instants at which counting of the usage begins anew.
        #[serde(alias = "restart_on")]
        usage_restarts: Vec<Restart>,
        /// Whether a number that has used up its limit fails "status Connected".
        #[serde(default)]
        restricted_blocks_upgrade: Option<bool>,
        /// Whether templates, too, must meet a rating condition where a portfolio holds the limit.
        #[serde(default)]
        templates_count: Option<bool>,
    }

    /// A status with a term: when all conditions hold it begins, and its end has consequences.
    Measure {
        /// At which signals the conditions are judged.
        on: Vec<Signal>,
        /// The conditions; all must hold. The measure has recovered when they no longer do.
        when: Vec<Condition>,
        /// The n-th time the n-th, then the last: `For(Flagged, "7d")`, `While(Restricted)`, `Forever(Disabled)`.
        term: Vec<Term>,
        /// What is not possible meanwhile.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        forbids: Vec<Forbidden>,
        /// A limit in a rolling day meanwhile \[messages\].
        #[serde(default)]
        cap: Option<u64>,
        /// How it is left: `on_recovery`, `hold_term`, `at_deadline` or `by_edit`.
        #[serde(default, alias = "leave", alias = "unflag_rule")]
        ends: Option<Ends>,
        /// What follows at the end when the conditions no longer hold.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        then: Vec<Effect>,
        /// What follows at the end when they still hold.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        if_still: Vec<Effect>,
        /// When a loss of tiers in `if_still` takes place: at the `deadline`, or at once with the `flag`.
        #[serde(default)]
        downgrade_at: Option<DowngradeAt>,
        /// When the count of times is forgotten: `never` or `After("30d")`.
        #[serde(default, alias = "pause_reset")]
        forgets: Option<Forgets>,
    }

    /// The official-business status (badge): what it needs, how it is decided, what it changes.
    Official {
        /// The conditions for an application.
        needs: Vec<Condition>,
        /// How long the decision takes.
        decided: Takes,
        /// What the status changes: `nothing` or `StartsAt("level 2")`.
        changes: OfficialChanges,
    }

    /// The review of a template before it may be sent.
    Review {
        /// How long it takes.
        takes: Takes,
        /// Whether it may reject.
        may_reject: bool,
        /// Whether an edited template is reviewed again before it may be sent.
        after_edit: bool,
    }

    /// The trial of a template on a first sample; later messages are held until it is judged.
    Pacing {
        /// The categories that are paced.
        categories: Vec<Category>,
        /// Which templates are paced: `New`, `Unpaused`, `NotHigh`.
        applies_to: Vec<Paced>,
        /// How many go out before the rest is held \[messages\].
        sample: u64,
        /// How long the rest is held after the sample is complete.
        hold: Span,
        /// The rating of the sample at which what is held is dropped.
        drops_at: Rating,
    }

    /// What is paid, for what, and when it is charged.
    Price {
        /// What is priced: `PerNotification`, `PerConversation(..)`, `PerMessage(..)` or `NotStated`.
        pays: Pays,
        /// The table of rates beside the rulesets that holds the unit prices, or `NotStated`.
        rates: Rates,
        /// The card is charged when the open amount exceeds this.
        #[serde(default)]
        card_charged_above: Option<Money>,
        /// Whether a card must be on file for more than what is free.
        #[serde(default)]
        needs_card: Option<bool>,
    }

    /// What a source states and no clause uses.
    Fact {
        /// The statement, in the product's own words.
        says: String,
    }
}

/// Who holds a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holder {
    /// Each phone number its own.
    Number,
    /// The business; all its numbers share it.
    Portfolio,
}

/// The limit of a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// So many \[customers\].
    AtMost(u64),
    /// No limit.
    Unlimited,
}

/// How many numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HowMany {
    /// Up to so many \[numbers\].
    AtMost(u64),
    /// As many as wanted.
    Unlimited,
    /// No source says.
    Unstated,
}

/// How long something takes that the platform decides; the run draws it from the scenario's prior.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Takes {
    /// Between two spans.
    Between(Span, Span),
    /// Up to a span.
    UpTo(Span),
    /// No source says.
    Unstated,
}

/// Whom a cap binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CapOf {
    /// Who holds the ladder's limit.
    Holder,
    /// Each number.
    Number,
    /// Each customer.
    Person,
}

/// What a cap counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CapUnit {
    /// Distinct customers.
    Customers,
    /// Conversations that the business starts.
    Conversations,
    /// Messages.
    Messages,
}

/// A window of time that usage is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Within {
    /// The last so long, at every instant.
    Rolling(Span),
    /// The civil day.
    CalendarDay,
}

/// How much a cap allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CapLimit {
    /// The limit of the current tier.
    OfTier,
    /// A limit of its own \[what the cap counts\].
    Own(u64),
    /// No source says how much.
    Unstated,
}

/// Which messages a cap counts (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Counts {
    /// Every business-initiated message.
    all,
    /// Template messages only.
    templates,
}

/// When a message uses up a limit (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum ConsumeOn {
    /// When it is accepted; what was refused never counts.
    #[serde(alias = "attempted")]
    sent,
    /// When it is delivered.
    delivered,
}

/// The kinds of windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WindowKind {
    /// In which the business may answer freely.
    Service,
    /// A conversation opened by the business.
    BusinessInitiated,
    /// A conversation opened by the customer.
    CustomerInitiated,
    /// Opened by an advertisement or a page button.
    FreeEntry,
}

/// What opens a window (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Opener {
    /// A message of the customer, a reply or a pressed button.
    customer_message,
    /// The first delivered message of the business.
    first_message_delivered,
    /// The business answers a customer who came through an advertisement.
    business_answers_ad,
}

/// What makes a window start anew (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum ProlongedBy {
    /// Nothing: it ends when it ends.
    nothing,
    /// Each message of the customer.
    customer_message,
}

/// What is rated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RatingOf {
    /// A phone number.
    Number,
    /// A template.
    Template,
}

/// How weight fades with age (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Ageing {
    /// It does not.
    flat,
    /// It halves over this span, by full days of age.
    HalfLife(Span),
}

/// What too few deliveries mean (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Thin {
    /// The last rating stays.
    keep,
    /// The rating is Unknown.
    unknown,
}

/// What frequent sending adds to a score: `weight x (messages per customer reached in `within` - allowance)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frequency {
    /// Added to the score for each message a customer above the allowance.
    pub weight: Ratio,
    /// Messages a customer that cost nothing.
    pub allowance: Ratio,
    /// Over which time.
    pub within: Span,
}

/// How templates touch a number's rating (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum TemplateCoupling {
    /// Only by the events that their messages cause.
    events_alone,
    /// The number is never rated better than its worst template in use.
    worst_template,
}

/// From which tiers a rise leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FromTiers {
    /// From every tier.
    Any,
    /// From these.
    Only(Vec<String>),
}

/// To which tier a rise leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToTier {
    /// One up.
    Next,
    /// To this tier, unless it is held already.
    AtLeast(String),
}

/// What a clause listens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Signal {
    /// A delivery of messages.
    delivery,
    /// An evaluation of the rating.
    rating,
    /// The business was verified.
    verification,
    /// An application was decided.
    application,
    /// The commerce-policy check was decided.
    policy,
    /// Feedback of customers arrived.
    feedback,
    /// Another clause imposed this one.
    imposed,
    /// A clock of its own.
    Every(Span),
}

/// A condition of an [`Upgrade`] or a [`Measure`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Condition {
    /// The business is verified.
    Verified,
    /// The platform's analysis approved (drawn by the run, told to the platform).
    Approved,
    /// The commerce-policy check is not yet decided.
    PolicyOpen,
    /// The commerce-policy check failed, or the account was cancelled.
    PolicyFailed,
    /// The tier's limit is used up.
    LimitReached,
    /// The rating is this or better.
    RatingAtLeast(Rating),
    /// The rating is this or worse.
    RatingAtMost(Rating),
    /// The rating is one that flags, by a reading.
    FlagOn(FlagOn),
    /// The rating has been Low without a break for this long, since the tier last changed.
    #[serde(alias = "BanAfter")]
    LowFor(Span),
    /// Every template in use is rated this or better.
    TemplatesAtLeast(Rating),
    /// The number's status is one of these.
    StatusIs(Vec<NumberStatus>),
    /// The tier is this or higher.
    TierAtLeast(String),
    /// The tier is this or lower.
    TierAtMost(String),
    /// Usage over a time reaches or exceeds an amount.
    Usage {
        /// What is counted.
        count: Count,
        /// Over which time.
        within: Within,
        /// How much is needed.
        amount: Amount,
    },
    /// More complaints (blocks and reports) than this within a time.
    Complaints {
        /// Over which time.
        within: Span,
        /// More than so many \[complaints\].
        more_than: u64,
        /// More than so many while the rating is Low \[complaints\].
        while_low: u64,
    },
    /// This long since the first counted delivery.
    #[serde(alias = "at_least")]
    SinceFirstSend(Span),
    /// This long since the tier last changed.
    SinceLastStep(Span),
}

impl Condition {
    /// Whether it can begin or cease to hold without a change of status, tier or rating: by time, or by what is sent.
    pub(super) fn moves_by_itself(&self) -> bool {
        match self {
            Condition::Verified
            | Condition::Approved
            | Condition::RatingAtLeast(_)
            | Condition::RatingAtMost(_)
            | Condition::FlagOn(_)
            | Condition::StatusIs(_)
            | Condition::TierAtLeast(_)
            | Condition::TierAtMost(_)
            | Condition::PolicyOpen
            | Condition::PolicyFailed => false,
            Condition::LimitReached
            | Condition::LowFor(_)
            | Condition::TemplatesAtLeast(_)
            | Condition::Complaints { .. }
            | Condition::SinceLastStep(_)
            | Condition::SinceFirstSend(_)
            | Condition::Usage { .. } => true,
        }
    }
}

impl Condition {
    /// The condition's word, as `except` lists name it.
    pub fn word(&self) -> &'static str {
        match self {
            Condition::Verified => "Verified",
            Condition::Approved => "Approved",
            Condition::PolicyOpen => "PolicyOpen",
            Condition::PolicyFailed => "PolicyFailed",
            Condition::LimitReached => "LimitReached",
            Condition::RatingAtLeast(_) => "RatingAtLeast",
            Condition::RatingAtMost(_) => "RatingAtMost",
            Condition::FlagOn(_) => "FlagOn",
            Condition::LowFor(_) => "LowFor",
            Condition::TemplatesAtLeast(_) => "TemplatesAtLeast",
            Condition::StatusIs(_) => "StatusIs",
            Condition::TierAtLeast(_) => "TierAtLeast",
            Condition::TierAtMost(_) => "TierAtMost",
            Condition::Usage { .. } => "Usage",
            Condition::Complaints { .. } => "Complaints",
            Condition::SinceFirstSend(_) => "SinceFirstSend",
            Condition::SinceLastStep(_) => "SinceLastStep",
        }
    }
}

/// The rating that flags (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum FlagOn {
    /// Low.
    low,
    /// Medium or Low; recovered at High.
    medium_or_low,
    /// Low, and a lower tier exists to fall to.
    low_above_floor,
}

/// What usage counts (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Count {
    /// Accepted messages.
    sent,
    /// Delivered messages.
    #[serde(alias = "messages", alias = "sum_daily_unique")]
    delivered,
    /// Customers whose latest message in the window was delivered.
    #[serde(alias = "distinct_7d")]
    distinct,
    /// The best civil day of the window.
    #[serde(alias = "max_day")]
    best_day,
}

/// How much usage is needed; "reach" or "exceed" (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Amount {
    /// So much or more.
    AtLeast(Quantity),
    /// More than so much.
    MoreThan(Quantity),
}

/// A quantity of usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quantity {
    /// A multiple of the current limit.
    LimitTimes(Ratio),
    /// A fixed number \[what usage counts\].
    Number(u64),
}

/// What ends a review early (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Cancel {
    /// The number is Flagged.
    flagged,
    /// The rating is Low.
    low,
    /// The number is Restricted.
    restricted,
}

/// What makes counting of the usage begin anew (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Restart {
    /// A rise of the tier.
    upgrade,
    /// A fall of the tier.
    downgrade,
    /// The number is Flagged.
    flag,
    /// The number is no longer Flagged.
    unflag,
}

/// A status that a measure sets, of a number or of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Number: the limit is used up, or broadcasts are barred.
    Restricted,
    /// Number: a first warning.
    Warned,
    /// Number or template: at stake.
    Flagged,
    /// Number: a fixed number of messages a day.
    RateLimited,
    /// Number or template: not yet decided.
    Pending,
    /// Number: the policy check failed.
    Offline,
    /// Number: locked for good.
    Banned,
    /// Template: not sendable for some hours.
    Paused,
    /// Template: refused at review.
    Rejected,
    /// Template: never sendable again.
    Disabled,
}

/// How long a status holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Term {
    /// This long.
    For(Status, Span),
    /// As long as nothing more may be started under the limit.
    While(Status),
    /// For good.
    Forever(Status),
}

impl Term {
    /// The status that the term sets.
    pub fn status(self) -> Status {
        match self {
            Term::For(status, _) | Term::While(status) | Term::Forever(status) => status,
        }
    }
}

/// What a measure rules out meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Forbidden {
    /// No review starts.
    Upgrade,
    /// Nothing is started by the business.
    Broadcast,
    /// Customers are not answered.
    Answer,
    /// The template cannot be edited.
    Edit,
    /// No number is added.
    AddNumber,
}

/// How a measure is left (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Ends {
    /// At the first evaluation at which its conditions no longer hold.
    on_recovery,
    /// When the whole term has passed without its conditions.
    #[serde(alias = "hold", alias = "hold_7d")]
    hold_term,
    /// At the deadline, by what holds then.
    #[serde(alias = "at_day_7")]
    at_deadline,
    /// Only an edit of the template saves it.
    by_edit,
}

/// A consequence at the end of a measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Effect {
    /// So many up \[tiers\].
    Up(u32),
    /// So many tiers down, never below the floor.
    Down {
        /// How many \[tiers\].
        levels: u32,
        /// The tier below which it never falls.
        floor: String,
    },
    /// The status becomes this one for good.
    Becomes(Status),
    /// Another measure begins.
    Impose(Word),
}

/// When a loss of tiers takes place (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum DowngradeAt {
    /// At the deadline, if the conditions still hold.
    deadline,
    /// At once, as the flag is set, and not again at its deadline.
    flag,
}

/// When the count of times is forgotten (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Forgets {
    /// Never.
    never,
    /// When this long has passed since the last time ended.
    After(Span),
}

/// What the official-business status changes (reading).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum OfficialChanges {
    /// No limit.
    nothing,
    /// The tier is at least this one.
    StartsAt(String),
}

/// Which templates are paced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Paced {
    /// Newly approved ones.
    New,
    /// Ones that a pause has just ended for.
    Unpaused,
    /// Ones that are not rated High.
    NotHigh,
}

/// What is priced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Pays {
    /// Each delivered template message outside a service window.
    PerNotification,
    /// Each conversation.
    PerConversation {
        /// How conversations are priced apart: by who started them, or by category.
        by: PricedBy,
        /// Conversations of a calendar month that are free, and which kinds are.
        free_a_month: FreeAMonth,
    },
    /// Each delivered template message, by category.
    PerMessage {
        /// Categories that are free inside a service window.
        free_in_window: Vec<Category>,
        /// Whether messages that are no template are charged, too.
        service_charged: bool,
    },
    /// No source says.
    NotStated,
}

/// How conversations are priced apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PricedBy {
    /// By who started them.
    Initiator,
    /// By category.
    Category,
}

/// What is free in a calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FreeAMonth {
    /// So many, whoever started them \[conversations\].
    Both(u64),
    /// So many that customers started \[conversations\].
    Service(u64),
    /// Every conversation that customers started.
    EveryService,
    /// None.
    Nothing,
}

/// Where unit prices stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rates {
    /// In the table of this name.
    Table(String),
    /// No source says.
    NotStated,
}
