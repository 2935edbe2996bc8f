//! The lists that come with the program, from `rules/warninglists`.

use super::{ListError, Terms, WarningList};

const OWN: [&str; 12] = [
    include_str!("../../../../rules/warninglists/empty-files.json"),
    include_str!("../../../../rules/warninglists/government-jp.json"),
    include_str!("../../../../rules/warninglists/public-resolvers.json"),
    include_str!("../../../../rules/warninglists/public-suffixes.json"),
    include_str!("../../../../rules/warninglists/reserved-names.json"),
    include_str!("../../../../rules/warninglists/reserved-ranges.json"),
    include_str!("../../../../rules/warninglists/response-jp.json"),
    include_str!("../../../../rules/warninglists/root-server-names.json"),
    include_str!("../../../../rules/warninglists/root-servers.json"),
    include_str!("../../../../rules/warninglists/services-whole.json"),
    include_str!("../../../../rules/warninglists/services.json"),
    include_str!("../../../../rules/warninglists/trust-and-time.json"),
];

impl WarningList {
    /// The lists that come with the program.
    ///
    /// # Errors
    /// Never for the lists as they are; a test reads them all.
    pub fn own() -> Result<Vec<Self>, ListError> {
        OWN.into_iter().map(|text| Self::read(text.as_bytes(), &Terms::default())).collect()
    }
}
