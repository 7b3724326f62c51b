//! Webhooks as a business received them: JSON lines, the envelope or the bare field and value.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use serde_json::Value as Json;

use super::{Field, Notice, limit_word};
use crate::sim::replay::{Line, Lines, LogError, Mistakes};

/// Longest line [bytes]: a delivery of webhooks has at most 3 MB.
const LONGEST: usize = 1 << 22;
/// Events of a number's webhook that rules can foresee.
const NUMBER_EVENTS: [&str; 5] = ["ONBOARDING", "FLAGGED", "UNFLAGGED", "UPGRADE", "DOWNGRADE"];
/// Events of a template's webhook that rules can foresee.
const TEMPLATE_EVENTS: [&str; 5] = ["FLAGGED", "PAUSED", "DISABLED", "REINSTATED", "APPROVED"];

/// What a business received, of the kinds that rules can foresee.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// What was told, in order of time, each with its line.
    pub notices: Vec<(Notice, u64)>,
    /// What no rule foresees, and how often: fields and events.
    pub passed_over: BTreeMap<String, u64>,
    /// Webhooks that came twice: platforms send again what was not acknowledged.
    pub twice: u64,
}

impl Received {
    /// Reads webhooks, one a line: `{"object":..,"entry":[{"id":..,"time":..,"changes":[{"field":..,"value":..}]}]}`
    /// or `{"time":..,"field":..,"value":..}`.
    ///
    /// # Errors
    /// Input that fails, and all lines that cannot be read.
    pub fn read(name: &str, input: impl BufRead) -> Result<Received, LogError> {
        let mut reader =
            Reader { out: Received::default(), seen: BTreeSet::new(), mistakes: Mistakes::default() };
        let mut lines = Lines::new(input, LONGEST);
        while lines.advance()? {
            let text = String::from_utf8_lossy(&lines.bytes);
            let line = Line { number: lines.number, text: text.into_owned() };
            if let Err(error) = std::str::from_utf8(&lines.bytes) {
                let from = error.valid_up_to();
                reader.mistakes.add(&line, from..from + 1, "this is not UTF-8", "webhooks come as UTF-8");
                continue;
            }
            if lines.too_long {
                reader.mistakes.add(
                    &line,
                    0..0,
                    "the line is longer than a webhook can be",
                    "one webhook a line",
                );
                break;
            }
            if !line.text.trim().is_empty() {
                reader.line(&line);
            }
        }
        if !reader.mistakes.is_empty() {
            return Err(reader.mistakes.findings(name).into());
        }
        reader.out.notices.sort_by_key(|(notice, line)| (notice.time, *line));
        Ok(reader.out)
    }
}

struct Reader {
    out: Received,
    seen: BTreeSet<(i64, String, String)>,
    mistakes: Mistakes,
}

impl Reader {
    fn line(&mut self, line: &Line) {
        let json: Json = match serde_json::from_str(&line.text) {
            Ok(json) => json,
            Err(error) => {
                let at = error.column().saturating_sub(1).min(line.text.len());
                let message = error.to_string();
                let message = message.split(" at line ").next().unwrap_or_default().to_owned();
                self.mistakes.add(
                    line,
                    at..line.text.len().min(at + 1),
                    message,
                    "each line is one object of JSON",
                );
                return;
            }
        };
        if let Some(entries) = json.get("entry") {
            let Some(entries) = entries.as_array() else {
                return self.wrong(line, "entry", "`entry` is no list");
            };
            for entry in entries {
                let Some(changes) = entry.get("changes").and_then(Json::as_array) else {
                    return self.wrong(line, "entry", "an entry has no list `changes`");
                };
                for change in changes {
                    self.change(line, entry.get("time"), change);
                }
            }
        } else if json.get("field").is_some() {
            self.change(line, json.get("time"), &json);
        } else {
            self.wrong(line, "", "this is no webhook: it has neither `entry` nor `field`");
        }
    }

    fn wrong(&mut self, line: &Line, key: &str, message: &str) {
        let quoted = format!("\"{key}\"");
        let place = line.text.find(&quoted).map(|at| at..at + quoted.len());
        let help =
            "as it was received: {\"entry\":[{\"time\":..,\"changes\":[{\"field\":..,\"value\":{..}}]}]}";
        self.mistakes.add(line, place.unwrap_or(0..line.text.len().min(1)), message, help);
    }

    fn change(&mut self, line: &Line, time: Option<&Json>, change: &Json) {
        let Some(word) = change.get("field").and_then(Json::as_str) else {
            return self.wrong(line, "changes", "a change has no `field`");
        };
        let fields = [Field::Number, Field::Template, Field::Capability];
        let Some(field) = fields.into_iter().find(|field| field.name() == word) else {
            return self.pass_over(word.to_owned());
        };
        let Some(value) = change.get("value").filter(|value| value.is_object()) else {
            return self.wrong(line, "value", "a change has no object `value`");
        };
        let Some(time) = self.time(line, time) else { return };
        let notice = match field {
            Field::Number => self.number(line, time, value),
            Field::Template => self.template(line, time, value),
            _ => self.capability(line, time, value),
        };
        if let Some(notice) = notice {
            if self.seen.insert((time, word.to_owned(), value.to_string())) {
                self.out.notices.push((notice, line.number));
            } else {
                self.out.twice += 1;
            }
        }
    }

    fn time(&mut self, line: &Line, time: Option<&Json>) -> Option<i64> {
        let seconds = time.and_then(|time| time.as_i64().or_else(|| time.as_str()?.parse().ok()));
        match seconds {
            Some(seconds) if seconds >= 100_000_000_000 => {
                self.wrong(line, "time", "the time is in milliseconds: webhooks carry Unix seconds");
                None
            }
            Some(seconds) => Some(seconds),
            None => {
                self.wrong(
                    line,
                    "time",
                    "the webhook has no time: keep its envelope, or put \"time\" beside \"field\"",
                );
                None
            }
        }
    }

    fn number(&mut self, line: &Line, time: i64, value: &Json) -> Option<Notice> {
        let event = self.event(line, Field::Number, value, &NUMBER_EVENTS)?;
        let who = text(value.get("display_phone_number")).unwrap_or_default();
        let limit = value.get("current_limit").and_then(limit);
        Some(Notice { time, field: Field::Number, event, who, detail: limit })
    }

    fn template(&mut self, line: &Line, time: i64, value: &Json) -> Option<Notice> {
        let event = self.event(line, Field::Template, value, &TEMPLATE_EVENTS)?;
        let who = text(value.get("message_template_name")).unwrap_or_default();
        let detail = value.get("other_info").and_then(|info| text(info.get("title")));
        Some(Notice { time, field: Field::Template, event, who, detail })
    }

    /// A limit of a portfolio, or of a number as it was once told.
    fn capability(&mut self, line: &Line, time: i64, value: &Json) -> Option<Notice> {
        let keys = [
            "max_daily_conversations_per_business",
            "max_daily_conversation_per_phone",
            "max_daily_conversations_per_phone",
        ];
        let Some(detail) = keys.iter().find_map(|key| value.get(key).and_then(limit)) else {
            self.wrong(line, "value", "the webhook tells no limit");
            return None;
        };
        let (event, who) = (String::new(), String::new());
        Some(Notice { time, field: Field::Capability, event, who, detail: Some(detail) })
    }

    fn event(&mut self, line: &Line, field: Field, value: &Json, known: &[&str]) -> Option<String> {
        let Some(event) = text(value.get("event")) else {
            self.wrong(line, "value", "the webhook has no `event`");
            return None;
        };
        if known.contains(&event.as_str()) {
            return Some(event);
        }
        self.pass_over(format!("{} {event}", field.name()));
        None
    }

    fn pass_over(&mut self, what: String) {
        *self.out.passed_over.entry(printable(&what)).or_default() += 1;
    }
}

/// A text without what would confuse a terminal.
fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// A text, or a number that stands for one.
fn text(json: Option<&Json>) -> Option<String> {
    match json? {
        Json::String(text) => Some(printable(text)),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A limit in the published word: pages print both `TIER_1K` and 1000, and -1 for unlimited.
fn limit(json: &Json) -> Option<String> {
    match text(Some(json))?.as_str() {
        "-1" | "UNLIMITED" => Some(limit_word(None)),
        other => {
            Some(other.parse::<u64>().map_or_else(|_| other.to_owned(), |number| limit_word(Some(number))))
        }
    }
}
