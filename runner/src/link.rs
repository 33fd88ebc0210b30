//! The phases of this binary. A phase crate that is only a dependency registers nothing, silently, as the linker
//! drops it: each is named here, and nowhere else in the runner.

use jobinsight_data_loading as _;
use jobinsight_data_processing as _;
use jobinsight_data_saving as _;
use jobinsight_schema_setup as _;
use jobinsight_sql_procedures as _;

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_linked_is_what_the_default_pipeline_names() {
        let mut wanted = jobinsight_core::Settings::default().pipeline;
        wanted.sort();
        let linked: Vec<&str> = jobinsight_core::registry::all()
            .unwrap()
            .iter()
            .map(|spec| spec.name)
            .collect();
        assert_eq!(linked, wanted);
    }
}
