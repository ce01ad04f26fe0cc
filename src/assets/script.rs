//! Scripts, a little smaller: without comments that have a line to themselves, and without indentation.

/// The script without lines that are only a comment and without the spaces before lines. A script with a
/// text of several lines stays as it is: there spaces mean something.
#[must_use]
pub fn lean(script: &str) -> String {
    if script.lines().any(|line| line.matches('`').count() % 2 == 1) || script.contains("/*") {
        return script.to_owned();
    }
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.fold(String::with_capacity(script.len()), |text, line| text + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_go() {
        let script = "// Says hello.\nif (a) {\n  // why\n  say(\"// no\"); // stays\n}\n";
        assert_eq!(lean(script), "if (a) {\nsay(\"// no\"); // stays\n}\n");
    }

    #[test]
    fn a_text_of_several_lines_is_left_alone() {
        let script = "const a = `\n  // text\n`;\n";
        assert_eq!(lean(script), script);
    }
}
