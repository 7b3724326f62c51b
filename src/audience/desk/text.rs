//! The help desk as it stands in a scenario.

use serde::{Deserialize, Serialize};

use crate::document::Check;
use crate::random::Probability;
use crate::random::quantile::{exponential_quantile, log_logistic_quantile, log_normal_quantile};
use crate::time::{DAY, Span, TimeOfDay, Weekdays};

/// A help desk: who answers customers' chats, and how long that takes.
///
/// ```
/// use tiercast::{audience::HelpDeskText, document::Document};
///
/// let text = r#"(
///     shifts: [
///         (days: workdays, from: "09:00", to: "18:00", agents: 3),
///         (days: Only([Sat]), from: "10:00", to: "14:00", agents: 1),
///     ],
///     handling: LogNormal(median: "8m", sigma: 0.8),
///     patience: "4h",
///     follow_up: (chance: "20%"),
/// )"#;
/// assert!(Document::new("desk.ron", text).read::<HelpDeskText>().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpDeskText {
    /// Who works when; agents of shifts that overlap add up.
    pub shifts: Vec<ShiftText>,
    /// How long a chat keeps an agent, from the first answer on; exponential, 12 min on average unless said otherwise (web
    /// chats last 11 min 55 s on average: Comm100 2020; the law is assumed).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handling: Option<LengthText>,
    /// How long customers wait for an answer before they give up: exponential with this mean; for ever unless said
    /// otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patience: Option<Span>,
    /// How often an answer does not settle it and the customer comes back; never unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<FollowUpText>,
}

/// A shift: so many agents, on these days, from one time of day to another.
///
/// An agent ends the chat under way when the shift ends. Agents are told apart by nothing: where one shift follows
/// another, who comes takes over from who goes when the chat under way has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShiftText {
    /// Days on which the shift begins: `every_day`, `workdays`, `Only([Sat])`.
    pub days: Weekdays,
    /// Civil time at which it begins, such as `"09:00"`.
    pub from: TimeOfDay,
    /// Civil time at which it ends, up to `"24:00"`; before `from`: on the next day.
    pub to: TimeOfDay,
    /// How many work \[agents\]: chats that are answered at the same time. Who answers two at once counts as two.
    pub agents: u32,
}

/// Chats that an answer does not settle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUpText {
    /// Chance that a chat, each time it was answered, waits for the customer and goes on.
    pub chance: Probability,
    /// How long after the agent's part has ended the customer comes back; log-logistic, half within 47 min, shape 0.64
    /// unless said otherwise (e-mail: Kooti 2015).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<LengthText>,
}

/// A law of lengths of time; drawn to the second, one second at least.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum LengthText {
    /// Always the same.
    Fixed(Span),
    /// The exponential law.
    Exponential {
        /// Its mean.
        mean: Span,
    },
    /// The log-normal law.
    LogNormal {
        /// Half are shorter.
        median: Span,
        /// Standard deviation of the natural logarithm \[no unit\].
        sigma: f64,
    },
    /// The log-logistic law: a long tail.
    LogLogistic {
        /// Half are shorter.
        median: Span,
        /// Smaller is a longer tail \[no unit\].
        shape: f64,
    },
}

/// One input of a desk, in words, with its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskInput {
    /// The path of the field below the desk.
    pub field: &'static str,
    /// Its value.
    pub value: String,
    /// How far a default can be trusted, 0 to 3 as in [`Behavior`](crate::audience::Behavior); `None`: the scenario
    /// states it.
    pub grade: Option<u8>,
    /// Who says so.
    pub source: &'static str,
}

/// How long a chat keeps an agent unless the scenario says otherwise.
const HANDLING: LengthText = LengthText::Exponential { mean: Span(12 * 60) };
const HANDLING_SOURCE: &str = "web chats last 11 min 55 s on average (Comm100, live chat benchmark of 2020); there an \
                               agent often has several at once; the law is assumed";
/// How long customers take to come back unless the scenario says otherwise.
const AFTER: LengthText = LengthText::LogLogistic { median: Span(47 * 60), shape: 0.64 };
const AFTER_SOURCE: &str =
    "e-mail: half answer within 47 min, about 90 % within a day (Kooti 2015, arXiv:1504.00704)";

/// More agents than these are a slip.
const MOST_AGENTS: u32 = 10_000;
/// A longer mean or median is a slip.
const LONGEST: Span = Span(30 * DAY);

impl HelpDeskText {
    /// How long a chat keeps an agent.
    pub fn handling(&self) -> LengthText {
        self.handling.unwrap_or(HANDLING)
    }

    /// Notes what is wrong with the sense of the values; `path` is that of the desk in its file.
    pub fn check(&self, path: &str, check: &mut Check<'_>) {
        if self.shifts.is_empty() {
            let help = "give one: (days: workdays, from: \"09:00\", to: \"18:00\", agents: 3)";
            check.error(&below(path, "shifts"), "a help desk without shifts answers nobody", help);
        }
        for (place, shift) in self.shifts.iter().enumerate() {
            shift.check(&below(path, &format!("shifts[{place}]")), check);
        }
        if let Some(handling) = &self.handling {
            handling.check(&below(path, "handling"), check);
        }
        if let Some(patience) = self.patience {
            let help = "leave it out where customers wait for ever";
            check_span(patience, &below(path, "patience"), help, check);
        }
        let Some(follow_up) = &self.follow_up else { return };
        if follow_up.chance.value() > 0.95 {
            let message =
                format!("with a chance of {} chats are hardly ever resolved", follow_up.chance.value());
            check.error(&below(path, "follow_up.chance"), message, "at most 0.95");
        }
        if let Some(after) = &follow_up.after {
            after.check(&below(path, "follow_up.after"), check);
        }
    }

    /// Every input with its origin, for the table of assumptions.
    pub fn inputs(&self) -> Vec<DeskInput> {
        let stated = |field, value: String| DeskInput { field, value, grade: None, source: "" };
        let default =
            |field, value: String, grade, source| DeskInput { field, value, grade: Some(grade), source };
        let shifts: Vec<String> = self.shifts.iter().map(ShiftText::describe).collect();
        let mut inputs = vec![stated("shifts", shifts.join("; "))];
        inputs.push(match &self.handling {
            Some(law) => stated("handling", law.describe()),
            None => default("handling", HANDLING.describe(), 2, HANDLING_SOURCE),
        });
        inputs.push(match self.patience {
            Some(mean) => stated("patience", format!("exponential, mean {mean}")),
            None => default("patience", "customers wait for ever".to_owned(), 0, "assumed"),
        });
        match &self.follow_up {
            Some(follow_up) => {
                inputs.push(stated("follow_up.chance", follow_up.chance.value().to_string()));
                inputs.push(match &follow_up.after {
                    Some(law) => stated("follow_up.after", law.describe()),
                    None => default("follow_up.after", AFTER.describe(), 2, AFTER_SOURCE),
                });
            }
            None => inputs.push(default("follow_up", "one answer settles a chat".to_owned(), 0, "assumed")),
        }
        inputs
    }
}

impl ShiftText {
    fn check(&self, path: &str, check: &mut Check<'_>) {
        if self.from == self.to || self.from == TimeOfDay::MIDNIGHT {
            let (from, to) = (String::from(self.from), String::from(self.to));
            let help =
                "the whole day is from: \"00:00\", to: \"24:00\"; a night is from: \"22:00\", to: \"06:00\"";
            check.error(path, format!("a shift from {from} to {to} has no length"), help);
        }
        if matches!(&self.days, Weekdays::Only(days) if days.is_empty()) {
            let help = "name days, such as Only([Mon, Sat]), or leave the shift out";
            check.error(&below(path, "days"), "a shift on no day", help);
        }
        let agents = below(path, "agents");
        if self.agents == 0 {
            check.error(&agents, "a shift of 0 agents answers nobody", "leave the shift out");
        } else if self.agents > MOST_AGENTS {
            let message = format!("a shift of {} agents cannot be simulated", self.agents);
            check.error(&agents, message, format!("at most {MOST_AGENTS}"));
        }
    }

    fn describe(&self) -> String {
        let days = match &self.days {
            Weekdays::every_day => "every day".to_owned(),
            Weekdays::workdays => "workdays".to_owned(),
            Weekdays::Only(days) => days.iter().map(|day| format!("{day:?}")).collect::<Vec<_>>().join(", "),
        };
        let agents = if self.agents == 1 { "agent" } else { "agents" };
        format!("{days} {}-{} {} {agents}", String::from(self.from), String::from(self.to), self.agents)
    }
}

impl FollowUpText {
    /// How long after the agent's part has ended the customer comes back.
    pub fn after(&self) -> LengthText {
        self.after.unwrap_or(AFTER)
    }
}

impl LengthText {
    /// The length below which the share `u` of all lie, for 0 < `u` < 1, to the second; one second at least.
    pub fn quantile(&self, u: f64) -> Span {
        let seconds = match *self {
            LengthText::Fixed(span) => return Span(span.0.max(1)),
            LengthText::Exponential { mean } => exponential_quantile(u, mean.0 as f64),
            LengthText::LogNormal { median, sigma } => log_normal_quantile(u, median.0 as f64, sigma),
            LengthText::LogLogistic { median, shape } => log_logistic_quantile(u, median.0 as f64, shape),
        };
        Span((seconds.round() as i64).max(1))
    }

    /// The law in words.
    pub fn describe(&self) -> String {
        match self {
            LengthText::Fixed(span) => format!("always {span}"),
            LengthText::Exponential { mean } => format!("exponential, mean {mean}"),
            LengthText::LogNormal { median, sigma } => format!("log-normal, median {median}, sigma {sigma}"),
            LengthText::LogLogistic { median, shape } => {
                format!("log-logistic, median {median}, shape {shape}")
            }
        }
    }

    fn check(&self, path: &str, check: &mut Check<'_>) {
        let help = "give a length, such as \"12m\"";
        let mut parameter = |field: &str, value: f64, range: std::ops::RangeInclusive<f64>| {
            if !range.contains(&value) {
                let message = format!("`{field}` is {value}");
                let help = format!("a number from {} to {}", range.start(), range.end());
                check.error(&below(path, field), message, help);
            }
        };
        match self {
            LengthText::Fixed(span) => check_span(*span, path, help, check),
            LengthText::Exponential { mean } => check_span(*mean, &below(path, "mean"), help, check),
            LengthText::LogNormal { median, sigma } => {
                parameter("sigma", *sigma, 0.01..=3.0);
                check_span(*median, &below(path, "median"), help, check);
            }
            LengthText::LogLogistic { median, shape } => {
                parameter("shape", *shape, 0.2..=20.0);
                check_span(*median, &below(path, "median"), help, check);
            }
        }
    }
}

fn check_span(span: Span, path: &str, help: &str, check: &mut Check<'_>) {
    if span.0 == 0 {
        check.error(path, "nothing takes no time", help);
    } else if span > LONGEST {
        check.error(path, format!("{span} is longer than {LONGEST}"), help);
    }
}

/// The path of `field` below `path`; the desk of a file of its own has the path "".
fn below(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}
