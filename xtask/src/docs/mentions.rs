//! Finds commands, flags and names in pages and in help texts.

use super::page::Page;

/// The lines of shell blocks and the code in prose, each with its line.
pub(super) fn commands(page: &Page) -> impl Iterator<Item = (usize, &str)> {
    let blocks = page.blocks.iter().filter(|block| block.language == "sh");
    let lines = blocks.flat_map(|block| {
        block.text.lines().enumerate().map(|(index, line)| {
            let code = line.split(" #").next().unwrap_or(line);
            (block.line + index + 1, code)
        })
    });
    lines.chain(page.code())
}

/// The words of a text that begin with `prefix` and go on with characters for which `of` holds.
pub(super) fn words(text: &str, prefix: &str, of: impl Fn(char) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(prefix) {
        let start = from + at;
        let rest = &text[start + prefix.len()..];
        let length = rest.find(|c: char| !of(c)).unwrap_or(rest.len());
        let end = start + prefix.len() + length;
        let before = text[..start].chars().next_back();
        if before.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_' && c != '-') {
            found.push(text[start..end].trim_end_matches(':').to_owned());
        }
        from = end;
    }
    found
}

/// The flags in a text. A bare `--` is followed by another program's flags, which are left out.
pub(super) fn flags(text: &str) -> Vec<String> {
    let own = text.split(" -- ").next().unwrap_or(text);
    words(own, "--", |c| c.is_ascii_lowercase() || c == '-')
}

/// The flags and the subcommands that a help text lists.
pub(super) fn read_help(help: &str) -> (Vec<String>, Vec<String>) {
    let mut found = Vec::new();
    let mut commands = Vec::new();
    let mut in_commands = false;
    for line in help.lines() {
        if !line.starts_with(' ') {
            in_commands = line.starts_with("Commands:");
        } else if let Some(name) = line.strip_prefix("  ").filter(|_| in_commands) {
            let name = name.split(' ').next().unwrap_or_default();
            if !name.is_empty() && name != "help" {
                commands.push(name.to_owned());
            }
        } else if line.trim_start().starts_with('-') {
            found.extend(flags(line));
        }
    }
    (found, commands)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_lists_flags_and_commands() {
        let help = "About\n\nUsage: x\n\nCommands:\n  run   Run it\n  help  Print this\n\nOptions:\n      --batch-size <N>  Rows\n  -h, --help            Print help\n";
        let (flags, commands) = read_help(help);
        assert_eq!(flags, ["--batch-size", "--help"]);
        assert_eq!(commands, ["run"]);
    }

    #[test]
    fn words_are_whole() {
        let upper = |c: char| c.is_ascii_uppercase() || c == '_';
        assert_eq!(
            words("ETL_A, `ETL_B`=1 XETL_C", "ETL_", upper),
            ["ETL_A", "ETL_B"]
        );
    }
}
