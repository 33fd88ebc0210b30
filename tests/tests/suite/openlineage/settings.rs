//! The settings of OpenLineage, and the variables that other programs read as well.

use jobinsight_tests::{Db, HttpServer};

use super::{Events, RUN};

#[tokio::test]
async fn the_variables_of_openlineage_are_settings_and_our_variables_override_them() {
    let db = Db::new().await;
    let server = HttpServer::answering("201 Created");
    let url = format!("{}/", server.address);
    let standard = [
        ("OPENLINEAGE_URL", &*url),
        ("OPENLINEAGE_ENDPOINT", "/api/v2/events"),
        ("OPENLINEAGE_API_KEY", "K3Y"),
        ("OPENLINEAGE_NAMESPACE", "theirs"),
        ("OPENLINEAGE_DISABLED", "no"),
    ];
    db.json_with(&["run"], &standard).ok();
    let requests = server.requests();
    assert_eq!(requests[0].path, "/api/v2/events");
    assert_eq!(requests[0].headers["authorization"], "Bearer K3Y");
    let events = Events::of(requests);
    let end = events.one(&format!("COMPLETE {RUN}"));
    assert_eq!(end["job"]["namespace"], "theirs");

    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, "F1L3\n").unwrap();
    let settings = folder.path().join("jobinsight.toml");
    let text = format!(
        "[openlineage]\nurl = \"{url}\"\nendpoint = \"file\"\nnamespace = \"file\"\napi_key_file = \"{}\"\n",
        key.display()
    );
    std::fs::write(&settings, text).unwrap();
    let config = ("JOBINSIGHT_CONFIG", settings.to_str().unwrap());
    let all = [config, standard[3], ("ETL_OPENLINEAGE__NAMESPACE", "ours")];
    for (variables, namespace, origin) in [
        (&all[..1], "file", "file "),
        (&all[..2], "theirs", "environment OPENLINEAGE_NAMESPACE"),
        (&all, "ours", "environment ETL_OPENLINEAGE__NAMESPACE"),
    ] {
        db.json_with(&["run"], variables).ok();
        let requests = server.requests();
        assert_eq!(requests[0].headers["authorization"], "Bearer F1L3");
        let events = Events::of(requests);
        let end = events.one(&format!("COMPLETE {RUN}"));
        assert_eq!(end["job"]["namespace"], namespace);
        let shown = db
            .json_with(&["config", "show", "--origin"], variables)
            .ok();
        let shown = shown.object();
        let mut all = shown["settings"].as_array().unwrap().iter();
        let setting = all.find(|setting| setting["key"] == "openlineage.namespace");
        let found = setting.unwrap()["origin"].as_str().unwrap();
        assert!(found.starts_with(origin), "{found}");
    }
}

#[tokio::test]
async fn the_clock_of_a_run_is_its_nominal_time() {
    let db = Db::new().await;
    let server = HttpServer::answering("201 Created");
    let variables = [("ETL_OPENLINEAGE__URL", &*server.address)];
    let args = ["run", "--as-of", "2026-01-16T00:00:00Z"];
    db.json_with(&args, &variables).ok();
    let events = Events::of(server.requests());
    let facets = &events.one(&format!("START {RUN}"))["run"]["facets"];
    assert_eq!(
        facets["nominalTime"]["nominalStartTime"],
        "2026-01-16T00:00:00Z"
    );
    assert_eq!(facets["processing_engine"]["name"], "jobinsight");
}
