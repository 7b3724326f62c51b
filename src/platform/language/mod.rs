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
//! ```text
//!   Ruleset: ladder, numbers, admission, window | rating | upgrade | official, number, template | review, pacing, price
//!   values:       limits                          ratings  conditions           measures              trade
//! ```
//!
//! The doc comment of each field is also the help that a person reads when the field is missing.

mod conditions;
mod limits;
mod measures;
mod ratings;
mod trade;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::origin::{Exception, Origin, Source};
use crate::document::{Ordered, Word};
use crate::glossary::{Category, Feedback, Money, Rating, Ratio};
use crate::time::Span;

pub use self::conditions::{
    Amount, Cancel, Condition, Count, FlagOn, FromTiers, Quantity, Restart, Signal, ToTier,
};
pub use self::limits::{
    CapLimit, CapOf, CapUnit, ConsumeOn, Counts, Holder, HowMany, Limit, Opener, ProlongedBy, Takes,
    WindowKind, Within,
};
pub use self::measures::{DowngradeAt, Effect, Ends, Forbidden, Forgets, OfficialChanges, Status, Term};
pub use self::ratings::{Ageing, Frequency, RatingOf, TemplateCoupling, Thin};
pub use self::trade::{FreeAMonth, Paced, Pays, PricedBy, Rates};

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
