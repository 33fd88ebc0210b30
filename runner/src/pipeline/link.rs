//! The phases of this binary. A phase crate that is only a dependency registers nothing, silently, as the linker
//! drops it: each is named here, and nowhere else in the runner.

use jobinsight_data_loading as _;
use jobinsight_data_processing as _;
use jobinsight_data_saving as _;
use jobinsight_schema_setup as _;
use jobinsight_sql_procedures as _;

#[cfg(test)]
mod tests {
    /// A crate that is named and not linked, or made and not named, would be missing in silence.
    #[test]
    fn every_phase_of_this_workspace_is_linked_and_the_default_pipeline_is_of_them() {
        let linked: Vec<&str> = jobinsight_core::registry::all()
            .unwrap()
            .iter()
            .map(|spec| spec.name)
            .collect();
        let phases = concat!(env!("CARGO_MANIFEST_DIR"), "/../phases");
        let mut folders: Vec<String> = std::fs::read_dir(phases)
            .unwrap()
            .flatten()
            .filter(|entry| entry.path().join("Cargo.toml").is_file())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        folders.sort();
        assert_eq!(linked, folders);
        for phase in jobinsight_core::Settings::default().pipeline {
            assert!(linked.contains(&phase.as_str()), "{phase} is not linked");
        }
    }
}
