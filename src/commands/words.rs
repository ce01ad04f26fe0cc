//! The command line's own help in Estonian, and whose language it is.

use std::{collections::BTreeMap, ffi::OsString, sync::LazyLock};

use clap::{Arg, ArgAction, Command};

use crate::diagnostics::Language;

/// Estonian help texts: `build` for a command, `build.out` for an argument, `*.quiet` for one that
/// several commands have.
static ESTONIAN: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| toml::from_str(include_str!("words.toml")).expect("the texts are valid"));

/// The language of messages: what `--lang` says, else the system's (`LC_ALL`, `LC_MESSAGES`, `LANG`).
/// It is wanted before the arguments can be read, since their help is in it.
pub(super) fn language_of(arguments: impl Iterator<Item = OsString>) -> Language {
    let mut arguments = arguments.filter_map(|argument| argument.into_string().ok());
    while let Some(argument) = arguments.next() {
        let named =
            if argument == "--lang" { arguments.next() } else { argument.strip_prefix("--lang=").map(Into::into) };
        match named.as_deref() {
            Some("et") => return Language::Estonian,
            Some("en") => return Language::English,
            _ => {}
        }
    }
    let locale =
        ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    if locale.is_some_and(|locale| locale.starts_with("et")) { Language::Estonian } else { Language::English }
}

/// The command with its help in `language`.
pub(super) fn translate(mut command: Command, language: Language) -> Command {
    if language == Language::English {
        return command;
    }
    let name = command.get_name().to_owned();
    command = frame(texts(command, &name), true);
    within(command, "")
}

/// What clap itself says in a command's help: headings, and the options that every command has.
fn frame(command: Command, version: bool) -> Command {
    let own = |id: &'static str, short, action, help: &'static str| {
        Arg::new(id).short(short).long(id).action(action).help(help).help_heading("Valikud")
    };
    let command = command
        .subcommand_help_heading("Käsud")
        .help_template("{about-with-newline}\nKasutus: {usage}\n\n{all-args}{after-help}")
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(own("help", 'h', ArgAction::Help, "Näita seda abi"));
    if version { command.arg(own("version", 'V', ArgAction::Version, "Näita versiooni")) } else { command }
}

/// The commands within one; `form list` is the name of a command within a command.
fn within(mut command: Command, before: &str) -> Command {
    let subcommands: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for sub in subcommands {
        let name = format!("{before}{sub}");
        command = command.mut_subcommand(&sub, |inner| {
            let inner = frame(texts(inner, &name), false);
            within(inner, &format!("{name} "))
        });
    }
    command
}

fn texts(command: Command, name: &str) -> Command {
    let command = match ESTONIAN.get(name) {
        Some(about) => command.about(about.as_str()),
        None => command,
    };
    let name = name.to_owned();
    command.mut_args(move |argument| {
        let id = argument.get_id().to_string();
        let own = ESTONIAN.get(&format!("{name}.{id}")).or_else(|| ESTONIAN.get(&format!("*.{id}")));
        let heading = if argument.is_positional() { "Argumendid" } else { "Valikud" };
        match own {
            Some(help) => argument.help(help.as_str()).help_heading(heading),
            None => argument.help_heading(heading),
        }
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::commands::Arguments;

    fn without_words(command: &Command, before: &str, missing: &mut Vec<String>) {
        for sub in command.get_subcommands() {
            let name = format!("{before}{}", sub.get_name());
            let arguments = sub.get_arguments().map(|argument| argument.get_id());
            let unknown = arguments.map(|id| (format!("{name}.{id}"), format!("*.{id}")));
            let unknown = unknown.filter(|(own, shared)| !ESTONIAN.contains_key(own) && !ESTONIAN.contains_key(shared));
            missing.extend(unknown.map(|(own, _)| own));
            if !ESTONIAN.contains_key(&name) {
                missing.push(name.clone());
            }
            without_words(sub, &format!("{name} "), missing);
        }
    }

    #[test]
    fn every_command_and_argument_has_estonian_words() {
        let mut missing = Vec::new();
        without_words(&Arguments::command(), "", &mut missing);
        assert_eq!(missing, Vec::<String>::new());
    }
}
