//! Is the slate what it should be?

use super::shop::*;
use crate::*;
use ::decide::{Decider, Refusal};
use commerce::{Body, EventKind, Who};

fn check_slate(decided: &::decide::Decided<RecommendAnswer>) {
    let mut seen = names(decided);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), decided.chosen.len(), "each item once");
    assert_eq!(decided.answer.items.len(), decided.chosen.len());
    for choice in &decided.chosen {
        let sum: f32 = choice.parts.iter().map(|part| part.value).sum();
        assert!((sum - choice.score).abs() <= 1e-4, "{}: {sum} {}", choice.what, choice.score);
        assert!(choice.propensity > 0.0 && choice.propensity <= 1.0);
        assert!(choice.sources != 0);
    }
}

#[test]
fn without_models_the_slate_is_full_explained_and_says_so() {
    let shop = Shop::new(300, 150, 1_200);
    let decided = shop.ask(&policy(Models::none()), &home(&shop.regular()));
    assert_eq!(decided.chosen.len(), 60);
    check_slate(&decided);
    assert!(decided.reasons.iter().any(|reason| &*reason.code == "no_models"));
    assert!(decided.chosen.iter().all(|choice| !choice.reasons.is_empty()));
    assert_eq!(decided.degraded, None);
}

#[test]
fn the_same_context_and_ask_give_the_same_decision() {
    let shop = Shop::new(300, 150, 1_200);
    let policy = policy(Models::none());
    let ask = home(&shop.regular());
    let take = |seed| policy.decide(&shop.ctx(&ask.who, true, seed), &ask).unwrap();
    let (first, again) = (take(5), take(5));
    assert_eq!(first.chosen, again.chosen);
    assert_eq!(first.considered, again.considered);
    assert_eq!(first.stopped, again.stopped);
    assert_eq!(first.reasons, again.reasons);
    let others = (0..20).filter(|&seed| names(&take(seed)) != names(&first)).count();
    assert!(others > 5, "chance moves something: {others}");
}

#[test]
fn an_empty_shop_and_ten_events_are_answered() {
    let empty = Shop::empty();
    for surface in Surface::ALL {
        let ask = RecommendAsk::new(Who::default(), surface, 5).about([id("a")]);
        assert!(empty.ask(&policy(Models::none()), &ask).chosen.is_empty());
    }
    let mut shop = Shop::empty();
    shop.tell(
        (0..10).map(|n| fact(shop.now, Body::Item(item(&format!("i{n}"), &["tea"])))).collect(),
    );
    for n in 0..10 {
        shop.act(&format!("c{}", n % 3), EventKind::ViewItem, &format!("i{}", n % 4));
    }
    let decided = shop.ask(&steady(Models::none()), &home("c0"));
    check_slate(&decided);
    assert!(names(&decided).contains(&"i1"), "{:?}", names(&decided));
}

#[test]
fn the_next_click_moves_the_slate() {
    let mut shop = Shop::new(300, 150, 1_200);
    let policy = steady(Models::none());
    let before = shop.ask(&policy, &home("somebody new"));
    let clicked = shop.features.items().row(200).id().as_str().to_owned();
    shop.act("somebody new", EventKind::ViewItem, &clicked);
    let after = shop.ask(&policy, &home("somebody new"));
    assert_ne!(names(&before), names(&after));
    let about = |reason: &commerce::Reason| reason.evidence.iter().any(|e| **e == *clicked);
    let moved = after.chosen.iter().filter(|choice| choice.reasons.iter().any(about)).count();
    assert!(moved >= 3, "{moved} items are there because of the click");
}

#[test]
fn a_minutes_old_item_is_reachable() {
    let mut shop = Shop::new(300, 150, 1_200);
    let path = ["Home", "Kitchen", "Brand new kettles"];
    shop.tell(vec![
        fact(shop.now, Body::Item(item("page", &path))),
        fact(shop.now, Body::Item(item("cold", &path))),
    ]);
    let ask = RecommendAsk::new(who("x"), Surface::Similar, 5).about([id("page")]);
    assert_eq!(names(&shop.ask(&steady(Models::none()), &ask)), ["cold"]);
    for seed in 0..3 {
        shop.act(&format!("v{seed}"), EventKind::ViewItem, "page");
        let other = shop.features.items().row(7).id().as_str().to_owned();
        shop.act(&format!("v{seed}"), EventKind::ViewItem, &other);
    }
    let decided = shop.ask(&steady(Models::none()), &ask);
    let live = decided.chosen.iter().filter(|c| c.sources & Channel::Live.bit() != 0).count();
    assert!(live >= 1, "what was seen together is found at once");
}

#[test]
fn who_declined_gets_what_anybody_gets() {
    let shop = Shop::new(300, 150, 1_200);
    let policy = steady(Models::none());
    let ask = home(&shop.regular());
    let declined = policy.decide(&shop.ctx(&ask.who, false, 5), &ask).unwrap();
    let nobody = home("nobody ever");
    let anybody = policy.decide(&shop.ctx(&nobody.who, false, 5), &nobody).unwrap();
    assert_eq!(names(&declined), names(&anybody));
    assert!(!declined.answer.personal);
    assert!(declined.reasons.iter().any(|reason| &*reason.code == "not_personal"));
    assert_ne!(names(&declined), names(&shop.ask(&policy, &ask)));
    // A visit's own clicks are behaviour as well.
    let visit = RecommendAsk::new(Who::default(), Surface::Session, 10).about([shop
        .features
        .items()
        .row(9)
        .id()
        .clone()]);
    let with = policy.decide(&shop.ctx(&visit.who, false, 5), &visit).unwrap();
    let hot = with.chosen.iter().all(|choice| choice.sources == Channel::Hot.bit());
    assert!(hot);
}

#[test]
fn pins_stand_buried_sink_boosts_lift() {
    let shop = Shop::new(300, 150, 1_200);
    let policy = steady(Models::none());
    let plain = shop.ask(&policy, &home("c1"));
    let mut ask = home("c1");
    let last = &plain.chosen[40].what;
    ask.pins.push(PinnedItem { item: id(last), at: 1 });
    ask.bury.push(id(&plain.chosen[0].what));
    let third = &plain.chosen[20].what;
    ask.boosts.push(Boost { on: BoostOn::Item(id(third)), factor: 20.0 });
    let decided = shop.ask(&policy, &ask);
    check_slate(&decided);
    let slate = names(&decided);
    assert_eq!(slate[1], &**last);
    assert!(slate[..3].contains(&&**third), "{slate:?}");
    assert!(slate.iter().position(|&w| *w == *plain.chosen[0].what).is_none_or(|at| at >= 59));
    let pinned = &decided.chosen[1].reasons[0];
    assert_eq!(&*pinned.code, "pinned");
}

#[test]
fn the_callers_candidates_are_ranked_and_none_else() {
    let shop = Shop::new(300, 150, 1_200);
    let items = shop.features.items();
    let mut ask = RecommendAsk::new(who(&shop.regular()), Surface::Rank, 10);
    ask.candidates = (40..70).map(|ix| items.row(ix).id().clone()).collect();
    ask.candidates.push(id("never heard of"));
    let decided = shop.ask(&policy(Models::none()), &ask);
    check_slate(&decided);
    let given: Vec<&str> = ask.candidates.iter().map(commerce::ItemId::as_str).collect();
    assert!(names(&decided).iter().all(|name| given.contains(name)));
    let stopped: u32 = decided.stopped.iter().map(|stop| stop.count).sum();
    assert_eq!(decided.chosen.len() + stopped as usize, 31);
}

#[test]
fn time_that_runs_out_leaves_a_lesser_answer() {
    let shop = Shop::new(300, 150, 1_200);
    let ask = home(&shop.regular());
    let policy = steady(Models::none());
    for cut in 0..10 {
        let ctx = ::decide::Ctx {
            budget: ::decide::Budget::recorded(Some(cut)),
            ..shop.ctx(&ask.who, true, 5)
        };
        let decided = match policy.decide(&ctx, &ask) {
            Ok(decided) => decided,
            Err(refusal) => {
                assert_eq!((refusal.clone(), cut), (Refusal::OutOfTime, 0));
                policy.fallback(&ctx, &ask, &refusal)
            }
        };
        assert!(decided.degraded.is_some(), "cut at {cut}");
        assert!(!decided.chosen.is_empty(), "cut at {cut}");
    }
}

#[test]
fn tired_and_dismissed_items_sink() {
    let mut shop = Shop::new(300, 150, 1_200);
    let policy = steady(Models::none());
    let first = shop.ask(&policy, &home("c1"));
    let (tired, no) = (first.chosen[0].what.clone(), first.chosen[1].what.clone());
    for _ in 0..12 {
        shop.act("c1", EventKind::ViewItemList, &tired);
    }
    shop.act("c1", EventKind::DismissItem, &no);
    let then = shop.ask(&policy, &home("c1"));
    assert!(!names(&then).contains(&&*no));
    let place = names(&then).iter().position(|name| **name == *tired);
    assert!(place.is_none_or(|at| at > 3), "{place:?}");
    assert!(then.stopped.iter().any(|stop| &*stop.guard == "dismissed"));
    check_slate(&then);
}
