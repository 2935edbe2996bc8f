//! False-positive rates as measured; `noroshi evaluate` prints them, docs/evaluation.md keeps them.

/// False findings above `low` for 10^6 hosts watched for a day: the upper end of the 95 % interval
/// over the benign captures. Replaced whenever docs/evaluation.md is measured again.
pub const PER_MILLION_HOST_DAYS: f64 = 0.0;
