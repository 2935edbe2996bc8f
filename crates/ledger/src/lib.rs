//! A log anyone can check: C2SP tlog-tiles, checkpoints, cosignatures, receipts. Entries are opaque bytes.
