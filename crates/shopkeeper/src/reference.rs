//! What can be configured, with unit, range, default and reason? The reference is made from the
//! doc comments of the options themselves, so that it cannot say anything else than the code.

use anyhow::Result;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The sources that declare options, and their crates.
const SOURCES: &[(&str, &str)] = &[
    ("app", include_str!("../../app/src/config.rs")),
    ("features", include_str!("../../features/src/options.rs")),
    ("govern", include_str!("../../govern/src/options.rs")),
    ("recommend", include_str!("../../recommend/src/options.rs")),
    ("recommend", include_str!("../../recommend/src/train.rs")),
    ("recommend", include_str!("../../recommend/src/train/channels.rs")),
    ("server", include_str!("../../server/src/options.rs")),
];

/// The declared structs by crate and name: two crates may use one name.
type Structs = BTreeMap<(&'static str, String), Vec<Field>>;

/// A field of an options struct: name, type, sentences.
type Field = (String, String, Vec<String>);

/// The whole reference as a TOML file in which every option stands at its default.
pub(crate) fn reference() -> Result<String> {
    let structs: Structs = SOURCES
        .iter()
        .flat_map(|(from, text)| declared(text).into_iter().map(|(name, f)| ((*from, name), f)))
        .collect();
    let mut out = String::from(
        "# Every option of Shopkeeper at its default. Remove what you do not change.\n",
    );
    let app = toml::Table::try_from(app::AppOptions::default())?;
    section(&mut out, &structs, ("app", "AppOptions"), "", &app)?;
    let server = toml::Table::try_from(server::ServerOptions::default())?;
    writeln!(out, "\n[server]")?;
    section(&mut out, &structs, ("server", "ServerOptions"), "server", &server)?;
    Ok(out)
}

/// Writes the fields of one struct: values first, tables after them.
fn section(
    out: &mut String,
    structs: &Structs,
    (from, name): (&str, &str),
    path: &str,
    defaults: &toml::Table,
) -> Result<()> {
    let found = meant(structs, from, name);
    let Some((&(from, _), fields)) = found else { return Ok(()) };
    let is_table = |field: &Field| meant(structs, from, &field.1).is_some();
    let passed_over = |field: &Field| field.1.ends_with("IgnoredAny");
    for field in fields.iter().filter(|field| !is_table(field) && !passed_over(field)) {
        let (field, _, docs) = field;
        writeln!(out)?;
        for sentence in docs {
            writeln!(out, "# {sentence}")?;
        }
        match defaults.get(field) {
            Some(value) if !is_list_of_tables(value) => writeln!(out, "{field} = {value}")?,
            _ => writeln!(out, "# {field} = …")?,
        }
    }
    for (field, kind, docs) in fields.iter().filter(|field| is_table(field)) {
        let inner = if path.is_empty() { field.clone() } else { format!("{path}.{field}") };
        writeln!(out)?;
        for sentence in docs {
            writeln!(out, "# {sentence}")?;
        }
        writeln!(out, "[{inner}]")?;
        if let Some(toml::Value::Table(table)) = defaults.get(field) {
            section(out, structs, (from, kind), &inner, table)?;
        }
    }
    Ok(())
}

/// The struct that source code of crate `from` means by `name`: with its crate, its own, or an
/// imported one.
fn meant<'a>(
    structs: &'a Structs,
    from: &str,
    name: &str,
) -> Option<(&'a (&'static str, String), &'a Vec<Field>)> {
    let (from, name) = name.split_once("::").unwrap_or((from, name));
    let own = structs.iter().find(|((at, other), _)| *at == from && other == name);
    own.or_else(|| structs.iter().find(|((_, other), _)| other == name))
}

/// Lists of tables and empty tables cannot stand as `name = value` before other sections.
fn is_list_of_tables(value: &toml::Value) -> bool {
    match value {
        toml::Value::Array(list) => list.iter().any(toml::Value::is_table),
        toml::Value::Table(_) => true,
        _ => false,
    }
}

/// The option structs that a source declares, with the doc comments of their fields.
fn declared(source: &str) -> Vec<(String, Vec<Field>)> {
    let mut structs: Vec<(String, Vec<Field>)> = Vec::new();
    let (mut docs, mut inside) = (Vec::new(), false);
    for line in source.lines().map(str::trim) {
        if let Some(sentence) = line.strip_prefix("///") {
            docs.push(sentence.trim().to_owned());
        } else if let Some(rest) = line.strip_prefix("pub struct ") {
            let name = rest.split([' ', '(', '<']).next().unwrap_or_default();
            structs.push((name.to_owned(), Vec::new()));
            inside = rest.ends_with('{');
            docs.clear();
        } else if line == "}" {
            inside = false;
        } else if inside && let Some(rest) = line.strip_prefix("pub ") {
            if let (Some((name, kind)), Some((_, fields))) =
                (rest.split_once(": "), structs.last_mut())
            {
                fields.push((
                    name.to_owned(),
                    kind.trim_end_matches(',').to_owned(),
                    std::mem::take(&mut docs),
                ));
            }
        } else if !line.starts_with("#[") {
            docs.clear();
        }
    }
    structs
}

#[cfg(test)]
mod tests {
    use crate::settings::Settings;

    #[test]
    fn the_reference_is_a_config_that_changes_nothing() {
        let text = super::reference().unwrap();
        let read = Settings::parse(&text).unwrap();
        let as_text = |app: &app::AppOptions| toml::to_string(app).unwrap();
        assert_eq!(as_text(&read.app), as_text(&Settings::default().app));
        assert_eq!(read.server, Settings::default().server);
    }

    #[test]
    fn every_section_is_there_even_where_two_crates_use_one_name() {
        let text = super::reference().unwrap();
        for told in [
            "[govern]\n",
            "[train.recommend.channels]\n",
            "label_share = 0.15",
            "[features.weights]\n",
            "rate_item = 1.0",
            "[recommend.scenarios.active.weights]\n",
            "embedding = ",
        ] {
            assert!(text.contains(told), "{told}");
        }
    }

    #[test]
    fn every_option_says_what_it_is() {
        for (name, fields) in super::SOURCES.iter().flat_map(|(_, text)| super::declared(text)) {
            for (field, _, docs) in fields {
                assert!(!docs.is_empty(), "{name}.{field} has no doc comment");
            }
        }
    }
}
