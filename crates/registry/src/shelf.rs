//! Which versions are there, and which one serves?
//!
//! Reading needs no lock: artefacts never change once they have their name, and the manifest is
//! replaced atomically. Changes hold a file lock, so that a training from the command line and a
//! running server may share one folder.

use crate::manifest::Manifest;
use crate::{Card, Draft, Gate, RegistryError, Verdict, card, files, gates};
use commerce::Audit;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// All versions of all models below one folder.
#[derive(Debug, Clone)]
pub struct Registry {
    root: PathBuf,
}

/// Where a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Trained, never served.
    Candidate,
    /// Answers now.
    Serving,
    /// Answered before.
    Retired,
}

impl State {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Serving => "serving",
            Self::Retired => "retired",
        }
    }
}

/// One version in a list.
#[derive(Debug)]
pub struct Listed {
    /// Its number.
    pub version: u32,
    /// Where it stands.
    pub state: State,
    /// Its card, or why that cannot be read.
    pub card: Result<Card, RegistryError>,
}

/// A version that was passed over because it cannot be read.
#[derive(Debug)]
pub struct Skipped {
    /// Its number.
    pub version: u32,
    /// What is wrong with it.
    pub why: RegistryError,
}

/// A version in memory, its bytes checked against its card.
#[derive(Debug)]
pub struct Loaded {
    /// What made it.
    pub card: Card,
    /// The bytes that the domain reads.
    pub artefact: Vec<u8>,
    /// Newer versions that should have served but cannot be read; worth an alarm.
    pub skipped: Vec<Skipped>,
}

/// Who changes what serves, and why.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// The name of a key, an operator or a job.
    pub actor: &'a str,
    /// Why, in their words.
    pub note: &'a str,
    /// Promote although a gate fails; then the note may not be empty.
    pub force: bool,
}

/// What came of a promotion.
#[derive(Debug)]
pub struct Promoted {
    /// The version that serves now.
    pub card: Card,
    /// The version that served before.
    pub before: Option<u32>,
    /// What each gate said.
    pub verdicts: Vec<Verdict>,
    /// To be appended to the log.
    pub audit: Audit,
}

/// What came of a roll back.
#[derive(Debug)]
pub struct RolledBack {
    /// The version that serves now, in memory.
    pub loaded: Loaded,
    /// The version that was withdrawn.
    pub from: u32,
    /// To be appended to the log.
    pub audit: Audit,
}

impl Registry {
    /// Opens the folder, making it if need be.
    ///
    /// # Errors
    /// [`RegistryError::Io`] when it can be neither found nor made.
    pub fn open(root: &Path) -> Result<Self, RegistryError> {
        fs::create_dir_all(root).map_err(files::io("creating", root))?;
        Ok(Self { root: root.to_owned() })
    }

    /// Keeps `artefact` as the next version of its model, durably. It does not serve yet.
    ///
    /// # Errors
    /// [`RegistryError::Name`], [`RegistryError::Metric`] for a number that is none, or `Io`.
    pub fn add(&self, draft: Draft, artefact: &[u8]) -> Result<Card, RegistryError> {
        let name = draft.name.clone();
        if let Some(metric) = draft.metrics.iter().find(|metric| !metric.value.is_finite()) {
            return Err(RegistryError::Metric {
                name: name.into(),
                metric: metric.name.clone().into(),
                value: metric.value,
            });
        }
        let folder = self.folder(&name)?;
        fs::create_dir_all(&folder).map_err(files::io("creating", &folder))?;
        let _lock = self.lock()?;
        let mut manifest = self.manifest(&name)?;
        let newest = self.versions(&name)?.last().map_or(0, |version| version + 1);
        let version = manifest.next.max(newest);
        let card = Card::new(draft, version, artefact);

        let unnamed = folder.join(".making");
        let _ = fs::remove_dir_all(&unnamed); // what a crashed training left, if anything
        fs::create_dir(&unnamed).map_err(files::io("creating", &unnamed))?;
        files::write_new(&unnamed.join("artefact.bin"), artefact)?;
        let text = serde_json::to_vec_pretty(&card).map_err(|error| RegistryError::Unreadable {
            path: unnamed.join("card.json"),
            problem: error.to_string(),
        })?;
        files::write_new(&unnamed.join("card.json"), &text)?;
        files::sync_folder(&unnamed)?;
        let named = folder.join(version.to_string());
        fs::rename(&unnamed, &named).map_err(files::io("renaming", &unnamed))?;
        files::sync_folder(&folder)?;
        files::sync_folder(&self.root)?;
        manifest.next = version + 1;
        manifest.write(&self.manifest_path(&name))?;
        Ok(card)
    }

    /// The models that have at least a folder, by name.
    ///
    /// # Errors
    /// [`RegistryError::Io`].
    pub fn names(&self) -> Result<Vec<String>, RegistryError> {
        let mut names = folder_names(&self.root)?;
        names.retain(|name| is_name(name));
        names.sort_unstable();
        Ok(names)
    }

    /// Every version of `name`, newest first; empty for a model that was never trained.
    ///
    /// # Errors
    /// [`RegistryError::Name`], `Io`, or `Unreadable` for the manifest. A card that cannot be
    /// read does not hide the others: it is listed with its error.
    pub fn list(&self, name: &str) -> Result<Vec<Listed>, RegistryError> {
        let manifest = self.manifest(name)?;
        let versions = self.versions(name)?.into_iter().rev();
        let listed = versions.map(|version| Listed {
            version,
            state: manifest.state(version),
            card: self.card(name, version),
        });
        Ok(listed.collect())
    }

    /// The card of one version.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`], `Unreadable`, `Name` or `Io`.
    pub fn card(&self, name: &str, version: u32) -> Result<Card, RegistryError> {
        let path = self.folder(name)?.join(version.to_string()).join("card.json");
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let kept = self.versions(name)?;
                return Err(RegistryError::Unknown { name: name.into(), version, kept });
            }
            Err(error) => return Err(files::io("reading", &path)(error)),
        };
        let unreadable = |problem| RegistryError::Unreadable { path: path.clone(), problem };
        let card: Card =
            serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
        if card.format != card::CARD_FORMAT {
            let expected = card::CARD_FORMAT;
            return Err(unreadable(format!(
                "it has format {}, this release reads format {expected}",
                card.format
            )));
        }
        Ok(card)
    }

    /// The card and the bytes of one version, the bytes checked against the card.
    ///
    /// # Errors
    /// As [`Registry::card`], and [`RegistryError::Damaged`].
    pub fn load(&self, name: &str, version: u32) -> Result<(Card, Vec<u8>), RegistryError> {
        let card = self.card(name, version)?;
        let path = self.folder(name)?.join(version.to_string()).join("artefact.bin");
        let artefact = fs::read(&path).map_err(files::io("reading", &path))?;
        let found = card::sha256_hex(&artefact);
        if found != card.artefact_sha256 {
            return Err(RegistryError::Damaged {
                path,
                expected_bytes: card.artefact_bytes,
                expected: card.artefact_sha256,
                found_bytes: artefact.len() as u64,
                found,
            });
        }
        Ok((card, artefact))
    }

    /// The number of the version that serves, without reading it.
    ///
    /// # Errors
    /// [`RegistryError::Name`], `Io` or `Unreadable`.
    pub fn serving(&self, name: &str) -> Result<Option<u32>, RegistryError> {
        Ok(self.manifest(name)?.serving)
    }

    /// The version that serves, or, when it cannot be read, the newest earlier one that can.
    ///
    /// # Errors
    /// [`RegistryError::NothingServes`] when none was promoted; the error of the serving version
    /// when neither it nor any earlier one can be read.
    pub fn load_serving(&self, name: &str) -> Result<Loaded, RegistryError> {
        let manifest = self.manifest(name)?;
        let Some(serving) = manifest.serving else {
            return Err(RegistryError::NothingServes { name: name.into() });
        };
        let way_back = manifest.before.iter().rev().copied();
        self.load_first(name, std::iter::once(serving).chain(way_back)).map_err(|mut skipped| {
            skipped.drain(..).next().map_or_else(
                || RegistryError::NothingServes { name: name.into() },
                |skipped| skipped.why,
            )
        })
    }

    /// Lets `version` serve if it passes `gates` (or `by` forces it), durably.
    ///
    /// The artefact is read and checked first: a damaged one cannot even be forced. Promoting the
    /// version that serves changes nothing.
    ///
    /// # Errors
    /// [`RegistryError::Gate`] with every verdict, [`RegistryError::NoteMissing`], or any error
    /// of [`Registry::load`].
    pub fn promote(
        &self,
        name: &str,
        version: u32,
        gates: &[Gate],
        by: By<'_>,
    ) -> Result<Promoted, RegistryError> {
        let _lock = self.lock()?;
        let (card, _) = self.load(name, version)?;
        let mut manifest = self.manifest(name)?;
        let before = manifest.serving;
        let serving = before.and_then(|serving| self.card(name, serving).ok());
        let verdicts = gates::judge(gates, &card, serving.as_ref());
        let failed = verdicts.iter().any(|verdict| !verdict.passed);
        if failed && !by.force {
            return Err(RegistryError::Gate { name: name.into(), version, verdicts });
        }
        if failed && by.note.trim().is_empty() {
            return Err(RegistryError::NoteMissing { name: name.into(), version });
        }
        if before != Some(version) {
            manifest.promote(version);
            manifest.write(&self.manifest_path(name))?;
        }
        let action = if failed { "model.promote_forced" } else { "model.promote" };
        Ok(Promoted { audit: audit(action, name, version, by), card, before, verdicts })
    }

    /// Lets the version that served before serve again, durably, and withdraws the present one.
    ///
    /// Earlier versions that cannot be read are passed over and withdrawn too.
    ///
    /// # Errors
    /// [`RegistryError::NothingServes`], or [`RegistryError::NothingBefore`]; then nothing changed.
    pub fn roll_back(&self, name: &str, by: By<'_>) -> Result<RolledBack, RegistryError> {
        let _lock = self.lock()?;
        let mut manifest = self.manifest(name)?;
        let Some(from) = manifest.serving else {
            return Err(RegistryError::NothingServes { name: name.into() });
        };
        let loaded = self
            .load_first(name, manifest.before.iter().rev().copied())
            .map_err(|_| RegistryError::NothingBefore { name: name.into() })?;
        let version = loaded.card.version;
        manifest.roll_back(version);
        manifest.write(&self.manifest_path(name))?;
        Ok(RolledBack { audit: audit("model.roll_back", name, version, by), loaded, from })
    }

    /// Removes old versions, keeping the serving one, the one before it (the way back) and the
    /// `keep` newest. Returns what was removed, oldest first.
    ///
    /// # Errors
    /// [`RegistryError::Io`]; what was removed until then stays removed.
    pub fn prune(&self, name: &str, keep: usize) -> Result<Vec<u32>, RegistryError> {
        let _lock = self.lock()?;
        let mut manifest = self.manifest(name)?;
        let mut gone = self.versions(name)?;
        gone.truncate(gone.len().saturating_sub(keep));
        gone.retain(|version| {
            manifest.serving != Some(*version) && manifest.before.last() != Some(version)
        });
        manifest.forget(&gone); // first, so that the manifest never names what is not there
        manifest.write(&self.manifest_path(name))?;
        let folder = self.folder(name)?;
        for version in &gone {
            let path = folder.join(version.to_string());
            fs::remove_dir_all(&path).map_err(files::io("removing", &path))?;
        }
        Ok(gone)
    }

    /// The first of `versions` that can be read, or why none can.
    fn load_first(
        &self,
        name: &str,
        versions: impl Iterator<Item = u32>,
    ) -> Result<Loaded, Vec<Skipped>> {
        let mut skipped = Vec::new();
        for version in versions {
            match self.load(name, version) {
                Ok((card, artefact)) => return Ok(Loaded { card, artefact, skipped }),
                Err(why) => skipped.push(Skipped { version, why }),
            }
        }
        Err(skipped)
    }

    fn folder(&self, name: &str) -> Result<PathBuf, RegistryError> {
        if is_name(name) {
            Ok(self.root.join(name))
        } else {
            Err(RegistryError::Name { name: name.chars().take(80).collect() })
        }
    }

    fn manifest_path(&self, name: &str) -> PathBuf {
        self.root.join(name).join("manifest.json")
    }

    fn manifest(&self, name: &str) -> Result<Manifest, RegistryError> {
        self.folder(name)?;
        Manifest::read(&self.manifest_path(name))
    }

    /// Version numbers that have a folder, ascending.
    fn versions(&self, name: &str) -> Result<Vec<u32>, RegistryError> {
        let names = folder_names(&self.folder(name)?)?;
        let mut versions: Vec<u32> = names.iter().filter_map(|name| name.parse().ok()).collect();
        versions.sort_unstable();
        Ok(versions)
    }

    /// Waits for every other change, also of other processes; released on drop.
    fn lock(&self) -> Result<File, RegistryError> {
        let path = self.root.join(".lock");
        let file = File::create(&path).map_err(files::io("creating", &path))?;
        file.lock().map_err(files::io("locking", &path))?;
        Ok(file)
    }
}

fn audit(action: &str, name: &str, version: u32, by: By<'_>) -> Audit {
    Audit {
        actor: by.actor.into(),
        action: action.into(),
        subject: format!("{name}/{version}").into(),
        note: by.note.into(),
    }
}

/// Names of models are folder names, and come in over HTTP: no dots, no slashes.
fn is_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}

/// Names of the folders in `path`; none when it is not there.
fn folder_names(path: &Path) -> Result<Vec<String>, RegistryError> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(files::io("listing", path)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(files::io("listing", path))?;
        if entry.path().is_dir() {
            names.extend(entry.file_name().into_string());
        }
    }
    Ok(names)
}
