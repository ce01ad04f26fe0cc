//! The index by which a site is searched in the browser: made with the site, cut so that nobody loads it
//! whole, and worked out so far that the browser only adds numbers.
//!
//! For each language there is a folder `search/<language>/`:
//!
//! ```text
//! index.json     what a search needs first: which shard holds which stems, types, themes, synonyms
//! t-….txt        a shard: stems in order, each with the pages that have it and what that is worth
//! d-….json       a block of pages: address, title, summary, date
//! w-….txt        the commoner stems, for words that the index does not know
//! ```
//!
//! Shards and blocks are named by their content and may be kept for good.

mod estonian;
mod files;
mod index;
mod parts;
mod postings;
mod stem;
mod synonyms;
mod words;

pub use index::{Best, Document, Index};
pub use synonyms::says_nothing;
pub use words::{Reader, Weight, Words};
