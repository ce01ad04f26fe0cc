//! stub
use clap::Args;
/// What `theme gallery` takes.
#[derive(Debug, Args)]
pub(super) struct GalleryArguments {}
pub(super) fn run(_: &GalleryArguments, _: super::Voice) -> std::process::ExitCode { std::process::ExitCode::SUCCESS }
