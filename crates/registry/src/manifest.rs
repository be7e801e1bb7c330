//! What is remembered of serving? One small file for each model, replaced atomically.

use crate::{RegistryError, State, files};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The layout of `manifest.json` that this release writes.
const FORMAT: u32 = 1;

/// Which version serves, and what came before. A version named nowhere here is a candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    format: u32,
    /// The version that the next training gets; kept so that a pruned number never comes back.
    pub(crate) next: u32,
    /// The version that serves.
    pub(crate) serving: Option<u32>,
    /// Versions that served and were replaced by a better one, oldest first: the way back.
    pub(crate) before: Vec<u32>,
    /// Versions that were rolled back.
    pub(crate) withdrawn: Vec<u32>,
}

impl Default for Manifest {
    fn default() -> Self {
        Self { format: FORMAT, next: 1, serving: None, before: Vec::new(), withdrawn: Vec::new() }
    }
}

impl Manifest {
    pub(crate) fn read(path: &Path) -> Result<Self, RegistryError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(files::io("reading", path)(error)),
        };
        let unreadable = |problem| RegistryError::Unreadable { path: path.into(), problem };
        let manifest: Self =
            serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
        if manifest.format != FORMAT {
            return Err(unreadable(format!(
                "it has format {}, this release reads format {FORMAT}",
                manifest.format
            )));
        }
        Ok(manifest)
    }

    pub(crate) fn write(&self, path: &Path) -> Result<(), RegistryError> {
        let bytes = serde_json::to_vec_pretty(self).map_err(|error| RegistryError::Unreadable {
            path: path.into(),
            problem: error.to_string(),
        })?;
        files::replace(path, &bytes)
    }

    pub(crate) fn state(&self, version: u32) -> State {
        if self.serving == Some(version) {
            State::Serving
        } else if self.before.contains(&version) || self.withdrawn.contains(&version) {
            State::Retired
        } else {
            State::Candidate
        }
    }

    /// Lets `version` serve; the one that served becomes the way back.
    pub(crate) fn promote(&mut self, version: u32) {
        self.before.retain(|before| *before != version);
        self.withdrawn.retain(|withdrawn| *withdrawn != version);
        if let Some(replaced) = self.serving.replace(version)
            && replaced != version
        {
            self.before.push(replaced);
        }
    }

    /// Goes back to `version`, one of `before`; everything that served after it is withdrawn.
    pub(crate) fn roll_back(&mut self, version: u32) {
        while let Some(newest) = self.before.pop() {
            if newest == version {
                break;
            }
            self.withdrawn.push(newest);
        }
        self.withdrawn.extend(self.serving.replace(version));
    }

    /// Forgets versions whose files are gone.
    pub(crate) fn forget(&mut self, gone: &[u32]) {
        self.before.retain(|version| !gone.contains(version));
        self.withdrawn.retain(|version| !gone.contains(version));
    }
}
