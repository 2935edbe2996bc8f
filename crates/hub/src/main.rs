//! The program noroshi: command line and wiring.
fn main() {}
