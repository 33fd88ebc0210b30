//! The lines of an error. A line is not broken inside a command that advice names, because a user pastes the command.

use jobinsight_core::advice;
use miette::MietteHandlerOpts;
use textwrap::core::Word;
use textwrap::{WordSeparator, WordSplitter};

/// The characters that end a command in advice.
const ENDS: [char; 5] = [';', ',', '(', ')', '`'];

/// Lets errors be shown with these lines. Only the first call has an effect.
pub(super) fn install() {
    let _ = miette::set_hook(Box::new(|_| {
        let options = MietteHandlerOpts::new()
            .break_words(false)
            .word_splitter(WordSplitter::NoHyphenation)
            .word_separator(WordSeparator::Custom(words));
        Box::new(options.build())
    }));
}

/// The words of a line. A command is one word.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let parts = parts(line, &advice::command(""));
    Box::new(parts.into_iter().map(Word::from))
}

/// The parts of a line, each with the spaces that follow it. `program` is the begin of each command.
fn parts<'a>(line: &'a str, program: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let inside = match rest.trim_start_matches(ENDS).strip_prefix(program) {
            Some(arguments) => {
                let end = arguments.find(ENDS).unwrap_or(arguments.len());
                rest.len() - arguments.len() + end
            }
            None => 0,
        };
        let end = rest[inside..]
            .find(' ')
            .map_or(rest.len(), |space| inside + space);
        let spaces = rest[end..].len() - rest[end..].trim_start_matches(' ').len();
        let (part, after) = rest.split_at(end + spaces);
        parts.push(part);
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_command_is_not_broken() {
        let parts = |line| parts(line, "./etl --config 'my file.toml' ");
        assert_eq!(
            parts("free space; then: ./etl --config 'my file.toml' rejects replay 7; or wait"),
            [
                "free ",
                "space; ",
                "then: ",
                "./etl --config 'my file.toml' rejects replay 7; ",
                "or ",
                "wait"
            ]
        );
        assert_eq!(
            parts("`./etl --config 'my file.toml' phases` shows"),
            ["`./etl --config 'my file.toml' phases` ", "shows"]
        );
        assert_eq!(parts("then ./etl retry"), ["then ", "./etl ", "retry"]);
    }
}
