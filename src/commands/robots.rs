//! What a site lets programs ask for: its `robots.txt` (RFC 9309).

use crate::check;

/// The rules of one site for this program.
#[derive(Debug, Default)]
pub(super) struct Robots {
    /// Whether it is allowed, and the pattern that an address must match.
    rules: Vec<(bool, String)>,
}

impl Robots {
    /// Reads the groups for `name`, or else those for everybody.
    pub(super) fn parse(text: &str, name: &str) -> Self {
        let (mut own, mut all) = (Vec::new(), Vec::new());
        let (mut for_own, mut for_all, mut named, mut in_rules) = (false, false, false, false);
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            if key == "user-agent" {
                if in_rules {
                    (for_own, for_all, in_rules) = (false, false, false);
                }
                for_own |= value.eq_ignore_ascii_case(name);
                for_all |= value == "*";
                named |= for_own;
            } else if ["allow", "disallow"].contains(&key.as_str()) {
                in_rules = true;
                // An empty rule says nothing.
                let rule = (key == "allow", value.to_owned());
                if for_own && !value.is_empty() {
                    own.push(rule.clone());
                }
                if for_all && !value.is_empty() {
                    all.push(rule);
                }
            }
        }
        Self { rules: if named { own } else { all } }
    }

    /// Whether `path`, with its query, may be asked for: the longest rule that matches decides, and of two that are
    /// as long the one that allows.
    pub(super) fn allows(&self, path: &str) -> bool {
        let longest = self
            .rules
            .iter()
            .filter(|(_, pattern)| fits(pattern, path))
            .max_by_key(|(allowed, pattern)| (pattern.len(), *allowed));
        longest.is_none_or(|(allowed, _)| *allowed)
    }
}

/// `*` stands for any text, and `$` at the end for the end.
fn fits(pattern: &str, path: &str) -> bool {
    match pattern.strip_suffix('$') {
        Some(whole) => check::matches(whole, path),
        None => check::matches(&format!("{pattern}*"), path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_rule_of_the_own_group_decides() {
        let text = "User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: Raekoda # we\nDisallow: /a/*.pdf$\nDisallow: /b\nAllow: /b/c\nDisallow:\n";
        let robots = Robots::parse(text, "raekoda");
        for (path, allowed) in
            [("/", true), ("/a/x.pdf", false), ("/a/x.pdf?y", true), ("/b", false), ("/bc", false), ("/b/c/d", true)]
        {
            assert_eq!(robots.allows(path), allowed, "{path}");
        }
        assert!(!Robots::parse(text, "somebody").allows("/a"));
        assert!(Robots::parse("<html>", "raekoda").allows("/a"));
    }
}
