//! Is a planted violation found, and is nothing found where there is none?

use crate::shell::Metadata;
use crate::suite::{self, Count};
use crate::tidy::{self, File};
use crate::{browser, ci, layers, licences};
use serde_json::json;

const GLOSSARY: &str = "\
## Words
| word | 中文 | meaning | rejected |
|---|---|---|---|
| item | 商品 | a thing | product, sku |
| customer | 顾客 | who acts | user |
## Excused
| identifier | why |
|---|---|
| `user_agent` | HTTP named it |
";

fn tidied(path: &str, text: &str) -> Vec<String> {
    let glossary = File { path: "docs/glossary.md".to_owned(), text: GLOSSARY.to_owned() };
    let file = File { path: path.to_owned(), text: text.to_owned() };
    tidy::check(&[glossary, file]).unwrap().iter().map(ToString::to_string).collect()
}

/// Exactly one finding, on this line, with these words in it.
fn finds(path: &str, text: &str, line: usize, words: &str) {
    let found = tidied(path, text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(&format!("{path}:{line}: ")), "{found:?}");
    assert!(found[0].contains(words), "{found:?}");
}

#[test]
fn tidy_accepts_a_tidy_file() {
    let text = "//! What is it?\n\nfn item_price(user_agent: &str) {}\n";
    assert_eq!(tidied("crates/app/src/price.rs", text), Vec::<String>::new());
}

#[test]
fn tidy_finds_files_that_hide_their_question() {
    finds("crates/app/src/a.rs", "fn a() {}\n", 1, "open with `//!`");
    finds("crates/app/src/utils.rs", "//! What?\n", 1, "`utils` says nothing");
    finds("crates/app/src/a/mod.rs", "//! What?\n", 1, "`mod` says nothing");
    finds("crates/pricing/src/engine.rs", "//! What?\n", 1, "no room of a domain");
    assert!(tidied("crates/pricing/src/models/glm.rs", "//! What?\n").is_empty());
    let long = format!("//! What?\n{}", "\n".repeat(500));
    finds("crates/app/src/a.rs", &long, 501, "501 lines, 500 are allowed");
}

#[test]
fn tidy_rejects_synonyms_in_identifiers_only() {
    for name in ["user_id", "UserId", "USERS", "fetch_users"] {
        finds("crates/app/src/a.rs", &format!("//! A\nlet {name} = 1;\n"), 2, "`customer`");
    }
    let prose = "//! A user\n// the user said\nlet a = \"user\"; let b = r#\"user \"user\" \"#;\n";
    assert!(tidied("crates/app/src/a.rs", prose).is_empty());
    let ticks = "//! A\nfn a<'user_free>(c: char) { c == '\"'; /* user /* user */ user */ }\n";
    assert_eq!(tidied("crates/app/src/a.rs", ticks).len(), 1, "a lifetime is an identifier");
    assert!(tidied("crates/learn/src/a.rs", "//! A\nlet product = 1;\n").is_empty());
    assert!(tidied("crates/app/src/a.rs", "//! A\nlet reuse = 1; let users_of = 2;\n").len() == 1);
}

#[test]
fn tidy_finds_what_was_left_behind() {
    let path = "crates/app/src/a.rs";
    finds(path, "//! A\nfn a() { todo!() }\n", 2, "finish it");
    finds(path, "//! A\n// FIXME: later\n", 2, "mend it now");
    finds(path, "//! A\n// TODO: faster\n", 2, "what would trigger");
    assert!(tidied(path, "//! A\n// TODO when there are two: join them\n").is_empty());
    finds(path, "//! A\n#[ignore]\n", 2, "say why");
    assert!(tidied(path, "//! A\n#[ignore = \"a measurement\"]\n").is_empty());
    finds(path, "//! A\n#[allow(dead_code)]\n", 2, "lint is silent");
    assert!(tidied(path, "//! A\n#[allow(dead_code, reason = \"kept\")]\n").is_empty());
    assert!(tidied(path, "//! A\n#[allow(dead_code)] // kept for the tests\n").is_empty());
    finds("docs/a.md", "see `/home/me/notes`\n", 1, "one machine only");
    assert!(tidied("docs/a.md", "see https://site.example/home/notes\n").is_empty());
    let lock = "source = \"registry+https://mirror.example/index\"\n";
    finds("Cargo.lock", lock, 1, "only crates.io");
}

#[test]
fn tidy_follows_links() {
    let path = "docs/a.md";
    assert!(
        tidied(path, "[a](glossary.md#words) [b](../docs) [c](https://a.example/b)").is_empty()
    );
    finds(path, "text\n[a](../glossary.md)\n", 2, "`../glossary.md` leads nowhere");
    finds("docs/decisions/0009-a.md", "# A\n", 1, "not in the list");
}

#[test]
fn tidy_refuses_a_glossary_it_cannot_read() {
    let file = |text: &str| File { path: "docs/glossary.md".to_owned(), text: text.to_owned() };
    assert!(tidy::check(&[]).is_err());
    assert!(tidy::check(&[file("## Words\n")]).is_err());
    assert!(tidy::check(&[file("## Words\n| item | 商品 | sku |\n")]).is_err());
}

fn edges(name: &str, to: &[(&str, Option<&str>)]) -> Vec<String> {
    let dependencies: Vec<_> =
        to.iter().map(|(name, kind)| json!({ "name": name, "kind": kind })).collect();
    let package = json!({ "name": name, "dependencies": dependencies });
    layers::check(&Metadata::of(json!({ "packages": [package] })))
}

#[test]
fn layers_find_edges_that_must_not_be() {
    let refused = [
        ("store", "features", "leads up"),
        ("recommend", "pricing", "both are in the layer of domains"),
        ("index", "commerce", "knows no crate of ours"),
        ("commerce", "rand", "words stand on serde"),
        ("app", "axum", "kept for server"),
        ("decide", "tokio", "kept for app, server, shopkeeper"),
        ("learn", "anyhow", "kept for shopkeeper, xtask"),
    ];
    for (name, to, why) in refused {
        let found = edges(name, &[(to, None)]);
        assert!(found.len() == 1 && found[0].contains(why), "{name} → {to}: {found:?}");
    }
    let found = edges("decide", &[("recommend", Some("dev"))]);
    assert_eq!(found.len(), 1, "tests may not lead up either: {found:?}");
    assert_eq!(edges("newcomer", &[]).len(), 1, "a crate without a layer");
}

#[test]
fn layers_accept_edges_that_go_down() {
    let down = [("recommend", None), ("sim", Some("dev")), ("tokio", None), ("serde", None)];
    assert!(edges("app", &down).is_empty());
    assert!(edges("commerce", &[("serde", None), ("proptest", Some("dev"))]).is_empty());
    assert!(edges("server", &[("axum", None), ("app", None), ("commerce", None)]).is_empty());
}

#[test]
fn licences_are_read_as_expressions() {
    let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
    let met = |expression| licences::satisfied(expression, &allowed);
    for good in ["MIT", "GPL-3.0 OR MIT", "MIT/Apache-2.0", "(GPL-3.0 OR MIT) AND Apache-2.0"] {
        assert!(met(good), "{good}");
    }
    assert!(met("Apache-2.0 WITH LLVM-exception OR GPL-3.0"));
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "", "(MIT", "MIT WITH X", "GPL-3.0 OR MIT AND X"] {
        assert!(!met(bad), "{bad}");
    }
    let allowed = licences::allowed("[licenses]\nallow = [\"MIT\"]\n").unwrap();
    let package = |name, licence| json!({ "name": name, "version": "1.0.0", "license": licence });
    let all =
        json!([package("fine", Some("MIT")), package("odd", Some("X")), package("none", None)]);
    let found = licences::check(&Metadata::of(json!({ "packages": all })), &allowed);
    assert_eq!(found, ["odd 1.0.0: X", "none 1.0.0: none declared"]);
    assert!(licences::allowed("[licenses]\n").is_err());
}

#[test]
fn tests_are_counted_from_both_runners() {
    let mut count = Count::default();
    for line in [
        "test result: ok. 15 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out",
        "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out",
        "     Summary [   0.518s] 40 tests run: 39 passed (2 slow), 1 failed, 7 skipped",
        "test tests::a ... ok",
        "running 15 tests of which 4 passed before",
    ] {
        suite::add(line, &mut count);
    }
    assert_eq!(count, Count { passed: 56, failed: 4 });
}

#[test]
fn tests_are_counted_while_they_run() {
    let script = "echo 'test result: FAILED. 3 passed; 1 failed; 0 ignored'
        echo '  Summary [ 1s] 2 tests run: 2 passed, 0 skipped' >&2
        exit 1";
    let (mut count, mut shown) = (Count::default(), Vec::new());
    let mut succeeds =
        |program, script| suite::counted(program, &["-c", script], &mut count, &mut shown);
    assert!(!succeeds("sh", script).unwrap());
    assert!(succeeds("sh", "exit 0").unwrap());
    assert!(succeeds("no-such-cargo", "").is_err());
    assert_eq!(count, Count { passed: 5, failed: 1 });
    assert_eq!(String::from_utf8(shown).unwrap().lines().count(), 2, "all is passed on");
}

#[test]
fn the_browser_is_the_one_that_is_named_or_the_first_that_is_there() {
    let dir = std::env::temp_dir().join(format!("xtask-browser-{}", std::process::id()));
    let [first, second] = ["a", "b"].map(|name| dir.join(name));
    for place in [&first, &second] {
        std::fs::create_dir_all(place).unwrap();
    }
    let places = [first.clone(), second.clone()];
    assert!(format!("{:#}", browser::find(None, &places).unwrap_err()).contains("apt-get install"));
    let chrome = first.join("google-chrome");
    std::fs::write(&chrome, "").unwrap();
    assert_eq!(browser::find(None, &places).unwrap(), chrome);
    let chromium = second.join("chromium");
    std::fs::write(&chromium, "").unwrap();
    assert_eq!(browser::find(None, &places).unwrap(), chromium);
    assert_eq!(browser::find(Some(chrome.clone()), &places).unwrap(), chrome);
    let nowhere = browser::find(Some(dir.join("nowhere")), &places).unwrap_err();
    assert!(nowhere.to_string().contains("is no file"));
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn ci_names_every_step_that_failed() {
    let fail = || anyhow::bail!("no");
    let why = ci::run_all(&[("one", &fail), ("two", &|| Ok(())), ("three", &fail)]).unwrap_err();
    assert_eq!(why.to_string(), "mend one, three, then run cargo xtask ci again");
}

#[test]
fn this_workspace_is_tidy_in_its_layers() {
    assert_eq!(layers::check(&Metadata::of_workspace().unwrap()), Vec::<String>::new());
}
