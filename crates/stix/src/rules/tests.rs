use super::*;

#[test]
fn the_table_is_sorted_and_every_type_is_found() {
    assert!(TYPES.windows(2).all(|pair| pair[0].name < pair[1].name));
    assert!(TYPES.iter().all(|of| std::ptr::eq(type_of(of.name).unwrap(), *of)));
    assert!(type_of("x-own").is_none() && type_of("bundle").is_none());
    let count = |class| TYPES.iter().filter(|of| of.class == class).count();
    assert_eq!([Class::Domain, Class::Relation, Class::Observable, Class::Meta].map(count), [19, 2, 18, 3]);
}

#[test]
fn rows_fit_the_mask_and_rules_name_rows() {
    for of in TYPES {
        assert!(of.record.properties.len() <= 64);
        let named = |name: &str| {
            of.record.properties.iter().chain(&common::COMMON).any(|row| row.name == name) || name == "extensions"
        };
        assert!(of.contributing.iter().all(|name| named(name)), "{}", of.name);
        for rule in of.record.rules {
            let names: Vec<&str> = match rule {
                Rule::NotBefore(a, b) | Rule::After(a, b) | Rule::NotBoth(a, b) => vec![a, b],
                Rule::Where(a, _, b) | Rule::Unless(a, _, b) => vec![a, b],
                Rule::AnyOf(names) => names.to_vec(),
                Rule::Needs(name, others) => std::iter::once(*name).chain(others.iter().copied()).collect(),
            };
            assert!(names.iter().all(|name| named(name)), "{} {rule:?}", of.name);
        }
    }
}

#[test]
fn forms_of_values() {
    use value::{is_base64, is_hex, is_ipv4, is_ipv6, is_mac};
    assert!(is_ipv4("198.51.100.0/24") && is_ipv4("192.0.2.1"));
    assert!(!is_ipv4("192.0.2.1/33") && !is_ipv4("192.0.2.1/+3") && !is_ipv4("192.0.2.256") && !is_ipv4("2001:db8::1"));
    assert!(is_ipv6("2001:db8::/32") && !is_ipv6("2001:db8::/129") && !is_ipv6("192.0.2.1"));
    assert!(is_mac("02:00:00:00:00:0a") && !is_mac("02-00-00-00-00-0a") && !is_mac("02:00:00:00:00"));
    assert!(is_hex("0aF1") && is_hex("") && !is_hex("0af") && !is_hex("0g"));
    assert!(is_base64("YQ==") && is_base64("") && !is_base64("YQ=") && !is_base64("Y-==") && !is_base64("===="));
}
