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
fn all_candidates_are_ranked_and_a_page_always_fits() {
    let shop = Shop::new(900, 150, 1_200);
    let policy = policy(Models::none());
    let items = shop.features.items();
    let mut ask = RecommendAsk::new(who(&shop.regular()), Surface::Rank, 10);
    ask.candidates = (0..800).map(|ix| items.row(ix).id().clone()).collect();
    let decided = shop.ask(&policy, &ask);
    let stopped: u32 = decided.stopped.iter().map(|stop| stop.count).sum();
    assert_eq!(decided.chosen.len() + stopped as usize, 800);
    check_slate(&decided);
    let regular = who(&shop.regular());
    let ask = RecommendAsk::new(regular, Surface::Session, 45).about([items.row(3).id().clone()]);
    assert_eq!(shop.ask(&policy, &ask).chosen.len(), 45);
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
fn what_sells_for_more_moves_up_as_far_as_it_is_told_to() {
    let shop = Shop::new(300, 150, 1_200);
    let items = shop.features.items();
    let price_ln = |name: &&str| {
        let price = items.ix(&id(name)).and_then(|item| items.row(item).price());
        price.unwrap().major().ln()
    };
    let mean = |power: f32| {
        let mut options = RecommendOptions { price_power: power, ..RecommendOptions::default() };
        options.scenarios.active.explore = 0.0;
        let policy = Recommender::new(options, Models::none().into(), None).unwrap();
        let decided = shop.ask(&policy, &home(&shop.regular()));
        check_slate(&decided);
        names(&decided)[..10].iter().map(price_ln).sum::<f64>() / 10.0
    };
    let means = [mean(0.0), mean(0.15), mean(1.0)];
    assert!(means[0] <= means[1] && means[1] < means[2], "{means:?}");
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

#[test]
fn an_item_pinned_twice_is_refused_and_never_shown_twice() {
    let shop = Shop::new(300, 150, 1_200);
    let mut ask = home("c1");
    let item = shop.features.items().row(3).id().clone();
    ask.pins = vec![PinnedItem { item: item.clone(), at: 0 }, PinnedItem { item, at: 1 }];
    let wrong = ask.check(60).unwrap_err();
    assert_eq!(wrong.field, "pins.item_id");
    assert!(wrong.found.ends_with("twice") && wrong.allowed == "each item once", "{wrong}");
    check_slate(&shop.ask(&policy(Models::none()), &ask));
}

#[test]
fn every_little_shown_candidate_is_explored_evenly_and_its_propensity_is_exact() {
    const SEEDS: u64 = 300;
    let mut shop = Shop::new(300, 150, 1_200);
    let newcomers = (0..60).map(|n| Body::Item(item(&format!("new{n}"), &["tea"])));
    shop.tell(newcomers.map(|body| fact(shop.now, body)).collect());
    let mut options = RecommendOptions::default();
    options.scenarios.active.explore = 0.5;
    let policy = Recommender::new(options, std::sync::Arc::new(Models::none()), None).unwrap();
    let ask = home(&shop.regular());
    let mut drawn = std::collections::BTreeMap::<String, u32>::new();
    let mut fresh = Vec::new();
    for seed in 0..SEEDS {
        let decided = policy.decide(&shop.ctx(&ask.who, true, seed), &ask).unwrap();
        let explored = |choice: &&commerce::Choice| {
            choice.reasons.iter().any(|reason| &*reason.code == "explored")
        };
        for (before, choice) in decided.chosen.iter().filter(explored).enumerate() {
            *drawn.entry(choice.what.to_string()).or_default() += 1;
            // Each draw is even among those that are left.
            fresh.push(0.5 / choice.propensity + before as f32);
        }
    }
    let all = fresh[0].round();
    assert!(fresh.iter().all(|one| (one - all).abs() < 0.01), "{fresh:?}");
    assert_eq!(drawn.len(), all as usize, "all of them are drawn, whatever proposed them");
    assert!(drawn.len() > 60 && drawn.contains_key("new0") && drawn.contains_key("new59"));
    let mean = fresh.len() as f64 / drawn.len() as f64;
    let chi2: f64 = drawn.values().map(|&n| (f64::from(n) - mean).powi(2) / mean).sum();
    let free = drawn.len() as f64 - 1.0;
    // Draws without replacement scatter less than independent ones, so this is generous.
    assert!(chi2 < free + 4.0 * (2.0 * free).sqrt(), "{chi2} for {free} degrees of freedom");
}
