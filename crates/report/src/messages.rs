//! The message catalogues, compiled in. A missing key or placeholder does not build: see `build.rs`.

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

/// Puts values into `{name}` places, in one pass: a value that contains braces is not looked at again.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let found = after
            .split_once('}')
            .and_then(|(name, tail)| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value, tail)));
        match found {
            Some((value, tail)) => {
                out.push_str(value);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Looks a name up in a table sorted by name, as the build writes them.
pub(crate) fn lookup(table: &'static [(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    table.binary_search_by(|(known, _)| (*known).cmp(name)).ok().and_then(|at| table.get(at)).map(|&(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_filled_twice() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "2")]), "{b} and 2");
        assert_eq!(fill("{unknown} {", &[]), "{unknown} {");
    }

    #[test]
    fn names_are_found_and_others_are_not() {
        assert_eq!(lookup(EN.evidence_table, "period"), Some("Period"));
        assert_eq!(lookup(JA.evidence_table, "period"), Some("周期"));
        assert_eq!(lookup(EN.evidence_table, "smoke"), None);
        for table in
            [EN.evidence_table, EN.because_table, EN.damage_table, JA.evidence_table, JA.because_table, JA.damage_table]
        {
            assert!(table.is_sorted());
        }
    }

    #[test]
    fn everything_measured_has_a_reason_and_a_label() {
        let names = |table: &[(&'static str, &'static str)]| table.iter().map(|&(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(EN.evidence_table), names(EN.because_table));
    }
}
