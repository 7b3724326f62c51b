//! What can go wrong on the way: for reports, comparisons, expectations and golden numbers alike.

use super::setting::Setting;
use super::trajectory::Outcome;

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Mishap {
    Flagged,
    Downgraded,
    Restricted,
    TemplateFlagged,
    TemplateDisabled,
    Banned,
    Warned,
    RateLimited,
}

impl Mishap {
    /// Every mishap, in the order of the reports.
    pub const ALL: [Mishap; 8] = [
        Mishap::Flagged,
        Mishap::Downgraded,
        Mishap::Restricted,
        Mishap::TemplateFlagged,
        Mishap::TemplateDisabled,
        Mishap::Banned,
        Mishap::Warned,
        Mishap::RateLimited,
    ];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Mishap::Flagged => "flagged",
            Mishap::Downgraded => "downgraded",
            Mishap::Restricted => "restricted",
            Mishap::TemplateFlagged => "template_flagged",
            Mishap::TemplateDisabled => "template_disabled",
            Mishap::Banned => "banned",
            Mishap::Warned => "warned",
            Mishap::RateLimited => "rate_limited",
        }
    }

    /// Whether the rules can do it.
    pub fn possible(self, setting: &Setting) -> bool {
        let possible = setting.possible;
        match self {
            Mishap::Flagged => possible.flagged,
            Mishap::Downgraded => possible.downgraded,
            Mishap::Restricted => possible.restricted,
            Mishap::TemplateFlagged => possible.template_flagged,
            Mishap::TemplateDisabled => possible.template_disabled,
            Mishap::Banned => possible.banned,
            Mishap::Warned => possible.warned,
            Mishap::RateLimited => possible.rate_limited,
        }
    }

    /// Whether it is older than tiers: few rules know it.
    pub fn before_tiers(self) -> bool {
        matches!(self, Mishap::Warned | Mishap::RateLimited)
    }

    /// Whether it happened at least once.
    pub fn happened(self, outcome: &Outcome) -> bool {
        match self {
            Mishap::Flagged => outcome.flags > 0,
            Mishap::Downgraded => outcome.downgrades > 0,
            Mishap::Restricted => outcome.restrictions > 0,
            Mishap::TemplateFlagged => outcome.template_flags > 0,
            Mishap::TemplateDisabled => outcome.templates_disabled > 0,
            Mishap::Banned => outcome.banned,
            Mishap::Warned => outcome.warnings > 0,
            Mishap::RateLimited => outcome.rate_limits > 0,
        }
    }
}
