//! Times of a log: one of three forms, never mixed.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::Reading;

/// The first and the last Unix second that a log may hold: the years 2000 to 2099.
const YEARS: std::ops::Range<i64> = 946_684_800..4_102_444_800;

/// How the times of a log are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// ISO 8601 with an offset or `Z`.
    Offset,
    /// Seconds since 1970.
    Unix,
    /// Civil times of a zone that was given.
    Civil,
}

impl Form {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Form::Offset => "times with an offset",
            Form::Unix => "Unix seconds",
            Form::Civil => "civil times",
        }
    }
}

/// Why a text is no time of this log.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) message: String,
    pub(super) help: String,
    /// A mistake of the whole log, which is told once.
    pub(super) once: Option<&'static str>,
}

fn mistake(message: String, help: impl Into<String>) -> Mistake {
    Mistake { message, help: help.into(), once: None }
}

/// Reads times in the order of the log.
#[derive(Debug)]
pub(super) struct Times {
    zone: TimeZone,
    zone_name: Option<String>,
    /// The form of the first time.
    pub(super) form: Option<Form>,
    pub(super) fractions: u64,
    pub(super) repeated_hour: u64,
    /// The time read last: many rows have the same.
    text: String,
    unix: i64,
}

/// What a text says before the log has its say.
enum Read {
    Unix(i64, bool),
    Offset(Timestamp),
    Civil(DateTime),
}

impl Times {
    pub(super) fn new(reading: &Reading) -> Times {
        Times {
            zone: reading.time_zone(),
            zone_name: reading.zone_given.then(|| reading.zone.clone()),
            form: None,
            fractions: 0,
            repeated_hour: 0,
            text: String::new(),
            unix: 0,
        }
    }

    /// The Unix second that a text names; `latest` is the latest one of the rows before.
    pub(super) fn read(&mut self, text: &str, latest: Option<i64>) -> Result<i64, Mistake> {
        if !text.is_empty() && text == self.text {
            return Ok(self.unix);
        }
        let (form, unix, fraction) = match read(text)? {
            Read::Unix(unix, fraction) => (Form::Unix, unix, fraction),
            Read::Offset(stamp) => (Form::Offset, stamp.as_second(), stamp.subsec_nanosecond() != 0),
            Read::Civil(civil) => (Form::Civil, self.civil(civil, latest)?, civil.subsec_nanosecond() != 0),
        };
        let first = *self.form.get_or_insert(form);
        if first != form {
            let message =
                format!("\"{text}\" is written in another form: the log began with {}", first.name());
            return Err(mistake(message, "one log, one form: forms that are mixed hide a shift of hours"));
        }
        if !YEARS.contains(&unix) {
            return Err(mistake(
                format!("\"{text}\" lies outside the years 2000 to 2099"),
                "is its unit right?",
            ));
        }
        self.fractions += u64::from(fraction);
        self.text.clear();
        self.text.push_str(text);
        self.unix = unix;
        Ok(unix)
    }

    /// A civil time of the zone. In an hour that the clock repeats, the first that is not earlier than the row before.
    fn civil(&mut self, civil: DateTime, latest: Option<i64>) -> Result<i64, Mistake> {
        let Some(zone) = &self.zone_name else {
            let message = format!("\"{civil}\" has no offset: no zone says which instant it is");
            let help = "give --zone, such as --zone Europe/Madrid, or write 2024-03-04T10:00:00+01:00";
            return Err(Mistake { message, help: help.to_owned(), once: Some("zone") });
        };
        let ambiguous = self.zone.to_ambiguous_timestamp(civil);
        if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
            let message = format!("\"{civil}\" does not exist in {zone}: its clock was put forward over it");
            return Err(mistake(message, "is the zone right? Logs of servers are often in UTC"));
        }
        self.repeated_hour += u64::from(matches!(ambiguous.offset(), AmbiguousOffset::Fold { .. }));
        let out = |_| mistake(format!("\"{civil}\" is beyond the dates that can be named"), "");
        let earlier = ambiguous.earlier().map_err(out)?.as_second();
        let later = ambiguous.later().map_err(out)?.as_second();
        Ok(if latest.is_some_and(|latest| earlier < latest) { later } else { earlier })
    }
}

fn read(text: &str) -> Result<Read, Mistake> {
    if text.is_empty() {
        return Err(mistake("the time is missing".to_owned(), FORMS));
    }
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return read_unix(text);
    }
    if let Ok(stamp) = text.parse::<Timestamp>() {
        return Ok(Read::Offset(stamp));
    }
    if text.parse::<Date>().is_ok() && text.len() == 10 {
        let message = format!("\"{text}\" is a day without a time of day");
        return Err(mistake(message, "terms count from the second: write 2024-03-04 10:00:00"));
    }
    match text.parse::<DateTime>() {
        Ok(civil) => Ok(Read::Civil(civil)),
        Err(_) => Err(mistake(format!("\"{text}\" is no time"), FORMS)),
    }
}

const FORMS: &str =
    "write 2024-03-04T10:00:00Z, Unix seconds such as 1709546400, or 2024-03-04 10:00:00 with --zone";

fn read_unix(text: &str) -> Result<Read, Mistake> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let Ok(unix) = whole.parse::<i64>() else { return Err(mistake(format!("\"{text}\" is no time"), FORMS)) };
    let unit = match whole.len() {
        12..=14 => "milliseconds",
        15..=17 => "microseconds",
        18.. => "nanoseconds",
        _ if whole.len() == 8 && whole.starts_with("20") => {
            let message =
                format!("\"{text}\" is a day without a time of day, or no Unix time of this century");
            return Err(mistake(message, FORMS));
        }
        _ => return Ok(Read::Unix(unix, !fraction.is_empty())),
    };
    let cut = &whole[..10.min(whole.len())];
    Err(Mistake {
        message: format!("{text} is Unix time in {unit}"),
        help: format!("times are whole seconds: write {cut} in this row, and so in all others"),
        once: Some("unit"),
    })
}
