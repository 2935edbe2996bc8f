//! The honest protocol: labels in, precision, recall and time to detect out.
