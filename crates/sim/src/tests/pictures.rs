//! Are pictures small, well-formed, and different where things differ?

use crate::words::LEAVES;
use crate::{Shop, SimOptions};
use std::collections::{HashMap, HashSet};

fn shop() -> Shop {
    Shop::new(SimOptions { items: 2_000, ..SimOptions::default() })
}

/// Enough of an XML reader for what is drawn here: tags closed in order, attributes quoted once.
fn check(svg: &str) -> Result<usize, String> {
    let mut open: Vec<&str> = Vec::new();
    let mut shapes = 0;
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        if !rest[..start].is_empty() {
            return Err(format!("text outside a tag: {:?}", &rest[..start]));
        }
        let end = rest.find('>').ok_or("an open tag")?;
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes nothing"));
            }
            continue;
        }
        let (name, attributes) = tag.trim_end_matches('/').split_once(' ').unwrap_or((tag, ""));
        shapes += 1;
        if !tag.ends_with('/') {
            open.push(name);
        }
        let mut names = HashSet::new();
        let mut left = attributes.trim();
        while !left.is_empty() {
            let (name, after) = left.split_once("=\"").ok_or(format!("no value in {left:?}"))?;
            let (value, after) = after.split_once('"').ok_or("an open value")?;
            if value.contains(['<', '&']) || !names.insert(name.trim()) {
                return Err(format!("{name}={value:?}"));
            }
            left = after;
        }
    }
    if open.is_empty() && rest.is_empty() { Ok(shapes) } else { Err(format!("left: {rest:?}")) }
}

#[test]
fn every_picture_is_well_formed_small_and_self_contained() {
    let shop = shop();
    for item in shop.items() {
        let svg = shop.picture(&item.id).unwrap();
        let shapes = check(&svg).unwrap_or_else(|why| panic!("{why} in {svg}"));
        assert!(shapes >= 6, "{svg}");
        assert!(svg.len() <= 2_000, "{} bytes for {}", svg.len(), item.title(false));
        assert!(!svg.contains("href") && !svg.contains("script"));
    }
    assert!(check("<a><b/></a>").is_ok() && check("<a><b></a>").is_err());
}

#[test]
fn pictures_of_different_categories_styles_and_colours_differ() {
    let shop = shop();
    // What is drawn without what is the item's own: its colours, its size, the id of its pattern.
    let shape = |number: u32| {
        let parts = crate::pictures::shape(shop.traits(number).leaf);
        format!("{parts:?}")
    };
    let shapes: HashSet<String> =
        shop.shelves.iter().filter(|s| !s.is_empty()).map(|s| shape(s.start)).collect();
    assert_eq!(shapes.len(), LEAVES.len());
    let mut looks: HashMap<(u8, u8, u8), HashSet<String>> = HashMap::new();
    for number in 0..2_000 {
        let traits = shop.traits(number);
        let svg = crate::pictures::draw(&shop, number).replace(&format!("p{number}"), "p");
        looks.entry((traits.leaf, traits.style, traits.colour)).or_default().insert(svg);
    }
    let all: usize = looks.values().map(HashSet::len).sum();
    let distinct: HashSet<&String> = looks.values().flatten().collect();
    assert_eq!(distinct.len(), all, "no two kinds of thing look the same");
}

#[test]
fn the_same_item_always_looks_the_same() {
    let (one, two) = (shop(), shop());
    let item = one.items().nth(77).unwrap().id;
    assert_eq!(one.picture(&item), two.picture(&item));
    assert_eq!(one.picture(&crate::ids::item(2_000).unwrap()), None);
}
