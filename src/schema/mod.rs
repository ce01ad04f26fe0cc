//! Field definitions and checked values: one vocabulary for content types and e-forms.
