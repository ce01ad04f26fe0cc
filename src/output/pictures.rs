//! The variants of images, on their way into the site.

use super::{Cache, Staging};
use crate::{
    assets::images::{self, ImageInfo, Variant},
    diagnostics::Diagnostic,
    source::SourceFile,
};

/// Stages the `variants` of the image `file`: those that the old site has are kept, those in the cache
/// are read, and only for the rest is the image decoded. Meant for the parallel list of jobs.
///
/// # Errors
/// As of [`images::encode`] and [`Staging::write`].
pub fn stage_picture(
    staging: &Staging,
    cache: &Cache,
    file: &SourceFile,
    info: &ImageInfo,
    variants: &[Variant],
) -> Result<(), Diagnostic> {
    let mut missing = Vec::new();
    for variant in variants {
        if staging.keep(&variant.path)? {
            continue;
        }
        match cache.get(&variant.path) {
            Some(bytes) => staging.write(&variant.path, &bytes)?,
            None => missing.push(variant.clone()),
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    for (variant, bytes) in images::encode(&file.path, &file.bytes()?, info, &missing)? {
        // A full disk will show itself in the next line.
        let _ = cache.put(&variant.path, &bytes);
        staging.write(&variant.path, &bytes)?;
    }
    Ok(())
}
