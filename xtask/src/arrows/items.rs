//! Reads one item of a module: its attributes, its name, its functions.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, Item};

/// The attributes of an item.
pub(super) fn attributes(item: &Item) -> &[Attribute] {
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

/// Whether an item is compiled for unit tests only: `#[cfg(test)]`, `#[cfg(all(test, …))]`, `#[test]`.
pub(super) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let tokens = attribute
            .meta
            .to_token_stream()
            .to_string()
            .replace(' ', "");
        tokens == "test" || tokens.starts_with("cfg(test") || tokens.starts_with("cfg(all(test,")
    })
}

/// The path in `#[path = "…"]`.
pub(super) fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let syn::Meta::NameValue(pair) = &attribute.meta else {
            return None;
        };
        let syn::Expr::Lit(literal) = &pair.value else {
            return None;
        };
        match &literal.lit {
            syn::Lit::Str(text) if pair.path.is_ident("path") => Some(text.value()),
            _ => None,
        }
    })
}

/// The name that an item defines, and whether it is a type.
pub(super) fn name_of(item: &Item) -> (Option<String>, bool) {
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

/// The functions of an item, including methods: name, first and last line.
pub(super) fn functions(item: &Item) -> Vec<(String, usize, usize)> {
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
