//! The e-form relay: takes in what citizens send, keeps it safe, delivers it, forgets it in time.
//!
//! ```text
//! http ─▶ intake ─ forms: validate ─▶ store (one writer, one flush for many) ─▶ 303
//!                                       │
//!                                       └─▶ delivery: a scheduler a destination ─▶ smtp | webhook | folder
//! ```

mod arriving;
mod attachment;
mod audit;
mod body;
mod clamd;
mod cli;
mod clock;
mod config;
mod delivery;
mod document;
mod filling;
mod holding;
mod http;
mod intake;
mod library;
mod metrics;
mod network;
mod pace;
mod pages;
mod proof;
mod rate;
mod reference;
mod seal;
mod secret;
mod serve;
mod stats;
mod store;
mod token;
mod upload;

pub use cli::main;
