//! The overseer's own programs: mirror, witness, key release, inspection. Depends on the ledger, not on the hub.
