//! The theme's contract: blocks, components, tokens and settings, written from the theme itself.

use std::fmt::Write as _;

use clap::Args;

use super::{Used, Which};
use crate::{
    diagnostics::Diagnostic,
    language::Lang,
    render::{Component, Templates},
    site::Minify,
    theme::{Tokens, blocks},
};

/// What `theme contract` takes.
#[derive(Debug, Args)]
pub(super) struct ContractArguments {
    #[command(flatten)]
    which: Which,
    /// Only the names, one on each line.
    #[arg(long)]
    names: bool,
}

pub(super) fn run(arguments: &ContractArguments, out: &mut Vec<Diagnostic>) -> Option<()> {
    let used = arguments.which.load(out)?;
    let components = Templates::read(&used.theme, Minify::Off, out)?.components();
    print!("{}", if arguments.names { names(&used, &components) } else { page(&used, &components) });
    Some(())
}

/// Every public name with its kind: what a test compares with the names of earlier versions.
fn names(used: &Used, components: &[Component]) -> String {
    let manifest = &used.theme.manifest;
    let mut lines: Vec<String> = manifest.blocks.iter().map(|name| format!("block {name}")).collect();
    for component in components {
        lines.push(format!("component {}", component.name));
        let parameters = component.parameters.iter();
        lines.extend(parameters.map(|p| format!("parameter {} {} {}", component.name, p.name, p.kind)));
    }
    lines.extend(manifest.settings.fields().iter().map(|field| format!("setting {} {}", field.name, field.kind)));
    lines.extend(manifest.kept_tokens.iter().map(|name| format!("token {name}")));
    lines.sort();
    let version = manifest.version.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("version {version}\n{}\n", lines.join("\n"))
}

/// The reference for theme authors, in English.
fn page(used: &Used, components: &[Component]) -> String {
    let manifest = &used.theme.manifest;
    let version = manifest.version.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut page = format!(
        "# The contract of the theme {} {version}\n\n\
         Written by `raekoda theme contract`. These names stay until the next major version.\n\n",
        manifest.name
    );
    // Writing into a String does not fail.
    let _ = settings(&mut page, used);
    let _ = blocks_of(&mut page, used);
    let _ = tokens(&mut page, used);
    let _ = components_of(&mut page, components);
    page
}

fn settings(page: &mut String, used: &Used) -> std::fmt::Result {
    writeln!(
        page,
        "## Settings\n\nUnder `[settings]` in `site.toml`.\n\n| Name | Kind | What it is |\n| --- | --- | --- |"
    )?;
    for field in used.theme.manifest.settings.fields() {
        let help = field.help.get(Lang::EN).map(|help| format!(": {help}")).unwrap_or_default();
        writeln!(page, "| `{}` | {} | {}{} |", field.name, field.kind, field.label(Lang::EN), cell(&help))?;
    }
    writeln!(page)
}

fn blocks_of(page: &mut String, used: &Used) -> std::fmt::Result {
    writeln!(page, "## Blocks\n\n| Block | Templates that have it |\n| --- | --- |")?;
    for name in &used.theme.manifest.blocks {
        let has = |text: &str| blocks(text).iter().any(|block| block.name == name);
        let all = used.theme.files.below("templates/");
        let found = all.filter(|(path, _)| used.theme.files.text(path).is_some_and(has));
        let found: Vec<String> =
            found.map(|(path, _)| format!("`{}`", path.trim_start_matches("templates/"))).collect();
        writeln!(page, "| `{name}` | {} |", found.join(" "))?;
    }
    writeln!(page)
}

fn tokens(page: &mut String, used: &Used) -> std::fmt::Result {
    writeln!(page, "## Tokens\n\n| Token | Value |\n| --- | --- |")?;
    let palette = crate::commands::theme_assets::palette(&used.settings, &mut Vec::new());
    let tokens = Tokens::of(&used.theme, palette.as_ref());
    for name in &used.theme.manifest.kept_tokens {
        writeln!(page, "| `{name}` | `{}` |", tokens.get(name).map_or("", |token| token.css()))?;
    }
    writeln!(page)
}

fn components_of(page: &mut String, components: &[Component]) -> std::fmt::Result {
    writeln!(page, "## Components\n")?;
    for component in components {
        writeln!(page, "### {}\n\n{}", component.name, component.words.get("en").map_or("", String::as_str))?;
        if let Some(outer) = &component.inside {
            writeln!(page, "It stands inside `{outer}`.")?;
        }
        writeln!(page)?;
        if !component.parameters.is_empty() {
            writeln!(page, "| Parameter | Type | When absent | What it is |\n| --- | --- | --- | --- |")?;
            for parameter in &component.parameters {
                let absent = match &parameter.default {
                    None => "must be given".to_owned(),
                    Some(default) if default.is_empty() => String::new(),
                    Some(default) => format!("`{default}`"),
                };
                let words = parameter.words.get("en").map_or("", String::as_str);
                writeln!(page, "| `{}` | {} | {absent} | {} |", parameter.name, parameter.kind, cell(words))?;
            }
            writeln!(page)?;
        }
        if let Some(example) = component.examples.get("en").or_else(|| component.examples.get("et")) {
            writeln!(page, "```markdown\n{example}\n```\n")?;
        }
    }
    Ok(())
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
