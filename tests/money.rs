//! Money by hand: every amount here was computed on paper, or is printed in a source that is named beside it.

#![allow(clippy::unwrap_used, reason = "a test's helper fails with its test")]

use jiff::civil::date;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use tiercast::document::Document;
use tiercast::glossary::Category;
use tiercast::platform::catalogue::{self, OriginOfValue};
use tiercast::platform::language::Rates;
use tiercast::platform::price::{
    Card, Charge, Column, Initiator, Kinds, Ledger, OpenConversations, PriceRules, PriceTable, UnitPrice,
    Unpriced, month_starts, price_document, price_table, prices,
};
use tiercast::platform::{Ruleset, first_day};
use tiercast::time::{Calendar, DAY, SimTime, Span};

/// A run from midnight of a date on, in a zone.
fn calendar(start: (i16, i8, i8), zone: &str, days: i64) -> Calendar {
    let midnight = date(start.0, start.1, start.2).at(0, 0, 0, 0);
    Calendar::new(midnight, zone, Span::days(days), Span::hours(1)).unwrap()
}

fn ruleset(name: &str) -> Ruleset {
    Ruleset::read(&catalogue::document(name).unwrap()).unwrap()
}

fn compiled(name: &str, calendar: &Calendar) -> PriceRules {
    PriceRules::compile(&ruleset(name), &instant_of(calendar))
}

fn instant_of(calendar: &Calendar) -> impl Fn(&str) -> SimTime {
    |text| calendar.instant(first_day(text).unwrap().at(0, 0, 0, 0)).unwrap()
}

/// A ruleset with one price clause, and a table of one market "M" with these prices.
fn made(pays: &str, more: &str, prices: &str) -> PriceRules {
    let (ruleset, table) = made_of(pays, more, &format!("\"M\": ({prices})"));
    PriceRules::compile_with(&ruleset, &|_| SimTime::START, &|_| Some(table.clone()))
}

/// A ruleset with one price clause, and its table of these rows.
fn made_of(pays: &str, more: &str, rows: &str) -> (Ruleset, PriceTable) {
    let rates = if pays == "NotStated" { "NotStated" } else { "Table(\"made\")" };
    let text = format!(
        "Ruleset(name: \"made\", title: \"made\", sources: {{}}, price: {{ p: (pays: {pays}, \
         rates: {rates}, {more} source: [], except: [Assumed([all], \"a test\")]) }})"
    );
    let table = table_of(&format!("rows: {{ {rows} }}")).unwrap();
    let document = Document::new("made.ron", text);
    let ruleset = Ruleset::read_with(&document, &|_| Some(table.clone()));
    (ruleset.map_err(|findings| findings.to_string()).unwrap(), table)
}

fn table_of(fields: &str) -> Result<PriceTable, String> {
    let text = format!(
        "PriceTable(name: \"made\", title: \"made\", sources: {{}}, currency: \"USD\", {fields}, \
         source: [], except: [Assumed([all], \"a test\")])"
    );
    PriceTable::read(&Document::new("made.ron", text)).map_err(|findings| findings.to_string())
}

const INITIATOR: &str = "PerConversation(by: Initiator, free_a_month: Both(1_000))";
const ONE_MONTH: [SimTime; 1] = [SimTime::START];
const NOON: SimTime = SimTime(DAY / 2);

fn after(days: i64) -> SimTime {
    SimTime(days * DAY)
}

// ---------------------------------------------------------------------------------------------------------
// The six price models of RULES II 6.2

#[test]
fn notifications_are_paid_outside_the_window_only() {
    // 0.05 USD a message: textback_2021, "0.05 USD per message outside the window, incoming and replies free".
    let calendar = calendar((2021, 3, 1), "Europe/Moscow", 30);
    let rules = compiled("textback-2021", &calendar);
    let months = month_starts(&calendar);
    let mut ledger = Ledger::open(&rules, &[None], &months, Card::OnFile);
    assert_eq!(ledger.customer_messages(NOON, 0, 40), Charge::default());
    let charge = ledger.delivered(NOON, 0, Category::Marketing, 1_000, 250);
    assert_eq!((charge.cost_micros, charge.paid.of(Column::Notification)), (50_000_000, 1_000));
    assert_eq!(ledger.answered(NOON, 0, 7), Charge::default());
    assert_eq!(ledger.totals().opened.total(), 0, "conversations were not yet known");
    assert_eq!(rules.currency(), Some("USD"));
}

#[test]
fn conversations_are_paid_by_who_began_them_beyond_a_thousand_free() {
    let calendar = calendar((2022, 3, 1), "Europe/Berlin", 60);
    let rules = compiled("platform-2021-09", &calendar);
    let months = month_starts(&calendar);
    let mut ledger = Ledger::open(&rules, &[Some("Germany")], &months, Card::OnFile);
    // 900 free ones of customers; 100 free and 200 paid ones of the business: 200 x 0.1365 = 27.30.
    assert_eq!(ledger.customer_messages(NOON, 0, 900).free, 900);
    let charge = ledger.delivered(NOON, 0, Category::Marketing, 300, 50);
    assert_eq!((charge.free, charge.paid.of(Column::Business), charge.cost_micros), (100, 200, 27_300_000));
    assert_eq!(charge.opened.of(Column::Business), 300);
    // Then customers', too: 10 x 0.0819.
    let charge = ledger.customer_messages(after(1), 0, 10);
    assert_eq!((charge.free, charge.cost_micros), (0, 819_000));
}

#[test]
fn conversations_by_category_have_a_thousand_free_ones_of_customers() {
    let calendar = calendar((2023, 7, 1), "America/Sao_Paulo", 31);
    let rules = compiled("platform-2023", &calendar);
    let months = month_starts(&calendar);
    let mut ledger = Ledger::open(&rules, &[Some("Brazil")], &months, Card::OnFile);
    // 10 x 0.0625; a service conversation covers no template, so those inside open one, too: 5 x 0.0350.
    assert_eq!(ledger.delivered(NOON, 0, Category::Marketing, 10, 0).cost_micros, 625_000);
    assert_eq!(ledger.delivered(NOON, 0, Category::Utility, 2, 3).cost_micros, 175_000);
    // 1,000 free, 200 x 0.0300.
    let charge = ledger.customer_messages(after(1), 0, 1_200);
    assert_eq!((charge.free, charge.paid.of(Column::Service), charge.cost_micros), (1_000, 200, 6_000_000));
    assert_eq!(ledger.totals().opened.total(), 1_215);
}

#[test]
fn from_november_2024_customers_conversations_are_free() {
    let calendar = calendar((2024, 11, 1), "America/Sao_Paulo", 30);
    let rules = compiled("platform-2023", &calendar);
    let months = month_starts(&calendar);
    let mut ledger = Ledger::open(&rules, &[Some("Brazil")], &months, Card::OnFile);
    let charge = ledger.customer_messages(NOON, 0, 5_000);
    assert_eq!((charge.free, charge.cost_micros, charge.unpriced), (5_000, 0, 0));
    assert_eq!(ledger.delivered(NOON, 0, Category::Authentication, 4, 0).cost_micros, 126_000);
}

#[test]
fn from_july_2025_messages_are_paid_and_utility_is_free_in_the_window() {
    let calendar = calendar((2025, 11, 1), "America/Argentina/Buenos_Aires", 30);
    let rules = compiled("platform-2025-10", &calendar);
    let months = month_starts(&calendar);
    let mut ledger = Ledger::open(&rules, &[Some("Argentina")], &months, Card::OnFile);
    // (10 + 5) x 0.0618; 10 x 0.0289, 5 free; answers free.
    assert_eq!(ledger.delivered(NOON, 0, Category::Marketing, 10, 5).cost_micros, 927_000);
    let charge = ledger.delivered(NOON, 0, Category::Utility, 10, 5);
    assert_eq!((charge.cost_micros, charge.paid.of(Column::Utility)), (289_000, 10));
    assert_eq!(ledger.answered(NOON, 0, 100), Charge::default());
    assert_eq!(ledger.customer_messages(after(1), 0, 100), Charge::default());
    assert_eq!(ledger.totals().opened.total(), 0, "there are no conversations any more");
}

#[test]
fn from_october_2026_answers_and_utility_in_the_window_are_paid() {
    let calendar = calendar((2026, 10, 1), "America/Argentina/Buenos_Aires", 30);
    let rules = compiled("platform-2025-10", &calendar);
    let months = month_starts(&calendar);
    let mut ledger = Ledger::open(&rules, &[Some("Argentina")], &months, Card::OnFile);
    assert_eq!(ledger.delivered(NOON, 0, Category::Utility, 10, 5).cost_micros, 433_500);
    let charge = ledger.answered(NOON, 0, 100);
    assert_eq!((charge.cost_micros, charge.paid.of(Column::Service)), (2_890_000, 100));
}

// ---------------------------------------------------------------------------------------------------------
// Free conversations, months, the card

#[test]
fn a_batch_that_crosses_the_thousand_takes_the_free_ones_first() {
    let rules = made(INITIATOR, "", "business: \"0.10 USD\", customer: \"0.02 USD\"");
    let mut ledger = Ledger::open(&rules, &[Some("M")], &ONE_MONTH, Card::OnFile);
    let charge = ledger.delivered(NOON, 0, Category::Marketing, 999, 0);
    assert_eq!((charge.free, charge.cost_micros), (999, 0));
    let charge = ledger.delivered(NOON, 0, Category::Marketing, 2, 0);
    assert_eq!((charge.free, charge.cost_micros, charge.opened.total()), (1, 100_000, 2));
    assert_eq!(ledger.free_used(NOON), 1_000);
}

#[test]
fn a_conversation_belongs_to_the_month_of_the_account_s_zone() {
    // In Sao Paulo April begins at 03:00 UTC.
    let calendar = calendar((2022, 3, 31), "America/Sao_Paulo", 40);
    let months = month_starts(&calendar);
    let starts: Vec<String> = months.iter().map(|at| calendar.civil(*at).to_string()).collect();
    assert_eq!(starts, ["2022-03-01T00:00:00", "2022-04-01T00:00:00", "2022-05-01T00:00:00"]);
    assert!(months[0] < SimTime::START && months[1] == after(1));

    let rules = compiled("platform-2021-09", &calendar);
    let mut ledger = Ledger::open(&rules, &[Some("Brazil")], &months, Card::OnFile);
    let last_second = SimTime(DAY - 1);
    assert_eq!(ledger.delivered(last_second, 0, Category::Utility, 1_010, 0).cost_micros, 500_000);
    assert_eq!((ledger.free_used(last_second), ledger.free_used(after(1))), (1_000, 0));
    let charge = ledger.delivered(after(1), 0, Category::Utility, 10, 0);
    assert_eq!((charge.free, charge.cost_micros), (10, 0));
}

#[test]
fn a_month_begins_with_the_clock_s_own_midnight() {
    // Berlin, March 2022: 31 days less one hour.
    let calendar = calendar((2022, 3, 1), "Europe/Berlin", 31);
    assert_eq!(month_starts(&calendar), [SimTime::START, SimTime(31 * DAY - 3_600)]);
}

#[test]
fn the_card_is_charged_above_thirty_and_not_at_thirty() {
    // chat_api_2022: the card is debited when open charges exceed 30 USD.
    let pays = "PerConversation(by: Initiator, free_a_month: Nothing)";
    let rules =
        made(pays, "card_charged_above: \"30 USD\",", "business: \"0.05 USD\", customer: \"0.000001 USD\"");
    let mut ledger = Ledger::open(&rules, &[Some("M")], &ONE_MONTH, Card::OnFile);
    let charge = ledger.delivered(NOON, 0, Category::Marketing, 600, 0);
    assert_eq!((charge.cost_micros, charge.card_charges, ledger.open_micros()), (30_000_000, 0, 30_000_000));
    let charge = ledger.customer_messages(after(1), 0, 1);
    assert_eq!((charge.card_charges, charge.card_micros, ledger.open_micros()), (1, 30_000_001, 0));
    // 601 x 0.05 = 30.05 each time; 1,803 = 3 x 601, and 7 stay open.
    let charge = ledger.delivered(after(2), 0, Category::Marketing, 1_810, 0);
    assert_eq!((charge.card_charges, charge.card_micros, ledger.open_micros()), (3, 90_150_000, 350_000));
}

#[test]
fn without_a_card_no_more_than_the_free_ones_open() {
    // cloud_api_2022: beyond 1,000 conversations a month a card must be on file, else no more.
    let calendar = calendar((2022, 3, 30), "UTC", 10);
    let rules = compiled("cloud-api-2022", &calendar);
    let months = month_starts(&calendar);
    let mut ledger = Ledger::open(&rules, &[Some("UK")], &months, Card::None);
    assert_eq!(ledger.can_open(NOON, Initiator::Business), Some(1_000));
    ledger.customer_messages(NOON, 0, 300);
    assert_eq!(ledger.can_open(NOON, Initiator::Business), Some(700));
    let charge = ledger.delivered(NOON, 0, Category::Marketing, 800, 0);
    assert_eq!((charge.free, charge.blocked, charge.opened.total(), charge.cost_micros), (700, 100, 700, 0));
    assert_eq!(ledger.open_at(NOON), OpenConversations { business: 700, customer: 300 });
    assert_eq!(ledger.customer_messages(after(1), 0, 5).blocked, 5);
    assert_eq!(ledger.can_open(after(1), Initiator::Customer), Some(0));
    // A new month.
    assert_eq!(ledger.can_open(after(2), Initiator::Business), Some(1_000));
    assert_eq!(ledger.totals().cost_micros, 0);

    let with_card = Ledger::open(&rules, &[Some("UK")], &months, Card::OnFile);
    assert_eq!(with_card.can_open(NOON, Initiator::Business), None);
    // A source that asks for no card stops nothing.
    let rules = compiled("platform-2021-09", &calendar);
    let mut ledger = Ledger::open(&rules, &[Some("UK")], &months, Card::None);
    assert_eq!(ledger.delivered(NOON, 0, Category::Marketing, 1_001, 0).cost_micros, 64_700);
    assert_eq!(ledger.open_micros(), 64_700);
}

#[test]
fn without_a_card_no_paid_message_goes_out() {
    let rules = made(
        "PerMessage(free_in_window: [Utility], service_charged: false)",
        "needs_card: true,",
        "marketing: \"0.1 USD\", utility: \"0.1 USD\"",
    );
    let mut ledger = Ledger::open(&rules, &[Some("M")], &ONE_MONTH, Card::None);
    assert_eq!(ledger.can_open(NOON, Initiator::Business), Some(0));
    assert_eq!(ledger.can_open(NOON, Initiator::Customer), None);
    assert_eq!(ledger.delivered(NOON, 0, Category::Marketing, 3, 4).blocked, 7);
    assert_eq!(ledger.delivered(NOON, 0, Category::Utility, 3, 4).blocked, 3);
}

// ---------------------------------------------------------------------------------------------------------
// Conversations

#[test]
fn a_conversation_ends_exactly_24_hours_later() {
    let rules = made(INITIATOR, "", "business: \"0.10 USD\", customer: \"0.02 USD\"");
    let mut ledger = Ledger::open(&rules, &[Some("M")], &ONE_MONTH, Card::OnFile);
    let nine = SimTime(9 * 3_600);
    ledger.customer_messages(nine, 0, 2);
    ledger.delivered(nine, 0, Category::Marketing, 5, 1);
    assert_eq!(ledger.open_at(SimTime(nine.0 + DAY - 1)), OpenConversations { business: 5, customer: 2 });
    assert_eq!(ledger.open_at(SimTime(nine.0 + DAY)), OpenConversations::default());
    // Not prolonged, since no clause says so.
    ledger.prolonged(SimTime(nine.0 + 60), 0, Initiator::Customer, nine, 2);
    assert_eq!(ledger.open_at(SimTime(nine.0 + DAY)).customer, 0);
}

#[test]
fn a_customer_s_message_prolongs_where_the_clause_says_so() {
    let document = catalogue::document("chat-api-2022").unwrap();
    let document = document.with("window.customer_initiated.prolonged_by", "customer_message").unwrap();
    let calendar = calendar((2022, 3, 1), "UTC", 10);
    let rules = PriceRules::compile(&Ruleset::read(&document).unwrap(), &instant_of(&calendar));
    let months = month_starts(&calendar);
    let mut ledger = Ledger::open(&rules, &[Some("India")], &months, Card::OnFile);
    ledger.customer_messages(NOON, 0, 10);
    let later = NOON + Span::hours(5);
    ledger.prolonged(later, 0, Initiator::Customer, NOON, 4);
    assert_eq!(ledger.open_at(NOON + Span::hours(24)).customer, 4);
    assert_eq!(ledger.open_at(NOON + Span::hours(29)).customer, 0);
    assert_eq!(ledger.totals().opened.total(), 10, "a prolonged conversation is the same one");
}

#[test]
#[should_panic(expected = "customers' conversations come before")]
fn at_one_instant_customers_come_first() {
    let rules = made(INITIATOR, "", "business: \"0.10 USD\", customer: \"0.02 USD\"");
    let mut ledger = Ledger::open(&rules, &[Some("M")], &ONE_MONTH, Card::OnFile);
    ledger.delivered(NOON, 0, Category::Marketing, 1, 0);
    ledger.customer_messages(NOON, 0, 1);
}

#[test]
#[should_panic(expected = "in order of time")]
fn time_does_not_run_backwards() {
    let rules = made(INITIATOR, "", "business: \"0.10 USD\", customer: \"0.02 USD\"");
    let mut ledger = Ledger::open(&rules, &[Some("M")], &ONE_MONTH, Card::OnFile);
    ledger.delivered(NOON, 0, Category::Marketing, 1, 0);
    ledger.delivered(SimTime::START, 0, Category::Marketing, 1, 0);
}

// ---------------------------------------------------------------------------------------------------------
// Eras

/// The rules of two eras, each with one price clause and a table of its own; the second begins at `change`.
fn two_eras(change: SimTime, first: (Ruleset, PriceTable), second: (Ruleset, PriceTable)) -> PriceRules {
    let instant_of = |_: &str| SimTime::START;
    let names_one = |ruleset: &Ruleset| ruleset.price.values().any(|clause| clause.rates != Rates::NotStated);
    let tables = [&first, &second].into_iter().filter(|(ruleset, _)| names_one(ruleset));
    let tables: Vec<PriceTable> = tables.map(|(_, table)| table.clone()).collect();
    let place = std::cell::Cell::new(0);
    let next = |_: &str| tables.get(place.replace(place.get() + 1)).cloned();
    PriceRules::across(&[(SimTime::START, &first.0), (change, &second.0)], &instant_of, &next)
}

const PER_MESSAGE: &str = "PerMessage(free_in_window: [Utility], service_charged: false)";

#[test]
fn the_old_price_holds_before_an_era_and_the_new_one_from_its_instant_on() {
    let thirty = "card_charged_above: \"30 USD\",";
    let rules = two_eras(
        after(1),
        made_of(INITIATOR, thirty, "\"M\": (business: \"0.10 USD\", customer: \"0.02 USD\")"),
        made_of(PER_MESSAGE, thirty, "\"M\": (marketing: \"0.30 USD\", utility: \"0.07 USD\")"),
    );
    let mut ledger = Ledger::open(&rules, &[Some("M")], &ONE_MONTH, Card::OnFile);
    // 1,000 free; 299 x 0.10 = 29.90 stay open.
    let charge = ledger.delivered(SimTime(DAY - 1), 0, Category::Marketing, 1_299, 0);
    assert_eq!((charge.free, charge.cost_micros, charge.card_charges), (1_000, 29_900_000, 0));
    // From the instant on: 0.30 each, nothing free, and the open amount goes on: 30.20 are charged with the first.
    let charge = ledger.delivered(after(1), 0, Category::Marketing, 1, 0);
    assert_eq!((charge.free, charge.cost_micros, charge.opened.total()), (0, 300_000, 0));
    assert_eq!((charge.card_charges, charge.card_micros, ledger.open_micros()), (1, 30_200_000, 0));
    assert_eq!(ledger.delivered(after(1), 0, Category::Utility, 2, 9).cost_micros, 140_000);
    assert_eq!(ledger.customer_messages(after(1), 0, 50), Charge::default());
    // Conversations keep their promised end.
    assert_eq!(ledger.open_at(SimTime(2 * DAY - 2)).business, 1_299);
    assert_eq!(ledger.open_at(SimTime(2 * DAY - 1)).business, 0);
}

#[test]
fn the_free_conversations_of_a_month_go_on_where_the_next_era_has_some() {
    let rules = two_eras(
        after(1),
        made_of(INITIATOR, "", "\"M\": (business: \"0.10 USD\", customer: \"0.02 USD\")"),
        made_of(INITIATOR, "", "\"M\": (business: \"0.25 USD\", customer: \"0.01 USD\")"),
    );
    let mut ledger = Ledger::open(&rules, &[Some("M")], &ONE_MONTH, Card::OnFile);
    assert_eq!(ledger.delivered(NOON, 0, Category::Marketing, 600, 0).free, 600);
    assert_eq!(ledger.free_used(after(1)), 600);
    // 400 are left: 10 x 0.25.
    let charge = ledger.delivered(after(1), 0, Category::Marketing, 410, 0);
    assert_eq!((charge.free, charge.cost_micros), (400, 2_500_000));
    assert_eq!(ledger.customer_messages(after(2), 0, 3).cost_micros, 30_000);
}

#[test]
fn clauses_with_dates_of_their_own_hold_within_their_era() {
    // The rulebook's eras of January and October; platform-2023 says by itself what changes in June and July.
    let calendar = calendar((2022, 12, 1), "UTC", 1_100);
    let at = |y, m, d| calendar.instant(date(y, m, d).at(0, 0, 0, 0)).unwrap();
    let sets = ["platform-2021-09", "platform-2023", "platform-2025-10"].map(ruleset);
    let eras = [(SimTime::START, &sets[0]), (at(2023, 1, 30), &sets[1]), (at(2025, 10, 7), &sets[2])];
    let rules = PriceRules::across(&eras, &instant_of(&calendar), &price_table);
    let second = Span(1);
    for (day, before, from) in [
        ((2023, 1, 30), "price.conversations", "price.conversations"),
        ((2023, 6, 1), "price.conversations", "price.conversations_by_category"),
        ((2024, 11, 1), "price.conversations_by_category", "price.conversations_service_free"),
        ((2025, 7, 1), "price.conversations_service_free", "price.messages"),
        ((2025, 10, 7), "price.messages", "price.messages"),
    ] {
        let change = at(day.0, day.1, day.2);
        let found = (rules.in_force(SimTime(change.0 - second.0)), rules.in_force(change));
        assert_eq!(found, (Some(before), Some(from)), "{day:?}");
    }
}

// ---------------------------------------------------------------------------------------------------------
// Several markets

#[test]
fn markets_have_their_own_prices_and_share_the_free_conversations() {
    let calendar = calendar((2022, 3, 1), "UTC", 30);
    let rules = compiled("classic-2022", &calendar);
    let months = month_starts(&calendar);
    let (brazil, germany) = (0, 1);
    let mut ledger = Ledger::open(&rules, &[Some("Brazil"), Some("Germany")], &months, Card::OnFile);
    // 700 of the account's 1,000 free ones go to Germany, 300 to Brazil, and 100 x 0.0500 are paid there.
    let charge = ledger.delivered(NOON, germany, Category::Marketing, 700, 0);
    assert_eq!((charge.free, charge.cost_micros), (700, 0));
    let charge = ledger.delivered(NOON, brazil, Category::Marketing, 400, 0);
    assert_eq!((charge.free, charge.cost_micros), (300, 5_000_000));
    // 183 x 0.1365 = 24.9795: 29.9795 are open; one more exceeds 30.
    assert_eq!(ledger.delivered(after(1), germany, Category::Utility, 183, 0).card_charges, 0);
    let charge = ledger.customer_messages(after(2), germany, 1);
    assert_eq!((charge.cost_micros, charge.card_charges, charge.card_micros), (81_900, 1, 30_061_400));
    assert_eq!(ledger.totals_of(brazil).cost_micros, 5_000_000);
    assert_eq!(ledger.totals_of(germany).cost_micros, 24_979_500 + 81_900);
    assert_eq!(ledger.totals().cost_micros, 30_061_400);
    // Conversations are told apart, too.
    assert_eq!(ledger.open_in(germany, after(2)), OpenConversations { business: 0, customer: 1 });
    assert_eq!(ledger.open_in(brazil, after(2)), OpenConversations::default());
    assert_eq!(ledger.open_at(after(2)), ledger.open_in(germany, after(2)));
}

// ---------------------------------------------------------------------------------------------------------
// What is not known

#[test]
fn an_unknown_price_is_said_and_never_0() {
    let calendar = calendar((2023, 7, 1), "UTC", 30);
    let rules = compiled("platform-2023", &calendar);
    let months = month_starts(&calendar);
    let say = |market, category| {
        let charge =
            Ledger::open(&rules, &[market], &months, Card::OnFile).delivered(NOON, 0, category, 7, 0);
        assert_eq!((charge.cost_micros, charge.unpriced, charge.opened.total()), (0, 7, 7));
        charge.why_unpriced
    };
    assert_eq!(say(Some("Atlantis"), Category::Marketing), Some(Unpriced::NoRow));
    assert_eq!(say(None, Category::Marketing), Some(Unpriced::NoMarket));
    assert_eq!(say(Some("India"), Category::Authentication), Some(Unpriced::NoPrice));
    assert_eq!(rules.nearest_market("Brasil"), Some("Brazil"));

    // What is free needs no price.
    let mut ledger = Ledger::open(&rules, &[Some("Atlantis")], &months, Card::OnFile);
    let charge = ledger.customer_messages(NOON, 0, 1_003);
    assert_eq!((charge.free, charge.unpriced), (1_000, 3));
}

#[test]
fn rulesets_without_prices_say_so() {
    let calendar = calendar((2021, 3, 1), "UTC", 30);
    for (name, why) in [("chat-api-2021", Unpriced::NoClause), ("platform-2020", Unpriced::NotStated)] {
        let rules = compiled(name, &calendar);
        let charge = Ledger::open(&rules, &[Some("UK")], &ONE_MONTH, Card::OnFile).delivered(
            NOON,
            0,
            Category::Utility,
            3,
            0,
        );
        assert_eq!((charge.unpriced, charge.why_unpriced, charge.cost_micros), (3, Some(why), 0), "{name}");
    }
}

#[test]
fn other_serves_every_market_without_a_row() {
    let calendar = calendar((2025, 11, 1), "UTC", 30);
    let rules = compiled("platform-2025-10", &calendar);
    let cost = |market| {
        let mut ledger = Ledger::open(&rules, &[market], &ONE_MONTH, Card::OnFile);
        let charge = ledger.delivered(NOON, 0, Category::Marketing, 10, 0);
        (charge.cost_micros, charge.why_unpriced)
    };
    assert_eq!(cost(Some("Atlantis")), (604_000, None));
    // A market of its own whose price was not found is not "Other".
    assert_eq!(cost(Some("Germany")), (0, Some(Unpriced::NoPrice)));
    assert_eq!(cost(None), (0, Some(Unpriced::NoMarket)));
}

#[test]
fn a_table_changes_at_its_instant() {
    // Midnight of 1 June 2023 in Berlin.
    let calendar = calendar((2023, 5, 31), "Europe/Berlin", 5);
    let rules = compiled("platform-2023", &calendar);
    let months = month_starts(&calendar);
    let mut ledger = Ledger::open(&rules, &[Some("UK")], &months, Card::OnFile);
    // May: 1,000 free, 100 x 0.0647. June: 100 x 0.0705, no free ones for the business.
    let may = ledger.delivered(SimTime(DAY - 1), 0, Category::Marketing, 1_100, 0);
    assert_eq!((may.cost_micros, may.paid.of(Column::Business)), (6_470_000, 100));
    assert_eq!(rules.in_force(SimTime(DAY - 1)), Some("price.conversations"));
    assert_eq!(rules.in_force(after(1)), Some("price.conversations_by_category"));
    let june = ledger.delivered(after(1), 0, Category::Marketing, 100, 0);
    assert_eq!((june.free, june.cost_micros, june.paid.of(Column::Marketing)), (0, 7_050_000, 100));
    assert_eq!(ledger.open_at(after(1)).business, 1_200);
}

#[test]
fn a_table_out_of_date_has_no_price() {
    let calendar = calendar((2023, 5, 31), "UTC", 5);
    let rules = compiled("classic-2022", &calendar);
    let months = month_starts(&calendar);
    let mut ledger = Ledger::open(&rules, &[Some("UK")], &months, Card::OnFile);
    assert_eq!(ledger.delivered(NOON, 0, Category::Marketing, 1_001, 0).cost_micros, 64_700);
    let charge = ledger.delivered(after(1), 0, Category::Marketing, 1_001, 0);
    assert_eq!((charge.free, charge.unpriced, charge.why_unpriced), (1_000, 1, Some(Unpriced::OutOfDate)));
}

// ---------------------------------------------------------------------------------------------------------
// Tables

#[test]
fn unit_prices_are_rounded_half_to_even() {
    let micros = |text: &str| UnitPrice::try_from(text.to_owned()).map(|price| price.micros());
    for (text, rounded) in [
        ("0.0592 USD", 59_200),
        ("30 USD", 30_000_000),
        ("0.0000005 USD", 0),
        ("0.0000015 USD", 2),
        ("0.0000025 USD", 2),
        ("0.00000250000000000000000000001 USD", 3),
        ("0.00000249999999999999999999999 USD", 2),
        ("0.9999995 USD", 1_000_000),
        ("0.0411666666 USD", 41_167),
    ] {
        assert_eq!(micros(text), Ok(rounded), "{text}");
    }
    for text in ["0.05", "0.0000005", "0.05 usd", "0.00000 5 USD", "-1 USD", "1e3 USD", "9999999999999 USD."]
    {
        assert!(micros(text).is_err(), "{text}");
    }
}

#[test]
fn the_built_in_tables_are_right_in_themselves() {
    for name in prices() {
        let document = price_document(name).unwrap();
        let table = PriceTable::read(&document).map_err(|findings| findings.to_string()).unwrap();
        assert_eq!(table.name, name);
        for (market, row) in table.rows.iter() {
            for column in Column::ALL {
                let known = row.price(column).is_some();
                assert_eq!(table.origin(market, column).is_some(), known, "{name} {market} {column}");
            }
        }
    }
}

#[test]
fn the_built_in_rulesets_name_tables_that_fit() {
    for name in catalogue::names() {
        // Read without tables each would be refused, unless it names none.
        let document = catalogue::document(name).unwrap();
        let names_one = ruleset(name).price.values().any(|clause| matches!(clause.rates, Rates::Table(_)));
        assert_eq!(Ruleset::read_with(&document, &|_| None).is_err(), names_one, "{name}");
    }
}

/// RULES II 6.3, markets and prices as printed there.
#[test]
fn the_tables_hold_the_published_prices() {
    use Column::{Authentication, Business, Customer, Marketing, Notification, Service, Utility};
    type Rows = &'static [(&'static str, &'static [u64])];
    let published: [(&str, &[Column], Rows); 4] = [
        // TextBack, 2021-03: 0.05 USD per message outside the window.
        ("notifications-2021", &[Notification], &[("Other", &[50_000])]),
        // B-CHATALOG / 1.2.
        (
            "conversations-2022-02",
            &[Business, Customer],
            &[
                ("Brazil", &[50_000, 30_000]),
                ("India", &[6_600, 4_000]),
                ("Mexico", &[34_900, 10_500]),
                ("Indonesia", &[31_600, 19_000]),
                ("Germany", &[136_500, 81_900]),
                ("UK", &[64_700, 38_800]),
                ("North America", &[14_700, 8_800]),
            ],
        ),
        // S-RATES23; Brazil's marketing G-WATIBLOG.
        (
            "conversations-2023-06",
            &[Marketing, Utility, Authentication, Service],
            &[
                ("Germany", &[136_500, 85_300, 76_800, 81_900]),
                ("UK", &[70_500, 39_800, 35_800, 38_800]),
                ("Mexico", &[43_600, 26_600, 23_900, 10_500]),
                ("North America", &[25_000, 15_000, 13_500, 8_800]),
                ("Spain", &[61_500, 38_000, 34_200, 36_900]),
                ("Indonesia", &[41_100, 20_000, 30_000, 19_000]),
                ("India", &[9_900, 4_200]),
                ("Brazil", &[62_500, 35_000, 31_500, 30_000]),
            ],
        ),
        // B-SENT; India G-WATIBLOG.
        (
            "messages-2025-07",
            &[Marketing, Utility, Authentication],
            &[
                ("Argentina", &[61_800, 28_900, 28_900]),
                ("Rest of Africa", &[22_500, 4_000, 4_000]),
                ("Rest of Asia Pacific", &[73_200, 11_300, 11_300]),
                ("Rest of Western Europe", &[59_200, 17_100, 17_100]),
                ("Rest of Central and Eastern Europe", &[86_000, 21_200, 21_200]),
                ("Rest of Latin America", &[74_000, 11_300, 11_300]),
                ("Other", &[60_400, 7_700, 7_700]),
                ("India", &[10_700]),
            ],
        ),
    ];
    for (name, columns, rows) in published {
        let table = price_table(name).unwrap();
        for (market, prices) in rows {
            let row = table.rows.get(market).unwrap();
            let found: Vec<u64> =
                columns.iter().map_while(|column| row.price(*column)).map(UnitPrice::micros).collect();
            assert_eq!(&found, prices, "{name} {market}");
        }
    }
}

#[test]
fn a_price_s_origin_is_that_of_its_row_or_of_its_table() {
    let origin = |name, market, column| price_table(name).unwrap().origin(market, column);
    assert_eq!(
        origin("conversations-2023-06", "Brazil", Column::Marketing),
        Some(OriginOfValue::By("G_WATIBLOG".to_owned()))
    );
    assert_eq!(origin("conversations-2023-06", "Brazil", Column::Utility), Some(OriginOfValue::Stated));
    assert!(matches!(
        origin("conversations-2022-02", "UK", Column::Business),
        Some(OriginOfValue::Derived(_))
    ));
    assert!(matches!(
        origin("notifications-2021", "Other", Column::Notification),
        Some(OriginOfValue::Assumed(_))
    ));
    assert_eq!(origin("conversations-2023-06", "India", Column::Service), None);
}

#[test]
fn all_that_is_wrong_with_a_table_is_said_at_once() {
    let text = r#"PriceTable(
        name: "Two Words", title: " ",
        sources: { used: (title: "A", address: "a", date: "2022", grade: Blog),
                   idle: (title: "B", address: "b", date: "May", grade: Blog) },
        since: "2023-01-01", until: "2022-01-01", currency: "USD",
        rows: {
            "Brazil": (business: "0.05 EUR", customer: "0.03 USD"),
            "brazil": (marketing: "2000000 USD"),
            "other": (business: "0.05 USD", source: [usde], except: [Assumed([customer], "why")]),
        },
        source: [used], except: [Assumed([prices], "")],
    )"#;
    let said = PriceTable::read(&Document::new("t.ron", text)).unwrap_err().to_string();
    for part in [
        "is no name for a price table",
        "the title is empty",
        "nothing uses the source `idle`",
        "expected a date, found \"May\"",
        "never in force",
        "the price is in EUR, the table in USD",
        "look the same",
        "columns of different price models",
        "is too much for one conversation",
        "write \"Other\"",
        "there is no source `usde`",
        "there is no value `customer` here",
        "there is no value `prices` here",
        "gives its reason",
    ] {
        assert!(said.contains(part), "{part:?} is missing in\n{said}");
    }
    let said = table_of("rows: { \"M\": (marketting: \"1 USD\") }").unwrap_err();
    assert!(said.contains("did you mean `marketing`?"), "{said}");
    let said = table_of("rows: { \"M\": () }").unwrap_err();
    assert!(said.contains("the table holds no price"), "{said}");
}

#[test]
fn price_clauses_that_do_not_fit_their_tables_are_found() {
    let document = catalogue::document("platform-2023").unwrap();
    let said = |path: &str, value: &str| {
        let document = document.with(path, value).unwrap();
        let said = Ruleset::read(&document).unwrap_err().to_string();
        // File, line and column, and the line itself is that of the clause or of its value.
        let shown = said.split_once("--> platform-2023.ron").unwrap().1.lines().next().unwrap();
        let line: usize = shown.rsplit(':').nth(1).unwrap().parse().unwrap();
        let line = document.text.lines().nth(line - 1).unwrap();
        let clause = path.split('.').nth(1).unwrap();
        assert!(line.contains(value) || line.contains(&format!("{clause}: (")), "{path} = {value}:\n{said}");
        said
    };
    for (path, value, part) in [
        ("price.messages.rates", "Table(\"messages-2025-08\")", "did you mean \"messages-2025-07\"?"),
        ("price.messages.rates", "Table(\"notifications-2021\")", "does not price what is paid"),
        ("price.messages.rates", "Table(\"messages-2026-10\")", "service is not paid"),
        ("price.conversations_by_category.rates", "Table(\"messages-2025-07\")", "has no column `service`"),
        ("price.conversations_service_free.rates", "Table(\"conversations-2023-06\")", "never in force"),
        ("price.messages.since", "2025-01-01", "two price clauses are in force at once"),
        ("price.messages.card_charged_above", "\"30 EUR\"", "one currency"),
    ] {
        let said = said(path, value);
        assert!(said.contains(part), "{path} = {value}: {part:?} is missing in\n{said}");
    }
}

// ---------------------------------------------------------------------------------------------------------
// Laws

/// What a ledger is told.
#[derive(Clone, Copy, Debug)]
enum Told {
    Customers(u64),
    Delivered(Category, u64, u64),
    Answered(u64),
}

impl Told {
    fn tell(self, ledger: &mut Ledger<'_>, now: SimTime, market: usize) -> Charge {
        match self {
            Told::Customers(opening) => ledger.customer_messages(now, market, opening),
            Told::Delivered(category, outside, inside) => {
                ledger.delivered(now, market, category, outside, inside)
            }
            Told::Answered(messages) => ledger.answered(now, market, messages),
        }
    }

    /// The same in two parts.
    fn split(self, share: u64) -> [Told; 2] {
        let parts = |count: u64| (count * share / 100, count - count * share / 100);
        match self {
            Told::Customers(opening) => {
                let (one, two) = parts(opening);
                [Told::Customers(one), Told::Customers(two)]
            }
            Told::Delivered(category, outside, inside) => {
                let ((one, two), (in_one, in_two)) = (parts(outside), parts(inside));
                [Told::Delivered(category, one, in_one), Told::Delivered(category, two, in_two)]
            }
            Told::Answered(messages) => {
                let (one, two) = parts(messages);
                [Told::Answered(one), Told::Answered(two)]
            }
        }
    }
}

fn told() -> impl Strategy<Value = Told> {
    let count = || prop_oneof![0_u64..5, 0_u64..3_000];
    let category =
        prop_oneof![Just(Category::Marketing), Just(Category::Utility), Just(Category::Authentication)];
    prop_oneof![
        count().prop_map(Told::Customers),
        (category, count(), count())
            .prop_map(|(category, outside, inside)| Told::Delivered(category, outside, inside)),
        count().prop_map(Told::Answered),
    ]
}

fn pays() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("PerNotification"),
        Just("PerConversation(by: Initiator, free_a_month: Both(1_000))"),
        Just("PerConversation(by: Initiator, free_a_month: Nothing)"),
        Just("PerConversation(by: Category, free_a_month: Service(1_000))"),
        Just("PerConversation(by: Category, free_a_month: EveryService)"),
        Just("PerMessage(free_in_window: [Utility], service_charged: false)"),
        Just("PerMessage(free_in_window: [], service_charged: true)"),
        Just("NotStated"),
    ]
}

/// An amount as files write it.
fn micros(micros: u64) -> String {
    format!("\"{}.{:06} USD\"", micros / 1_000_000, micros % 1_000_000)
}

/// A row in which everything that is paid has this price.
fn row_of(pays: &str, price: u64) -> String {
    let columns = match pays {
        "PerNotification" => &["notification"][..],
        other if other.contains("Initiator") => &["business", "customer"],
        other if other.contains("EveryService") || other.contains("service_charged: false") => {
            &["marketing", "utility", "authentication"]
        }
        _ => &["marketing", "utility", "authentication", "service"],
    };
    let row: Vec<String> = columns.iter().map(|column| format!("{column}: {}", micros(price))).collect();
    row.join(", ")
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        rng_seed: RngSeed::Fixed(41),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn ledgers_keep_their_laws(
        pays in pays(),
        price in 0_u64..40_000_000,
        threshold in 0_u64..40_000_000,
        needs_card in any::<bool>(),
        card in prop_oneof![Just(Card::OnFile), Just(Card::None)],
        known in any::<bool>(),
        hours in prop::collection::vec((0_i64..200, prop::collection::vec((told(), 0_u64..=100), 1..4)), 1..20),
    ) {
        let more = format!("card_charged_above: {}, needs_card: {needs_card},", micros(threshold + 1));
        let rules = made(pays, &more, &row_of(pays, price));
        let months: Vec<SimTime> = (0..300).map(|month| after(30 * month)).collect();
        let market = if known { "M" } else { "N" };
        let mut whole = Ledger::open(&rules, &[Some(market)], &months, card);
        let mut parts = Ledger::open(&rules, &[Some(market)], &months, card);
        let (mut sum, mut now, mut free_by_month) = (Charge::<Kinds>::default(), SimTime::START, [0_u64; 300]);
        for (pause, mut batch) in hours {
            now = now + Span::hours(pause) + Span(1);
            batch.sort_by_key(|(told, _)| !matches!(told, Told::Customers(_)));
            for (told, share) in batch {
                let charge = told.tell(&mut whole, now, 0);
                for part in told.split(share) {
                    part.tell(&mut parts, now, 0);
                }
                sum += charge;
                free_by_month[(now.0 / (30 * DAY)) as usize] += charge.free;
                prop_assert!(charge.opened.total() == 0
                    || !pays.contains("PerConversation")
                    || charge.opened.total() == charge.free + charge.paid.total() + charge.unpriced);
                prop_assert_eq!(charge.cost_micros, charge.paid.total() * price);
                prop_assert!(known || charge.cost_micros == 0);
                prop_assert!(charge.blocked == 0 || (needs_card && card == Card::None));
                prop_assert_eq!(charge.unpriced > 0, charge.why_unpriced.is_some());
                prop_assert!(whole.open_micros() <= threshold + 1 || card == Card::None);
            }
            prop_assert_eq!(whole.totals(), sum);
            prop_assert_eq!(parts.totals(), whole.totals());
            prop_assert_eq!(parts.open_micros(), whole.open_micros());
            prop_assert_eq!(parts.open_at(now), whole.open_at(now));
            prop_assert_eq!(whole.open_now(), whole.open_at(now));
            prop_assert_eq!(sum.cost_micros, sum.card_micros + whole.open_micros());
            prop_assert!(card == Card::OnFile || sum.card_charges == 0);
            prop_assert!(pays.contains("EveryService") || free_by_month.iter().all(|free| *free <= 1_000));
            prop_assert!(whole.free_used(now) <= 1_000);
        }
        prop_assert!(sum.opened != Kinds::default() || sum.free == 0);
    }

    #[test]
    fn ledgers_keep_their_laws_across_eras_and_markets(
        pays in [pays(), pays()],
        prices in prop::array::uniform4(0_u64..40_000_000),
        threshold in 1_u64..40_000_000,
        change in 0_i64..2_000,
        hours in prop::collection::vec((0_i64..200, prop::collection::vec((told(), 0_usize..2, 0_u64..=100), 1..4)), 1..20),
    ) {
        let more = format!("card_charged_above: {},", micros(threshold));
        let era = |place: usize| {
            let row = |price| row_of(pays[place], price);
            let rows = format!("\"A\": ({}), \"B\": ({})", row(prices[2 * place]), row(prices[2 * place + 1]));
            made_of(pays[place], &more, &rows)
        };
        let change = SimTime(change * 3_600);
        let rules = two_eras(change, era(0), era(1));
        let months: Vec<SimTime> = (0..300).map(|month| after(30 * month)).collect();
        let markets = [Some("A"), Some("B")];
        let mut whole = Ledger::open(&rules, &markets, &months, Card::OnFile);
        let mut parts = Ledger::open(&rules, &markets, &months, Card::OnFile);
        let (mut by_market, mut now) = ([Charge::<Kinds>::default(); 2], SimTime::START);
        let (mut opened, mut free_by_month) = (Vec::new(), [0_u64; 300]);
        for (pause, mut batch) in hours {
            now = now + Span::hours(pause) + Span(1);
            batch.sort_by_key(|(told, ..)| !matches!(told, Told::Customers(_)));
            for (told, market, share) in batch {
                let charge = told.tell(&mut whole, now, market);
                told.split(share).into_iter().for_each(|part| { part.tell(&mut parts, now, market); });
                by_market[market] += charge;
                opened.push((now, charge.opened.total()));
                let era = usize::from(now >= change);
                prop_assert_eq!(charge.cost_micros, charge.paid.total() * prices[2 * era + market]);
                if !pays[era].contains("EveryService") {
                    free_by_month[(now.0 / (30 * DAY)) as usize] += charge.free;
                }
            }
            for (market, sum) in by_market.iter().enumerate() {
                prop_assert_eq!(whole.totals_of(market), sum);
                prop_assert_eq!(parts.totals_of(market).cost_micros, sum.cost_micros);
            }
            let totals = whole.totals();
            prop_assert_eq!(totals.cost_micros, by_market[0].cost_micros + by_market[1].cost_micros);
            prop_assert_eq!(totals.cost_micros, totals.card_micros + whole.open_micros());
            prop_assert_eq!((parts.totals(), parts.open_micros()), (totals, whole.open_micros()));
            prop_assert_eq!(parts.open_at(now), whole.open_at(now));
            prop_assert_eq!(whole.open_now(), whole.open_at(now));
            prop_assert!(whole.open_micros() <= threshold);
            prop_assert!(free_by_month.iter().all(|free| *free <= 1_000));
            // What opened before a change keeps its promised end.
            let open = whole.open_at(now);
            let own = opened.iter().filter(|(at, _)| now < *at + Span::hours(24));
            prop_assert_eq!(open.business + open.customer, own.map(|(_, count)| count).sum::<u64>());
        }
    }

    /// An era with the same rules changes nothing.
    #[test]
    fn an_era_that_brings_nothing_new_is_not_noticed(
        pays in pays(),
        price in 0_u64..40_000_000,
        change in 0_i64..2_000,
        hours in prop::collection::vec((0_i64..200, told()), 1..20),
    ) {
        let (ruleset, table) = made_of(pays, "card_charged_above: \"30 USD\",", &format!("\"M\": ({})", row_of(pays, price)));
        let eras = two_eras(SimTime(change * 3_600), (ruleset.clone(), table.clone()), (ruleset.clone(), table.clone()));
        let one = PriceRules::compile_with(&ruleset, &|_| SimTime::START, &|_| Some(table.clone()));
        let months: Vec<SimTime> = (0..300).map(|month| after(30 * month)).collect();
        let mut across = Ledger::open(&eras, &[Some("M")], &months, Card::OnFile);
        let mut alone = Ledger::open(&one, &[Some("M")], &months, Card::OnFile);
        let mut now = SimTime::START;
        for (pause, told) in hours {
            now = now + Span::hours(pause) + Span(1);
            prop_assert_eq!(told.tell(&mut across, now, 0), told.tell(&mut alone, now, 0));
            prop_assert_eq!(across.open_at(now), alone.open_at(now));
            prop_assert_eq!(across.free_used(now), alone.free_used(now));
        }
    }
}
