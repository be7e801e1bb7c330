//! Plans: small data get the exact model, big data one that fits, and nothing fits in nothing.

use crate::plan::{ItemModel, Machine, Size, ials, item_model};

const GIB: u64 = 1 << 30;

fn shop(customers: u64, items: u64, interactions: u64) -> Size {
    // Histories four times as uneven as equal ones.
    let pairs = 4 * interactions * interactions / customers;
    Size { customers, items, interactions, pairs }
}

#[test]
fn the_method_follows_the_size() {
    let machine = Machine::new(4 * GIB, 2, 1800.0);
    let choose = |size| item_model(size, &machine).map(|(model, _)| model);
    assert!(matches!(choose(shop(943, 1682, 100_000)), Some(ItemModel::Ease(_))));
    assert!(matches!(choose(shop(22_000, 12_000, 200_000)), Some(ItemModel::Ease(_))));
    let big = shop(1_000_000, 100_000, 10_000_000);
    assert!(matches!(choose(big), Some(ItemModel::LocalEase(_))));
    let tight = item_model(big, &Machine::new(300 << 20, 2, 1800.0));
    assert!(matches!(tight, Some((ItemModel::ItemCf(_), _))), "{tight:?}");
    assert!(item_model(big, &Machine::new(1, 2, 1800.0)).is_none());
}

#[test]
fn a_plan_keeps_to_its_limits() {
    for items in [1_000, 30_000, 300_000] {
        for gib in [1, 4, 16] {
            let machine = Machine::new(gib * GIB, 2, 3600.0);
            let size = shop(500_000, items, 5_000_000);
            if let Some((_, cost)) = item_model(size, &machine) {
                assert!(cost.bytes <= gib * GIB && cost.seconds(&machine) <= 3600.0);
            }
            if let Some((options, cost)) = ials(size, &machine) {
                assert!(options.factors >= 8 && cost.bytes <= gib * GIB);
            }
        }
    }
}
