//! Parameters and variables of libpq that are refused by name.

use jobinsight_tests::jobinsight;

#[test]
fn a_parameter_that_is_not_supported_is_refused_by_name() {
    let at = "postgresql://u@127.0.0.1:1/d";
    for (name, variable, value) in [
        ("require_auth", "PGREQUIREAUTH", "scram-sha-256"),
        ("requirepeer", "PGREQUIREPEER", "postgres"),
        ("sslcrl", "PGSSLCRL", "/x"),
        ("sslcrldir", "PGSSLCRLDIR", "/x"),
        ("sslcertmode", "PGSSLCERTMODE", "require"),
        ("sslnegotiation", "PGSSLNEGOTIATION", "direct"),
        ("gssencmode", "PGGSSENCMODE", "require"),
        (
            "ssl_max_protocol_version",
            "PGSSLMAXPROTOCOLVERSION",
            "TLSv1.1",
        ),
        (
            "ssl_min_protocol_version",
            "PGSSLMINPROTOCOLVERSION",
            "SSLv3",
        ),
        ("target_session_attrs", "PGTARGETSESSIONATTRS", "master"),
        ("load_balance_hosts", "PGLOADBALANCEHOSTS", "yes"),
        ("channel_binding", "PGCHANNELBINDING", "yes"),
        ("connect_timeout", "PGCONNECT_TIMEOUT", "soon"),
        ("hostaddr", "PGHOSTADDR", "here"),
        ("sslpassword", "", "secret"),
        ("replication", "", "database"),
        ("keepalives_idle", "", "x"),
        ("ssl", "", "require"),
        ("schema", "", "x"),
    ] {
        let url = format!("{at}?{name}={value}");
        for env in [
            vec![("DATABASE_URL", url.as_str())],
            vec![("DATABASE_URL", at), (variable, value)],
        ] {
            if env.last().is_some_and(|(name, _)| name.is_empty()) {
                continue;
            }
            let refused = jobinsight(&["status"], &env);
            refused.failed(2, "jobinsight::database::parameter");
            assert!(
                refused.stderr.contains(name) && !refused.stderr.contains("secret"),
                "{}",
                refused.stderr
            );
        }
    }
}

#[test]
fn a_wrong_port_is_refused_with_the_name_of_its_variable() {
    for env in [
        vec![("DATABASE_URL", "postgresql://u@127.0.0.1:soon/d")],
        vec![("DATABASE_URL", "postgresql://u@127.0.0.1/d?port=soon")],
        vec![("PGHOST", "127.0.0.1"), ("PGPORT", "soon")],
        vec![("DB_HOST", "127.0.0.1"), ("DB_PORT", "soon")],
    ] {
        let refused = jobinsight(&["status"], &env);
        refused.failed(2, "jobinsight::database::port");
        assert!(
            refused.stderr.contains("PGPORT") && refused.stderr.contains("`soon`"),
            "{}",
            refused.stderr
        );
    }
}
