//! What one replication leaves behind: a row a day, and what was first reached when.

use serde::{Deserialize, Serialize};

use crate::glossary::{NumberStatus, Rating, TemplateStatus};
use crate::time::SimTime;

/// What is counted by civil day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Messages accepted by the platform \[messages\].
    Sent,
    /// Of these, delivered \[messages\].
    Delivered,
    /// Delivered messages that were read, on the day they were read \[messages\].
    Read,
    /// Answers of customers, on the day they arrived \[messages\].
    Replied,
    /// Customers who asked for no more marketing, on the day it arrived \[customers\].
    Stopped,
    /// Customers who blocked the number, on the day it arrived \[customers\].
    Blocked,
    /// Customers who reported the number, on the day it arrived \[customers\].
    Reported,
    /// Customers who muted the chat, on the day it arrived \[customers\].
    Muted,
    /// Customers who archived the chat, on the day it arrived \[customers\].
    Archived,
    /// Messages that the platform refused \[messages\].
    Refused,
    /// Messages that were never delivered, on the day their time to live ended \[messages\].
    Failed,
    /// Messages that the plan wanted and the list could not supply \[messages\].
    ShortOfList,
    /// Accepted messages to customers whose service window was open: they use up no limit \[messages\].
    InWindow,
    /// Messages held until the sample of a new template was judged \[messages\].
    Held,
    /// Messages that customers wrote first \[messages\].
    WroteFirst,
    /// Conversations that began, whoever began them \[conversations\]; 0 where none are priced.
    Conversations,
    /// What is charged, as far as prices are known \[millionths of the price table's currency\]; files leave it empty
    /// where none is, or nothing is priced.
    Cost,
}

impl Metric {
    /// Every metric; its position is its index in a day's counts.
    pub const ALL: [Metric; 17] = [
        Metric::Sent,
        Metric::Delivered,
        Metric::Read,
        Metric::Replied,
        Metric::Stopped,
        Metric::Blocked,
        Metric::Reported,
        Metric::Muted,
        Metric::Archived,
        Metric::Refused,
        Metric::Failed,
        Metric::ShortOfList,
        Metric::InWindow,
        Metric::Held,
        Metric::WroteFirst,
        Metric::Conversations,
        Metric::Cost,
    ];

    /// How many of the whole numbers that are counted make one unit of the metric.
    pub fn per_unit(self) -> u32 {
        match self {
            Metric::Cost => 1_000_000,
            _ => 1,
        }
    }

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Metric::Sent => "sent",
            Metric::Delivered => "delivered",
            Metric::Read => "read",
            Metric::Replied => "replied",
            Metric::Stopped => "stopped",
            Metric::Blocked => "blocked",
            Metric::Reported => "reported",
            Metric::Muted => "muted",
            Metric::Archived => "archived",
            Metric::Refused => "refused",
            Metric::Failed => "failed",
            Metric::ShortOfList => "short_of_list",
            Metric::InWindow => "in_window",
            Metric::Held => "held",
            Metric::WroteFirst => "wrote_first",
            Metric::Conversations => "conversations",
            Metric::Cost => "cost",
        }
    }
}

/// Counts by [`Metric`].
pub type Counts = [u64; Metric::ALL.len()];

/// What the help desk does by civil day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ChatMetric {
    /// Chats that came in \[chats\].
    New,
    /// Answers given \[chats\].
    Answered,
    /// Chats not answered within what a rating asks for \[chats\].
    Late,
    /// Chats that an agent closed \[chats\].
    Resolved,
    /// Chats whose customer gave up waiting \[chats\].
    GaveUp,
    /// Chats that no agent has taken up, at the end of the day \[chats\].
    Open,
    /// Chats with an agent, or whose customer came back and waits, at the end of the day \[chats\].
    Pending,
    /// Chats that were answered and wait for the customer, at the end of the day \[chats\].
    FollowUp,
    /// Half of the day's answers took no longer \[seconds\]; 0 where none was given.
    ResponseMedian,
    /// 95 % of the day's answers took no longer \[seconds\]; 0 where none was given.
    ResponseP95,
}

impl ChatMetric {
    /// Every metric; its position is its index in a day's row.
    pub const ALL: [ChatMetric; 10] = [
        ChatMetric::New,
        ChatMetric::Answered,
        ChatMetric::Late,
        ChatMetric::Resolved,
        ChatMetric::GaveUp,
        ChatMetric::Open,
        ChatMetric::Pending,
        ChatMetric::FollowUp,
        ChatMetric::ResponseMedian,
        ChatMetric::ResponseP95,
    ];

    /// The value on a day; `None` of a response time where no answer was given.
    pub fn of(self, day: &Chats) -> Option<u64> {
        let answered = day[ChatMetric::Answered as usize] > 0;
        let is_time = matches!(self, ChatMetric::ResponseMedian | ChatMetric::ResponseP95);
        (answered || !is_time).then_some(day[self as usize])
    }

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            ChatMetric::New => "chats_new",
            ChatMetric::Answered => "chats_answered",
            ChatMetric::Late => "chats_late",
            ChatMetric::Resolved => "chats_resolved",
            ChatMetric::GaveUp => "chats_gave_up",
            ChatMetric::Open => "chats_open",
            ChatMetric::Pending => "chats_pending",
            ChatMetric::FollowUp => "chats_follow_up",
            ChatMetric::ResponseMedian => "response_median",
            ChatMetric::ResponseP95 => "response_p95",
        }
    }
}

/// A day of the help desk, by [`ChatMetric`].
pub type Chats = [u64; ChatMetric::ALL.len()];

/// What limited the climb on a day: the first that applies, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nothing: the highest tier is held.
    TopReached,
    /// The business is not verified, and only that leads up from the entry step.
    Verification,
    /// The number is Flagged, Banned or Offline, or no template may be sent.
    Status,
    /// A rating is worse than the next rise asks for.
    Rating,
    /// A review of a rise is running.
    Review,
    /// The list could not supply what the plan wanted.
    List,
    /// The limit was used up.
    Capacity,
    /// The plan did not want more.
    Plan,
}

impl Reason {
    /// Every reason, in order.
    pub const ALL: [Reason; 8] = [
        Reason::TopReached,
        Reason::Verification,
        Reason::Status,
        Reason::Rating,
        Reason::Review,
        Reason::List,
        Reason::Capacity,
        Reason::Plan,
    ];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Reason::TopReached => "top_reached",
            Reason::Verification => "verification",
            Reason::Status => "status",
            Reason::Rating => "rating",
            Reason::Review => "review",
            Reason::List => "list",
            Reason::Capacity => "capacity",
            Reason::Plan => "plan",
        }
    }
}

/// One civil day of a replication: what was counted during it, and how things stood at its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// What was counted during the day.
    pub counts: Counts,
    /// Position of the tier on the ladder.
    pub tier: u8,
    /// The number's worst status.
    pub status: NumberStatus,
    /// The number's rating as last evaluated.
    pub rating: Rating,
    /// The worst status of a template that the sender has.
    pub template: TemplateStatus,
    /// The number's score \[weighted feedback per delivered message, millionths\]; `None` before any delivery.
    pub score: Option<u32>,
    /// The worst rating of a template that the sender has, as last evaluated; `None` where no rule rates templates.
    pub template_rating: Option<Rating>,
    /// The worst score of a template that the sender has \[weighted feedback per delivered message, millionths\];
    /// `None` before any delivery, and where no rule rates templates.
    pub template_score: Option<u32>,
    /// The largest share of the limit in use as the day began, or just after a send \[thousandths\]; `None` where there
    /// is no limit.
    pub capacity_used: Option<u16>,
    /// What limited the climb.
    pub reason: Reason,
    /// People whom the plan's campaign has still to reach \[customers\]; `None` where the plan is no campaign.
    pub backlog: Option<u64>,
    /// Conversations that are open, whoever began them \[conversations\]; `None` where nothing is priced, or no rule
    /// knows conversations.
    pub conversations_open: Option<u64>,
    /// What the help desk did; nothing without one, as in most runs.
    pub chats: Option<Box<Chats>>,
}

/// How something stands on a day, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Gauge {
    /// The number's score \[weighted feedback per delivered message\]; absent before any delivery.
    Score,
    /// The worst score of a template, in the same unit; absent before any delivery and where no rule rates templates.
    TemplateScore,
    /// The largest share of the limit in use during the day \[share\]; absent where there is no limit.
    CapacityUsed,
    /// People whom the plan's campaign has still to reach at the end of the day \[customers\]; absent without one.
    Backlog,
    /// Conversations open at the end of the day \[conversations\]; absent where none are known.
    ConversationsOpen,
}

impl Gauge {
    /// Every gauge; its position is its index.
    pub const ALL: [Gauge; 5] =
        [Gauge::Score, Gauge::TemplateScore, Gauge::CapacityUsed, Gauge::Backlog, Gauge::ConversationsOpen];

    /// The value on a day, in so many parts of the unit as [`per_unit`](Gauge::per_unit) says.
    pub fn of(self, day: &Day) -> Option<u64> {
        match self {
            Gauge::Score => day.score.map(u64::from),
            Gauge::TemplateScore => day.template_score.map(u64::from),
            Gauge::CapacityUsed => day.capacity_used.map(u64::from),
            Gauge::Backlog => day.backlog,
            Gauge::ConversationsOpen => day.conversations_open,
        }
    }

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Gauge::Score => "score",
            Gauge::TemplateScore => "template_score",
            Gauge::CapacityUsed => "capacity_used",
            Gauge::Backlog => "backlog",
            Gauge::ConversationsOpen => "conversations_open",
        }
    }

    /// How many of the whole numbers that are kept make one unit.
    pub fn per_unit(self) -> u32 {
        match self {
            Gauge::Score | Gauge::TemplateScore => 1_000_000,
            Gauge::CapacityUsed => 1_000,
            Gauge::Backlog | Gauge::ConversationsOpen => 1,
        }
    }
}

/// Where every customer and every message of a replication is at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Customers of the list at the start.
    pub customers: u64,
    /// Customers who may still be written to, now or after their rest.
    pub in_list: u64,
    /// Customers who left by a block, a report or a stop.
    pub gone: u64,
    /// Undelivered messages whose time to live has not ended.
    pub in_flight: u64,
    /// Customers whose message is held.
    pub held: u64,
}

/// Why a climb is over before its horizon: nothing can be sent any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Every number of the sender is banned.
    Banned,
    /// Every template of the sender is disabled.
    NoTemplate,
}

impl End {
    /// Every end.
    pub const ALL: [End; 2] = [End::Banned, End::NoTemplate];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            End::Banned => "banned",
            End::NoTemplate => "no_template",
        }
    }
}

/// What became of a replication in all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Position of the tier at the end.
    pub final_tier: usize,
    /// When each tier (position on the ladder) was first held; `None` within the horizon never.
    pub reached: Vec<Option<SimTime>>,
    /// How often the number was flagged.
    pub flags: u32,
    /// How often the number was warned.
    pub warnings: u32,
    /// How often the number was rate-limited.
    pub rate_limits: u32,
    /// How often the tier fell.
    pub downgrades: u32,
    /// How often the number was restricted.
    pub restrictions: u32,
    /// How often a template was flagged.
    pub template_flags: u32,
    /// How many templates were disabled.
    pub templates_disabled: u32,
    /// Whether the number was banned.
    pub banned: bool,
    /// When and why nothing could be sent any more; `None` where the climb went on to the horizon.
    pub ended: Option<(SimTime, End)>,
    /// Sums over the run.
    pub totals: Counts,
    /// The thresholds that were drawn for the number's rating \[share\]: Medium from, Low from.
    pub thresholds: (f64, f64),
    /// Messages and conversations whose price is not known: they are in no cost.
    pub unpriced: u64,
    /// Days by what limited the climb, as in [`Reason::ALL`], without a last one that the horizon hardly touches
    /// \[days\].
    pub limited: [u32; Reason::ALL.len()],
    /// How far the plan's campaign got; `None` without one.
    pub campaign: Option<Reached>,
}

/// A replication, day by day.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// One row a civil day, from the day of the start.
    pub days: Vec<Day>,
    /// What became of it in all.
    pub outcome: Outcome,
    /// The most cells of customers with the same past at the end of a day.
    pub most_cells: usize,
    /// Counts that were drawn.
    pub draws: u64,
    /// Where every customer and message is at the end.
    pub ledger: Ledger,
}

/// How far a campaign got in a replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// The civil day by whose end it was done \[days since that of the start\]; `None` within the horizon never.
    pub done_on: Option<u32>,
    /// Messages counted by the end of its last day \[messages\].
    pub in_time: u64,
}
