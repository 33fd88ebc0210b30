//! The measurements as a bar chart in Mermaid's language.

use crate::measurements::{
    COLD, COLD_FACTS, COLD_ONE, DAY, Measurements, NEXT_DAY, NOTHING, SOME, TEN, WINDOW,
};

/// The pixels of a bar, and of the title and the axis.
const BAR: usize = 24;
const HEAD: usize = 90;

impl Measurements {
    /// A bar for each measurement of the pipeline: the wall time as a multiple of floor A. A line marks floor A.
    pub(crate) fn chart(&self) -> String {
        let (mut labels, mut bars) = (Vec::new(), Vec::new());
        for rows in self.sizes() {
            for name in [
                COLD, COLD_ONE, COLD_FACTS, NOTHING, SOME, WINDOW, TEN, NEXT_DAY, DAY,
            ] {
                if let Some(one) = self.find(rows, name) {
                    // The axis has room for the part before a colon.
                    let name = name.split(':').next().unwrap_or(name);
                    labels.push(format!("\"{rows} rows: {name}\""));
                    bars.push(self.over_floor(one));
                }
            }
        }
        let longest = bars.iter().copied().fold(1.0, f64::max);
        let bars: Vec<String> = bars.iter().map(|ratio| format!("{ratio:.2}")).collect();
        [
            "```mermaid".to_owned(),
            format!(
                "%%{{init: {{\"xyChart\": {{\"width\": 1000, \"height\": {}}}, \"themeVariables\": {{\"xyChart\": {{\"plotColorPalette\": \"#2f7d5b, #444444\"}}}}}}}}%%",
                HEAD + BAR * bars.len()
            ),
            "xychart-beta horizontal".to_owned(),
            "    title \"Wall time of the pipeline, as a multiple of PostgreSQL's own INSERT … SELECT of the same rows\"".to_owned(),
            format!("    x-axis [{}]", labels.join(", ")),
            format!("    y-axis \"× floor A\" 0 --> {longest:.1}"),
            format!("    bar [{}]", bars.join(", ")),
            format!("    line [{}]", vec!["1"; bars.len()].join(", ")),
            "```\n".to_owned(),
        ]
        .join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measurements::FLOOR;
    use crate::process::Usage;

    #[test]
    fn a_bar_is_a_multiple_of_floor_a() {
        let mut measured = Measurements::default();
        for (name, wall) in [(FLOOR, 2.0), (COLD, 3.0), (NOTHING, 0.5)] {
            measured.add(
                1000,
                name,
                Usage {
                    wall,
                    ..Usage::default()
                },
            );
        }
        let chart = measured.chart();
        assert!(
            chart.contains(
                "x-axis [\"1000 rows: first load, two lanes\", \"1000 rows: nothing new\"]\n"
            ),
            "{chart}"
        );
        assert!(
            chart.contains("0 --> 1.5\n    bar [1.50, 0.25]\n    line [1, 1]\n```\n"),
            "{chart}"
        );
    }
}
