//! The table of all pairs of colours that the theme declares.

use crate::{
    commands::Voice,
    diagnostics::Diagnostic,
    theme::{Palette, Scheme, Theme, Tokens},
};

/// Prints every pair with its contrast, light and dark, and reports those that do not reach what they need.
pub(super) fn print(theme: &Theme, palette: Option<&Palette>, voice: Voice, out: &mut Vec<Diagnostic>) {
    let tokens = Tokens::of(theme, palette);
    let heads =
        [voice.say("peal", "on"), voice.say("vaja", "needs"), voice.say("hele", "light"), voice.say("tume", "dark")];
    println!("{:<16} {:<16} {:>6} {:>7} {:>7}", "", heads[0], heads[1], heads[2], heads[3]);
    for pair in &theme.manifest.pairs {
        for on in &pair.on {
            let ratios = Scheme::ALL.map(|scheme| contrast(&tokens, &pair.text, on, scheme));
            let shown = ratios.map(|ratio| ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}")));
            println!("{:<16} {on:<16} {:>6} {:>7} {:>7}", pair.text, pair.least, shown[0], shown[1]);
            for (scheme, ratio) in Scheme::ALL.into_iter().zip(ratios) {
                // What CSS works out itself, a browser's test must see.
                if ratio.is_some_and(|ratio| ratio < pair.least) {
                    let problem = Diagnostic::new("theme.contrast").arg("text", &pair.text).arg("on", on);
                    let ratio = format!("{:.2}", ratio.unwrap_or_default());
                    out.push(problem.arg("ratio", ratio).arg("least", pair.least).arg("scheme", scheme.as_str()));
                }
            }
        }
    }
}

fn contrast(tokens: &Tokens, text: &str, on: &str, scheme: Scheme) -> Option<f64> {
    let colour = |name: &str| tokens.get(name)?.colour(scheme);
    Some(colour(text)?.contrast(colour(on)?))
}
