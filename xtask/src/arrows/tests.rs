//! Module order and cycles on small made-up crates.

use super::source::CrateKind;
use super::*;

/// A crate of these files: the path in `src`, and the text.
fn crate_of(files: &[(&str, &str)]) -> Source {
    let files = |path: &str| {
        let name = path.strip_prefix("x/src/")?;
        let found = files.iter().find(|(file, _)| *file == name);
        found.map(|(_, text)| (*text).to_owned())
    };
    Source::read(&files, "x", CrateKind::Product, "x/src/lib.rs").unwrap()
}

/// The errors of a crate with this order and these further files.
fn order_errors(order: &str, files: &[(&str, &str)]) -> Vec<String> {
    let lib = format!("//! A crate.\n//!\n//! # Module order\n{order}");
    let mut all = vec![("lib.rs", &*lib)];
    all.extend(files);
    let source = crate_of(&all);
    Order::check(&source, &source.imports())
}

const ORDER: &str =
    "//! 1. `a`, `b`: what all use\n//! 2. `c`\nmod a; mod b; mod c; pub use a::A;\n";

#[test]
fn an_import_from_a_lower_floor_is_allowed() {
    let c =
        "use crate::{A, a::{self, A as Other}};\nfn f() { crate::b::g(); super::b::g(); a::h(); }";
    let files = [
        ("a.rs", "pub struct A; pub fn h() {}"),
        ("b.rs", "pub fn g() {}"),
        ("c.rs", c),
    ];
    assert_eq!(order_errors(ORDER, &files), [""; 0]);
}

#[test]
fn an_import_up_or_sideways_is_an_error_with_its_line() {
    for (text, line, way) in [
        ("use crate::c::C;", 1, "up from `c`"),
        ("use super::{\n    c::{C},\n};", 2, "up from `c`"),
        ("fn f() {\n    crate::b::g();\n}", 2, "sideways from `b`"),
        (
            "fn f() { println!(\"{}\", super::b::g()); }",
            1,
            "sideways from `b`",
        ),
        ("fn f() { use crate::{b::g}; }", 1, "sideways from `b`"),
        ("use crate::c; fn f(c: c::C) {}", 1, "up from `c`"),
        ("mod inner { use super::super::c::C; }", 1, "up from `c`"),
        ("impl crate::c::C { fn f() {} }", 1, "up from `c`"),
        ("use crate::b::*;", 1, "sideways from `b`"),
    ] {
        let files = [
            ("a.rs", text),
            ("b.rs", "pub fn g() {}"),
            ("c.rs", "pub struct C;"),
        ];
        let wrong = order_errors(ORDER, &files);
        assert!(
            wrong[0].starts_with(&format!("x/src/a.rs:{line} imports")),
            "{text}: {wrong:?}"
        );
        assert!(wrong[0].contains(way), "{text}: {wrong:?}");
    }
}

#[test]
fn a_reexport_leads_to_the_module_that_defines_the_item() {
    let lib = format!("{ORDER}pub use c::Renamed; pub use arrow_array;\n");
    let c = "mod deep; pub use deep::Thing as Renamed;";
    let files = [
        (
            "a.rs",
            "use crate::arrow_array::Array;\nuse crate::Renamed;",
        ),
        ("b.rs", ""),
        ("c/mod.rs", c),
        ("c/deep.rs", "pub struct Thing;"),
    ];
    let wrong = order_errors(&lib, &files);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(
        wrong[0].starts_with("x/src/a.rs:2 imports `crate::Renamed`"),
        "{wrong:?}"
    );
}

#[test]
fn no_module_imports_from_the_root() {
    let lib = format!("{ORDER}pub fn main() {{}}\n");
    let files = [
        ("a.rs", "fn f() { crate::main() }"),
        ("b.rs", ""),
        ("c.rs", ""),
    ];
    let wrong = order_errors(&lib, &files);
    assert!(
        wrong.len() == 1 && wrong[0].contains("the root of its crate defines"),
        "{wrong:?}"
    );
}

#[test]
fn tests_may_import_anything() {
    let a = "#[cfg(test)]\nmod tests { use crate::c::C; }\n#[cfg(test)]\nuse crate::c::C;\n#[test]\nfn t() { crate::b::g() }";
    assert_eq!(
        order_errors(ORDER, &[("a.rs", a), ("b.rs", ""), ("c.rs", "")]),
        [""; 0]
    );
}

#[test]
fn an_order_that_does_not_fit_the_modules_is_an_error() {
    let order = "//! 1. `a`, `gone`\n//! 3. `a`\nmod a; mod b;\n";
    let wrong = order_errors(order, &[("a.rs", ""), ("b.rs", "")]).join("\n");
    for expected in [
        "`gone`, which is not a module",
        "floor 3 where floor 2 is expected",
        "`a` a second time",
        "does not list the module `b`",
    ] {
        assert!(wrong.contains(expected), "{expected}: {wrong}");
    }
}

#[test]
fn files_that_import_one_another_are_a_cycle() {
    let lib = ("lib.rs", "mod a; mod b; mod c;");
    let files = [
        lib,
        ("a.rs", "use crate::b::B;"),
        ("b.rs", "pub struct B;\nuse crate::c::C;"),
        ("c/mod.rs", "mod d; pub struct C;"),
        ("c/d.rs", "use crate::a;"),
    ];
    let source = crate_of(&files);
    assert_eq!(
        cycles::cycles(&source, &source.imports()).len(),
        0,
        "d is not imported"
    );

    let mut files = files;
    files[3].1 = "mod d; pub use d::D as C;";
    let source = crate_of(&files);
    assert_eq!(
        cycles::cycles(&source, &source.imports())
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        [
            "3 files import one another in a cycle: x/src/a.rs, x/src/b.rs, x/src/c/d.rs; the shortest from the first: \
          x/src/a.rs:1 imports `crate::b::B`, then x/src/b.rs:2 imports `crate::c::C`, then x/src/c/d.rs:1 imports `crate::a`"
        ]
    );
}

#[test]
fn a_parent_and_a_child_that_import_each_other_are_a_cycle() {
    let parent = "mod child; pub struct P; fn f() { child::g() }";
    let source = crate_of(&[
        ("lib.rs", "mod p;"),
        ("p/mod.rs", parent),
        ("p/child.rs", "use super::P; pub fn g() {}"),
    ]);
    assert_eq!(cycles::cycles(&source, &source.imports()).len(), 1);
}

#[test]
fn two_types_with_one_name_are_an_error() {
    let source = crate_of(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "struct T;"),
        ("b.rs", "enum T {}\n#[cfg(test)]\nmod tests { struct T; }"),
    ]);
    assert_eq!(
        shape::type_names(&source),
        ["2 types are called `T`: x/src/a.rs:1, x/src/b.rs:1"]
    );
}

#[test]
fn the_names_of_a_floor_may_take_several_lines() {
    let order = "//! 1. `a`,\n//!    `b`\n//! 2. `c`\n//!\n//! `d` is not a module.\nmod a; mod b; mod c;\n";
    let files = [
        ("a.rs", ""),
        ("b.rs", "use crate::a;"),
        ("c.rs", "use crate::b;"),
    ];
    let wrong = order_errors(order, &files);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].contains("sideways from `a`"), "{wrong:?}");
}

#[test]
fn every_crate_has_an_order_no_cycle_and_no_shared_name() {
    let lib = "mod a; mod b;";
    let (a, b) = (
        "use crate::b::g; pub fn f() {} struct T;",
        "use crate::a::f; pub fn g() {} struct T;",
    );
    let files = [("lib.rs", lib), ("a.rs", a), ("b.rs", b)];
    let wrong = structure(&crate_of(&files));
    assert_eq!(wrong.len(), 3, "{wrong:?}");
    assert_eq!(wrong[0], "x/src/lib.rs declares no `# Module order`");
    assert!(
        wrong[1].starts_with("2 files import one another in a cycle"),
        "{wrong:?}"
    );
    assert!(wrong[2].starts_with("2 types are called `T`"), "{wrong:?}");
    // One module needs no order.
    let files = [("lib.rs", "mod a; struct U;"), ("a.rs", "struct T;")];
    assert_eq!(structure(&crate_of(&files)), [""; 0]);
}

#[test]
fn an_integration_test_is_a_crate_of_its_own() {
    let files = |path: &str| {
        let text = match path {
            "x/tests/all.rs" => "mod a; #[path = \"../shared/b.rs\"] mod b; #[cfg(test)] mod c;",
            "x/tests/a.rs" => "#[test]\nfn t() { crate::b::g() }",
            "x/shared/b.rs" => "use crate::a;",
            "x/tests/c/mod.rs" => "",
            _ => return None,
        };
        Some(text.to_owned())
    };
    let source = Source::read(&files, "x", CrateKind::Test, "x/tests/all.rs").unwrap();
    let wrong = structure(&source);
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert_eq!(wrong[0], "x/tests/all.rs declares no `# Module order`");
    assert!(
        wrong[1].contains("x/shared/b.rs, x/tests/a.rs; "),
        "{wrong:?}"
    );
}
