//! The e-form relay.
fn main() {}
