//! STIX objects that MISP has no counterpart for, kept whole in an object of MISP.

/// The name of the template.
pub(crate) const NAME: &str = "stix2-object";
