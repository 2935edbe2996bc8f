//! One style sheet, two small scripts and an icon, compiled in under names that carry their hash.

/// A file sent to browsers.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Name with the hash of the content.
    pub(crate) name: &'static str,
    /// Media type.
    pub(crate) kind: &'static str,
    /// The content.
    pub(crate) bytes: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

impl Asset {
    /// The path pages name.
    pub(crate) fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }

    /// The asset of that name.
    pub(crate) fn by_name(name: &str) -> Option<&'static Self> {
        ALL.into_iter().find(|asset| asset.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Colours of one theme: the first block of the style sheet is light, the second dark.
    fn palette(block: usize) -> BTreeMap<String, [f64; 3]> {
        let style = std::str::from_utf8(STYLE.bytes).unwrap();
        let block = style.split(":root {").nth(block + 1).unwrap().split('}').next().unwrap();
        let pairs = block.split(';').filter_map(|pair| pair.split_once(": #"));
        let channel = |hex: &str, at: usize| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        pairs
            .map(|(name, hex)| (name.trim().trim_start_matches("--").to_owned(), [0, 2, 4].map(|at| channel(hex, at))))
            .collect()
    }

    /// Contrast of two colours (WCAG 2.2, relative luminance).
    fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
        let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
        let light = |[r, g, b]: [f64; 3]| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
        let (a, b) = (light(one), light(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_stands_out_in_both_themes() {
        for theme in 0..2 {
            let colours = palette(theme);
            let on = |front: &str, back: &str, least: f64| {
                let found = contrast(colours[front], colours[back]);
                assert!(
                    found >= least,
                    "theme {theme}: {front} on {back} is {found:.2}, and at least {least} is needed"
                );
            };
            for text in ["ink", "soft", "link", "good", "bad", "danger"] {
                on(text, "paper", 4.5);
                on(text, "sheet", 4.5);
            }
            for chip in ["high", "medium", "low", "calm", "none", "critical"] {
                on(chip, &format!("{chip}-wash"), 4.5);
            }
            on("on-accent", "accent", 4.5);
            on("on-danger", "danger", 4.5);
            on("bad", "high-wash", 4.5);
            on("soft", "high-wash", 4.5);
            // Borders of fields and the ring of focus are no text: 3 to 1.
            on("field", "paper", 3.0);
            on("accent", "paper", 3.0);
            on("accent", "sheet", 3.0);
        }
    }
}
