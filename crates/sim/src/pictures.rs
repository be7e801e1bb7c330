//! What does it look like? A flat picture of each item, drawn as SVG text.
//!
//! The silhouette is the category's, the colour and the pattern are the item's, the background is
//! the department's. A picture has no links, no scripts and no styles, so that it can stand in a
//! page or be one's own file; the id of its pattern bears the item's number, so that many can stand
//! in one page.

mod parts;
mod silhouettes;

use crate::Shop;
use crate::dice::Dice;
use crate::items::department;
use parts::{Part, Tone};
use std::fmt::Write as _;

const PICTURE: u64 = 81;

/// Soft backgrounds, one for each department: the ground and the disc behind the thing.
const GROUNDS: &[(&str, &str)] = &[
    ("#eef3f8", "#dfe9f3"),
    ("#eef0fa", "#dfe3f5"),
    ("#fbf4e6", "#f5e8cd"),
    ("#ebf6f3", "#d8ede7"),
    ("#f6f0ea", "#ecdfd2"),
    ("#f9eef2", "#f2dde5"),
    ("#eef6ea", "#dcecd5"),
    ("#fcf0ee", "#f7ddd9"),
    ("#fdf6e3", "#f9eac4"),
    ("#f1f1ea", "#e3e4d5"),
];

/// Main, darker and lighter tone of each colour, in the order of the words.
const COLOURS: &[[u32; 3]] = &[
    [0x00e9_ecf1, 0x00c2_c8d2, 0x00ff_ffff],
    [0x003a_3d45, 0x0022_242a, 0x005b_606b],
    [0x00d9_4f4f, 0x00a9_3338, 0x00f0_8a80],
    [0x004a_7fd0, 0x002f_5ca3, 0x008f_b6ec],
    [0x0058_a66e, 0x003a_7d4e, 0x0097_cfa4],
    [0x00e3_cfa9, 0x00bf_a678, 0x00f4_e7cd],
    [0x009a_a1ab, 0x0072_7984, 0x00c4_cad2],
];

/// A tile of each style's pattern, 12 by 12, on the main tone: `l` and `d` stand for the lighter
/// and the darker tone.
const PATTERNS: &[&str] = &[
    "",
    r#"<path d="M0 3H12M0 9H12" stroke="l" stroke-width="3"/>"#,
    r##"<path d="M0 12L12 0M-3 3L3-3M9 15L15 9" stroke="#d8b45a" stroke-width="1.2"/>"##,
    r#"<path d="M0 9L6 3L12 9" stroke="d" stroke-width="2.4" fill="none"/>"#,
    r#"<circle cx="3" cy="3" r="2" fill="l"/><circle cx="9" cy="9" r="2" fill="l"/>"#,
    r#"<path d="M6 0V12M0 6H12" stroke="d" stroke-width="1"/>"#,
];

/// The colours of one picture.
struct Palette {
    main: String,
    dark: String,
    light: String,
}

impl Palette {
    /// A colour's tones, a little brighter or darker than the next item's.
    fn of(colour: u8, dice: &mut Dice) -> Self {
        let tones = COLOURS[colour as usize % COLOURS.len()];
        let shift = dice.below(17) as i32 - 8;
        let [main, dark, light] = tones.map(|tone| {
            let channel = |at: u32| (((tone >> at) & 255) as i32 + shift).clamp(0, 255);
            format!("#{:02x}{:02x}{:02x}", channel(16), channel(8), channel(0))
        });
        Self { main, dark, light }
    }

    fn of_tone(&self, tone: Tone, pattern: &str) -> String {
        match tone {
            Tone::Pattern if !pattern.is_empty() => format!("url(#{pattern})"),
            Tone::Pattern | Tone::Main => self.main.clone(),
            Tone::Dark => self.dark.clone(),
            Tone::Light => self.light.clone(),
            Tone::White => "#fffdf8".into(),
            Tone::Ink => "#4b4f58".into(),
            Tone::Wood => "#b98a5a".into(),
            Tone::Leaf => "#6aa84f".into(),
            Tone::Gold => "#e5b567".into(),
            Tone::Steel => "#c3cad3".into(),
            Tone::Sky => "#b9dcf0".into(),
        }
    }
}

/// The picture of item `number`.
pub(crate) fn draw(shop: &Shop, number: u32) -> String {
    let traits = shop.traits(number);
    let mut dice = Dice::of(shop.options.seed, PICTURE, number.into());
    let palette = Palette::of(traits.colour, &mut dice);
    let (ground, disc) = GROUNDS[department(traits.leaf) % GROUNDS.len()];
    let tile = PATTERNS[traits.style as usize % PATTERNS.len()];
    let id = if tile.is_empty() { String::new() } else { format!("p{number}") };
    let mut svg = String::with_capacity(1_600);
    // Writing to a string never fails.
    let _ = write!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120"><rect width="120" height="120" fill="{ground}"/><circle cx="60" cy="58" r="46" fill="{disc}"/>"#
    );
    if !tile.is_empty() {
        let tile = tile
            .replace("\"l\"", &format!("\"{}\"", palette.light))
            .replace("\"d\"", &format!("\"{}\"", palette.dark));
        let main = &palette.main;
        let _ = write!(
            svg,
            r#"<pattern id="{id}" width="12" height="12" patternUnits="userSpaceOnUse"><rect width="12" height="12" fill="{main}"/>{tile}</pattern>"#
        );
    }
    svg.push_str(r##"<ellipse cx="60" cy="101" rx="32" ry="4" fill="#000" opacity=".09"/>"##);
    let size = 0.94 + 0.1 * dice.unit();
    let (x, y) = (60.0 * (1.0 - size), 100.0 * (1.0 - size));
    let _ = write!(svg, r#"<g transform="translate({x:.1} {y:.1}) scale({size:.2})">"#);
    for part in silhouettes::of(traits.leaf) {
        write_part(&mut svg, &part, &palette, &id);
    }
    svg.push_str("</g></svg>");
    svg
}

fn write_part(svg: &mut String, part: &Part, palette: &Palette, pattern: &str) {
    let fill = |tone| palette.of_tone(tone, pattern);
    let _ = match *part {
        Part::Rect { x, y, w, h, r, tone } => {
            let fill = fill(tone);
            write!(
                svg,
                r#"<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" fill="{fill}"/>"#
            )
        }
        Part::Round { x, y, rx, ry, tone } => {
            let fill = fill(tone);
            write!(svg, r#"<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="{fill}"/>"#)
        }
        Part::Path(d, tone) => write!(svg, r#"<path d="{d}" fill="{}"/>"#, fill(tone)),
        Part::Line(d, width, tone) => write!(
            svg,
            r#"<path d="{d}" fill="none" stroke="{}" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round"/>"#,
            fill(tone)
        ),
    };
}

/// The parts of a leaf category's silhouette.
#[cfg(test)]
pub(crate) fn shape(leaf: u8) -> Vec<Part> {
    silhouettes::of(leaf)
}
