//! The pipeline: its phases and their roles, what each needs and gives, which tables it reads and writes.

use std::path::Path;

use serde_json::Value;

use super::scripts::{Scripts, Touches};
use super::svg::{Area, Drawing, Font, LINE};

const BOX: u32 = 32;
const LISTS: [&str; 4] = ["needs", "gives", "reads", "writes"];
/// Between columns.
const BESIDE: u32 = 26;
const TOP: u32 = 44;
const GAP: u32 = 28;

/// A phase as it is drawn.
struct Row {
    name: String,
    signature: &'static str,
    in_lane: bool,
    /// Needs, gives, reads, writes.
    lists: [Vec<String>; 4],
}

/// Draws it.
pub(super) fn draw(root: &Path, phases: &Value) -> Result<String, String> {
    let rows = rows(root, phases)?;
    let (drawing, width, height) = drawing(&rows);
    Ok(drawing.file(
        width,
        height,
        "The pipeline: phases, what they need and give, tables that they read and write",
    ))
}

/// The phases of the default pipeline, in its order.
fn rows(root: &Path, phases: &Value) -> Result<Vec<Row>, String> {
    let scripts = Scripts::read(root)?;
    // What a batch is closed by, in the transaction of the phase that saves it.
    let commit = scripts.of(&root.join("runner/src/ledger/batches.rs"))?;
    let mut rows = Vec::new();
    for phase in phases["phases"].as_array().into_iter().flatten() {
        if phase["place"].is_null() {
            continue;
        }
        let name = phase["name"].as_str().unwrap_or_default();
        let role = phase["role"].as_str().unwrap_or_default();
        let mut touched = scripts.of(&root.join("phases").join(name).join("src"))?;
        if role == "save" {
            touched.add(&commit);
        }
        rows.push(Row {
            name: name.to_owned(),
            signature: signature(role),
            in_lane: role != "once",
            lists: lists(phase, &touched),
        });
    }
    if rows.is_empty() {
        return Err("`jobinsight phases` shows no phase of the pipeline".to_owned());
    }
    Ok(rows)
}

fn signature(role: &str) -> &'static str {
    match role {
        "once" => "once a run",
        "load" => "queue → batch",
        "process" => "batch → batch",
        _ => "batch → committed",
    }
}

fn lists(phase: &Value, touched: &Touches) -> [Vec<String>; 4] {
    let words = |key: &str| -> Vec<String> {
        let words = phase[key].as_array().into_iter().flatten();
        words
            .filter_map(|word| word.as_str().map(str::to_owned))
            .collect()
    };
    let writes = if touched.writes.contains("etl_scripts") {
        vec![format!("makes all {} tables", touched.writes.len())]
    } else {
        touched.writes.iter().cloned().collect()
    };
    // What is written is looked at as well: only what is read alone says something.
    let reads = touched.reads.difference(&touched.writes).cloned().collect();
    let mut gives = words("gives");
    gives.extend(words("drops").iter().map(|word| format!("− {word}")));
    [words("needs"), gives, reads, writes]
}

/// The widest of these texts.
fn widest<'a>(font: Font, texts: impl Iterator<Item = &'a String>) -> u32 {
    texts.map(|text| font.width(text)).max().unwrap_or(0)
}

fn drawing(rows: &[Row]) -> (Drawing, u32, u32) {
    let mut drawing = Drawing::default();
    let box_width = widest(Font::Bold, rows.iter().map(|row| &row.name)).max(120) + 24;
    let mut x = BOX + box_width + BESIDE;
    let columns: [u32; 4] = std::array::from_fn(|list| {
        let column = x;
        drawing.text(Font::Bold, column, 14, LISTS[list]);
        let texts = rows.iter().flat_map(|row| &row.lists[list]);
        x += widest(Font::Fixed, texts).max(Font::Bold.width(LISTS[list])) + BESIDE;
        column
    });
    let width = x + BOX - BESIDE;
    let middle = BOX + box_width / 2;
    let mut y = TOP;
    let mut lane: Option<u32> = None;
    for (index, row) in rows.iter().enumerate() {
        if row.in_lane && lane.is_none() {
            drawing.text(
                Font::Plain,
                BOX,
                y + 6,
                "a lane; max_workers of them side by side",
            );
            lane = Some(y);
            y += LINE + 14;
        }
        let most = row.lists.iter().map(Vec::len).max().unwrap_or(0);
        let height = (u32::try_from(most).unwrap_or(0) * LINE + 12).max(52);
        let area = Area {
            x: BOX,
            y,
            width: box_width,
            height,
        };
        drawing.boxed(area, if row.in_lane { "#ddf4ff" } else { "#fff8c5" });
        drawing.text(Font::Bold, BOX + 12, y + 8, &row.name);
        drawing.text(Font::Plain, BOX + 12, y + 28, row.signature);
        for (x, list) in columns.iter().zip(&row.lists) {
            drawing.lines(Font::Fixed, *x, y + 6, list);
        }
        y += height;
        let last_of_lane = row.in_lane && rows.get(index + 1).is_none_or(|next| !next.in_lane);
        if last_of_lane && let Some(top) = lane.take() {
            y += 12;
            let area = Area {
                x: BOX - 16,
                y: top,
                width: width - 2 * (BOX - 16),
                height: y - top,
            };
            drawing.frame(area);
        }
        if let Some(next) = rows.get(index + 1) {
            // Into a lane: past its heading.
            let into_lane = next.in_lane && lane.is_none();
            let down = if into_lane { GAP - 2 } else { GAP };
            let from = if last_of_lane { y - 12 } else { y };
            drawing.arrow(&[(middle, from), (middle, y + down)], "#57606a");
        }
        y += GAP;
    }
    (drawing, width, y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_stands_on_another_whatever_the_phases_are_called() {
        let row = |name: &str, in_lane, lines: usize| Row {
            name: name.to_owned(),
            signature: "batch → committed",
            in_lane,
            lists: [
                vec!["batch.company_name_standardized".to_owned(); lines],
                vec!["batch.company_name_standardized".to_owned(); lines + 2],
                vec!["etl_deadlines".to_owned(); 3],
                vec!["etl_deadlines".to_owned(); lines * 2],
            ],
        };
        let rows = [
            row("sql_procedures", false, 1),
            row("data_loading", true, 4),
            row("data_processing", true, 0),
            row("day_count", false, 2),
        ];
        let (drawing, width, height) = drawing(&rows);
        assert_eq!(drawing.unreadable(width), []);
        assert!(height > 300);
    }
}
