//! E-forms: definitions, their HTML, validation of a submission.
