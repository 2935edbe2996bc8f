//! Typed ids: a time-ordered UUID (version 7, RFC 9562) that cannot be mistaken for another kind's.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not the id of {article} {kind}; an id is a UUID, for example `018f2f3e-0000-7000-8000-000000000001`"
)]
pub struct NotAnId {
    text: String,
    article: &'static str,
    kind: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $article:literal, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::parse_str(text)
                    .map(Self)
                    .map_err(|_| NotAnId { text: text.to_owned(), article: $article, kind: $kind })
            }
        }
    };
}

id!(/** A mandate (取得・利用の承認又は当事者協定), through all its versions. */ MandateId, "a", "mandate");
id!(/** An organisation: operator, carrier, ministry, vendor, commission. */ OrgId, "an", "organisation");
id!(/** A person with an account. */ PersonId, "a", "person");
id!(/** A hunt: questions asked of the lake under one reason. */ HuntId, "a", "hunt");
id!(/** A batch of kept records: one mandate, one day, one source, one data key. */ BatchId, "a", "batch");
id!(/** An intent in the ledger, closed by one result or abort. */ IntentId, "an", "intent");
id!(/** A request to open a pseudonym. */ OpeningId, "an", "opening request");
id!(/** A machine with a certificate or token: a carrier's exporter, a detector, a mirror. */ MachineId, "a", "machine");
id!(/** A token or client certificate. */ TokenId, "a", "token");
id!(/** An incident report (特定侵害事象等の報告). */ ReportId, "a", "report");
id!(/** A collection of shared intelligence (TAXII 2.1, section 5). */ CollectionId, "a", "collection");
id!(/** A measure (措置): a governed record. */ MeasureId, "a", "measure");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_a_wrong_text_says_what_was_expected() {
        let text = "018f2f3e-0000-7000-8000-000000000001";
        let id: MandateId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{text}\""));
        let error = "seven".parse::<OrgId>().unwrap_err().to_string();
        assert!(error.starts_with("`seven` is not the id of an organisation"), "{error}");
    }
}
