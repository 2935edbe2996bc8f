//! Detectors over server features and selected records, and the findings they make.
