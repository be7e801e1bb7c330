//! Does the whole hold together: in, learned, answered, recorded, repeated, restarted?

use crate::*;
use commerce::*;
use recommend::{RecommendAsk, Surface};
use sim::{Shop, SimOptions};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

fn options(dir: &Path) -> AppOptions {
    let mut options = AppOptions::default();
    options.store.dir = dir.to_owned();
    // A debug build on a busy machine is slow; what is tested here is not how slow.
    options.decide.budget_ms = 10_000;
    options
}

fn small_shop() -> Shop {
    Shop::new(SimOptions { items: 300, customers: 200, sessions: 1_500, ..SimOptions::default() })
}

fn filled(dir: &Path) -> Arc<App> {
    let app = App::open(options(dir)).unwrap();
    fill(&app);
    app
}

fn fill(app: &App) {
    let shop = small_shop();
    let now = app.now();
    let items = shop.items().map(|item| {
        let id = FactId::new(&format!("item:{}", item.id)).unwrap();
        Fact { id, at: now, received_at: now, body: Body::Item(item) }
    });
    let facts: Vec<Fact> = items.chain(shop.sessions()).collect();
    for batch in facts.chunks(1_000) {
        app.append(batch, Ack::Memory).unwrap();
    }
}

fn home(customer: &str) -> RecommendAsk {
    RecommendAsk::new(Who::customer(CustomerId::new(customer).unwrap()), Surface::Home, 10)
}

fn event(app: &App, id: &str, kind: EventKind, customer: &str, item: &str) -> Fact {
    let who = Who::customer(CustomerId::new(customer).unwrap());
    let event = Event::new(kind, who).with_item(ItemId::new(item).unwrap());
    let now = app.now();
    Fact { id: FactId::new(id).unwrap(), at: now, received_at: now, body: Body::Event(event) }
}

fn train(app: &App) -> TrainingOutcome {
    app.train_now("test", true, &|_| ControlFlow::Continue(())).unwrap()
}

#[test]
fn an_empty_shop_answers_and_the_doctor_knows_why_so_little() {
    let dir = tempfile::tempdir().unwrap();
    let app = App::open(options(dir.path())).unwrap();
    let answered = app.recommend(&home("nobody")).unwrap();
    assert!(answered.answer.items.is_empty());
    let missing: Vec<_> = app.doctor();
    assert!(missing.iter().any(|f| f.about == "events" && f.severity == Severity::Missing));
    assert!(missing.iter().any(|f| f.about == "model" && f.mend.contains("shopkeeper train")));
    train(&app);
}

#[test]
fn the_next_answer_knows_the_last_click() {
    let dir = tempfile::tempdir().unwrap();
    let app = filled(dir.path());
    let before = app.recommend(&home("c3")).unwrap();
    let first = before.answer.items[0].clone();
    let no = event(&app, "no-1", EventKind::DismissItem, "c3", first.as_str());
    let receipts = app.append(std::slice::from_ref(&no), Ack::Disk).unwrap();
    assert!(matches!(receipts[..], [Receipt::Appended { .. }]));
    let after = app.recommend(&home("c3")).unwrap();
    assert!(!after.answer.items.contains(&first), "what was dismissed is gone at once");
    assert!(after.record.as_of.customers > receipts[0].offset());
    let again = app.append(&[no], Ack::Disk).unwrap();
    assert_eq!(again, [Receipt::Duplicate { offset: receipts[0].offset() }]);
}

#[test]
fn models_are_trained_served_and_rolled_back_without_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let app = filled(dir.path());
    let first = train(&app);
    assert!(first.serves, "{first}");
    let record = app.recommend(&home("c1")).unwrap().record;
    assert_eq!(record.models[..], [first.card.model()]);
    let second = train(&app);
    let by = By { actor: "ann", note: "too bold", force: true };
    app.promote(&second.card.model(), by).unwrap();
    assert_eq!(app.recommend(&home("c1")).unwrap().record.models[..], [second.card.model()]);
    assert_eq!(app.roll_back("recommend", by).unwrap(), first.card.model());
    assert_eq!(app.recommend(&home("c1")).unwrap().record.models[..], [first.card.model()]);
    let actions: Vec<_> =
        app.trail(&TrailFilter::default(), 2).into_iter().map(|e| e.audit.action).collect();
    assert_eq!(actions[0].as_ref(), "model.roll_back");
    assert_eq!(app.models().unwrap().len(), 2);
}

#[test]
fn every_decision_can_be_repeated_to_the_byte_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let app = filled(dir.path());
    for n in 0..6 {
        let customer = format!("c{n}");
        app.recommend(&home(&customer)).unwrap();
        let shown = app.recommend(&home(&customer)).unwrap().answer.items[0].clone();
        let click =
            event(&app, &format!("click-{n}"), EventKind::ViewItem, &customer, shown.as_str());
        app.append(&[click], Ack::Memory).unwrap();
        if n == 2 {
            train(&app);
        }
    }
    app.close().unwrap();
    drop(app);
    let app = App::open(options(dir.path())).unwrap();
    let count = app.replay_all(0..u64::MAX).unwrap();
    assert_eq!(count.asked, 12);
    assert_eq!((count.different, count.failed), (vec![], vec![]));
    assert_eq!(count.same, 12);
}

#[test]
fn a_restart_from_a_snapshot_and_one_from_the_log_know_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let app = filled(dir.path());
    app.snapshot().unwrap();
    let fact = event(&app, "tail", EventKind::AddToCart, "c5", "i7");
    app.append(&[fact], Ack::Disk).unwrap();
    let (who, at) = (home("c5").who, app.now());
    let known = app.state.features.customer(&who, at);
    let counts = app.state.side.lock().counts;
    drop(app);
    let app = App::open(options(dir.path())).unwrap();
    assert_eq!(app.state.features.customer(&who, at), known);
    assert_eq!(app.state.side.lock().counts, counts);
    drop(app);
    std::fs::remove_dir_all(dir.path().join("snapshots")).unwrap();
    let app = App::open(options(dir.path())).unwrap();
    assert_eq!(app.state.features.customer(&who, at), known);
    assert_eq!(app.state.side.lock().counts, counts);
}

#[test]
fn who_declines_gets_what_anybody_gets_and_the_record_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let app = filled(dir.path());
    train(&app);
    let who = home("c1").who;
    let now = app.now();
    let body =
        Body::Consent(ConsentChange { who, purpose: Purpose::Personalisation, granted: false });
    let id = FactId::new("no-thanks").unwrap();
    app.append(&[Fact { id, at: now, received_at: now, body }], Ack::Disk).unwrap();
    let declined = app.recommend(&home("c1")).unwrap();
    assert_eq!(declined.record.consent, ConsentUse { personal: false, declared: true });
    assert!(!declined.answer.personal);
    assert_eq!(declined.record.as_of.customers, 0);
    let said = app.explain(&declined.record, Language::En).join(" ");
    assert!(said.contains("declined personalisation"), "{said}");
}

#[test]
fn merchants_are_called_by_their_names() {
    let dir = tempfile::tempdir().unwrap();
    let app = filled(dir.path());
    let merchants = |app: &App| {
        let found = app.doctor().into_iter().find(|finding| finding.about == "merchants").unwrap();
        (found.severity, found.found)
    };
    assert_eq!(merchants(&app).0, Severity::Weak);
    let now = app.now();
    let shop = small_shop();
    let named = shop.merchants().map(|merchant| {
        let id = FactId::new(&format!("merchant:{}", merchant.id)).unwrap();
        Fact { id, at: now, received_at: now, body: Body::Merchant(merchant) }
    });
    let named: Vec<Fact> = named.collect();
    let id = shop.items().find(|item| item.stock > Some(0)).unwrap().merchant.unwrap();
    let name = shop.merchants().find(|merchant| merchant.id == id).unwrap().name;
    app.append(&named, Ack::Disk).unwrap();
    assert_eq!(merchants(&app).0, Severity::Fine, "{:?}", merchants(&app));
    let mut ask = home("c1");
    ask.filter.merchants = vec![id.clone()];
    ask.boosts = vec![recommend::Boost { on: recommend::BoostOn::Merchant(id), factor: 2.0 }];
    let record = app.recommend(&ask).unwrap().record;
    assert!(!record.chosen.is_empty());
    app.close().unwrap();
    drop(app);
    let app = App::open(options(dir.path())).unwrap();
    let said = app.explain(&record, Language::En).join(" ");
    assert!(said.contains(&format!("the shop’s rule for merchant “{name}”")), "{said}");
}

#[test]
fn a_sign_in_joins_the_device_and_a_word_undoes_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(dir.path());
    options.govern.identity_merge = true;
    let app = App::open(options).unwrap();
    let device = Who { device: DeviceId::new("d9").ok(), ..Who::default() };
    let now = app.now();
    let fact =
        |id: &str, body| Fact { id: FactId::new(id).unwrap(), at: now, received_at: now, body };
    let view =
        Event::new(EventKind::ViewItem, device.clone()).with_item(ItemId::new("i1").unwrap());
    let both = Who { customer: CustomerId::new("c9").ok(), ..device.clone() };
    let login = Event::new(EventKind::Login, both.clone());
    app.append(&[fact("v", Body::Event(view)), fact("l", Body::Event(login))], Ack::Disk).unwrap();
    let seen = |app: &App| {
        let who = Who::customer(CustomerId::new("c9").unwrap());
        app.state.features.customer(&who, now.plus_ms(1_000)).total(EventKind::ViewItem)
    };
    assert_eq!(seen(&app), 1);
    let part = IdentityChange {
        device: DeviceId::new("d9").unwrap(),
        customer: CustomerId::new("c9").unwrap(),
        linked: false,
        by: "operator".into(),
    };
    app.append(&[fact("u", Body::Identity(part))], Ack::Disk).unwrap();
    assert_eq!(seen(&app), 0);
    let filter = TrailFilter { action: Some("identity.unlink".into()), ..TrailFilter::default() };
    assert_eq!(app.trail(&filter, 9).len(), 1);

    let login = |id: &str| fact(id, Body::Event(Event::new(EventKind::Login, both.clone())));
    let word = |id: &str, granted| {
        let (who, purpose) = (both.clone(), Purpose::IdentityMerge);
        fact(id, Body::Consent(ConsentChange { who, purpose, granted }))
    };
    app.append(&[login("l2")], Ack::Disk).unwrap();
    assert_eq!(seen(&app), 1);
    app.append(&[word("no", false)], Ack::Disk).unwrap();
    assert_eq!(seen(&app), 0, "the device is parted with the word, not with the next sign-in");
    app.append(&[login("l3")], Ack::Disk).unwrap();
    assert_eq!(seen(&app), 0);
    let traced = app.trail(&filter, 9).remove(0).audit;
    assert_eq!((&*traced.subject, &*traced.actor), ("c9 d9", "c9 d9"));
    let mut yes = word("yes", true);
    yes.at = now.plus_ms(1);
    app.append(&[yes, login("l4")], Ack::Disk).unwrap();
    app.append(&[login("l5")], Ack::Disk).unwrap();
    assert_eq!(seen(&app), 1, "what was parted joins again");
}

#[test]
fn a_shadow_is_asked_beside_and_its_difference_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()));
    let mut options = options(dir.path());
    let table = "[scenarios.active]\ndiversity = 0.9\n".parse::<toml::Table>().unwrap();
    options.policies.insert("varied".into(), table);
    options.shadow = Some("varied".into());
    let app = App::open(options).unwrap();
    let id = app.recommend(&home("c1")).unwrap().record.id;
    let wanted = format!("shadow:{id}");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    let stored = loop {
        if let Some(stored) = app.log.reader().find(wanted.as_bytes()).unwrap() {
            break stored;
        }
        assert!(std::time::Instant::now() < deadline, "the shadow was never asked");
        std::thread::yield_now();
    };
    let Body::Shadow(record) = store::codec::fact_of(&stored.entry).unwrap().body else {
        panic!("a shadow's record");
    };
    assert_eq!(record.decision, id);
    assert_eq!(record.policy_name.as_ref(), "varied");
    assert_eq!(record.failed, None);
}

#[test]
fn a_config_that_cannot_work_is_refused_with_the_option_named() {
    let dir = tempfile::tempdir().unwrap();
    let mut wrong = options(dir.path());
    wrong.shadow = Some("nope".into());
    let said = App::open(wrong).unwrap_err().to_string();
    assert!(said.contains("there is no policy \"nope\""), "{said}");
    let first = App::open(options(dir.path())).unwrap();
    let said = App::open(options(dir.path())).unwrap_err().to_string();
    assert!(said.contains("in use by another process"), "{said}");
    drop(first);
}

#[test]
fn an_export_holds_every_fact() {
    let dir = tempfile::tempdir().unwrap();
    let app = filled(dir.path());
    let mut out = Vec::new();
    let written = app.export(0..u64::MAX, &mut out, &mut |_, _| {}).unwrap();
    assert_eq!(written, app.health().log_facts);
    let line = out.split(|&b| b == b'\n').nth(400).unwrap();
    let read: serde_json::Value = serde_json::from_slice(line).unwrap();
    assert_eq!(read["offset"], 400);
    assert!(serde_json::from_value::<Fact>(read["fact"].clone()).is_ok());
}

#[test]
fn a_log_that_lost_its_end_is_not_served() {
    let dir = tempfile::tempdir().unwrap();
    let app = filled(dir.path());
    app.close().unwrap();
    drop(app);
    let log = dir.path().join("log/00000000000000000000.log");
    let file = std::fs::OpenOptions::new().write(true).open(log).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    let error = App::open(options(dir.path())).unwrap_err();
    assert!(matches!(error, AppError::Lost { end, known, .. } if end < known), "{error}");
    assert!(error.to_string().contains("restore it from a backup"), "{error}");
    // Going on without what is lost is a person's choice.
    std::fs::remove_dir_all(dir.path().join("snapshots")).unwrap();
    App::open(options(dir.path())).unwrap();
}

#[test]
fn options_out_of_range_are_all_named() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(dir.path());
    options.store.segment_mib = 0;
    options.decide.budget_ms = 0;
    let message = App::open(options.clone()).unwrap_err().to_string();
    assert!(message.contains("store.segment_mib is 0; allowed: 1 to 1024"), "{message}");
    assert!(message.contains("decide.budget_ms is 0; allowed: 1 to 10000"), "{message}");
    (options.store.segment_mib, options.decide.budget_ms) = (1, 1);
    options.shadow = Some("nobody".into());
    assert!(App::check(&options).unwrap_err().to_string().contains("no policy \"nobody\""));
}

#[test]
fn options_of_every_section_are_checked_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let mut wrong = options(dir.path());
    wrong.train.recommend.leaves = 0;
    let at_least = registry::Gate::AtLeast { metric: "ndcg@10".into(), bound: f64::NAN };
    wrong.train.gates.push(at_least);
    let told = App::check(&wrong).unwrap_err().to_string();
    assert!(told.contains("train.recommend.leaves is 0; allowed: 2 to 255"), "{told}");
    assert!(told.contains("train.gates[1].bound is NaN; allowed: a number"), "{told}");
    let mut wrong = options(dir.path());
    wrong.features.weights.dismiss_item = -5.0;
    let told = App::check(&wrong).unwrap_err().to_string();
    assert!(told.contains("features.weights.dismiss_item is -5; allowed is 0 to 100"), "{told}");
    let mut wrong = options(dir.path());
    wrong.policies.insert("x".into(), "slate_max = 0".parse().unwrap());
    let told = App::check(&wrong).unwrap_err().to_string();
    assert!(told.contains("policies.x: recommend.slate_max is 0"), "{told}");
}

#[test]
fn a_model_that_cannot_be_read_is_told_by_the_doctor_and_not_reported_as_serving() {
    let dir = tempfile::tempdir().unwrap();
    let app = filled(dir.path());
    let outcome = train(&app);
    assert!(outcome.serves && !app.health().models.is_empty(), "{outcome}");
    drop(app);
    let model = dir.path().join("models/recommend/1/artefact.bin");
    let mut bytes = std::fs::read(&model).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&model, bytes).unwrap();
    let app = App::open(options(dir.path())).unwrap();
    assert!(app.health().models.is_empty());
    let told = app.doctor();
    let about = told.iter().find(|finding| finding.about == "model").unwrap();
    assert_eq!(about.severity, Severity::Missing);
    assert!(about.found.contains("version 1 was chosen to serve and cannot be read"), "{about:?}");
    assert!(!app.recommend(&home("c1")).unwrap().record.chosen.is_empty());
}

#[test]
fn what_there_is_can_be_leafed_through() {
    let dir = tempfile::tempdir().unwrap();
    let app = filled(dir.path());
    let query = |text: &str, count| ItemQuery { text: text.into(), count, ..ItemQuery::default() };
    let all = app.list_items(&query("", 10));
    assert_eq!((all.total, all.rows.len()), (300, 10));
    assert!(all.rows.windows(2).all(|two| two[0].popularity >= two[1].popularity));
    let item = &all.rows[0].item;
    assert_eq!(app.item(&item.id).as_ref(), Some(&all.rows[0]));
    let found = app.list_items(&query(&item.title(false).to_uppercase(), 10));
    assert!(found.rows.iter().any(|row| row.item.id == item.id), "case does not matter");
    let category = ItemQuery { category: item.category.last().cloned(), ..query("", 300) };
    let listed = app.list_items(&category);
    assert!(listed.total < 300 && listed.rows.iter().any(|row| row.item.id == item.id));
    let cheap = app.list_items(&ItemQuery { order: ItemOrder::Price, ..query("", 300) });
    let prices: Vec<_> = cheap.rows.iter().filter_map(|row| row.item.price).collect();
    assert!(prices.windows(2).all(|two| two[0].minor <= two[1].minor));

    let customers = app.list_customers("c1", 0, 5);
    assert!(customers.rows.iter().all(|row| row.id.starts_with("c1") && row.touches > 0));
    let id = CustomerId::new(&customers.rows[0].id).unwrap();
    let mut entries = Vec::new();
    let mut before = None;
    loop {
        let past = app.timeline(&id, before, 3).unwrap();
        entries.extend(past.found);
        before = past.next;
        if before.is_none() {
            break;
        }
    }
    assert!(entries.windows(2).all(|two| two[0].0 > two[1].0), "newest first, each once");
    let shop = small_shop();
    let own = shop.sessions().filter(
        |fact| matches!(&fact.body, Body::Event(event) if event.who.customer.as_ref() == Some(&id)),
    );
    assert_eq!(entries.len(), own.count());
}

#[test]
fn what_was_known_is_what_had_happened_by_then() {
    let dir = tempfile::tempdir().unwrap();
    let app = filled(dir.path());
    let id = CustomerId::new("c1").unwrap();
    let named = |known: &[Known], name: &str| {
        let found = known.iter().filter(|one| one.name == name);
        found.map(|one| (one.about.clone(), one.value)).collect::<Vec<_>>()
    };
    let before = app.known(&id, None).unwrap();
    assert!(!named(&before, "customer.total").is_empty());
    let interest = named(&before, "customer.interest");
    assert!(interest.windows(2).all(|two| two[0].1 >= two[1].1), "the strongest first");
    let a_moment_ago = app.now();
    let mut no = event(&app, "no", EventKind::DismissItem, "c1", "i7");
    no.at = a_moment_ago.plus_ms(60_000);
    app.append(&[no], Ack::Disk).unwrap();
    let dismissed = |at| named(&app.known(&id, Some(at)).unwrap(), "customer.dismissed");
    assert_eq!(dismissed(a_moment_ago).len(), named(&before, "customer.dismissed").len());
    let later = dismissed(a_moment_ago.plus_ms(120_000));
    assert!(later.contains(&(Some("i7".into()), 1.0)), "{later:?}");
    // The past is folded by the same code: totals of a moment ago are those of then.
    let then = app.known(&id, Some(a_moment_ago)).unwrap();
    assert_eq!(named(&then, "customer.total"), named(&before, "customer.total"));
    let long_ago = At::from_s(1_000_000_000);
    assert!(named(&app.known(&id, Some(long_ago)).unwrap(), "customer.total").is_empty());
}

#[test]
fn decisions_are_listed_and_an_overview_counts_them() {
    let dir = tempfile::tempdir().unwrap();
    let app = filled(dir.path());
    let asked: Vec<DecisionId> =
        (0..5).map(|n| app.recommend(&home(&format!("c{n}"))).unwrap().record.id).collect();
    app.append(&[], Ack::Disk).unwrap();
    let mut click = event(&app, "click", EventKind::SelectItem, "c4", "i1");
    if let Body::Event(event) = &mut click.body {
        event.decision = Some(asked[4]);
    }
    app.append(&[click], Ack::Disk).unwrap();
    let query = DecisionQuery { count: 3, ..DecisionQuery::default() };
    let first = app.list_decisions(&query).unwrap();
    let ids = |past: &Past<Arc<DecisionRecord>>| {
        past.found.iter().map(|(_, record)| record.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&first), [asked[4], asked[3], asked[2]]);
    let rest = app.list_decisions(&DecisionQuery { before: first.next, ..query.clone() }).unwrap();
    assert_eq!(ids(&rest), [asked[1], asked[0]]);
    let whose = DecisionQuery { customer: CustomerId::new("c2").ok(), ..query.clone() };
    assert_eq!(ids(&app.list_decisions(&whose).unwrap()), [asked[2]]);
    let none = DecisionQuery { kind: Some("recommend.cart".into()), ..query };
    assert!(app.list_decisions(&none).unwrap().found.is_empty());

    let overview = app.overview();
    assert_eq!((overview.decisions, overview.policies.len()), (5, 1));
    let live = &overview.policies[0];
    assert_eq!((&*live.name, live.rate.of, live.rate.hits), ("live", 5, 1));
    let beats = &overview.beats;
    assert_eq!(beats.iter().map(|beat| beat.decisions).sum::<u64>(), 5);
    assert_eq!(beats.iter().map(|beat| beat.events).sum::<u64>(), overview.events);
}

#[test]
fn half_an_upload_is_forgotten_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let uploads = dir.path().join("uploads");
    std::fs::create_dir_all(&uploads).unwrap();
    for name in [".orders.csv.1f.part", "orders.part"] {
        std::fs::write(uploads.join(name), "1").unwrap();
    }
    let mut options = AppOptions::default();
    options.store.dir = dir.path().to_owned();
    let app = App::open(options).unwrap();
    assert!(!uploads.join(".orders.csv.1f.part").exists());
    assert_eq!(app.uploads().unwrap()[0].name, "orders.part", "a name that a shop gave stays");
}
