//! How much of the spread of a result each layer of chance explains, as a table.

use super::text::{Align, Page};
use crate::experiment::{Explained, Headline, LAYERS, Unit};

/// The table, in lines of `width` letters (60 at least).
pub fn render(explained: &[Explained], replications: u64, width: usize) -> String {
    let mut page = Page::new(width);
    page.heading("How much of the spread each layer of chance explains, held still alone");
    let mut rows = vec![vec![String::new(), "spread".to_owned()]];
    rows[0].extend(LAYERS.map(|(name, _)| name.to_owned()));
    for known in explained {
        let mut row = vec![name(&known.headline), deviation(known)];
        row.extend(known.shares.map(|share| share.map_or("-".to_owned(), percent)));
        rows.push(row);
    }
    page.table(&[Align::Left, Align::Right, Align::Right, Align::Right, Align::Right], &rows);
    page.paragraph(&format!(
        "Spread is the standard deviation over {replications} runs. 60 % means: were this layer known, the variance would be \
         60 % smaller. Layers act on one another, so that shares need not sum to 100 %; they are estimates, good to a few \
         points with thousands of runs."
    ));
    page.finish()
}

fn name(headline: &Headline) -> String {
    match headline {
        Headline::Days(limit) => format!("days to {}", limit.name),
        Headline::Reached(limit, _) => format!("{} reached", limit.name),
        other => other.name().replace('_', " "),
    }
}

fn deviation(known: &Explained) -> String {
    match known.headline.unit() {
        Unit::Days => format!("{:.1} d", known.deviation),
        Unit::Chance => format!("{:.2}", known.deviation),
        Unit::Messages | Unit::Currency => format!("{:.0}", known.deviation),
    }
}

fn percent(share: f64) -> String {
    // No "-0 %".
    format!("{:.0} %", 100.0 * share + 0.0).replace("-0 %", "0 %")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{explained, toy};

    #[test]
    fn the_table_reads_so() {
        let (free, still) = (toy::ensemble(100), toy::ensemble(1));
        let text = render(&explained(&free, [&free, &free, &still]), 100, 90);
        let sent = text.lines().find(|line| line.trim_start().starts_with("sent")).expect("a row");
        let words: Vec<&str> = sent.split_whitespace().collect();
        assert_eq!(words[2..], ["0", "%", "0", "%", "100", "%"], "{text}");
        assert!(text.contains("over 100 runs"), "{text}");
    }
}
