//! `--help` of every command.

use std::collections::{BTreeSet, VecDeque};

use super::{SNAPSHOTS, snapshot};

/// The commands that a help text lists.
fn commands(help: &str) -> Vec<String> {
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = list
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_help_of_every_command_is_a_snapshot() {
    let mut names = BTreeSet::new();
    let mut waiting = VecDeque::from([Vec::new()]);
    while let Some(path) = waiting.pop_front() {
        let mut args: Vec<&str> = path.iter().map(String::as_str).collect();
        args.push("--help");
        let name = [&["help"], &args[..args.len() - 1]].concat().join("_");
        let help = snapshot(&name, &args, &[]).ok();
        names.insert(name);
        for name in commands(&help.stdout) {
            let mut longer = path.clone();
            longer.push(name);
            waiting.push_back(longer);
        }
    }
    let folder = std::fs::read_dir(SNAPSHOTS).unwrap().flatten();
    let files = folder.map(|file| file.file_name().to_string_lossy().replace(".snap", ""));
    let files: BTreeSet<String> = files.filter(|name| name.starts_with("help")).collect();
    assert_eq!(files, names, "a snapshot of a command that does not exist");
}
