//! Who stands where, and with which probability? Pins, exploration, the ranked rest.

use super::Dice;

/// Something that must stand at a place, whatever its rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    /// What.
    pub what: u32,
    /// Where, counted from 0. Beyond the end of a short slate it comes last.
    pub at: usize,
}

/// How much of a slate is given to things that are not yet known to be good.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Explore {
    /// The probability, in [0, 1], that a place is given to one of them.
    pub share: f64,
    /// The first places that are never given away.
    pub spared: usize,
    /// The most places given away in any `window` in a row, counted from the top.
    pub most: usize,
    /// Length of that window, usually a page.
    pub window: usize,
}

/// One place of the slate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// What stands there.
    pub what: u32,
    /// The probability that it came to stand there, given what stands above, in (0, 1].
    pub propensity: f32,
    /// Whether chance put it there.
    pub explored: bool,
    /// Whether the caller put it there.
    pub pinned: bool,
}

/// Fills up to `count` places: pins at their places; elsewhere, with probability `share`, an even
/// draw from `fresh`; else the next of `ranked`. Neither list may hold a pinned thing or a thing of
/// the other list. What is drawn is taken out of `fresh`.
///
/// Given the places above, the thing at a place had one way to come there, so its propensity is
/// exact: `share / |fresh|` when drawn, `1 − share` when ranked while a draw was possible, 1
/// otherwise. When `ranked` has run out while `fresh` has not, the place is drawn for certain.
pub fn place(
    ranked: &[u32],
    fresh: &mut Vec<u32>,
    pins: &[Pin],
    explore: Explore,
    count: usize,
    dice: &mut Dice,
) -> Vec<Placed> {
    let mut slate = Vec::with_capacity(count.min(ranked.len() + fresh.len() + pins.len()));
    let mut pins: Vec<Pin> = pins.to_vec();
    pins.sort_by_key(|pin| pin.at);
    let mut pins = pins.into_iter().peekable();
    let mut ranked = ranked.iter().copied();
    let mut given = 0;
    while slate.len() < count {
        let at = slate.len();
        if explore.window > 0 && at.is_multiple_of(explore.window) {
            given = 0;
        }
        if let Some(pin) = pins.next_if(|pin| pin.at <= at) {
            slate.push(Placed { what: pin.what, propensity: 1.0, explored: false, pinned: true });
            continue;
        }
        let may_draw = !fresh.is_empty() && at >= explore.spared && given < explore.most;
        let share = if !may_draw {
            0.0
        } else if ranked.len() == 0 {
            1.0
        } else {
            explore.share.clamp(0.0, 1.0)
        };
        if share > 0.0 && dice.share() < share {
            let propensity = (share / fresh.len() as f64) as f32;
            let what = fresh.swap_remove(dice.below(fresh.len()));
            slate.push(Placed { what, propensity, explored: true, pinned: false });
            given += 1;
        } else if let Some(what) = ranked.next() {
            let propensity = (1.0 - share) as f32;
            slate.push(Placed { what, propensity, explored: false, pinned: false });
        } else {
            let rest = pins.by_ref().take(count - at);
            slate.extend(rest.map(|pin| Placed {
                what: pin.what,
                propensity: 1.0,
                explored: false,
                pinned: true,
            }));
            break;
        }
    }
    slate
}
