//! The e-form relay.
