//! Styles, scripts and images: bundled, sized, fingerprinted.
