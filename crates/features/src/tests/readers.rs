//! What do readers see while facts are folded? Always some state of the log.

use super::shop::*;
use crate::{CustomerView, Features};
use commerce::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// Readers that never rest would starve the writer on a loaded machine.
const LOOKS: usize = 400;

#[test]
fn two_readers_see_states_of_the_log_while_it_is_folded() {
    let facts: Vec<Fact> = (0..2_000u32)
        .map(|n| match n % 10 {
            7 => link(n.into(), n % 3, 1, n % 20 < 10),
            n10 if n10 % 2 == 0 => {
                event(n.into(), by_device(n % 3), EventKind::ViewItem, &[n % 50])
            }
            _ => event(n.into(), by_customer(1), EventKind::AddToCart, &[n % 40]),
        })
        .collect();
    let features = Features::new(cramped());
    let done = AtomicBool::new(false);
    let looks = std::thread::scope(|scope| {
        let read = || {
            let mut looks: Vec<CustomerView> = Vec::new();
            for _ in 0..LOOKS {
                if done.load(Ordering::Acquire) {
                    break;
                }
                let view = features.customer(&by_customer(1), at(9_000));
                let items = features.items();
                assert!(items.rows().all(|(ix, row)| items.ix(row.id()) == Some(ix)));
                if looks.last().is_none_or(|last| last.as_of < view.as_of) {
                    looks.push(view);
                }
                std::thread::yield_now();
            }
            looks
        };
        let readers = [scope.spawn(read), scope.spawn(read)];
        for (offset, fact) in (0..).zip(&facts) {
            features.fold(offset, fact);
            if offset % 7 == 0 {
                features.publish();
            }
        }
        done.store(true, Ordering::Release);
        readers.map(|reader| reader.join().unwrap())
    });
    // One replay visits every state that was looked at.
    let mut looks: Vec<_> = looks.into_iter().flatten().collect();
    looks.sort_by_key(|view| view.as_of);
    let replayed = Features::new(cramped());
    let mut offset = 0;
    for view in &looks {
        for fact in &facts[offset..view.as_of as usize] {
            replayed.fold(offset as u64, fact);
            offset += 1;
        }
        assert_eq!(replayed.customer(&by_customer(1), at(9_000)), *view);
    }
}
