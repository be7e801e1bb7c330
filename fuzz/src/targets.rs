//! What reads bytes of others? One target for each parser; an error is a good answer, a panic is not.

use crate::door::Door;
use crate::mutate::{Dice, mutated};
use crate::shop::{self, Shop};
use anyhow::{Context, Result, ensure};
use app::import::{Import, Mapping, PRESETS};
use commerce::{At, Currency, DecisionId, Fact, FactId, ItemId, Money};
use std::fs;
use std::path::Path;
use store::{Entry, Log, LogOptions, SnapshotInfo, Snapshots, codec};

/// Breaks one sound input and reads it; `keep` is told the input before it is read.
pub type Target = Box<dyn FnMut(&mut Dice, &mut dyn FnMut(&[u8])) -> Result<()>>;

/// The names, in the order in which they run.
pub const NAMES: &[&str] = &[
    "words", "mapping", "import", "config", "door", "codec", "log", "snapshot", "models", "ask",
    "govern", "features",
];

pub fn target(name: &str, shop: &Shop) -> Result<Target> {
    match name {
        "words" => Ok(over(vec![WORDS.join("\n").into_bytes()], |bytes| {
            words(&String::from_utf8_lossy(bytes))
        })),
        "mapping" => {
            let seeds = PRESETS.iter().map(|(.., text)| text.as_bytes().to_vec()).collect();
            Ok(over(seeds, |bytes| drop(Mapping::parse(&String::from_utf8_lossy(bytes)))))
        }
        "import" => import(),
        "config" => Ok(over(vec![config_text()?], |bytes| config(&String::from_utf8_lossy(bytes)))),
        "door" => {
            let mut door = Door::open(shop)?;
            Ok(Box::new(move |dice, keep| {
                let request = door.knock(dice)?;
                keep(&request);
                door.send(&request)
            }))
        }
        "codec" => facts(shop),
        "log" => log(shop),
        "snapshot" => snapshot(shop),
        "models" => Ok(over(vec![shop.models()?], |bytes| drop(recommend::Models::decode(bytes)))),
        "ask" => {
            let seeds = shop::asks()?.iter().map(recommend::RecommendAsk::encode).collect();
            Ok(over(seeds, |bytes| drop(recommend::RecommendAsk::decode(bytes))))
        }
        "govern" => {
            let mut govern = govern::Govern::new(Default::default());
            (0..).zip(&shop.facts).for_each(|(offset, fact)| govern.fold(offset, fact));
            Ok(over(vec![govern.save()?], |bytes| {
                drop(govern::Govern::load(bytes, Default::default()));
            }))
        }
        "features" => features(shop),
        _ => anyhow::bail!("there is no target {name:?}; there are: {}", NAMES.join(", ")),
    }
}

/// A target that reads changed copies of `seeds`.
fn over(seeds: Vec<Vec<u8>>, read: impl Fn(&[u8]) + 'static) -> Target {
    Box::new(move |dice, keep| {
        let (seed, other) = (dice.one(&seeds), dice.one(&seeds));
        let bytes = mutated(dice, seed, other, 1 << 20);
        keep(&bytes);
        read(&bytes);
        Ok(())
    })
}

const WORDS: &[&str] = &[
    "2026-11-11T20:00:00+08:00",
    "2017-01-28 19:06:53",
    "2017-01-28",
    "1700000000",
    "-1.5",
    "1700000000.123",
    "1700000000123",
    "1700000000123456",
    "12.50",
    "-0.01",
    "CNY",
    "jpy",
    "item-1",
    "019a7356-4c00-7d3e-9c1f-0242ac120002",
];

fn words(text: &str) {
    for word in text.lines() {
        if let Ok(at) = At::parse(word) {
            let _ = (at.to_string(), at.believable(At::from_s(1_700_000_000)));
            let _ = (at.plus_ms(i64::MAX), at.since_ms(At::from_ms(i64::MIN)), at.s());
        }
        for currency in ["CNY", "JPY", "KWD"].map(Currency::parse).into_iter().flatten() {
            if let Ok(money) = Money::parse(word, currency) {
                let shown = money.to_string();
                let again = shown.split_once(' ').map(|(_, amount)| Money::parse(amount, currency));
                assert_eq!(again, Some(Ok(money)), "{word:?} is shown as {shown}");
                let _ = (money.checked_add(money), money.major());
            }
        }
        let _ = (Currency::parse(word), DecisionId::parse(word), commerce::EventKind::named(word));
        if let Ok(id) = ItemId::new(word) {
            assert_eq!(ItemId::new(id.as_str()), Ok(id.clone()), "an id is not its own");
        }
    }
}

const ROWS: &[(&str, &str, &str)] = &[
    (
        "taobao-userbehavior",
        "UserBehavior.csv",
        "user_id,item_id,category_id,behavior_type,timestamp\n1,2,3,pv,1511544070\n1,\"2\",3,buy,1511544071\n",
    ),
    (
        "ga4",
        "events.jsonl",
        "{\"event_name\":\"purchase\",\"event_timestamp\":\"1511544070000000\",\"user_pseudo_id\":\"d\",\"user_id\":\"c\",\"ecommerce\":{\"transaction_id\":\"t\"},\"items\":[{\"item_id\":\"i\",\"price\":2.5,\"quantity\":1}]}\n",
    ),
    (
        "segment",
        "track.jsonl",
        "{\"type\":\"track\",\"event\":\"Order Completed\",\"messageId\":\"m\",\"userId\":\"u\",\"timestamp\":\"2020-01-01T00:00:00Z\",\"properties\":{\"order_id\":\"o\",\"products\":[{\"product_id\":\"p\",\"price\":3.5,\"quantity\":2}]}}\n",
    ),
    (
        "google-merchant",
        "feed.tsv",
        "id\ttitle\tlink\timage_link\tprice\tbrand\tproduct_type\tavailability\nk1\tKettle\thttps://x/k\thttps://x/k.jpg\t12.50 USD\tB\tHome > Tea\tin stock\n",
    ),
    ("movielens-100k", "u.data", "196\t242\t3\t881250949\n186\t302\t3\t891717742\n"),
    (
        "movielens-100k",
        "u.item",
        "1|Toy Story (1995)|01-Jan-1995||http://x|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n",
    ),
    ("amazon-sequences", "Beauty.txt", "1 2 3 4 5\n2 1 5 6 7\n"),
    ("amazon-sequences", "Beauty_item2attributes.json", "{\"1\": [104, 2], \"2\": [\"x\"]}"),
    (
        "bol-sessions",
        "train.csv",
        "SessionId\tItemId\tTime\n1\t2\t1511544070\n1\t3\t1511544071.5\n",
    ),
    (
        "complete-journey",
        "transactions.csv",
        "household_id,store_id,basket_id,product_id,quantity,sales_value,retail_disc,coupon_disc,coupon_match_disc,week,transaction_timestamp\n900,330,31198570044,1095275,1,0.5,0,0,0,1,2017-01-01 11:53:26\n",
    ),
];

fn import() -> Result<Target> {
    let work = tempfile::tempdir()?;
    Ok(Box::new(move |dice, keep| {
        let (preset, name, rows) = *dice.one(ROWS);
        let other = dice.one(ROWS).2.as_bytes();
        let bytes = mutated(dice, rows.as_bytes(), other, 64 << 10);
        keep(&bytes);
        let dir = work.path().join("in");
        fs::create_dir_all(&dir)?;
        let path = dir.join(name);
        fs::write(&path, &bytes)?;
        let inputs = [path];
        let mapping = Some(Mapping::preset(preset)?);
        let now = At::from_s(1_800_000_000);
        let import = Import { inputs: &inputs, mapping, work_dir: work.path(), now };
        let mut append = |facts: Vec<Fact>, _| {
            for fact in &facts {
                let entry = codec::entry_of(fact).map_err(|e| e.to_string())?;
                let same = codec::fact_of(&entry).map_err(|e| e.to_string())?;
                assert_eq!(&same, fact, "what went in does not come out");
            }
            Ok(facts.len() as u64)
        };
        drop(import.run(&mut append, &mut |_| {}));
        fs::remove_dir_all(work.path().join("in"))?;
        drop(fs::remove_dir_all(work.path().join("quarantine")));
        drop(fs::remove_dir_all(work.path().join("imports")));
        Ok(())
    }))
}

fn config_text() -> Result<Vec<u8>> {
    let mut text = toml::Table::try_from(app::AppOptions::default())?;
    let server = server::ServerOptions { open: true, ..Default::default() };
    text.insert("server".into(), toml::Value::try_from(server)?);
    Ok(toml::to_string(&text)?.into_bytes())
}

/// As the binary reads it, with every check that needs no directory.
fn config(text: &str) {
    let Ok(mut table) = toml::from_str::<toml::Table>(text) else { return };
    let server = table.remove("server").map(toml::Value::try_into::<server::ServerOptions>);
    if let Some(Ok(server)) = server {
        let _ = server.check();
    }
    let Ok(options) = table.try_into::<app::AppOptions>() else { return };
    let _ = options.features.clone().checked();
    let models = std::sync::Arc::new(recommend::Models::none());
    let _ = recommend::Recommender::new(options.recommend, models, None);
}

fn facts(shop: &Shop) -> Result<Target> {
    let entries: Result<Vec<Entry>, _> = shop.facts.iter().map(codec::entry_of).collect();
    let seeds: Vec<Vec<u8>> = entries?.into_iter().map(|entry| entry.payload).collect();
    Ok(over(seeds, |bytes| {
        let entry = Entry { id: b"x".to_vec(), at_ms: 0, payload: bytes.to_vec() };
        let Ok(fact) = codec::fact_of(&entry) else { return };
        let again = codec::entry_of(&fact).and_then(|entry| codec::fact_of(&entry));
        assert_eq!(format!("{fact:?}"), format!("{:?}", again.ok().unwrap_or_else(nothing)));
    }))
}

fn nothing() -> Fact {
    let body = commerce::Body::Customer(commerce::Customer {
        id: commerce::CustomerId::new("none").unwrap_or_else(|_| unreachable!()),
        interests: Vec::new(),
        place: None,
        attributes: Vec::new(),
    });
    let id = FactId::new("none").unwrap_or_else(|_| unreachable!());
    Fact { id, at: At::default(), received_at: At::default(), body }
}

/// One file of a log is broken; whatever is read afterwards was once written.
fn log(shop: &Shop) -> Result<Target> {
    let whole = tempfile::tempdir()?;
    let options = LogOptions { segment_bytes: 8 << 10, ..LogOptions::default() };
    let entries: Result<Vec<Entry>, _> = shop.facts.iter().take(300).map(codec::entry_of).collect();
    let entries = entries?;
    let log = Log::open(whole.path(), &options)?;
    for batch in entries.chunks(20) {
        log.append(batch.to_vec(), store::Ack::Disk)?;
    }
    drop(log);
    let work = tempfile::tempdir()?;
    Ok(Box::new(move |dice, keep| {
        let dir = work.path().join("log");
        shop::copy(whole.path(), &dir)?;
        let mut files: Vec<_> = fs::read_dir(&dir)?.flatten().map(|entry| entry.path()).collect();
        files.sort();
        let path = dice.one(&files).clone();
        let seed = fs::read(&path)?;
        let bytes = mutated(dice, &seed, &seed, 1 << 20);
        keep(&bytes);
        if dice.below(10) == 0 {
            fs::remove_file(&path)?
        } else {
            fs::write(&path, bytes)?
        }
        read_back(&dir, &options, &entries)
            .with_context(|| format!("after a change to {}", path.display()))?;
        fs::remove_dir_all(&dir)?;
        Ok(())
    }))
}

fn read_back(dir: &Path, options: &LogOptions, entries: &[Entry]) -> Result<()> {
    let Ok(log) = Log::open(dir, options) else { return Ok(()) };
    let mut cursor = log.reader().read(0..u64::MAX);
    while let Ok(Some(entry)) = cursor.next_entry() {
        let stored = entry.to_stored();
        let meant = entries.get(stored.offset as usize).context("more than was written")?;
        ensure!(stored.entry == *meant, "entry {} is not what was written", stored.offset);
    }
    Ok(())
}

fn snapshot(shop: &Shop) -> Result<Target> {
    let work = tempfile::tempdir()?;
    let path = shop.files("snapshots")?.pop().context("no snapshot")?;
    let seed = fs::read(&path)?;
    let to = work.path().join(path.file_name().context("no name")?);
    Ok(Box::new(move |dice, keep| {
        let bytes = mutated(dice, &seed, &seed, 1 << 22);
        keep(&bytes);
        fs::write(&to, &bytes)?;
        let snapshots = Snapshots::open(work.path(), "state", 2)?;
        let loaded = snapshots.load(u64::MAX, |_: SnapshotInfo, from| {
            let mut all = Vec::new();
            from.read_to_end(&mut all).map(drop)
        })?;
        ensure!(loaded.is_none() || bytes == seed, "a damaged snapshot was believed");
        Ok(())
    }))
}

fn features(shop: &Shop) -> Result<Target> {
    let folded = features::Features::new(Default::default());
    (0..).zip(&shop.facts).for_each(|(offset, fact)| folded.fold(offset, fact));
    folded.publish();
    let mut saved = Vec::new();
    folded.save(&mut saved)?;
    Ok(over(vec![saved], |bytes| {
        if let Ok(loaded) = features::Features::load(Default::default(), &mut &*bytes) {
            let mut again = Vec::new();
            drop(loaded.save(&mut again));
        }
    }))
}
