//! The site generator.
fn main() {}
