//! Does a shop's past get in whole, once, in order, and is what is wrong said precisely?

use super::*;
use commerce::{Body, EventKind};
use std::collections::HashSet;
use std::fs;
use std::io::Write;

struct Desk {
    dir: tempfile::TempDir,
    known: HashSet<String>,
    log: Vec<Fact>,
}

impl Desk {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), known: HashSet::new(), log: Vec::new() }
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join("in").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn run(
        &mut self,
        inputs: &[PathBuf],
        mapping: Option<Mapping>,
    ) -> Result<ImportReport, ImportError> {
        self.run_until(inputs, mapping, usize::MAX)
    }

    /// Imports; the log refuses after `batches` batches.
    fn run_until(
        &mut self,
        inputs: &[PathBuf],
        mapping: Option<Mapping>,
        mut batches: usize,
    ) -> Result<ImportReport, ImportError> {
        let work_dir = self.dir.path().join("work");
        let import =
            Import { inputs, mapping, work_dir: &work_dir, now: At::from_s(1_800_000_000) };
        let (known, log) = (&mut self.known, &mut self.log);
        import.run(
            &mut |facts, _| {
                if batches == 0 {
                    return Err("full".into());
                }
                batches -= 1;
                let mut new = 0;
                for fact in facts {
                    if known.insert(fact.id.to_string()) {
                        log.push(fact);
                        new += 1;
                    }
                }
                Ok(new)
            },
            &mut |_| {},
        )
    }

    fn events(&self) -> Vec<&commerce::Event> {
        let event = |fact: &'_ Fact| matches!(fact.body, Body::Event(_));
        let facts = self.log.iter().filter(|fact| event(fact));
        facts.map(|fact| if let Body::Event(e) = &fact.body { e } else { unreachable!() }).collect()
    }
}

const TAOBAO: &str = "user_id,item_id,category_id,behavior_type,timestamp
1,100,7,pv,1511600000
1,200,7,buy,1511544070
2,100,7,cart,1511561733
";

#[test]
fn a_known_layout_is_read_without_a_mapping_sorted_and_only_once() {
    let mut desk = Desk::new();
    let path = desk.write("UserBehavior.csv", TAOBAO);
    let report = desk.run(std::slice::from_ref(&path), None).unwrap();
    assert_eq!((report.new, report.known, report.repeated, report.quarantined), (5, 0, 1, 0));
    let kinds: Vec<_> = desk.events().iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::Purchase, EventKind::AddToCart, EventKind::ViewItem]);
    assert!(matches!(desk.log[0].body, Body::Item(_)), "the catalogue comes first");
    let again = desk.run(&[path], None).unwrap();
    assert_eq!((again.new, again.known), (0, 5));
}

#[test]
fn packed_files_are_read_like_plain_ones() {
    let mut desk = Desk::new();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(TAOBAO.as_bytes()).unwrap();
    let gz = desk.write("UserBehavior.csv.gz", gzip.finish().unwrap());
    let zst = desk.write("UserBehavior2.csv.zst", zstd::encode_all(TAOBAO.as_bytes(), 1).unwrap());
    let report = desk.run(&[gz, zst], None).unwrap();
    assert_eq!(report.files.iter().map(|(_, rows)| rows).sum::<u64>(), 6);
    assert_eq!(desk.events().len(), 6);
}

#[test]
fn merchants_are_read_and_a_nameless_one_is_not() {
    let mut desk = Desk::new();
    let path = desk.write("sellers.csv", "seller,shown_as\nm-1,Tea House\nm-2,\n");
    let mapping = |name: &str| {
        let fields = format!("merchant_id = \"seller\"\n{name}");
        Mapping::parse(&format!(
            "[[file]]\nname = \"sellers.csv\"\nrow = \"merchant\"\n[file.fields]\n{fields}"
        ))
    };
    let report = desk.run(&[path], Some(mapping("name = \"shown_as\"").unwrap())).unwrap();
    assert_eq!((report.new, report.quarantined), (1, 1));
    assert_eq!(report.problems[0].column, "shown_as");
    let Body::Merchant(merchant) = &desk.log[0].body else { panic!("a merchant") };
    assert_eq!((merchant.id.as_str(), &*merchant.name), ("m-1", "Tea House"));
    let unnamed = mapping("").unwrap_err().to_string();
    assert!(unnamed.contains("\"name\" is not mapped"), "{unnamed}");
}

#[test]
fn lines_of_one_order_become_one_purchase() {
    let mut desk = Desk::new();
    let header = "household_id,store_id,basket_id,product_id,quantity,sales_value,retail_disc,coupon_disc,coupon_match_disc,week,transaction_timestamp";
    let rows = "7,1,b1,p1,2,3.86,0,0,0,5,2017-01-28 19:06:53\n8,1,b2,p1,1,1.59,0,0,0,5,2017-01-29 10:00:00\n7,1,b1,p2,1,1.0,0,0,0,5,2017-01-28 19:06:53\n";
    let path = desk.write("transactions_sample.csv", format!("{header}\n{rows}"));
    let report = desk.run(&[path], None).unwrap();
    assert_eq!(report.new, 2);
    let first = desk.events()[0];
    assert_eq!(first.lines.len(), 2);
    assert_eq!(first.lines[0].price.unwrap().to_string(), "USD 1.93");
    assert_eq!(first.lines[0].quantity, 2);
}

#[test]
fn bad_rows_are_quarantined_with_place_value_and_advice() {
    let mut desk = Desk::new();
    let mut bytes = TAOBAO.as_bytes().to_vec();
    bytes.extend_from_slice(b"3,100,7,stare,1511544070\n"); // line 5: unknown behaviour
    bytes.extend_from_slice(b"3,100,7,pv,yesterday\n"); // line 6: no time
    bytes.extend_from_slice(b"3,100,7,pv,12\n"); // line 7: 1970
    bytes.extend_from_slice(b",100,7,pv,1511544070\n"); // line 8: nobody
    bytes.extend_from_slice(b"3,\xff\xfe,7,pv,1511544070\n"); // line 9: not UTF-8
    bytes.extend_from_slice(b"3,100,7,pv,1511544070,more\n"); // line 10: too many fields
    bytes.extend_from_slice(b"3,\"100,7,pv,1511544070\n"); // line 11: an open quote
    bytes.extend_from_slice(b"4,300,7,pv,1511544071\n"); // line 12: fine
    let path = desk.write("UserBehavior.csv", bytes);
    let mut mapping = Mapping::preset("taobao-userbehavior").unwrap();
    mapping.file.truncate(1);
    let report = desk.run(&[path], Some(mapping)).unwrap();
    assert_eq!((report.new, report.quarantined), (4, 7));
    let of = |line: u64| {
        let found = report.problems.iter().find(|complaint| complaint.first.1 == line).unwrap();
        (found.column.as_str(), found.seen.as_str(), found.problem.as_str(), found.hint.clone())
    };
    assert_eq!(of(5).2, "a value that is not mapped");
    assert_eq!(of(5).3.unwrap(), "allowed: buy, cart, fav, pv");
    assert_eq!((of(6).0, of(6).1), ("timestamp", "yesterday"));
    assert!(of(7).2.contains("before 1995"), "{:?}", of(7));
    assert_eq!(of(8).2, "nobody");
    assert_eq!(of(9).2, "bytes that are not UTF-8");
    assert_eq!(of(10).1, "6 fields");
    assert_eq!(of(11).2, "a quote that is never closed");
    let kept = fs::read_to_string(report.quarantine.unwrap()).unwrap();
    assert_eq!(kept.lines().count(), 7);
    assert!(kept.contains("\"line\":5") && kept.contains("stare"));
}

#[test]
fn a_quoted_field_may_run_over_lines() {
    let mut desk = Desk::new();
    let path = desk.write(
        "feed.csv",
        "id,title,price,availability,brand\n1,\"a \"\"big\"\"\nkettle\",12.99 EUR,in_stock,B\n2,tea,-3 EUR,in stock,B\n3,cup,7 EUR,sold,B\n",
    );
    let report = desk.run(&[path], Some(Mapping::preset("google-merchant").unwrap())).unwrap();
    let Body::Item(item) = &desk.log[0].body else { panic!("an item") };
    assert_eq!(item.title_en.as_deref(), Some("a \"big\"\nkettle"));
    assert_eq!(item.price.unwrap().to_string(), "EUR 12.99");
    let problems: Vec<_> =
        report.problems.iter().map(|c| (c.first.1, c.problem.as_str())).collect();
    assert!(problems.contains(&(4, "a negative price")), "{problems:?}");
    assert!(problems.contains(&(5, "a value that is not mapped")), "{problems:?}");
}

#[test]
fn ga4_and_segment_exports_are_read() {
    let mut desk = Desk::new();
    let ga4 = desk.write(
        "events_20261111.json",
        r#"{"event_name":"add_to_cart","event_timestamp":"1762830000000000","user_pseudo_id":"p.1","user_id":null,"event_params":[{"key":"currency","value":{"string_value":"USD"}},{"key":"ga_session_id","value":{"int_value":"77"}}],"items":[{"item_id":"k1","quantity":2,"price":12.5}],"device":{"category":"mobile"},"geo":{"city":"(not set)","country":"China"}}
{"event_name":"page_view","event_timestamp":"1762830000000000","user_pseudo_id":"p.1"}
"#,
    );
    let report = desk.run(&[ga4], Some(Mapping::preset("ga4").unwrap())).unwrap();
    assert_eq!((report.new, report.quarantined), (1, 1));
    let event = desk.events()[0].clone();
    assert_eq!(event.lines[0].price.unwrap().to_string(), "USD 12.50");
    assert_eq!(event.who.session.unwrap().as_str(), "p.1.77");
    assert_eq!(event.context.place.as_deref(), Some("China"));

    let mut desk = Desk::new();
    let segment = desk.write(
        "calls.jsonl",
        r#"{"type":"track","event":"Order Completed","messageId":"m1","userId":"u1","timestamp":"2025-11-11T03:00:00Z","properties":{"order_id":"o1","total":30,"currency":"USD","products":[{"product_id":"a","quantity":1,"price":10},{"product_id":"b","price":20}]}}
{"type":"page"}
not json
[1]
"#,
    );
    let report = desk.run(&[segment], Some(Mapping::preset("segment").unwrap())).unwrap();
    assert_eq!((report.new, report.quarantined), (1, 3));
    assert_eq!(desk.log[0].id.as_str(), "m1");
    assert_eq!(desk.events()[0].lines.len(), 2);
}

#[test]
fn parquet_is_read_by_column_name() {
    use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
    use parquet::file::writer::SerializedFileWriter;
    let mut desk = Desk::new();
    let schema =
        "message m { required binary who (UTF8); required binary item (UTF8); required int64 at; }";
    let schema = std::sync::Arc::new(parquet::schema::parser::parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Default::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for texts in [["ann", "bob"], ["i1", "i2"]] {
        let mut column = group.next_column().unwrap().unwrap();
        let values: Vec<ByteArray> = texts.iter().map(|t| ByteArray::from(*t)).collect();
        column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
        column.close().unwrap();
    }
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int64Type>().write_batch(&[1_700_000_000, 1_700_000_001], None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    let path = desk.write("log.parquet", writer.into_inner().unwrap());
    let mapping = Mapping::parse(
        "[[file]]\nname = \"*.parquet\"\nrow = \"event\"\n[file.fields]\nevent = { value = \"view_item\" }\ncustomer_id = \"who\"\nitem_id = \"item\"\ntimestamp = \"at\"\n",
    )
    .unwrap();
    let report = desk.run(&[path], Some(mapping.clone())).unwrap();
    assert_eq!(report.new, 2);
    let broken = desk.write("bad.parquet", b"PAR1 but not really");
    assert!(matches!(desk.run(&[broken], Some(mapping)), Err(ImportError::Parquet { .. })));
}

#[test]
fn an_interrupted_import_goes_on_where_it_was() {
    let mut desk = Desk::new();
    let mut text = String::from("user_id,item_id,category_id,behavior_type,timestamp\n");
    for n in 0..9_000 {
        text.push_str(&format!("{},{},1,pv,{}\n", n % 50, n % 10, 1_511_544_070 + n));
    }
    let path = desk.write("UserBehavior.csv", text);
    let stopped = desk.run_until(std::slice::from_ref(&path), None, 2);
    assert!(matches!(stopped, Err(ImportError::Log(_))));
    assert!(desk.log.len() < 9_000);
    let report = desk.run(&[path], None).unwrap();
    assert!(report.resumed);
    assert_eq!(report.known, 4_000, "what was not durable yet is sent again, and known");
    assert_eq!(desk.events().len(), 9_000);
    assert!(desk.log.iter().skip(10).is_sorted_by_key(|fact| fact.at));
}

#[test]
fn bombs_and_endless_lines_do_not_fill_the_memory() {
    let mut desk = Desk::new();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(b"user_id,item_id,category_id,behavior_type,timestamp\n").unwrap();
    gzip.write_all(&vec![b'x'; 5 << 20]).unwrap();
    gzip.write_all(b"\n1,100,7,pv,1511600000\n").unwrap();
    let path = desk.write("UserBehavior.csv.gz", gzip.finish().unwrap());
    let mut mapping = Mapping::preset("taobao-userbehavior").unwrap();
    mapping.file.truncate(1);
    let report = desk.run(&[path], Some(mapping)).unwrap();
    assert_eq!((report.new, report.quarantined), (1, 1));
    assert_eq!(report.problems[0].problem, "a line longer than 1 MiB");
}

#[test]
fn what_cannot_be_read_at_all_is_said_before_anything_is_appended() {
    let mut desk = Desk::new();
    let none = desk.run(&[PathBuf::from("/nowhere/at/all.csv")], None);
    assert!(none.unwrap_err().to_string().starts_with("cannot read"));
    let odd = desk.write("odd.csv", "a,b\n1,2\n");
    assert!(matches!(desk.run(std::slice::from_ref(&odd), None), Err(ImportError::Unknown)));
    let empty = desk.write("UserBehavior.csv", "");
    assert_eq!(desk.run(&[empty], None).unwrap().new, 0);
    let wrong =
        Mapping::parse("[[file]]\nname = \"x\"\nrow = \"event\"\n[file.fields]\nwhen = \"t\"\n");
    assert!(wrong.unwrap_err().to_string().contains("there is no field \"when\""));
    let missing = Mapping::parse("[[file]]\nname = \"x\"\nrow = \"item\"\n");
    assert!(missing.unwrap_err().to_string().contains("\"item_id\" is not mapped"));
    assert!(Mapping::preset("nope").unwrap_err().to_string().contains("bol-sessions"));
    let damaged = desk.write("UserBehavior.csv.gz", [0x1f, 0x8b, 8, 0, 1, 2, 3]);
    assert!(matches!(desk.run(&[damaged], None), Err(ImportError::Broken { .. })));
}

#[test]
fn every_preset_is_sound_and_every_data_set_has_one() {
    for (name, about, _) in PRESETS {
        assert!(!about.is_empty());
        Mapping::preset(name).unwrap();
    }
    let mut desk = Desk::new();
    let sequences = desk.write("sequences.txt", "1 10 11 12\n2 10 13\n");
    let attributes = desk.write("item2attributes.json", "{\"10\": [1, 2], \"11\": [2]}");
    let report = desk.run(&[sequences, attributes], None).unwrap();
    assert_eq!(report.new, 7);
    assert_eq!(report.files.len(), 2);
}

const EVENT_ROW: &str = "view_item,2026-01-02T03:04:05Z,c1,i1";

fn plain_mapping(item: &str) -> Mapping {
    let text = format!(
        "[[file]]\nname = \"*\"\nrow = \"event\"\n[file.fields]\nevent = \"event\"\n\
         timestamp = \"ts\"\ncustomer_id = \"customer\"\nitem_id = \"{item}\"\n"
    );
    Mapping::parse(&text).unwrap()
}

#[test]
fn files_of_another_kind_are_named_for_what_they_are() {
    let mut desk = Desk::new();
    let sound = format!("event,ts,customer,item\n{EVENT_ROW}\n");
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(sound.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let broken: [(&str, &[u8], &str); 6] = [
        ("a.csv", b"PK\x03\x04rest", "a zip archive or a spreadsheet"),
        ("b.csv", b"BZh91AY", "packed with bzip2; unpack it"),
        ("c.csv.xz", b"\xfd7zXZ\0", "packed with xz; unpack it"),
        ("d.csv", &utf16, "UTF-16 text; save it as UTF-8"),
        (
            "e.csv",
            &sound.replace('\n', "\r").into_bytes(),
            "lines end with CR alone; save it with LF",
        ),
        ("f.csv", b"PAR1....PAR1", "Parquet; name it .parquet"),
    ];
    for (name, bytes, told) in broken {
        let path = desk.write(name, bytes);
        let error = desk.run(&[path], Some(plain_mapping("item"))).unwrap_err().to_string();
        assert!(error.contains(told) && error.contains(name), "{error}");
    }
    let path = desk.write("sound.csv", sound);
    assert_eq!(desk.run(&[path], Some(plain_mapping("item"))).unwrap().new, 1);
}

#[test]
fn ten_thousand_columns_are_not_all_told() {
    let mut desk = Desk::new();
    let names: Vec<String> = (0..10_000).map(|n| format!("\u{1b}c{n}")).collect();
    let path = desk.write("wide.csv", format!("{}\n{}\n", names.join(","), "x,".repeat(9_999)));
    let report = desk.run(&[path], Some(plain_mapping("item"))).unwrap();
    let hint = report.problems[0].hint.as_deref().unwrap();
    assert!(hint.ends_with("and 9980 more") && hint.len() < 400, "{hint}");
    assert!(!hint.contains('\u{1b}'), "nothing reaches the terminal as a command");
}

#[test]
fn an_interrupted_import_is_not_gone_on_with_under_another_mapping() {
    let mut desk = Desk::new();
    let rows = (0..5_000).map(|n| format!("view_item,{},c{},i1,j1\n", 1_700_000_000 + n, n % 7));
    let text = format!("event,ts,customer,item,other\nstare,1,c,i,j\n{}", rows.collect::<String>());
    let path = desk.write("rows.csv", text);
    let inputs = [path];
    desk.run_until(&inputs, Some(plain_mapping("item")), 1).unwrap_err();
    // The rows set aside before the interruption are still told of after it.
    let resumed = desk.run_until(&inputs, Some(plain_mapping("item")), 1).unwrap_err();
    assert!(resumed.to_string().contains("run the same import again"), "{resumed}");
    let (other, before) = (plain_mapping("other"), desk.log.len());
    let report = desk.run(&inputs, Some(other)).unwrap();
    assert!(!report.resumed);
    let item = |event: &&commerce::Event| event.lines[0].item.as_str() == "j1";
    assert_eq!(desk.events().iter().filter(|event| item(event)).count(), 5_000 - before);
    let report = desk.run(&inputs, Some(plain_mapping("item"))).unwrap();
    assert!(report.resumed && report.quarantined == 1 && report.quarantine.is_some(), "{report:?}");
    assert_eq!((report.new, desk.log.len()), (0, 5_000));
}

#[test]
fn a_carriage_return_within_a_line_cuts_nothing_off_silently() {
    let mut desk = Desk::new();
    let text = format!("event,ts,customer,item\n{EVENT_ROW}\rview_item,2,c2,i2\n{EVENT_ROW}\r\n");
    let path = desk.write("rows.csv", text);
    let report = desk.run(&[path], Some(plain_mapping("item"))).unwrap();
    assert_eq!((report.new, report.quarantined), (1, 1), "{report:?}");
    assert_eq!(report.problems[0].first.1, 2);
}
