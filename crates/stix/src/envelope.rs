//! What carries objects: a STIX bundle (section 8) or a TAXII envelope (TAXII 2.1, section 3.7). One bad object does not
//! lose the rest.

use crate::limits::{ENVELOPE_BYTES_MAX, OBJECTS_MAX};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Why nothing could be taken from it.
#[derive(Debug, thiserror::Error)]
pub enum NotAnEnvelope {
    /// Larger than the limit.
    #[error("the envelope has {bytes} bytes, at most {ENVELOPE_BYTES_MAX}; send it in parts")]
    TooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// It is not JSON.
    #[error("the envelope is not JSON: {0}")]
    NotJson(serde_json::Error),
    /// It is JSON and no envelope.
    #[error("the envelope is JSON and not `{{\"objects\": […]}}`: {0}")]
    NotObjects(String),
    /// More objects than the limit.
    #[error("the envelope has {count} objects, at most {OBJECTS_MAX}; send it in parts")]
    TooMany {
        /// How many it has.
        count: usize,
    },
}

#[derive(Deserialize)]
struct Shape<'a> {
    #[serde(borrow, default)]
    objects: Option<Vec<&'a RawValue>>,
}

/// The objects of an envelope or bundle, each exactly as it stands there.
///
/// # Errors
/// [`NotAnEnvelope`]: not JSON is told apart from JSON of another shape.
pub fn split(bytes: &[u8]) -> Result<Vec<&str>, NotAnEnvelope> {
    if bytes.len() > ENVELOPE_BYTES_MAX {
        return Err(NotAnEnvelope::TooLarge { bytes: bytes.len() });
    }
    let whole: &RawValue = serde_json::from_slice(bytes).map_err(NotAnEnvelope::NotJson)?;
    let shape: Shape<'_> =
        serde_json::from_str(whole.get()).map_err(|error| NotAnEnvelope::NotObjects(error.to_string()))?;
    let objects = shape.objects.ok_or_else(|| NotAnEnvelope::NotObjects("it has no `objects`".to_owned()))?;
    if objects.len() > OBJECTS_MAX {
        return Err(NotAnEnvelope::TooMany { count: objects.len() });
    }
    Ok(objects.into_iter().map(RawValue::get).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_and_an_envelope_give_their_objects_as_they_stand() {
        let bundle = br#"{"type":"bundle","id":"bundle--x","objects":[ {"a": 1.0} ,{"b":2}]}"#;
        assert_eq!(split(bundle).unwrap(), [r#"{"a": 1.0}"#, r#"{"b":2}"#]);
        assert_eq!(split(br#"{"more":false,"objects":[]}"#).unwrap(), Vec::<&str>::new());
    }

    #[test]
    fn json_of_another_shape_is_told_apart_from_no_json() {
        assert!(matches!(split(b"{\"objects\":["), Err(NotAnEnvelope::NotJson(_))));
        assert!(matches!(split(b"\xff"), Err(NotAnEnvelope::NotJson(_))));
        for wrong in ["[]", "7", "{}", r#"{"objects":{}}"#, r#"{"objects":[],"objects":[]}"#] {
            assert!(matches!(split(wrong.as_bytes()), Err(NotAnEnvelope::NotObjects(_))), "{wrong}");
        }
    }

    #[test]
    fn more_than_the_limit_is_refused_and_the_limit_is_not() {
        let of = |count: usize| format!(r#"{{"objects":[{}1]}}"#, "1,".repeat(count - 1));
        assert_eq!(split(of(OBJECTS_MAX).as_bytes()).unwrap().len(), OBJECTS_MAX);
        assert!(matches!(split(of(OBJECTS_MAX + 1).as_bytes()), Err(NotAnEnvelope::TooMany { .. })));
        assert!(matches!(split(&vec![b' '; ENVELOPE_BYTES_MAX + 1]), Err(NotAnEnvelope::TooLarge { .. })));
    }
}
