//! The crates of the workspace, and which may know which.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::svg::{Area, Drawing, Font, LINE};
use crate::arrows::room;

const LEFT: u32 = 16;
const BOX_WIDTH: u32 = 500;
const GAP: u32 = 30;
/// Between lines that run beside the boxes.
const TRACK: u32 = 22;

/// A folder of crates that know the same.
#[derive(Debug, Default)]
struct Room {
    /// Where it is: `sql/`, `phases/*/`.
    folder: String,
    /// Name, and what it says of itself.
    crates: BTreeMap<String, String>,
    knows: BTreeSet<String>,
}

/// Draws them.
pub(super) fn draw(metadata: &Value) -> Result<String, String> {
    let rooms = rooms(metadata);
    let order = order(&rooms)?;
    let (drawing, width, height) = drawing(&rooms, &order);
    Ok(drawing.file(width, height, "The crates, and who knows whom"))
}

fn rooms(metadata: &Value) -> BTreeMap<String, Room> {
    let packages = metadata["packages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let by_name: BTreeMap<&str, &str> = packages
        .iter()
        .map(|package| (package["name"].as_str().unwrap_or_default(), room(package)))
        .collect();
    let mut rooms: BTreeMap<String, Room> = BTreeMap::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let about = package["description"].as_str().unwrap_or_default();
        let own = room(package);
        let entry = rooms.entry(own.to_owned()).or_default();
        entry.folder = folder(metadata, package);
        entry.crates.insert(name.to_owned(), about.to_owned());
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            // Of tests: what only they know is no arrow.
            if dependency["kind"].is_string() {
                continue;
            }
            let on = dependency["name"].as_str().unwrap_or_default();
            if let Some(on) = by_name.get(on).filter(|on| **on != own) {
                entry.knows.insert((*on).to_owned());
            }
        }
    }
    rooms
}

/// The folder of a package in the workspace.
fn folder(metadata: &Value, package: &Value) -> String {
    let root = metadata["workspace_root"].as_str().unwrap_or_default();
    let manifest = package["manifest_path"].as_str().unwrap_or_default();
    let folder = manifest.trim_start_matches(root).trim_start_matches('/');
    let folder = folder.trim_end_matches("Cargo.toml");
    match folder.strip_prefix("phases/") {
        Some(_) => "phases/*/".to_owned(),
        None => folder.to_owned(),
    }
}

/// Whoever knows stands above whom it knows.
fn order(rooms: &BTreeMap<String, Room>) -> Result<Vec<String>, String> {
    let mut order: Vec<String> = Vec::new();
    while order.len() < rooms.len() {
        // From below: those who know nobody that is not placed yet; who knows most of them last.
        let free = rooms
            .iter()
            .filter(|(name, room)| {
                !order.contains(name) && room.knows.iter().all(|known| order.contains(known))
            })
            .min_by_key(|(name, room)| {
                let unknown = !rooms.values().any(|other| other.knows.contains(*name));
                (unknown, room.knows.len(), (*name).clone())
            });
        match free {
            Some((name, _)) => order.push(name.clone()),
            None => return Err("crates know one another in a circle".to_owned()),
        }
    }
    order.reverse();
    Ok(order)
}

fn drawing(rooms: &BTreeMap<String, Room>, order: &[String]) -> (Drawing, u32, u32) {
    const COLOURS: [&str; 6] = [
        "#0969da", "#8250df", "#bc4c00", "#1a7f37", "#cf222e", "#57606a",
    ];
    let mut drawing = Drawing::default();
    let mut y = 16;
    let mut areas: BTreeMap<&str, Area> = BTreeMap::new();
    for name in order {
        let room = &rooms[name];
        let mut lines = Vec::new();
        for (package, about) in &room.crates {
            lines.push((Font::Fixed, package.clone()));
            let about = Font::Plain.wrap(about, BOX_WIDTH - 40);
            lines.extend(about.into_iter().map(|line| (Font::Plain, line)));
        }
        let height = 34 + u32::try_from(lines.len()).unwrap_or(0) * LINE;
        let area = Area {
            x: LEFT,
            y,
            width: BOX_WIDTH,
            height,
        };
        drawing.boxed(area, "#f6f8fa");
        drawing.text(Font::Bold, LEFT + 12, y + 8, &room.folder);
        for (y, (font, line)) in (y + 28..).step_by(LINE as usize).zip(&lines) {
            let indent = if *font == Font::Fixed { 12 } else { 28 };
            drawing.text(*font, LEFT + indent, y, line);
        }
        areas.insert(name, area);
        y += height + GAP;
    }
    // Lines beside the boxes: one track each; ends of several at one box are spread over its side.
    let edges: Vec<(&String, &String)> = order
        .iter()
        .flat_map(|from| rooms[from].knows.iter().map(move |to| (from, to)))
        .collect();
    let mut ends: BTreeMap<&str, u32> = BTreeMap::new();
    let mut end = |name: &str| {
        let (key, area) = areas.get_key_value(name).expect("every room has its box");
        let taken = ends.entry(key).or_default();
        *taken += 1;
        let all = edges
            .iter()
            .filter(|(from, to)| *from == name || *to == name)
            .count();
        let all = u32::try_from(all).unwrap_or(1);
        area.y + area.height * *taken / (all + 1)
    };
    let right = LEFT + BOX_WIDTH;
    let mut track = right;
    for (from, to) in &edges {
        track += TRACK;
        let colour = order.iter().position(|name| name == *from).unwrap_or(0);
        let (start, stop) = (end(from), end(to));
        drawing.arrow(
            &[
                (right, start),
                (track, start),
                (track, stop),
                (right + 1, stop),
            ],
            COLOURS[colour % COLOURS.len()],
        );
    }
    (drawing, track + 24, y - GAP + 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_knows_stands_above_and_no_text_on_another() {
        let metadata = crate::steps::metadata().unwrap();
        let rooms = rooms(&metadata);
        let order = order(&rooms).unwrap();
        let place = |name: &str| order.iter().position(|other| other == name).unwrap();
        for (name, room) in &rooms {
            assert!(
                room.knows.iter().all(|known| place(name) < place(known)),
                "{order:?}"
            );
        }
        assert!(place("runner") < place("phases") && place("phases") < place("sql"));
        let (drawing, width, _) = drawing(&rooms, &order);
        assert_eq!(drawing.unreadable(width), []);
    }
}
