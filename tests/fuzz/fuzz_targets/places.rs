//! A page of addresses, and a location after it.
#![no_main]

#[path = "../../../phases/kernels/tests/invariants/mod.rs"]
#[allow(dead_code)] // each target needs a part of it
mod invariants;

libfuzzer_sys::fuzz_target!(|input: &str| invariants::of_page(input));
