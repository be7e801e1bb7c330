//! Which column means what? The mapping file, and the presets for layouts that are well known.
//!
//! A mapping is TOML: a list of files by name, what each row is, and for each of our fields the
//! column that holds it. The presets are mappings too, so that `shopkeeper import --preset NAME
//! --print` gives a newcomer something to start from.

use super::format::Format;
use super::row::Row;
use super::{ImportError, Rejected};
use commerce::Currency;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

/// The presets by name: (name, what it reads, TOML).
pub const PRESETS: &[(&str, &str, &str)] = &[
    (
        "ga4",
        "Google Analytics 4 export to BigQuery, as JSON lines or Parquet",
        include_str!("presets/ga4.toml"),
    ),
    ("segment", "Segment track calls as JSON lines", include_str!("presets/segment.toml")),
    (
        "google-merchant",
        "Google Merchant feed, tab- or comma-separated",
        include_str!("presets/google-merchant.toml"),
    ),
    (
        "taobao-userbehavior",
        "Alibaba's UserBehavior.csv, with a header line",
        include_str!("presets/taobao-userbehavior.toml"),
    ),
    (
        "complete-journey",
        "dunnhumby's Complete Journey: transactions, items, households",
        include_str!("presets/complete-journey.toml"),
    ),
    (
        "movielens-100k",
        "MovieLens 100K: u.data, u.item, u.user",
        include_str!("presets/movielens-100k.toml"),
    ),
    (
        "amazon-sequences",
        "5-core sequences: customer item item …, with item2attributes",
        include_str!("presets/amazon-sequences.toml"),
    ),
    (
        "bol-sessions",
        "bol.com clicks in sessions (Serenade's example)",
        include_str!("presets/bol-sessions.toml"),
    ),
];

/// How the files of one layout are read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// ISO 4217 code of prices that do not name their own.
    pub currency: Option<String>,
    /// One entry for each kind of file and of row.
    pub file: Vec<FileMapping>,
}

/// How one kind of file is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileMapping {
    /// The file's name, packed endings cut; `*` stands for anything.
    pub name: String,
    /// What the file is made of; guessed from its ending when not given.
    pub format: Option<Format>,
    /// Column names of a file without a header line.
    pub header: Option<Vec<String>>,
    /// What each row is.
    pub row: RowShape,
    /// Our field → where it stands.
    #[serde(default)]
    pub fields: BTreeMap<String, Place>,
    /// Attribute name → where it stands (items and customers).
    #[serde(default)]
    pub attributes: BTreeMap<String, Place>,
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowShape {
    /// Something that a customer did.
    Event,
    /// An item of the catalogue.
    Item,
    /// A customer.
    Customer,
    /// Someone who sells.
    Merchant,
    /// A customer and the items they touched, in order, without times.
    Sequence,
    /// An item and a list of attribute numbers.
    AttributeList,
    /// An event of a GA4 export.
    Ga4,
    /// A Segment call.
    Segment,
}

/// Where a field stands: a column's name, or a rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "expected a column's name, or a table with column, columns, …")]
pub enum Place {
    /// The column.
    Column(String),
    /// Something more particular.
    Rule(Rule),
}

/// Where a field stands, when it is not simply a column.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// One column.
    pub column: Option<String>,
    /// Several: of a list field all that are there, of another the first that is there.
    #[serde(default)]
    pub columns: Vec<String>,
    /// The same value for every row.
    pub value: Option<String>,
    /// Replaces the values of the file; a value that is not listed is refused.
    #[serde(default)]
    pub map: BTreeMap<String, String>,
    /// Cuts a list out of one column.
    pub split: Option<String>,
}

/// Fields that the shapes know, for checking a mapping before reading a million rows.
const EVENT_FIELDS: &[&str] = &[
    "event_id",
    "event",
    "timestamp",
    "customer_id",
    "device_id",
    "session_id",
    "item_id",
    "quantity",
    "price",
    "total",
    "currency",
    "order_id",
    "dwell_ms",
    "rating",
    "query",
    "coupon",
    "place",
    "channel",
    "referrer",
    "device_class",
];
const ITEM_FIELDS: &[&str] = &[
    "item_id",
    "title_zh",
    "title_en",
    "category",
    "brand",
    "merchant_id",
    "price",
    "currency",
    "stock",
    "active",
    "image",
    "link",
];
const CUSTOMER_FIELDS: &[&str] = &["customer_id", "interests", "place"];
const MERCHANT_FIELDS: &[&str] = &["merchant_id", "name"];
const WHO_FIELDS: &[&str] = &["customer_id", "device_id", "session_id"];

/// What a row of one kind may say, and must.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Its name in a mapping.
    pub row: &'static str,
    /// Every field.
    pub fields: &'static [&'static str],
    /// Those that must be mapped.
    pub wanted: &'static [&'static str],
    /// Of these, one at least.
    pub one_of: &'static [&'static str],
}

/// The rows whose fields are mapped one by one.
pub const SHAPES: &[Shape] = &[
    Shape {
        row: "event",
        fields: EVENT_FIELDS,
        wanted: &["event", "timestamp"],
        one_of: WHO_FIELDS,
    },
    Shape { row: "item", fields: ITEM_FIELDS, wanted: &["item_id"], one_of: &[] },
    Shape { row: "customer", fields: CUSTOMER_FIELDS, wanted: &["customer_id"], one_of: &[] },
    Shape { row: "merchant", fields: MERCHANT_FIELDS, wanted: MERCHANT_FIELDS, one_of: &[] },
];

impl RowShape {
    /// What such a row may say; nothing when its layout is known already.
    fn shape(self) -> Option<&'static Shape> {
        let name = match self {
            Self::Event => "event",
            Self::Item => "item",
            Self::Customer => "customer",
            Self::Merchant => "merchant",
            _ => return None,
        };
        SHAPES.iter().find(|shape| shape.row == name)
    }
}

impl Mapping {
    /// Reads a mapping file's text and checks it.
    ///
    /// # Errors
    /// [`ImportError::Mapping`] says which entry is wrong, what it holds and what is allowed.
    pub fn parse(text: &str) -> Result<Self, ImportError> {
        let mapping: Self =
            toml::from_str(text).map_err(|e| ImportError::Mapping { why: e.to_string() })?;
        mapping.check()?;
        Ok(mapping)
    }

    /// The preset called `name`.
    ///
    /// # Errors
    /// [`ImportError::Preset`] lists the presets there are.
    pub fn preset(name: &str) -> Result<Self, ImportError> {
        let found = PRESETS.iter().find(|(preset, ..)| *preset == name);
        let (_, _, text) = found.ok_or_else(|| ImportError::Preset { name: name.into() })?;
        Self::parse(text)
    }

    /// The currency of prices that do not name their own.
    pub(crate) fn shop_currency(&self) -> Result<Currency, ImportError> {
        let parse = |code: &String| {
            Currency::parse(code).map_err(|e| ImportError::Mapping { why: e.to_string() })
        };
        self.currency.as_ref().map_or(Ok(Currency::CNY), parse)
    }

    /// The ways in which the file at `path` is read: none, one, or one for each kind of fact that
    /// its rows hold.
    pub(crate) fn for_file(&self, path: &Path) -> impl Iterator<Item = &FileMapping> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        self.file.iter().filter(move |file| {
            let bare = name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(&name);
            fits(&file.name, bare)
        })
    }

    fn check(&self) -> Result<(), ImportError> {
        let wrong = |why: String| Err(ImportError::Mapping { why });
        if self.file.is_empty() {
            return wrong("there is no [[file]]; name at least one".into());
        }
        for file in &self.file {
            let shape = file.row.shape();
            let allowed = shape.map_or(&[][..], |shape| shape.fields);
            for field in file.fields.keys() {
                if !allowed.contains(&field.as_str()) {
                    return wrong(format!(
                        "file {:?}: there is no field {field:?} in a row of this kind; allowed: {}",
                        file.name,
                        if allowed.is_empty() { "none".into() } else { allowed.join(", ") }
                    ));
                }
            }
            let Some(shape) = shape else { continue };
            let is_mapped = |field: &&&str| file.fields.contains_key(**field);
            if let Some(missing) = shape.wanted.iter().find(|field| !is_mapped(field)) {
                return wrong(format!("file {:?}: the field {missing:?} is not mapped", file.name));
            }
            if !shape.one_of.is_empty() && !shape.one_of.iter().any(|field| is_mapped(&field)) {
                let one_of = shape.one_of.join(", ");
                return wrong(format!("file {:?}: map at least one of {one_of}", file.name));
            }
        }
        Ok(())
    }
}

/// Whether `name` fits `pattern`, in which `*` stands for any run of characters.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern.eq_ignore_ascii_case(name),
        Some((head, tail)) => {
            let starts = name.get(..head.len()).is_some_and(|n| n.eq_ignore_ascii_case(head));
            starts
                && (head.len()..=name.len())
                    .any(|from| name.get(from..).is_some_and(|n| fits(tail, n)))
        }
    }
}

impl FileMapping {
    /// The column of the file that holds one of our fields.
    pub(crate) fn column_of(&self, field: &str) -> Option<&str> {
        match self.fields.get(field)? {
            Place::Column(column) => Some(column),
            Place::Rule(rule) => {
                rule.column.as_deref().or(rule.columns.first().map(String::as_str))
            }
        }
    }

    /// The text of `field` in `row`, mapped; nothing when it is not mapped or empty.
    pub(crate) fn text<'a>(
        &'a self,
        row: Row<'a>,
        field: &str,
    ) -> Result<Option<Cow<'a, str>>, Rejected> {
        self.fields.get(field).map_or(Ok(None), |place| place.text(row))
    }

    /// The same, refused when empty.
    pub(crate) fn wanted<'a>(
        &'a self,
        row: Row<'a>,
        field: &str,
    ) -> Result<Cow<'a, str>, Rejected> {
        self.text(row, field)?.ok_or_else(|| {
            let column = self.fields.get(field).map_or(field, |place| place.shown());
            let there = row.has(column);
            let problem = if there { "nothing" } else { "no such column" };
            let hint = if there {
                format!("{field} cannot be left out")
            } else {
                format!("columns here: {}", row.columns())
            };
            Rejected::new(column, "", problem).hint(&hint)
        })
    }

    /// The texts of a list field.
    pub(crate) fn list(&self, row: Row<'_>, field: &str) -> Result<Vec<Box<str>>, Rejected> {
        self.fields.get(field).map_or(Ok(Vec::new()), |place| place.list(row))
    }
}

impl Place {
    fn shown(&self) -> &str {
        match self {
            Self::Column(column) => column,
            Self::Rule(rule) => rule
                .column
                .as_deref()
                .or(rule.columns.first().map(String::as_str))
                .unwrap_or("value"),
        }
    }

    pub(crate) fn text<'a>(&'a self, row: Row<'a>) -> Result<Option<Cow<'a, str>>, Rejected> {
        let rule = match self {
            Self::Column(column) => return row.text(column),
            Self::Rule(rule) => rule,
        };
        for column in rule.column.iter().chain(&rule.columns) {
            let Some(text) = row.text(column)? else { continue };
            if rule.map.is_empty() {
                return Ok(Some(text));
            }
            return match rule.map.get(&*text) {
                Some(to) => Ok((!to.is_empty()).then_some(Cow::Borrowed(to.as_str()))),
                None => {
                    let allowed =
                        rule.map.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                    Err(Rejected::new(column, text, "a value that is not mapped")
                        .hint(&format!("allowed: {allowed}")))
                }
            };
        }
        Ok(rule.value.as_deref().map(Cow::Borrowed))
    }

    fn list(&self, row: Row<'_>) -> Result<Vec<Box<str>>, Rejected> {
        let split = |text: &str, by: &str| {
            text.split(by).map(str::trim).filter(|t| !t.is_empty()).map(Into::into).collect()
        };
        match self {
            Self::Column(column) => {
                Ok(row.text(column)?.map(|t| vec![(&*t).into()]).unwrap_or_default())
            }
            Self::Rule(rule) => match &rule.split {
                Some(by) => Ok(self.text(row)?.map(|text| split(&text, by)).unwrap_or_default()),
                None => {
                    let mut all = Vec::new();
                    for column in rule.column.iter().chain(&rule.columns) {
                        all.extend(row.text(column)?.map(|text| Box::from(&*text)));
                    }
                    Ok(all)
                }
            },
        }
    }
}
