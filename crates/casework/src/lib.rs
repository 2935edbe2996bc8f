//! What people do: mandates, decisions, hunts, organisations. Pure: a state and a command give an event or a refusal.
