//! Templates: which one is sent, and which ones are edited.
//!
//! ```text
//!   offer-a   Approved, Medium     left while it is Medium or worse (leave_on: Medium)
//!   offer-b   Paused               may not be sent; edited 24 h after it was seen so
//!   offer-c   Approved, High   <-- sent, until offer-a recovers or offer-b comes back
//! ```

use serde::{Deserialize, Serialize};

use crate::glossary::{Rating, TemplateStatus};
use crate::time::{SimTime, Span};

use super::observation::Observation;

/// When a template gives way to the next. The first that may be sent and gives no reason to leave it is sent, so a
/// template comes back when it recovers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// How bad a template must look to give way.
    pub leave_on: LeaveOn,
    /// What happens while every template that may be sent looks so bad.
    pub if_all: IfAll,
}

/// How bad a template must look to give way to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LeaveOn {
    /// It is Flagged.
    Flagged,
    /// It is Flagged, or rated Low.
    Low,
    /// It is Flagged, or rated Medium or Low.
    Medium,
}

/// What happens while every template that may be sent looks bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum IfAll {
    /// The first of them is sent.
    send_first,
    /// Nothing is sent.
    wait,
}

/// Which template is sent now, by its position in the sender's order of preference: without a rotation, the first
/// that may be sent.
pub(super) fn choose(rotation: Option<Rotation>, seen: &Observation<'_>) -> Option<usize> {
    let mut sendable = (0..seen.templates.len()).filter(|place| seen.templates[*place].sendable());
    let Some(rotation) = rotation else { return sendable.next() };
    let well = sendable.clone().find(|place| !rotation.leaves(*place, seen));
    match rotation.if_all {
        IfAll::send_first => well.or_else(|| sendable.next()),
        IfAll::wait => well,
    }
}

impl Rotation {
    fn leaves(self, place: usize, seen: &Observation<'_>) -> bool {
        let rating = seen.template_ratings.get(place).copied().unwrap_or(Rating::Unknown);
        let rated = match self.leave_on {
            LeaveOn::Flagged => false,
            LeaveOn::Low => rating.at_most(Rating::Low),
            LeaveOn::Medium => rating.at_most(Rating::Medium),
        };
        rated || seen.templates[place] == TemplateStatus::Flagged
    }

    /// The rotation in words.
    pub(super) fn describe(self) -> String {
        let look = match self.leave_on {
            LeaveOn::Flagged => "Flagged",
            LeaveOn::Low => "Flagged or Low",
            LeaveOn::Medium => "Flagged, Medium or Low",
        };
        let all = match self.if_all {
            IfAll::send_first => "if all are, the first",
            IfAll::wait => "if all are, none",
        };
        format!("the first template that is not {look} ({all})")
    }
}

/// Whether a sender edits templates that are Flagged, Paused or Rejected. The platform reviews an edited template
/// where its rules say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edits {
    /// How long after the sender saw it so \[elapsed time\]; it looks, and edits, in its sending slots.
    pub after: Span,
    /// At most so many of each template \[edits\].
    pub at_most: u32,
}

/// What a sender knows about its templates: one for all of its numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desk {
    templates: Vec<Known>,
}

/// What is known about one template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Known {
    /// When it was first seen Flagged, Paused or Rejected, since it last was not.
    since: Option<SimTime>,
    edits: u32,
}

impl Edits {
    /// The templates to edit now, by their position; each is then counted as edited.
    pub fn due(&self, desk: &mut Desk, now: SimTime, statuses: &[TemplateStatus]) -> Vec<usize> {
        desk.templates.resize(statuses.len(), Known::default());
        let mut due = Vec::new();
        for (place, (status, known)) in statuses.iter().zip(&mut desk.templates).enumerate() {
            let bad =
                matches!(status, TemplateStatus::Flagged | TemplateStatus::Paused | TemplateStatus::Rejected);
            known.since = if bad { known.since.or(Some(now)) } else { None };
            if known.edits < self.at_most && known.since.is_some_and(|since| since + self.after <= now) {
                *known = Known { since: None, edits: known.edits + 1 };
                due.push(place);
            }
        }
        due
    }

    /// The edits in words.
    pub(super) fn describe(&self) -> String {
        let times =
            if self.at_most == 1 { "once".to_owned() } else { format!("up to {} times", self.at_most) };
        format!("edits a template {} after it is Flagged, Paused or Rejected, {times}", self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Desk, Edits, IfAll, LeaveOn, Observation, Rating, Rotation, SimTime, Span, TemplateStatus, choose,
    };
    use TemplateStatus::{Approved, Disabled, Flagged, Paused, Pending, Rejected};

    #[test]
    fn a_template_gives_way_and_comes_back() {
        let chosen = |leave_on, if_all, statuses: &[TemplateStatus], ratings: &[Rating]| {
            choose(Some(Rotation { leave_on, if_all }), &Observation::at_start(statuses, ratings))
        };
        let (good, fair, bad) = (Rating::High, Rating::Medium, Rating::Low);
        let both = [Approved, Approved];
        assert_eq!(chosen(LeaveOn::Medium, IfAll::wait, &both, &[good, good]), Some(0));
        assert_eq!(chosen(LeaveOn::Medium, IfAll::wait, &both, &[fair, good]), Some(1));
        assert_eq!(chosen(LeaveOn::Low, IfAll::wait, &both, &[fair, good]), Some(0));
        assert_eq!(chosen(LeaveOn::Low, IfAll::wait, &both, &[bad, good]), Some(1));
        assert_eq!(chosen(LeaveOn::Flagged, IfAll::wait, &both, &[bad, good]), Some(0));
        assert_eq!(chosen(LeaveOn::Flagged, IfAll::wait, &[Flagged, Approved], &[good, good]), Some(1));
        assert_eq!(chosen(LeaveOn::Low, IfAll::wait, &both, &[bad, bad]), None);
        assert_eq!(chosen(LeaveOn::Low, IfAll::send_first, &[Paused, Approved], &[bad, bad]), Some(1));
        assert_eq!(chosen(LeaveOn::Medium, IfAll::wait, &both, &[Rating::Unknown, good]), Some(0));
    }

    #[test]
    fn without_a_rotation_the_first_that_may_be_sent_is() {
        let first = |statuses: &[TemplateStatus]| choose(None, &Observation::at_start(statuses, &[]));
        assert_eq!(first(&[Paused, Flagged, Approved]), Some(1));
        assert_eq!(first(&[Disabled, Pending]), None);
    }

    #[test]
    fn a_template_is_edited_after_its_span_and_so_often() {
        let (edits, mut desk) = (Edits { after: Span::hours(24), at_most: 2 }, Desk::default());
        let mut due =
            |hour: i64, statuses: &[TemplateStatus]| edits.due(&mut desk, SimTime(hour * 3_600), statuses);
        assert!(due(0, &[Paused, Approved]).is_empty());
        assert!(due(23, &[Paused, Rejected]).is_empty());
        assert_eq!(due(24, &[Paused, Rejected]), [0]);
        // Under review: nothing to edit. Then it is flagged again, from when it is seen so.
        assert!(due(30, &[Pending, Approved]).is_empty());
        assert!(due(50, &[Flagged, Rejected]).is_empty(), "the other one recovered in between");
        assert_eq!(due(74, &[Flagged, Rejected]), [0, 1]);
        assert_eq!(due(98, &[Flagged, Rejected]), [] as [usize; 0], "seen anew at this hour");
        assert_eq!(due(122, &[Flagged, Rejected]), [1], "the first was edited twice");
        assert!(due(300, &[Disabled, Disabled]).is_empty());
    }
}
