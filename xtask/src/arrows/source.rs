//! Reads the modules of a crate from its files: what each defines, and which paths it names. Code of tests is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use quote::ToTokens;
use serde_json::Value;
use syn::spanned::Spanned;
use syn::{Attribute, Item, UseTree};

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
    /// Names that `use` brings into it, each with the path that it stands for.
    pub(super) uses: BTreeMap<String, Vec<String>>,
    /// Modules whose names it takes all.
    pub(super) globs: Vec<Vec<String>>,
    /// Every path that its code names.
    pub(super) named: Vec<Named>,
    /// The types that it defines: name and line.
    pub(super) types: Vec<(String, usize)>,
    /// The functions that it defines: name, first and last line.
    pub(super) functions: Vec<(String, usize, usize)>,
}

/// A crate, as its source files show it. The first module is the root.
#[derive(Debug)]
pub(super) struct Source {
    /// The folder of the crate, from the root of the workspace.
    pub(super) folder: String,
    pub(super) modules: Vec<Module>,
    /// The lines of the root's documentation, each with its number.
    pub(super) docs: Vec<(usize, String)>,
    /// Macros that `#[macro_export]` puts at the root, each with the module that defines it.
    pub(super) macros: BTreeMap<String, usize>,
}

/// Gives the text of a file by its path from the root of the workspace; `None` where the file does not exist.
pub(super) type Files<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Source {
    /// Reads every crate of the workspace.
    pub(super) fn all(root: &Path, metadata: &Value) -> Result<Vec<Self>, String> {
        let files = |name: &str| std::fs::read_to_string(root.join(name)).ok();
        let mut sources = Vec::new();
        for package in metadata["packages"].as_array().into_iter().flatten() {
            let manifest = package["manifest_path"].as_str().unwrap_or_default();
            let folder = Path::new(manifest).parent().unwrap_or(root);
            let folder = folder.strip_prefix(root).unwrap_or(folder);
            sources.extend(Self::read(&files, &folder.to_string_lossy())?);
        }
        Ok(sources)
    }

    /// Reads the crate in `folder`; `None` where it has neither `src/lib.rs` nor `src/main.rs`.
    pub(super) fn read(files: Files<'_>, folder: &str) -> Result<Option<Self>, String> {
        let paths = ["lib.rs", "main.rs"].map(|name| format!("{folder}/src/{name}"));
        let Some(file) = paths.iter().find(|path| files(path).is_some()) else {
            return Ok(None);
        };
        let mut source = Self {
            folder: folder.to_owned(),
            modules: Vec::new(),
            docs: Vec::new(),
            macros: BTreeMap::new(),
        };
        source.read_file(files, file, None)?;
        Ok(Some(source))
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
            "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
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
        for item in items.into_iter().filter(|item| !is_test(attributes(item))) {
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
                            let flat = format!("{folder}/{name}.rs");
                            let file = if files(&flat).is_some() {
                                flat
                            } else {
                                format!("{folder}/{name}/mod.rs")
                            };
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

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// `#[cfg(test)]`, `#[cfg(all(test, …))]`, `#[test]`.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let tokens = attribute
            .meta
            .to_token_stream()
            .to_string()
            .replace(' ', "");
        tokens == "test" || tokens.starts_with("cfg(test") || tokens.starts_with("cfg(all(test,")
    })
}

/// The name that an item defines, and whether it is a type.
fn name_of(item: &Item) -> (Option<String>, bool) {
    match item {
        Item::Const(item) => (Some(item.ident.to_string()), false),
        Item::Fn(item) => (Some(item.sig.ident.to_string()), false),
        Item::Macro(item) => (item.ident.as_ref().map(ToString::to_string), false),
        Item::Static(item) => (Some(item.ident.to_string()), false),
        Item::Enum(item) => (Some(item.ident.to_string()), true),
        Item::Struct(item) => (Some(item.ident.to_string()), true),
        Item::Trait(item) => (Some(item.ident.to_string()), true),
        Item::Type(item) => (Some(item.ident.to_string()), true),
        Item::Union(item) => (Some(item.ident.to_string()), true),
        _ => (None, false),
    }
}

/// The functions of an item, methods among them.
fn functions(item: &Item) -> Vec<(String, usize, usize)> {
    let one = |name: &syn::Ident, whole: proc_macro2::Span| {
        (name.to_string(), whole.start().line, whole.end().line)
    };
    match item {
        Item::Fn(item) => {
            let end = item.block.span().end().line;
            vec![(
                item.sig.ident.to_string(),
                item.sig.span().start().line,
                end,
            )]
        }
        Item::Impl(item) => {
            let methods = item.items.iter().filter_map(|item| match item {
                syn::ImplItem::Fn(method) => Some(method),
                _ => None,
            });
            let lines = methods.map(|method| {
                let (name, first, _) = one(&method.sig.ident, method.sig.span());
                (name, first, method.block.span().end().line)
            });
            lines.collect()
        }
        Item::Trait(item) => {
            let methods = item.items.iter().filter_map(|item| match item {
                syn::TraitItem::Fn(method) => Some(one(&method.sig.ident, method.span())),
                _ => None,
            });
            methods.collect()
        }
        _ => Vec::new(),
    }
}
