//! Does the registry keep its promises, also when files are damaged?

use crate::*;
use commerce::{At, ModelRef};
use std::fs;

fn draft(ndcg: f64) -> Draft {
    Draft {
        name: "recommend".into(),
        made_at: At::from_s(1_800_000_000),
        window: Window { to_offset: 100, rows: 42, ..Window::default() },
        metrics: vec![Metric {
            name: "ndcg@10".into(),
            value: ndcg,
            interval: Some((ndcg - 0.01, ndcg + 0.01)),
            protocol: "held-out week".into(),
        }],
        options_hash: u64::MAX,
        train_s: 1.5,
        peak_memory_bytes: 1 << 20,
        seed: 7,
        notes: "".into(),
    }
}

const BY: By<'_> = By { actor: "test", note: "", force: false };

fn not_worse() -> Vec<Gate> {
    vec![
        Gate::AtLeast { metric: "ndcg@10".into(), bound: 0.1 },
        Gate::NotWorse { metric: "ndcg@10".into(), by: 0.005, better: Better::Higher },
    ]
}

/// A registry with versions 1, 2, … of these qualities, artefacts `one`, `two`, …
fn shelf(qualities: &[f64]) -> (tempfile::TempDir, Registry) {
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::open(folder.path()).unwrap();
    for (number, quality) in qualities.iter().enumerate() {
        let card = registry.add(draft(*quality), format!("artefact {}", number + 1).as_bytes());
        assert_eq!(card.unwrap().version as usize, number + 1);
    }
    (folder, registry)
}

fn states(registry: &Registry) -> Vec<(u32, State)> {
    registry.list("recommend").unwrap().iter().map(|l| (l.version, l.state)).collect()
}

#[test]
fn a_version_comes_back_as_it_was_kept() {
    let (_folder, registry) = shelf(&[0.3]);
    let (card, artefact) = registry.load("recommend", 1).unwrap();
    assert_eq!(artefact, b"artefact 1");
    assert_eq!(card.options_hash, u64::MAX);
    assert_eq!(card.metric("ndcg@10").unwrap().interval, Some((0.29, 0.31)));
    assert_eq!(card.model(), ModelRef { name: "recommend".into(), version: 1 });
    // printf 'artefact 1' | sha256sum
    assert_eq!(
        &*card.artefact_sha256,
        "323315af205bea043ecc533bb201062334f896e2f390936a20658063c69b75e1"
    );
    assert_eq!(registry.names().unwrap(), ["recommend"]);
}

#[test]
fn states_follow_promotions_and_the_way_back() {
    let (_folder, registry) = shelf(&[0.3, 0.31, 0.32]);
    assert!(matches!(registry.load_serving("recommend"), Err(RegistryError::NothingServes { .. })));
    for version in [1, 2, 3] {
        let promoted = registry.promote("recommend", version, &not_worse(), BY).unwrap();
        assert_eq!(promoted.before, (version > 1).then(|| version - 1));
        assert_eq!(&*promoted.audit.subject, format!("recommend/{version}"));
    }
    use State::{Retired, Serving};
    assert_eq!(states(&registry), [(3, Serving), (2, Retired), (1, Retired)]);
    let back = registry.roll_back("recommend", BY).unwrap();
    assert_eq!((back.from, back.loaded.card.version), (3, 2));
    assert_eq!(&*back.audit.action, "model.roll_back");
    assert_eq!(states(&registry), [(3, Retired), (2, Serving), (1, Retired)]);
    assert_eq!(registry.roll_back("recommend", BY).unwrap().loaded.card.version, 1);
    assert!(matches!(
        registry.roll_back("recommend", BY),
        Err(RegistryError::NothingBefore { .. })
    ));
    // What was withdrawn may serve again, and then the way back leads to 1.
    registry.promote("recommend", 3, &[], BY).unwrap();
    assert_eq!(registry.roll_back("recommend", BY).unwrap().loaded.card.version, 1);
}

#[test]
fn a_gate_refuses_with_its_reason_and_force_needs_a_note() {
    let (_folder, registry) = shelf(&[0.3, 0.2]);
    registry.promote("recommend", 1, &not_worse(), BY).unwrap();
    let refused = registry.promote("recommend", 2, &not_worse(), BY).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "model \"recommend\" version 2 was not promoted: ndcg@10 is 0.2000 against 0.3000 of \
         version 1; worse by at most 0.0050 is asked"
    );
    let force = |note| By { actor: "li", note, force: true };
    assert!(matches!(
        registry.promote("recommend", 2, &not_worse(), force(" ")),
        Err(RegistryError::NoteMissing { .. })
    ));
    assert_eq!(registry.serving("recommend").unwrap(), Some(1));
    let forced = registry.promote("recommend", 2, &not_worse(), force("new catalogue")).unwrap();
    assert_eq!(&*forced.audit.action, "model.promote_forced");
    assert_eq!(&*forced.audit.note, "new catalogue");
    assert_eq!(registry.serving("recommend").unwrap(), Some(2));
}

#[test]
fn every_gate_speaks() {
    let (_folder, registry) = shelf(&[0.3, 0.3]);
    let candidate = registry.card("recommend", 2).unwrap();
    let mut serving = registry.card("recommend", 1).unwrap();
    let passes = |gate: Gate, serving: Option<&Card>| {
        let verdict = judge(&[gate], &candidate, serving).remove(0);
        (verdict.passed, verdict.text)
    };
    let at_most = |metric: &str, bound| Gate::AtMost { metric: metric.into(), bound };
    assert!(passes(at_most("ndcg@10", 0.3), None).0);
    assert!(!passes(at_most("ndcg@10", 0.2), None).0);
    assert_eq!(passes(at_most("auc", 0.2), None), (false, "auc was not measured".into()));
    let lower = || Gate::NotWorse { metric: "ndcg@10".into(), by: 0.0, better: Better::Lower };
    assert_eq!(passes(lower(), None), (true, "ndcg@10 is 0.3000; nothing serves yet".into()));
    assert!(passes(lower(), Some(&serving)).0);
    serving.metrics[0].value = 0.2;
    assert!(!passes(lower(), Some(&serving)).0);
    serving.metrics[0].protocol = "another".into();
    assert!(passes(lower(), Some(&serving)).1.contains("cannot be compared"));
    let parsed: Gate =
        serde_json::from_str(r#"{"check":"not_worse","metric":"ndcg@10","by":0.005}"#).unwrap();
    assert_eq!(parsed, not_worse()[1]);
}

#[test]
fn damage_is_named_and_the_version_before_serves() {
    let (folder, registry) = shelf(&[0.3, 0.31, 0.32]);
    for version in [1, 2, 3] {
        registry.promote("recommend", version, &[], BY).unwrap();
    }
    let file = |version: u32, name: &str| {
        folder.path().join("recommend").join(version.to_string()).join(name)
    };
    fs::write(file(3, "artefact.bin"), b"artefact !").unwrap();
    fs::remove_file(file(2, "artefact.bin")).unwrap();
    let loaded = registry.load_serving("recommend").unwrap();
    assert_eq!(loaded.card.version, 1);
    assert!(matches!(
        &loaded.skipped[..],
        [
            Skipped { version: 3, why: RegistryError::Damaged { .. } },
            Skipped { version: 2, why: RegistryError::Io { .. } }
        ]
    ));
    assert_eq!(registry.serving("recommend").unwrap(), Some(3), "loading changes nothing");
    let force = By { actor: "li", note: "try", force: true };
    assert!(matches!(
        registry.promote("recommend", 3, &[], force),
        Err(RegistryError::Damaged { .. })
    ));
    fs::write(file(1, "card.json"), b"{\"format\":1,").unwrap();
    let error = registry.load_serving("recommend").unwrap_err();
    assert!(error.to_string().contains("artefact.bin is damaged"), "{error}");
    let error = registry.card("recommend", 1).unwrap_err().to_string();
    assert!(error.contains("card.json cannot be read: EOF"), "{error}");
    assert_eq!(registry.list("recommend").unwrap().len(), 3, "damage hides no version");
}

#[test]
fn a_newer_format_is_refused_by_number() {
    let (folder, registry) = shelf(&[0.3]);
    let path = folder.path().join("recommend/manifest.json");
    let text = fs::read_to_string(&path).unwrap().replace("\"format\": 1", "\"format\": 2");
    fs::write(&path, text).unwrap();
    let error = registry.serving("recommend").unwrap_err().to_string();
    assert!(error.ends_with("it has format 2, this release reads format 1"), "{error}");
}

#[test]
fn pruning_keeps_what_serves_and_the_way_back_and_reuses_no_number() {
    let (_folder, registry) = shelf(&[0.3, 0.3, 0.3, 0.3, 0.3]);
    registry.promote("recommend", 1, &[], BY).unwrap();
    registry.promote("recommend", 2, &[], BY).unwrap();
    assert_eq!(registry.prune("recommend", 1).unwrap(), [3, 4]);
    assert_eq!(registry.prune("recommend", 0).unwrap(), [5]);
    assert_eq!(registry.roll_back("recommend", BY).unwrap().loaded.card.version, 1);
    assert_eq!(registry.add(draft(0.3), b"").unwrap().version, 6);
}

#[test]
fn names_cannot_leave_the_folder_and_numbers_must_be_numbers() {
    let (_folder, registry) = shelf(&[]);
    for name in ["", "..", "a/b", ".lock", "Recommend", "推荐"] {
        assert!(matches!(registry.list(name), Err(RegistryError::Name { .. })), "{name}");
    }
    assert_eq!(
        registry.card("recommend", 9).unwrap_err().to_string(),
        "there is no version 9 of model \"recommend\"; versions kept: []"
    );
    assert!(matches!(registry.add(draft(f64::NAN), b""), Err(RegistryError::Metric { .. })));
}

#[test]
fn a_half_made_version_is_not_a_version() {
    let (folder, registry) = shelf(&[0.3]);
    let half = folder.path().join("recommend/.making");
    fs::create_dir(&half).unwrap();
    fs::write(half.join("artefact.bin"), b"half").unwrap();
    assert_eq!(states(&registry), [(1, State::Candidate)]);
    assert_eq!(registry.add(draft(0.3), b"whole").unwrap().version, 2);
    assert_eq!(registry.load("recommend", 2).unwrap().1, b"whole");
}

#[test]
fn two_trainings_at_once_get_two_versions() {
    let (folder, registry) = shelf(&[]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let registry = Registry::open(folder.path()).unwrap();
            scope.spawn(move || registry.add(draft(0.3), b"x").unwrap());
        }
    });
    assert_eq!(states(&registry).len(), 4);
}

#[test]
fn a_slot_is_swapped_whole_and_readers_keep_theirs() {
    let slot = Slot::empty();
    assert!(slot.now().is_none());
    let model = |version| ModelRef { name: "recommend".into(), version };
    assert!(slot.swap(model(1), "one").is_none());
    let held = slot.now().unwrap();
    assert_eq!(slot.swap(model(2), "two").unwrap().model.version, 1);
    assert_eq!((held.value, slot.now().unwrap().value), ("one", "two"));
    assert_eq!(slot.clear().unwrap().value, "two");
    assert!(slot.now().is_none());
}
