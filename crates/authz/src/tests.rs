#[test]
fn t() {
    crate::Authz::new().map(|a| a.policy_hash()).unwrap();
}
