//! Reads the modules of a crate from its files: the items that each defines, and the paths that it names. Unit tests are
//! left out. Integration tests, benches and examples are crates of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use quote::ToTokens;
use serde_json::Value;

use crate::workspace::packages;
use syn::spanned::Spanned;
use syn::{Item, UseTree};

use super::items::{attributes, functions, is_test, name_of, path_attribute};
use super::paths::{Named, paths};

/// A module of a crate.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// The path of its file, from the root of the workspace.
    pub(super) file: String,
    /// The module that declares it; the root of the crate has none.
    pub(super) parent: Option<usize>,
    /// The modules that it declares, by name.
    pub(super) children: BTreeMap<String, usize>,
    /// The items that it defines.
    pub(super) items: BTreeSet<String>,
    /// The names that `use` imports, each with its path.
    pub(super) uses: BTreeMap<String, Vec<String>>,
    /// The modules from which it imports all names (`use module::*`).
    pub(super) globs: Vec<Vec<String>>,
    /// Every path that its code names.
    pub(super) named: Vec<Named>,
    /// The types that it defines: name and line.
    pub(super) types: Vec<(String, usize)>,
    /// The functions that it defines: name, first and last line.
    pub(super) functions: Vec<(String, usize, usize)>,
}

/// The use of a crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CrateKind {
    /// A library or a program.
    Product,
    /// An integration test, a bench or an example.
    Test,
}

impl CrateKind {
    /// The kind of a target, as `cargo metadata` lists it. `None` for build scripts.
    fn of(target: &Value) -> Option<Self> {
        match target["kind"][0].as_str()? {
            "lib" | "bin" | "cdylib" | "rlib" | "proc-macro" => Some(Self::Product),
            "test" | "bench" | "example" => Some(Self::Test),
            _ => None,
        }
    }
}

/// A crate, as its source files show it. The first module is the root.
#[derive(Debug)]
pub(super) struct Source {
    /// The folder of the package, from the root of the workspace.
    pub(super) folder: String,
    /// The use of the crate.
    pub(super) kind: CrateKind,
    pub(super) modules: Vec<Module>,
    /// The lines of the root's documentation, each with its number.
    pub(super) docs: Vec<(usize, String)>,
    /// Macros that `#[macro_export]` puts at the root, each with the module that defines it.
    pub(super) macros: BTreeMap<String, usize>,
}

/// Returns the text of a file by its path from the root of the workspace; `None` if the file does not exist.
pub(super) type Files<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Source {
    /// Reads every crate of these packages: libraries, programs, integration tests, benches, examples.
    pub(super) fn all(root: &Path, metadata: &Value) -> Result<Vec<Self>, String> {
        let files = |name: &str| std::fs::read_to_string(root.join(name)).ok();
        let inside = |path: &Value| {
            let path = Path::new(path.as_str().unwrap_or_default());
            let path = path.strip_prefix(root).unwrap_or(path);
            path.to_string_lossy().into_owned()
        };
        let mut sources = Vec::new();
        for package in packages(metadata) {
            let manifest = inside(&package["manifest_path"]);
            let folder = manifest
                .trim_end_matches("Cargo.toml")
                .trim_end_matches('/');
            for target in package["targets"].as_array().into_iter().flatten() {
                if let Some(kind) = CrateKind::of(target) {
                    let file = inside(&target["src_path"]);
                    sources.push(Self::read(&files, folder, kind, &file)?);
                }
            }
        }
        Ok(sources)
    }

    /// Reads the crate whose root is `file`.
    pub(super) fn read(
        files: Files<'_>,
        folder: &str,
        kind: CrateKind,
        file: &str,
    ) -> Result<Self, String> {
        let mut source = Self {
            folder: folder.to_owned(),
            kind,
            modules: Vec::new(),
            docs: Vec::new(),
            macros: BTreeMap::new(),
        };
        source.read_file(files, file, None)?;
        Ok(source)
    }

    fn read_file(
        &mut self,
        files: Files<'_>,
        file: &str,
        parent: Option<usize>,
    ) -> Result<usize, String> {
        let text = files(file).ok_or_else(|| format!("{file} does not exist"))?;
        let parsed = syn::parse_file(&text).map_err(|error| format!("{file}: {error}"))?;
        if parent.is_none() {
            let docs = text.lines().enumerate().filter_map(|(index, line)| {
                let doc = line.strip_prefix("//!")?;
                Some((index + 1, doc.trim().to_owned()))
            });
            self.docs = docs.collect();
        }
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        let folder = match name {
            "mod.rs" => folder.to_owned(),
            // The root of a crate may have any name, such as `tests/properties.rs`.
            _ if parent.is_none() => folder.to_owned(),
            name => format!("{folder}/{}", name.trim_end_matches(".rs")),
        };
        let module = self.add(file, parent);
        self.read_items(files, &folder, module, parsed.items)?;
        Ok(module)
    }

    fn add(&mut self, file: &str, parent: Option<usize>) -> usize {
        self.modules.push(Module {
            file: file.to_owned(),
            parent,
            ..Module::default()
        });
        self.modules.len() - 1
    }

    /// Reads the items of a module; `folder` is where the files of its submodules are.
    fn read_items(
        &mut self,
        files: Files<'_>,
        folder: &str,
        module: usize,
        items: Vec<Item>,
    ) -> Result<(), String> {
        let is_product = self.kind == CrateKind::Product;
        let is_wanted = |item: &Item| !(is_product && is_test(attributes(item)));
        for item in items.into_iter().filter(is_wanted) {
            match item {
                Item::Mod(declared) => {
                    let name = declared.ident.to_string();
                    let child = match declared.content {
                        Some((_, items)) => {
                            let file = self.modules[module].file.clone();
                            let child = self.add(&file, Some(module));
                            self.read_items(files, &format!("{folder}/{name}"), child, items)?;
                            child
                        }
                        None => {
                            let beside = self.modules[module].file.as_str();
                            let file = module_file(files, folder, beside, &declared);
                            self.read_file(files, &file, Some(module))?
                        }
                    };
                    self.modules[module].children.insert(name, child);
                }
                Item::Use(used) => self.read_use(module, used.tree, &mut Vec::new()),
                item => self.read_item(module, &item),
            }
        }
        Ok(())
    }

    fn read_item(&mut self, module: usize, item: &Item) {
        if let Item::Macro(defined) = item
            && let Some(name) = &defined.ident
            && defined
                .attrs
                .iter()
                .any(|attribute| attribute.path().is_ident("macro_export"))
        {
            self.macros.insert(name.to_string(), module);
        }
        let module = &mut self.modules[module];
        let (name, is_type) = name_of(item);
        if let Some(name) = name {
            if is_type {
                module.types.push((name.clone(), item.span().start().line));
            }
            module.items.insert(name);
        }
        module.functions.extend(functions(item));
        paths(item.to_token_stream(), &mut module.named);
    }

    fn read_use(&mut self, module: usize, tree: UseTree, before: &mut Vec<String>) {
        let (name, binding, line) = match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.read_use(module, *path.tree, before);
                before.pop();
                return;
            }
            UseTree::Group(group) => {
                for tree in group.items {
                    self.read_use(module, tree, before);
                }
                return;
            }
            UseTree::Glob(star) => {
                let module = &mut self.modules[module];
                module.globs.push(before.clone());
                let line = star.star_token.spans[0].start().line;
                let segments = before.clone();
                module.named.push(Named { segments, line });
                return;
            }
            UseTree::Name(name) => (name.ident.to_string(), None, name.ident.span().start().line),
            UseTree::Rename(name) => {
                let line = name.ident.span().start().line;
                (name.ident.to_string(), Some(name.rename.to_string()), line)
            }
        };
        let mut segments = before.clone();
        if name != "self" {
            segments.push(name.clone());
        }
        let module = &mut self.modules[module];
        let binding = binding.or_else(|| segments.last().cloned()).unwrap_or(name);
        if binding != "_" {
            module.uses.insert(binding, segments.clone());
        }
        module.named.push(Named { segments, line });
    }
}

/// The file of a declared module. `folder` is where the files of submodules are, and `beside` is the file that declares
/// it, because `#[path]` counts from there.
fn module_file(files: Files<'_>, folder: &str, beside: &str, declared: &syn::ItemMod) -> String {
    if let Some(path) = path_attribute(&declared.attrs) {
        let mut parts: Vec<&str> = beside.split('/').collect();
        parts.pop();
        for part in path.split('/') {
            match part {
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        return parts.join("/");
    }
    let name = declared.ident.to_string();
    let flat = format!("{folder}/{name}.rs");
    if files(&flat).is_some() {
        flat
    } else {
        format!("{folder}/{name}/mod.rs")
    }
}
