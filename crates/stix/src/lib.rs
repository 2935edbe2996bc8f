//! STIX 2.1 objects as types. No I/O.
