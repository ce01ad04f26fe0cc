//! Tests that drive the real programs, and tests of the source itself. One test binary, so one link.
#![allow(clippy::disallowed_methods, reason = "tests make files and look at what was written")]
#![allow(unreachable_pub, reason = "all of it is one program")]

mod catalog;
mod dependencies;
mod layers;
#[cfg(feature = "generator")]
mod new_site;
#[cfg(feature = "generator")]
mod reference;

#[cfg(feature = "generator")]
mod bad_input;
#[cfg(feature = "generator")]
mod building;
#[cfg(feature = "generator")]
mod commands;
#[cfg(all(feature = "generator", unix))]
mod disk;
#[cfg(feature = "generator")]
mod driver;
#[cfg(feature = "generator")]
mod feeds;
#[cfg(feature = "generator")]
mod formats;
#[cfg(feature = "generator")]
mod forms;
#[cfg(all(feature = "generator", unix))]
mod hosting;
#[cfg(feature = "generator")]
mod inspector;
#[cfg(feature = "generator")]
mod keeping;
#[cfg(feature = "generator")]
mod labelled;
#[cfg(feature = "generator")]
mod preview;
#[cfg(all(feature = "generator", unix))]
mod recipes;
#[cfg(feature = "generator")]
mod search;
#[cfg(feature = "generator")]
mod theme;
#[cfg(feature = "generator")]
mod validators;

#[cfg(feature = "relay")]
mod relay;
