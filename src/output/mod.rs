//! The written site: staging, manifest, swap; feeds, sitemap, redirects.
