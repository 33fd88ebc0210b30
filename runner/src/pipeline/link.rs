//! The phases of this binary. Each phase crate is named here, and nowhere else in the runner. The linker drops a crate
//! that is only a dependency, and its phase would then be missing without an error.

use jobinsight_data_loading as _;
use jobinsight_data_processing as _;
use jobinsight_data_saving as _;
use jobinsight_job_facts as _;
use jobinsight_schema_setup as _;
use jobinsight_sql_procedures as _;

#[cfg(test)]
mod tests {
    /// A phase crate that is not linked would be missing without an error.
    #[test]
    fn every_phase_of_the_workspace_is_linked_and_the_default_pipeline_has_only_these() {
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
        // The kernels are no phase: see decision 21 in docs/adr.
        folders.retain(|folder| folder != "kernels");
        assert_eq!(linked, folders);
        for phase in jobinsight_core::Settings::default().pipeline {
            assert!(linked.contains(&phase.as_str()), "{phase} is not linked");
        }
    }
}
