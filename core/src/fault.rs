//! Places where tests make a process die, wait or panic. Without the feature `failpoints`, which no release has, they are
//! nothing.

/// A place with a name. `FAILPOINTS="NAME=ACTION;…"` says what happens there: an action of the crate `fail` (`panic`,
/// `sleep(MS)`, `2*off->1*…`), or `return(kill)`, `return(term)`, `return(int)`: this process sends itself that signal.
#[cfg_attr(not(feature = "failpoints"), allow(unused_variables))]
pub fn point(name: &str) {
    #[cfg(feature = "failpoints")]
    fail::fail_point!(name, |action: Option<String>| signal(action.as_deref()));
}

/// Reads `FAILPOINTS`; what it says holds while the guard lives.
#[cfg(feature = "failpoints")]
#[must_use]
pub fn armed() -> impl Drop {
    struct Armed(Option<fail::FailScenario<'static>>);
    impl Drop for Armed {
        fn drop(&mut self) {
            if let Some(scenario) = self.0.take() {
                scenario.teardown();
            }
        }
    }
    Armed(Some(fail::FailScenario::setup()))
}

#[cfg(feature = "failpoints")]
fn signal(action: Option<&str>) {
    use rustix::process::{Signal, getpid, kill_process};
    let signal = match action {
        Some("kill") => Signal::KILL,
        Some("term") => Signal::TERM,
        Some("int") => Signal::INT,
        _ => return,
    };
    let _ = kill_process(getpid(), signal);
}
