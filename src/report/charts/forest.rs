//! What a change does to several scenarios: a row each, a panel a question, a dot with its whisker an effect.

use super::axis::{self, Axis};
use super::fonts::{self, Weight, width};
use super::frame::{Below, Frame, Ink, Painted, Plot, Sheet};
use super::style::*;
use super::{Caption, Chart, Drawing};
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

/// The most rows of one picture: more would have no room for words.
pub const MOST_ROWS: usize = 7;
/// Room for the numbers right of each panel, and for the names at the left \[px\].
const NUMBERS: f64 = 84.0;
const NAMES: f64 = 150.0;
/// The space between two panels, and the room for their heads \[px\].
const BETWEEN: f64 = 18.0;
const HEAD: f64 = 24.0;
/// A dot of an effect (radius) \[px\].
const EFFECT: f64 = 4.2;
/// What stands below the plot: ticks and what each side means \[px\].
const FOOT: f64 = 8.0;

/// Effects by row and panel.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Forest {
    /// The questions, from left to right.
    pub panels: Vec<Panel>,
    /// The rows, from top to bottom; at most [`MOST_ROWS`] are drawn.
    pub rows: Vec<ForestRow>,
}

/// A question: one axis of effects.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Panel {
    /// What is asked: "days to the limit".
    pub head: String,
    /// What lies left of zero: "sooner".
    pub below: String,
    /// What lies right of zero: "later".
    pub above: String,
    /// What follows a number: " d", " %".
    pub unit: String,
    /// From when on an effect matters \[unit\]; nothing where rows differ in it.
    pub matters: Option<f64>,
}

/// One scenario.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ForestRow {
    /// Its name.
    pub name: String,
    /// What is said instead of all effects: "nothing changes"; empty where there are effects.
    pub note: String,
    /// An effect a panel; `None` where there is none.
    pub effects: Vec<Option<ForestEffect>>,
}

/// A mean effect with its interval.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ForestEffect {
    /// The mean \[unit of the panel\].
    pub middle: f64,
    /// The interval \[unit of the panel\]; nothing from a single replication.
    pub interval: Option<(f64, f64)>,
    /// The mean as text, with sign and unit.
    pub text: String,
    /// Of what it is, where rows differ in that: "to 100K"; empty otherwise.
    pub of: String,
    /// What to think of it.
    pub tone: Tone,
}

/// What to think of an effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// The same in every run.
    #[default]
    Same,
    /// Not told apart from nothing.
    Open,
    /// Better, and real.
    Better,
    /// Worse, and real.
    Worse,
}

impl Tone {
    fn line(self) -> RGBColor {
        match self {
            Tone::Same => AXIS,
            Tone::Open => NEUTRAL.thread,
            Tone::Better => BLUE.line,
            Tone::Worse => CURVES[2].line,
        }
    }

    fn text(self) -> RGBColor {
        match self {
            Tone::Same | Tone::Open => MUTED,
            Tone::Better => BLUE.text,
            Tone::Worse => CURVES[2].text,
        }
    }
}

/// Draws effects row by row, with a panel a question.
pub fn forest(caption: &Caption, forest: &Forest) -> Drawing {
    let mut forest = forest.clone();
    forest.rows.truncate(MOST_ROWS);
    let mut frame =
        Frame::new(caption, Below::Nothing, "", Axis::linear(0.0, 1.0, Vec::new()), Vec::new(), 0.0);
    frame.plot.top += HEAD;
    frame.plot.bottom -= FOOT;
    let names = forest.rows.iter().map(|row| width(&row.name, LABEL, Weight::SemiBold)).fold(0.0, f64::max);
    let left = PAD + names.min(NAMES) + 2.0 * GAP;
    let count = forest.panels.len().max(1) as f64;
    let each = (f64::from(WIDTH) - PAD - left - (count - 1.0) * BETWEEN) / count;
    let places = (0..forest.panels.len()).map(|place| {
        let from = left + place as f64 * (each + BETWEEN);
        (axis_of(&forest, place), from, from + each - NUMBERS)
    });
    let places = places.collect();
    super::render(caption, &ForestChart { forest, frame, places })
}

/// An even axis that holds zero, what matters and every interval of a panel.
fn axis_of(forest: &Forest, panel: usize) -> Axis {
    let matters = forest.panels[panel].matters.unwrap_or(0.0);
    let effects = forest.rows.iter().filter_map(|row| row.effects.get(panel)?.as_ref());
    let ends = effects.flat_map(|effect| {
        let (low, high) = effect.interval.unwrap_or((effect.middle, effect.middle));
        [low.min(effect.middle), high.max(effect.middle)]
    });
    let ends = ends.filter(|end| end.is_finite());
    let (low, high) = ends.fold((-matters, matters), |(low, high), end| (low.min(end), high.max(end)));
    let room = 0.06 * (high - low).max(1e-6);
    let (low, high) = (low - room, high + room);
    Axis::linear(low, high, axis::even_ticks(low, high, 3.0))
}

/// The chart, laid out.
struct ForestChart {
    forest: Forest,
    frame: Frame,
    /// Of each panel its axis, and where it begins and ends \[px\].
    places: Vec<(Axis, f64, f64)>,
}

impl Chart for ForestChart {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        self.frame.open(sheet).map(drop)?;
        if self.forest.rows.is_empty() {
            return sheet.nothing(self.frame.plot);
        }
        for place in 0..self.places.len() {
            self.paint_panel(sheet, place)?;
        }
        for row in 0..self.forest.rows.len() {
            self.paint_row(sheet, row)?;
        }
        Ok(())
    }

    fn describe(&self) -> String {
        let rows = self.forest.rows.iter().map(|row| {
            if !row.note.is_empty() {
                return format!("{}: {}", row.name, row.note);
            }
            let effects = self.forest.panels.iter().zip(&row.effects);
            let told: Vec<String> = effects
                .filter_map(|(panel, effect)| {
                    let effect = effect.as_ref()?;
                    let of = if effect.of.is_empty() { String::new() } else { format!(" {}", effect.of) };
                    Some(format!("{}{of} {}", panel.head, effect.text))
                })
                .collect();
            format!("{}: {}", row.name, told.join(", "))
        });
        let rows: Vec<String> = rows.collect();
        format!("Effects with their intervals, a row each. {}.", rows.join("; "))
    }
}

impl ForestChart {
    /// The height of a row's middle \[px\].
    fn middle(&self, row: usize) -> f64 {
        let Plot { top, bottom, .. } = self.frame.plot;
        let each = (bottom - top) / self.forest.rows.len() as f64;
        top + (row as f64 + 0.5) * each
    }

    /// Head, ticks, the strip of what does not matter, and the line of no effect.
    fn paint_panel<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, place: usize) -> Painted<DB> {
        let Plot { top, bottom, .. } = self.frame.plot;
        let (axis, left, right) = &self.places[place];
        let panel = &self.forest.panels[place];
        let at = |value: f64| axis.place(value, *left, *right);
        let head = fonts::fit(&panel.head, LABEL, Weight::SemiBold, right - left + NUMBERS);
        sheet.text(&head, (*left, top - 10.0), HPos::Left, Ink::new(LABEL, Weight::SemiBold, INK))?;
        if let Some(matters) = panel.matters {
            sheet.rectangle((at(-matters), top), (at(matters), bottom), GRID)?;
        }
        sheet.line(&[(at(0.0), top), (at(0.0), bottom)], INK, THIN)?;
        let small = Ink::new(SMALL, Weight::Regular, MUTED);
        let mut end = f64::NEG_INFINITY;
        for tick in &axis.ticks {
            let words = format!("{}{}", signed(*tick), panel.unit);
            let half = width(&words, SMALL, Weight::Regular) / 2.0;
            sheet.line(&[(at(*tick), bottom), (at(*tick), bottom + TICK)], AXIS, THIN)?;
            if at(*tick) - half > end + 6.0 {
                sheet.text(&words, (at(*tick), bottom + 19.0), HPos::Center, small)?;
                end = at(*tick) + half;
            }
        }
        let zero = at(0.0);
        for (words, side, room) in
            [(&panel.below, HPos::Right, zero - left), (&panel.above, HPos::Left, right + NUMBERS - zero)]
        {
            let from = if matches!(side, HPos::Right) { zero - 6.0 } else { zero + 6.0 };
            if width(words, SMALL, Weight::Regular) + 6.0 <= room {
                sheet.text(words, (from, bottom + 36.0), side, small)?;
            }
        }
        Ok(())
    }

    /// The name of a row, and its effects or what is said instead.
    fn paint_row<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, place: usize) -> Painted<DB> {
        let row = &self.forest.rows[place];
        let middle = self.middle(place);
        let baseline = middle + fonts::CAP * LABEL / 2.0;
        let name = fonts::fit(&row.name, LABEL, Weight::SemiBold, NAMES);
        sheet.text(&name, (PAD, baseline), HPos::Left, Ink::new(LABEL, Weight::SemiBold, INK))?;
        if place > 0 {
            let above = (self.middle(place - 1) + middle) / 2.0;
            sheet.line(&[(PAD, above), (f64::from(WIDTH) - PAD, above)], GRID, HAIR)?;
        }
        if !row.note.is_empty() {
            let left = self.places.first().map_or(PAD + NAMES, |(_, left, _)| *left);
            let room = f64::from(WIDTH) - PAD - left;
            let note = fonts::fit(&row.note, LABEL, Weight::Regular, room - 12.0);
            let ink = Ink::new(LABEL, Weight::Regular, MUTED);
            let right = left + 12.0 + width(&note, LABEL, Weight::Regular);
            sheet.rectangle((left + 2.0, middle - 10.0), (right, middle + 10.0), PAPER)?;
            return sheet.text(&note, (left + 6.0, baseline), HPos::Left, ink);
        }
        for (panel, effect) in row.effects.iter().enumerate().take(self.places.len()) {
            if let Some(effect) = effect {
                self.paint_effect(sheet, panel, middle, effect)?;
            }
        }
        Ok(())
    }

    /// A dot with its whisker, and its number.
    fn paint_effect<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        panel: usize,
        middle: f64,
        effect: &ForestEffect,
    ) -> Painted<DB> {
        let (axis, left, right) = &self.places[panel];
        let at = |value: f64| axis.place(value, *left, *right);
        let color = effect.tone.line();
        if let Some((low, high)) = effect.interval {
            sheet.line(&[(at(low), middle), (at(high), middle)], color, BAR)?;
            for end in [low, high] {
                sheet.line(&[(at(end), middle - 4.0), (at(end), middle + 4.0)], color, BAR)?;
            }
        }
        sheet.dot((at(effect.middle), middle), EFFECT, color)?;
        // What is not told apart from nothing is hollow.
        if matches!(effect.tone, Tone::Open | Tone::Same) {
            sheet.dot((at(effect.middle), middle), EFFECT - 1.6, PAPER)?;
        }
        let real = matches!(effect.tone, Tone::Better | Tone::Worse);
        let weight = if real { Weight::SemiBold } else { Weight::Regular };
        let (number, of) =
            if effect.of.is_empty() { (middle + 4.5, None) } else { (middle - 2.0, Some(middle + 12.0)) };
        let text = fonts::fit(&effect.text, SMALL, weight, NUMBERS - GAP);
        sheet.text(&text, (right + GAP, number), HPos::Left, Ink::new(SMALL, weight, effect.tone.text()))?;
        match of {
            None => Ok(()),
            Some(baseline) => {
                let of = fonts::fit(&effect.of, SMALL, Weight::Regular, NUMBERS - GAP);
                sheet.text(&of, (right + GAP, baseline), HPos::Left, Ink::new(SMALL, Weight::Regular, MUTED))
            }
        }
    }
}

/// "+2", "−0.5", "0".
fn signed(value: f64) -> String {
    let size = format!("{:.2}", value.abs());
    let size = size.trim_end_matches('0').trim_end_matches('.');
    match value {
        _ if size == "0" => "0".to_owned(),
        value if value < 0.0 => format!("−{size}"),
        _ => format!("+{size}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effect(middle: f64, tone: Tone) -> Option<ForestEffect> {
        let text = format!("{} d", signed(middle));
        Some(ForestEffect {
            middle,
            interval: Some((middle - 1.0, middle + 1.0)),
            text,
            of: "to 10K".to_owned(),
            tone,
        })
    }

    fn some() -> Forest {
        let panel = |head: &str| Panel {
            head: head.to_owned(),
            below: "sooner".to_owned(),
            above: "later".to_owned(),
            unit: " d".to_owned(),
            matters: Some(1.0),
        };
        let row = |name: &str, effects| ForestRow { name: name.to_owned(), note: String::new(), effects };
        Forest {
            panels: vec![panel("days to the limit"), panel("and again")],
            rows: vec![
                row("climb", vec![effect(3.0, Tone::Worse), effect(-4.0, Tone::Better)]),
                row("cold-list", vec![effect(0.25, Tone::Open), None]),
                ForestRow {
                    name: "still".to_owned(),
                    note: "nothing changes".to_owned(),
                    effects: Vec::new(),
                },
            ],
        }
    }

    #[test]
    fn every_effect_is_drawn_and_told() {
        let caption =
            Caption { name: "impact".to_owned(), title: "What changes".to_owned(), ..Caption::default() };
        let drawing = forest(&caption, &some());
        for words in
            ["climb", "cold-list", "still", "nothing changes", "+3 d", "−4 d", "to 10K", "sooner", "later"]
        {
            assert!(drawing.svg.contains(words), "{words}");
        }
        assert!(drawing.description.contains("climb: days to the limit to 10K +3 d, and again to 10K −4 d"));
        assert!(drawing.description.contains("still: nothing changes"));
        assert_eq!(drawing.svg.matches("<circle").count(), 4, "three effects, one of them hollow");
        assert!(forest(&caption, &Forest::default()).svg.contains("nothing to show"));
    }

    #[test]
    fn an_axis_holds_zero_every_interval_and_what_matters() {
        let axis = axis_of(&some(), 0);
        assert!(axis.low < -1.0 && axis.high > 4.0, "{axis:?}");
        let other = axis_of(&some(), 1);
        assert!(other.low < -5.0 && other.high > 1.0, "{other:?}");
        assert!(axis.ticks.contains(&0.0));
    }

    #[test]
    fn more_rows_than_have_room_are_left_to_another_picture() {
        let mut many = some();
        many.rows = vec![many.rows[0].clone(); MOST_ROWS + 3];
        let drawing = forest(&Caption::default(), &many);
        assert_eq!(drawing.svg.matches(">climb<").count(), MOST_ROWS);
    }
}
