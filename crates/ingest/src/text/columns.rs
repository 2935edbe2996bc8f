//! Picks the needed columns out of a delimited line, and looks at no other.

use crate::limits::COLUMNS_MAX;

/// Where the `N` needed columns stand, as a header says.
#[derive(Debug, Clone)]
pub struct Columns<const N: usize> {
    delimiter: u8,
    /// For each column from the left, which needed one it is; [`NONE`] for the others.
    left: Vec<u8>,
    /// The same from the right, for columns behind one that may itself hold delimiters.
    right: Vec<u8>,
}

const NONE: u8 = u8::MAX;

impl<const N: usize> Columns<N> {
    /// Reads a header. `content` names columns that may hold the delimiter: what stands behind
    /// the last of them is counted from the end of the line.
    pub fn from_header(header: &[u8], delimiter: u8, needed: &[&str; N], content: &[&str]) -> Self {
        let names: Vec<&[u8]> = header.split(|&b| b == delimiter).take(COLUMNS_MAX).map(<[u8]>::trim_ascii).collect();
        let is = |name: &[u8], text: &str| name.eq_ignore_ascii_case(text.as_bytes());
        let slots: Vec<u8> = names
            .iter()
            .map(|name| needed.iter().position(|text| is(name, text)).map_or(NONE, |slot| slot as u8))
            .collect();
        let is_content = |name: &&[u8]| content.iter().any(|text| is(name, text));
        let first = names.iter().position(&is_content).unwrap_or(names.len());
        let last = names.iter().rposition(is_content).unwrap_or(names.len());
        let mut left: Vec<u8> = slots.iter().take(first).copied().collect();
        let mut right: Vec<u8> = slots.iter().skip(last + 1).rev().copied().collect();
        for side in [&mut left, &mut right] {
            side.truncate(side.iter().rposition(|&slot| slot != NONE).map_or(0, |at| at + 1));
        }
        Self { delimiter, left, right }
    }

    /// Whether the header names a needed column.
    pub fn has(&self, slot: usize) -> bool {
        self.left.iter().chain(&self.right).any(|&have| usize::from(have) == slot)
    }

    /// The needed columns of a line; `None` for those the line does not reach.
    #[inline]
    pub fn pick<'l>(&self, line: &'l [u8]) -> [Option<&'l [u8]>; N] {
        let mut picked = [None; N];
        let mut from = 0;
        for &slot in &self.left {
            let rest = line.get(from..).unwrap_or_default();
            let width = rest.iter().position(|&b| b == self.delimiter).unwrap_or(rest.len());
            if let Some(place) = picked.get_mut(usize::from(slot)) {
                *place = rest.get(..width);
            }
            from += width + 1;
            if from > line.len() {
                return picked;
            }
        }
        if !self.right.is_empty() {
            let fields = line.get(from..).unwrap_or_default().rsplit(|&b| b == self.delimiter);
            for (&slot, field) in self.right.iter().zip(fields) {
                if let Some(place) = picked.get_mut(usize::from(slot)) {
                    *place = Some(field);
                }
            }
        }
        picked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let columns = Columns::from_header(b"b,x,a", b',', &["A", "B", "c"], &[]);
        assert_eq!(columns.pick(b"1,2,3,4"), [Some(&b"3"[..]), Some(b"1"), None]);
        assert_eq!(columns.pick(b"1,2"), [None, Some(&b"1"[..]), None]);
        assert_eq!(columns.pick(b""), [None, Some(&b""[..]), None]);
        assert!(columns.has(0) && columns.has(1) && !columns.has(2));
    }

    #[test]
    fn a_column_at_the_limit_is_found_and_one_past_it_is_not() {
        for (before, found) in [(COLUMNS_MAX - 1, true), (COLUMNS_MAX, false)] {
            let header = [",".repeat(before).as_bytes(), b"a"].concat();
            assert_eq!(Columns::from_header(&header, b',', &["a"], &[]).has(0), found);
        }
    }

    #[test]
    fn delimiters_inside_content_do_not_shift_columns() {
        let columns = Columns::from_header(b"a,payload,b,c", b',', &["a", "b", "c"], &["payload"]);
        assert_eq!(columns.pick(b"1,GET /?x=1,2,3,HTTP,4,5"), [Some(&b"1"[..]), Some(b"4"), Some(b"5")]);
    }
}
