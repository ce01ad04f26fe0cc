//! Styles, scripts and images: bundled, sized, fingerprinted.
//!
//! Nothing here touches the disk: what is read comes as bytes, what is made is given to `output`.

pub mod css;
mod fingerprint;
pub mod images;
pub mod script;
pub mod svg;

pub use fingerprint::{Asset, Assets, fingerprinted};
