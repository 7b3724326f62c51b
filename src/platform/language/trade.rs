//! The pace of templates, and what is paid.

use serde::{Deserialize, Serialize};

use crate::glossary::Category;

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
