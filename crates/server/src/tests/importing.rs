//! Files over the door: sent, looked at, imported, and what could not be read of them.

use super::client::{Reply, Running, options};
use crate::ServerOptions;
use serde_json::{Value, json};
use std::io::Write as _;
use std::time::{Duration, Instant};

const KEY: &str = "X-Api-Key: sk-all\r\n";
const ROWS: &str = "user_id,item_id,category_id,behavior_type,timestamp\n\
                    1,100,7,pv,1511544070\n2,101,7,stare,1511544071\n3,102,8,buy,1511544072\n\
                    ,102,8,buy,1511544072\n";

fn put(server: &Running, name: &str, body: &[u8]) -> Reply {
    server.call("PUT", &format!("/v1/uploads/{name}"), KEY, body)
}

/// Waits for the import that runs to end.
fn ended(server: &Running) -> Value {
    let began = Instant::now();
    loop {
        let jobs = server.get("/v1/jobs").json();
        if jobs[0]["state"] != "running" {
            return jobs[0].clone();
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{jobs}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_file_with_bad_rows_goes_in_and_what_is_bad_is_told() {
    let server = Running::new();
    let sent = put(&server, "UserBehavior.csv", ROWS.as_bytes());
    assert_eq!((sent.status, &sent.json()["bytes"]), (200, &json!(ROWS.len())));
    let ask = r#"{"files":["UserBehavior.csv"]}"#;
    let preview = server.post("/v1/imports/preview", ask).json();
    assert_eq!(
        (&preview["fits"], &preview["preset"]),
        (&json!(true), &json!("taobao-userbehavior"))
    );
    let file = &preview["files"][0];
    assert_eq!((&file["rows_read"], &file["rows_accepted"]), (&json!(4), &json!(2)));
    assert_eq!(file["columns"][3], "behavior_type");
    assert_eq!(file["rows"][1]["cells"][3], "stare");
    assert_eq!(file["facts"][0]["type"], "event.view_item");
    assert_eq!(file["facts"][0]["data"]["items"][0]["item_id"], "100");
    assert_eq!(file["refused"][0]["hint"], "allowed: buy, cart, fav, pv");
    assert_eq!(server.get("/v1/imports").json()["imports"], json!([]), "a look changes nothing");

    let started = server.post("/v1/imports", ask);
    assert_eq!((started.status, &started.json()["job"]["kind"]), (202, &json!("import")));
    assert_eq!(ended(&server)["state"], "done");
    let report = &server.get("/v1/imports").json()["imports"][0];
    assert_eq!(
        (&report["new"], &report["quarantined"]),
        (&json!(5), &json!(2)),
        "events and items: {report}"
    );
    assert_eq!((&report["by"], &report["quarantine"]), (&json!("all"), &json!(true)));
    assert_eq!(report["files"][0], json!({"name": "UserBehavior.csv", "rows": 4}));
    let path =
        format!("/v1/imports/{}/quarantine?count=1&offset=1", report["id"].as_str().unwrap());
    let kept = server.get(&path).json();
    assert_eq!((&kept["total"], kept["rows"].as_array().unwrap().len()), (&json!(2), 1));
    assert_eq!(
        (&kept["rows"][0]["line"], &kept["rows"][0]["file"]),
        (&json!(5), &json!("UserBehavior.csv"))
    );

    server.post("/v1/imports", ask);
    ended(&server);
    let again = &server.get("/v1/imports").json()["imports"][0];
    assert_eq!((&again["new"], &again["known"]), (&json!(0), &json!(5)), "the same file again");
}

#[test]
fn a_mapping_of_ones_own_reads_what_no_preset_does() {
    let server = Running::new();
    put(
        &server,
        "odd.csv",
        b"who,what,when\nann,kettle,2026-01-02T03:04:05Z\nbob,,2026-01-02T03:04:05Z\n",
    );
    let preview = server.post("/v1/imports/preview", r#"{"files":["odd.csv"]}"#).json();
    assert_eq!((&preview["fits"], &preview["mapping"]), (&json!(false), &json!(null)));
    assert!(preview["why"].as_str().unwrap().contains("no preset fits"), "{preview}");
    assert_eq!(preview["files"][0]["columns"], json!(["who", "what", "when"]));
    let mapping = "[[file]]\nname = \"odd.csv\"\nrow = \"event\"\n[file.fields]\n\
                   event = { value = \"view_item\" }\ncustomer_id = \"who\"\nitem_id = \"what\"\n\
                   timestamp = \"when\"\n";
    let ask = json!({"files": ["odd.csv"], "mapping": mapping}).to_string();
    let preview = server.post("/v1/imports/preview", &ask).json();
    assert_eq!(preview["files"][0]["rows_accepted"], 1, "{preview}");
    assert_eq!(preview["files"][0]["refused"][0]["column"], "what", "the file's own word");
    let wrong = json!({"files": ["odd.csv"], "mapping": mapping.replace("\"event\"", "\"evnt\"")});
    let refused = server.post("/v1/imports/preview", &wrong.to_string());
    assert_eq!(refused.code(), (422, "import_invalid".into()));
    assert!(refused.body.contains("evnt"), "{refused:?}");
    let both = json!({"files": ["odd.csv"], "mapping": mapping, "preset": "ga4"}).to_string();
    assert_eq!(server.post("/v1/imports", &both).code().1, "field_invalid");
    let shapes = server.get("/v1/imports/presets").json();
    assert_eq!(shapes["shapes"][0]["wanted"], json!(["event", "timestamp"]));
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let server = Running::new();
    for name in ["..%2Fetc", ".hidden", "a%2Fb", "%00", "a%5Cb", &"x".repeat(200)] {
        let reply = put(&server, name, b"1");
        assert_eq!(reply.code(), (422, "field_invalid".into()), "{name}");
    }
    let traversal = server.post("/v1/imports/preview", r#"{"files":["../webhooks.json"]}"#);
    assert_eq!(traversal.code().1, "field_invalid");
    assert_eq!(put(&server, "%E8%AE%A2%E5%8D%95.csv", b"1").json()["name"], "订单.csv");
    let listed = server.get("/v1/uploads").json();
    assert_eq!(listed["uploads"].as_array().unwrap().len(), 1);
    assert_eq!(server.call("DELETE", "/v1/uploads/%E8%AE%A2%E5%8D%95.csv", KEY, b"").status, 204);
    assert_eq!(server.get("/v1/uploads").json()["uploads"], json!([]));
}

#[test]
fn half_a_file_and_one_that_is_too_large_are_none() {
    let server = Running::with(ServerOptions { upload_bytes_max: 2_000, ..options() });
    let mut stream =
        server.send("PUT", "/v1/uploads/cut.csv", "X-Api-Key: sk-all\r\nExpect: 0\r\n", b"");
    drop(stream.write_all(b"ignored")); // the length said 0: this one is whole, and empty
    let mut cut = std::net::TcpStream::connect(server.address).unwrap();
    cut.write_all(
        b"PUT /v1/uploads/half.csv HTTP/1.1\r\nHost: shop\r\nX-Api-Key: sk-all\r\nContent-Length: 1000\r\n\r\nonly this",
    )
    .unwrap();
    drop(cut);
    let large = put(&server, "large.csv", &[b'x'; 3_000]);
    assert_eq!(large.code(), (413, "body_large".into()));
    let chunked = b"bb8\r\n".iter().copied().chain([b'x'; 3_000]).chain(*b"\r\n0\r\n\r\n");
    let mut stream = std::net::TcpStream::connect(server.address).unwrap();
    stream
        .write_all(b"PUT /v1/uploads/chunked.csv HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nX-Api-Key: sk-all\r\nTransfer-Encoding: chunked\r\n\r\n")
        .unwrap();
    stream.write_all(&chunked.collect::<Vec<_>>()).unwrap();
    assert_eq!(Reply::read(&mut stream).code(), (413, "body_large".into()));
    let whole = put(&server, "whole.csv", &[b'x'; 2_000]);
    assert_eq!(whole.status, 200);
    let names = server.get("/v1/uploads").json();
    let names: Vec<_> = names["uploads"].as_array().unwrap().iter().map(|u| &u["name"]).collect();
    assert!(names.iter().all(|name| **name != "half.csv" && **name != "large.csv"), "{names:?}");
    assert!(names.iter().any(|name| **name == "whole.csv"), "{names:?}");
}
