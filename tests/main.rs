//! Tests that drive the real programs, and tests of the source itself. One test binary, so one link.
#![allow(clippy::disallowed_methods, reason = "tests make files and look at what was written")]

mod catalog;
mod dependencies;
mod layers;
#[cfg(feature = "generator")]
mod new_site;
#[cfg(feature = "generator")]
mod reference;
#[cfg(feature = "relay")]
mod relay;
