//! Reviews and the pace of templates, and what is paid.

use crate::glossary::grouped;

use super::super::language::{FreeAMonth, Paced, Pacing, Pays, Price, PricedBy, Rates, Review};
use super::phrases::{listed, or_worse, span, takes};

pub(super) fn review(review: &Review) -> Vec<String> {
    let reject = if review.may_reject { "It may reject." } else { "It never rejects." };
    let edit = match review.after_edit {
        true => "An edited template is reviewed again before it may be sent.",
        false => "An edited template may be sent without another review.",
    };
    vec![
        format!("The review of a template takes {}.", takes(review.takes)),
        reject.to_owned(),
        edit.to_owned(),
    ]
}

pub(super) fn pacing(pacing: &Pacing) -> Vec<String> {
    let categories: Vec<String> = pacing.categories.iter().map(|category| format!("{category:?}")).collect();
    let kinds = pacing.applies_to.iter().map(|paced| match paced {
        Paced::New => "new",
        Paced::Unpaused => "just unpaused",
        Paced::NotHigh => "not High",
    });
    let kinds: Vec<String> = kinds.map(str::to_owned).collect();
    vec![
        format!("Templates of {} that are {} are paced.", listed(&categories, "and"), listed(&kinds, "or")),
        format!(
            "The first {} messages go out; the rest is held until {} after them.",
            grouped(pacing.sample),
            span(pacing.hold)
        ),
        format!("Where the sample's rating is {}, what is held is dropped.", or_worse(pacing.drops_at)),
    ]
}

pub(super) fn price(price: &Price) -> Vec<String> {
    let mut said = pays(&price.pays);
    said.push(match &price.rates {
        Rates::Table(name) => format!("Unit prices stand in the table {name}."),
        Rates::NotStated => "Unit prices are not stated.".to_owned(),
    });
    said.extend(
        price
            .card_charged_above
            .as_ref()
            .map(|money| format!("The card is charged when the open amount exceeds {money}.")),
    );
    said.extend(price.needs_card.map(|needs| {
        match needs {
            true => "For more than what is free a card must be on file.",
            false => "No card need be on file.",
        }
        .to_owned()
    }));
    said
}

fn pays(pays: &Pays) -> Vec<String> {
    match pays {
        Pays::PerNotification => {
            vec![
                "Each delivered template message outside a service window is paid (per notification).".into(),
            ]
        }
        Pays::PerConversation { by, free_a_month } => {
            let by = match by {
                PricedBy::Initiator => "by who started it, the initiator",
                PricedBy::Category => "by category",
            };
            vec![format!("Each conversation is paid, {by}."), free(*free_a_month)]
        }
        Pays::PerMessage { free_in_window, service_charged } => {
            let categories: Vec<String> = free_in_window.iter().map(|each| format!("{each:?}")).collect();
            let free = match categories.as_slice() {
                [] => "No category is free inside a service window.".to_owned(),
                some => format!("Inside a service window {} is free.", listed(some, "and")),
            };
            let service = match service_charged {
                true => "Messages that are no template are charged, too.",
                false => "Messages that are no template are not charged.",
            };
            vec!["Each delivered template message is paid by category.".to_owned(), free, service.to_owned()]
        }
        Pays::NotStated => vec!["What is paid is not stated.".to_owned()],
    }
}

pub(super) fn free(free: FreeAMonth) -> String {
    match free {
        FreeAMonth::Both(count) => {
            format!("Of a calendar month the first {} are free, whoever started them.", grouped(count))
        }
        FreeAMonth::Service(count) => {
            format!("Of a calendar month the first {} that customers started are free.", grouped(count))
        }
        FreeAMonth::EveryService => "Every conversation that customers started is free.".to_owned(),
        FreeAMonth::Nothing => "None is free.".to_owned(),
    }
}
