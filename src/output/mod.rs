//! The written site: staging, manifest, swap; feeds, calendars, open data, sitemap, redirects, what hosts are told.
//!
//! A build never writes into the folder that visitors see. It stages the complete new site beside it
//! and exchanges the two folders at one stroke, so that at any moment, even when the build is killed,
//! a whole site stands there. What the generator keeps for itself lies beside the output folder, in
//! `.<name>.raekoda`:
//!
//! ```text
//! public/                the site
//! .public.raekoda/lock            held while a build writes
//! .public.raekoda/manifest        every file of the site: hash, size, time; the inputs it was made from
//! .public.raekoda/manifest.next   the same for the site that is about to take its place
//! .public.raekoda/next/           the site that is being staged; between builds, the one before the last
//! .public.raekoda/next.known      what stands in `next/`, while no build is at work on it
//! ```
//!
//! The order of a commit: complete `next/`, write `manifest.next`, exchange, rename `manifest.next` to
//! `manifest`, note in `next.known` that the old tree is there now. Whichever step is the last, the next
//! build knows from the two manifests and the times of the files what is there.

mod atom;
mod cache;
mod compress;
mod exchange;
mod feed;
mod folder;
mod hosting;
mod icalendar;
mod inputs;
mod json_feed;
mod manifest;
mod next;
mod open_data;
mod opensearch;
mod pictures;
mod redirects;
mod robots;
mod rss;
mod sbom;
mod sealed;
mod shards;
mod sitemap;
mod staging;
mod tree;
mod xml;

pub use atom::atom;
pub use cache::Cache;
pub use compress::smaller_copies;
pub use feed::{Feed, FeedItem};
pub use folder::OutputFolder;
pub use hosting::{Hosting, Moved, apache, caddy, frames, headers, htaccess, nginx, security};
pub use icalendar::{Calendar, CalendarEvent, icalendar};
pub use inputs::{Input, Inputs};
pub use json_feed::json_feed;
pub use open_data::open_data;
pub use opensearch::opensearch;
pub use pictures::stage_picture;
pub use redirects::{Redirect, redirect_page, redirects_file};
pub use robots::robots;
pub use rss::rss;
pub use sbom::{Materials, Part, ShippedFile, is_material, sbom};
pub use sitemap::{SitemapPage, sitemaps};
pub use staging::{Changes, Staging, Stamp, Summary};
