//! What is a thing drawn from? Parts in a few tones, and the vessels that many things come in.

/// A colour by its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// The item's own colour in its style's pattern.
    Pattern,
    /// The item's own colour, plain.
    Main,
    Dark,
    Light,
    White,
    Ink,
    Wood,
    Leaf,
    Gold,
    Steel,
    Sky,
}

/// A shape, on a ground of 120 by 120 on which things stand at y = 100.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Rect { x: f32, y: f32, w: f32, h: f32, r: f32, tone: Tone },
    Round { x: f32, y: f32, rx: f32, ry: f32, tone: Tone },
    Path(&'static str, Tone),
    Line(&'static str, f32, Tone),
}

/// A rectangle from its upper left corner, with round corners of `r`.
pub(crate) fn rect([x, y, w, h]: [f32; 4], r: f32, tone: Tone) -> Part {
    Part::Rect { x, y, w, h, r, tone }
}

pub(crate) fn circle(x: f32, y: f32, r: f32, tone: Tone) -> Part {
    Part::Round { x, y, rx: r, ry: r, tone }
}

pub(crate) fn oval([x, y, rx, ry]: [f32; 4], tone: Tone) -> Part {
    Part::Round { x, y, rx, ry, tone }
}

pub(crate) fn path(d: &'static str, tone: Tone) -> Part {
    Part::Path(d, tone)
}

pub(crate) fn line(d: &'static str, width: f32, tone: Tone) -> Part {
    Part::Line(d, width, tone)
}

/// A vessel, and what is drawn on it.
fn with(mut vessel: Vec<Part>, emblem: &[Part]) -> Vec<Part> {
    vessel.extend_from_slice(emblem);
    vessel
}

/// A bag that stands, sealed at the top, with a label.
pub(crate) fn pouch(emblem: &[Part]) -> Vec<Part> {
    let bag = path("M36 34H84L89 96Q89 100 85 100H35Q31 100 31 96Z", Tone::Pattern);
    let seal = rect([35.0, 24.0, 50.0, 12.0], 2.0, Tone::Dark);
    let label = circle(60.0, 68.0, 19.0, Tone::White);
    with(vec![bag, seal, label], emblem)
}

/// A big sack, tied.
pub(crate) fn sack(emblem: &[Part]) -> Vec<Part> {
    let sack = path("M40 36Q24 66 30 94Q31 100 38 100H82Q89 100 90 94Q96 66 80 36Z", Tone::Pattern);
    let ruff = path("M42 20Q60 28 78 20L80 36H40Z", Tone::Main);
    let tie = rect([38.0, 33.0, 44.0, 6.0], 3.0, Tone::Dark);
    with(vec![sack, ruff, tie, oval([60.0, 70.0, 21.0, 17.0], Tone::White)], emblem)
}

/// A tin with a lid.
pub(crate) fn tin(emblem: &[Part]) -> Vec<Part> {
    let body = rect([33.0, 34.0, 54.0, 66.0], 6.0, Tone::Pattern);
    let lid = rect([30.0, 24.0, 60.0, 13.0], 5.0, Tone::Dark);
    let label = rect([33.0, 50.0, 54.0, 34.0], 0.0, Tone::White);
    with(vec![body, lid, label], emblem)
}

/// A low jar with a wide lid.
pub(crate) fn jar(emblem: &[Part]) -> Vec<Part> {
    let lid = rect([32.0, 50.0, 56.0, 18.0], 5.0, Tone::Dark);
    let body = path("M30 68H90V90Q90 100 80 100H40Q30 100 30 90Z", Tone::Pattern);
    with(vec![lid, body], emblem)
}

/// A slim bottle with a cap.
pub(crate) fn bottle(emblem: &[Part]) -> Vec<Part> {
    let cap = rect([50.0, 16.0, 20.0, 14.0], 3.0, Tone::Dark);
    let body = path(
        "M52 30H68V38Q80 43 80 54V94Q80 100 74 100H46Q40 100 40 94V54Q40 43 52 38Z",
        Tone::Pattern,
    );
    with(vec![cap, body, rect([40.0, 60.0, 40.0, 24.0], 0.0, Tone::White)], emblem)
}

/// A wide bottle with a handle.
pub(crate) fn jug(emblem: &[Part]) -> Vec<Part> {
    let cap = rect([44.0, 18.0, 18.0, 14.0], 3.0, Tone::Dark);
    let body = path(
        "M44 32H62Q86 36 88 60V92Q88 100 80 100H38Q30 100 30 92V56Q30 40 44 32Z",
        Tone::Pattern,
    );
    let hole = path("M70 48Q79 52 79 64V70H70Z", Tone::White);
    with(vec![cap, body, hole, rect([36.0, 64.0, 32.0, 26.0], 4.0, Tone::White)], emblem)
}

/// A carton seen from the front, its flap to one side.
pub(crate) fn carton(emblem: &[Part]) -> Vec<Part> {
    let side = path("M84 40L94 32V92L84 100Z", Tone::Dark);
    let top = path("M28 40L38 32H94L84 40Z", Tone::Light);
    let front = rect([28.0, 40.0, 56.0, 60.0], 0.0, Tone::Pattern);
    with(vec![side, top, front], emblem)
}

/// A flat soft pack.
pub(crate) fn pack(emblem: &[Part]) -> Vec<Part> {
    let body = rect([22.0, 54.0, 76.0, 46.0], 12.0, Tone::Pattern);
    with(vec![body, rect([40.0, 62.0, 40.0, 24.0], 8.0, Tone::White)], emblem)
}
