//! Who may do what to which: Cedar policies behind one function that gives a permit or a refusal.
