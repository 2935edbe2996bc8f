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

/// Looks a name up in a table sorted by name, as the build writes them; the name itself where there is none.
pub(crate) fn look_up<'a>(table: &'static [(&'static str, &'static str)], name: &'a str) -> &'a str {
    table.binary_search_by(|(known, _)| (*known).cmp(name)).ok().and_then(|at| table.get(at)).map_or(name, |row| row.1)
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
    fn names_are_found_and_others_stand_for_themselves() {
        assert_eq!(look_up(JA.role, "analyst"), "分析官");
        assert_eq!(look_up(EN.role, "smoke"), "smoke");
    }
}
