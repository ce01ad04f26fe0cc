//! E-forms: definitions, their HTML, validation of a submission.
//!
//! A form is a TOML file. `read` makes a [`Form`] of it, or diagnostics. [`validate`] turns what a
//! browser sent into [`Answers`], or [`Errors`] in the citizen's language. [`html`] makes every page of a
//! form as text for the theme's shell. [`Catalogue`] is what the build gives the relay: `forms.json`.
//!
//! Nothing here knows of HTTP, of storage or of the clock.

mod answers;
mod compiled;
mod condition;
mod definition;
pub mod html;
pub mod privacy;
mod reader;
mod reading;
mod rehearsal;
mod shipped;
mod submission;
mod validate;
mod words;

pub use answers::{Answer, Answered, Answers, Plain, Row, Section};
pub use compiled::{Catalogue, Compiled, Unusable, Version};
pub use condition::Condition;
pub use definition::{Availability, Choice, Deadline, Field, FileRules, FileType, Form, Kind, Limits, Repeat, Step};
pub use rehearsal::{Rehearsed, rehearse};
pub use shipped::{Library, SHIPPED};
pub use submission::{Action, DROP, GO, HELD, HONEYPOT, Input, LANGUAGE, MALWARE, RECEIPT, RESERVED, Upload, VERSION};
pub use validate::{Error, Errors, validate};

#[cfg(test)]
mod tests;
