//! The table of all pairs of colours that the theme declares.

use crate::{
    commands::Voice,
    theme::{Palette, Scheme, Theme, Tokens},
};

/// Prints every pair with its contrast, light and dark.
pub(super) fn print(theme: &Theme, palette: Option<&Palette>, voice: Voice) {
    let tokens = Tokens::of(theme, palette);
    let heads =
        [voice.say("peal", "on"), voice.say("vaja", "needs"), voice.say("hele", "light"), voice.say("tume", "dark")];
    println!("{:<16} {:<16} {:>6} {:>7} {:>7}", "", heads[0], heads[1], heads[2], heads[3]);
    for pair in &theme.manifest.pairs {
        for on in &pair.on {
            let [light, dark] = Scheme::ALL.map(|scheme| tokens.contrast(&pair.text, on, scheme)).map(shown);
            println!("{:<16} {on:<16} {:>6} {light:>7} {dark:>7}", pair.text, pair.least);
        }
    }
}

fn shown(ratio: Option<f64>) -> String {
    ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}"))
}
