//! Raekoda: a municipality's folder of Markdown and TOML becomes its whole website.
//!
//! Data flows one way; a stage knows the stages before it and nothing of those after it:
//!
//! ```text
//! site folder ─ source ─▶ documents ─ content ─▶ entries ─ site ─▶ model ─ render ─▶ pages ─ output ─▶ public/
//! theme folder ─ theme ─▶ types, templates, components, styles, strings ────────┘
//! forms/*.toml ─ forms ─▶ definitions ─▶ form pages + forms.json ─▶ form-relay
//! ```
#![forbid(unsafe_code)]

pub mod calendar;
pub mod diagnostics;
pub mod fingerprint;
pub mod language;
pub mod schema;

pub mod forms;

#[cfg(any(feature = "generator", feature = "relay"))]
mod command_line;

#[cfg(feature = "generator")]
pub mod assets;
#[cfg(feature = "generator")]
pub mod check;
#[cfg(feature = "generator")]
pub mod commands;
#[cfg(feature = "generator")]
pub mod content;
#[cfg(feature = "generator")]
pub mod markdown;
#[cfg(feature = "generator")]
pub mod minify;
#[cfg(feature = "generator")]
pub mod output;
#[cfg(feature = "generator")]
pub mod preview;
#[cfg(feature = "generator")]
pub mod render;
#[cfg(feature = "generator")]
pub mod search;
#[cfg(feature = "generator")]
pub mod site;
#[cfg(feature = "generator")]
pub mod source;
#[cfg(feature = "generator")]
pub mod theme;

#[cfg(feature = "relay")]
pub mod relay;
