//! How much a domain's main label looks like one people chose: a model of character trigrams.
//!
//! Programs that make up names (DGA) mostly roll dice over letters; people use syllables. The model
//! knows only the syllables: `legit_trigrams.txt` holds, for each two characters, how surprising
//! each next one is, learned from a public list of well-known domains and from no generated name,
//! so that no family is favoured. `examples/generated_names.rs` makes the table and measures it.

use std::sync::LazyLock;

/// Characters of a label; the first stands for its beginning and its end.
pub const ALPHABET: &str = "^abcdefghijklmnopqrstuvwxyz0123456789-";
/// Number of characters in [`ALPHABET`].
pub const SYMBOLS: usize = 38;
/// Steps per nat in the table's cells.
pub const STEPS_PER_NAT: f64 = 8.0;
/// The cell of a surprise of 0 nats.
pub const ZERO_CELL: u8 = b'!';
/// The cell of the largest surprise.
pub const LAST_CELL: u8 = b'~';

/// Mean surprise per character of labels the table was not made from (10-fold cross-validation
/// inside the list it is made from), nats. Printed by the example that makes the table.
pub const MEAN: f64 = 2.747;
/// Standard deviation of the same, nats.
pub const DEVIATION: f64 = 0.619;

static TABLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let lines = include_str!("legit_trigrams.txt").lines().filter(|line| !line.starts_with("# "));
    lines.flat_map(str::bytes).collect()
});

/// The main label of a registered domain: `example` of `example.org`.
pub fn main_label(domain: &str) -> &str {
    domain.split('.').next().unwrap_or_default()
}

/// A label as indexes into [`ALPHABET`]: two beginnings, its characters, one end. Others are left out.
pub fn symbols(label: &str) -> Vec<usize> {
    let known = label.bytes().filter_map(|b| match b {
        b'a'..=b'z' => Some(usize::from(b - b'a') + 1),
        b'A'..=b'Z' => Some(usize::from(b - b'A') + 1),
        b'0'..=b'9' => Some(usize::from(b - b'0') + 27),
        b'-' => Some(37),
        _ => None,
    });
    [0, 0].into_iter().chain(known).chain([0]).collect()
}

/// Mean surprise of a label's characters, nats; 0 for an empty one.
pub fn surprise(label: &str) -> f64 {
    let symbols = symbols(label);
    if symbols.len() <= 3 {
        return 0.0;
    }
    let cells = symbols.windows(3).map(|w| {
        let at = (w[0] * SYMBOLS + w[1]) * SYMBOLS + w[2];
        f64::from(TABLE.get(at).copied().unwrap_or(LAST_CELL).saturating_sub(ZERO_CELL))
    });
    cells.sum::<f64>() / STEPS_PER_NAT / (symbols.len() - 2) as f64
}

/// [`surprise`] in standard deviations above that of chosen names.
pub fn strangeness(label: &str) -> f64 {
    (surprise(label) - MEAN) / DEVIATION
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_cell_and_nothing_else() {
        assert_eq!(ALPHABET.len(), SYMBOLS);
        assert_eq!(TABLE.len(), SYMBOLS.pow(3));
        assert!(TABLE.iter().all(|cell| (ZERO_CELL..=LAST_CELL).contains(cell)));
    }

    #[test]
    fn each_row_is_a_distribution() {
        for row in TABLE.chunks(SYMBOLS) {
            let sum: f64 = row.iter().map(|&c| (-f64::from(c - ZERO_CELL) / STEPS_PER_NAT).exp()).sum();
            assert!((0.9..1.1).contains(&sum), "{sum}");
        }
    }

    #[test]
    fn syllables_are_usual_and_dice_are_not() {
        assert!(strangeness("newsonline") < 0.0);
        assert!(strangeness("tanakashoten") < 1.0);
        assert!(strangeness("xkqzjwvpbd") > 2.0);
        assert!(strangeness("q8z4x7k2v9") > 2.0);
    }

    #[test]
    fn any_text_has_a_finite_surprise() {
        for text in ["", "-", "日本", "A", &"z".repeat(10_000)] {
            assert!(surprise(text).is_finite() && surprise(text) >= 0.0);
        }
        assert_eq!(main_label(""), "");
        assert_eq!(main_label("example.co.jp"), "example");
    }
}
