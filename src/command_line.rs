//! What the command lines of both programs share: whose language they speak, and their help in Estonian.

use std::{collections::BTreeMap, ffi::OsString, fmt::Write as _};

use clap::{Arg, ArgAction, Command, ValueEnum, builder::Resettable};

use crate::diagnostics::Language;

/// The values of `--lang`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum MessageLanguage {
    /// Estonian.
    Et,
    /// English.
    En,
}

/// The language of messages: what `--lang` says, else the system's (`LC_ALL`, `LC_MESSAGES`, `LANG`).
/// It is wanted before the arguments can be read, since their help is in it.
pub(crate) fn language_of(arguments: impl Iterator<Item = OsString>) -> Language {
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

/// A program's help in Estonian: `build` is a command, `form list` one within a command, `build.out` an argument,
/// `*.quiet` one that several commands have, `list.state.dead` a value of an argument, `form-relay.after` what stands
/// at the end.
pub(crate) struct Help(BTreeMap<String, String>);

impl Help {
    /// Reads the texts, which are part of the program.
    pub(crate) fn parse(text: &str) -> Self {
        Self(toml::from_str(text).expect("the texts are valid"))
    }

    /// The command with its help in `language`.
    pub(crate) fn translate(&self, command: Command, language: Language) -> Command {
        if language == Language::English {
            return command;
        }
        let name = command.get_name().to_owned();
        let command = self.within(self.texts(command, &name), "", &name);
        frame(command, &name, true)
    }

    /// The commands within one, and those within them.
    fn within(&self, mut command: Command, before: &str, program: &str) -> Command {
        let subcommands: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        for sub in subcommands {
            let name = format!("{before}{sub}");
            command = command.mut_subcommand(&sub, |inner| {
                let inner = self.within(self.texts(inner, &name), &format!("{name} "), program);
                frame(inner, &format!("{program} {name}"), false)
            });
        }
        command
    }

    fn texts(&self, mut command: Command, name: &str) -> Command {
        if let Some(about) = self.0.get(name) {
            command = command.about(about.clone()).long_about(Resettable::Reset);
        }
        if let Some(after) = self.0.get(&format!("{name}.after")) {
            command = command.after_help(after.clone());
        }
        command.mut_args(|argument| {
            let heading = if argument.is_positional() { "Argumendid" } else { "Valikud" };
            let help = self.of(name, argument.get_id().as_str()).map(|help| self.with_values(name, &argument, help));
            let mut argument = argument.help_heading(heading);
            if argument.get_action().takes_values() {
                argument = argument.hide_default_value(true).hide_possible_values(true);
            }
            match help {
                Some(help) => argument.help(help).long_help(Resettable::Reset),
                None => argument,
            }
        })
    }

    /// The text of an argument, or of one of its values: the command's own, or what several commands share.
    fn of(&self, command: &str, id: &str) -> Option<&str> {
        let own = self.0.get(&format!("{command}.{id}"));
        own.or_else(|| self.0.get(&format!("*.{id}"))).map(String::as_str)
    }

    /// What clap adds to an argument's help in English: its values and what it is without a word.
    fn with_values(&self, command: &str, argument: &Arg, help: &str) -> String {
        let mut help = help.to_owned();
        if !argument.get_action().takes_values() {
            return help;
        }
        let values = argument.get_possible_values();
        let (explained, plain): (Vec<_>, Vec<_>) = values
            .iter()
            .filter(|value| !value.is_hide_set())
            .map(|value| (value.get_name(), self.of(command, &format!("{}.{}", argument.get_id(), value.get_name()))))
            .partition(|(_, text)| text.is_some());
        if !plain.is_empty() {
            let names: Vec<&str> = plain.iter().map(|(name, _)| *name).collect();
            let _ = write!(help, " [üks neist: {}]", names.join(", "));
        }
        if let [default] = argument.get_default_values() {
            let _ = write!(help, " [vaikimisi: {}]", default.to_string_lossy());
        }
        for (name, text) in explained {
            let _ = write!(help, "\n- {name}: {}", text.unwrap_or_default());
        }
        help
    }

    /// The keys of what `command` and the commands within it have in English only.
    #[cfg(test)]
    pub(crate) fn missing(&self, command: &Command) -> Vec<String> {
        let mut missing = Vec::new();
        self.missing_within(command, command.get_name(), "", &mut missing);
        missing
    }

    #[cfg(test)]
    fn missing_within(&self, command: &Command, name: &str, before: &str, missing: &mut Vec<String>) {
        if !self.0.contains_key(name) {
            missing.push(name.to_owned());
        }
        if command.get_after_help().is_some() && !self.0.contains_key(&format!("{name}.after")) {
            missing.push(format!("{name}.after"));
        }
        for argument in command.get_arguments() {
            let explained = argument.get_possible_values().into_iter().filter(|value| value.get_help().is_some());
            let values = explained.map(|value| format!("{}.{}", argument.get_id(), value.get_name()));
            let all = values.chain([argument.get_id().to_string()]);
            missing.extend(all.filter(|id| self.of(name, id).is_none()).map(|id| format!("{name}.{id}")));
        }
        for sub in command.get_subcommands() {
            let name = format!("{before}{}", sub.get_name());
            self.missing_within(sub, &name, &format!("{name} "), missing);
        }
    }
}

/// Where the options stand that every command has: behind all others.
const LAST: usize = 1_000;

/// What clap itself says in a command's help: headings, the usage, and the options that every command has.
fn frame(command: Command, name: &str, version: bool) -> Command {
    let own = |id: &'static str, short, action, help: &'static str| {
        Arg::new(id).short(short).long(id).action(action).help(help).help_heading("Valikud").display_order(LAST)
    };
    let command = command
        .subcommand_help_heading("Käsud")
        .subcommand_value_name("KÄSK")
        .help_template("{about-with-newline}\nKasutus: {usage}\n\n{all-args}{after-help}")
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(own("help", 'h', ArgAction::Help, "Näita seda abi."));
    let command =
        if version { command.arg(own("version", 'V', ArgAction::Version, "Näita versiooni.")) } else { command };
    // The options that all commands have do not stand in it yet.
    let usage = command.clone().bin_name(name).render_usage().to_string().replace(" [OPTIONS]", "");
    let usage = usage.trim_start_matches("Usage:").trim_start().replacen(name, &format!("{name} [VALIKUD]"), 1);
    command.override_usage(usage)
}
