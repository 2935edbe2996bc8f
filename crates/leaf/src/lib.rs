//! What one line of the ledger says: acts, intents and results as canonical bytes, with salted commitments. No I/O.
