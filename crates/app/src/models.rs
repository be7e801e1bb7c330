//! Which version serves? Promote and roll back, without a restart.

use crate::open::MODEL;
use crate::{App, AppError};
use commerce::{Body, ModelRef};
use registry::{By, Card, State, Verdict};

/// One version of a model.
#[derive(Clone, Debug)]
pub struct ModelVersion {
    /// Which.
    pub model: ModelRef,
    /// Where it stands.
    pub state: State,
    /// Its card, or why that cannot be read.
    pub card: Result<Card, String>,
}

impl App {
    /// Every version of every model, newest first.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub fn models(&self) -> Result<Vec<ModelVersion>, AppError> {
        let mut all = Vec::new();
        for name in self.registry.names()? {
            for listed in self.registry.list(&name)? {
                all.push(ModelVersion {
                    model: ModelRef { name: name.as_str().into(), version: listed.version },
                    state: listed.state,
                    card: listed.card.map_err(|e| e.to_string()),
                });
            }
        }
        all.sort_by(|a, b| (&a.model.name, b.model.version).cmp(&(&b.model.name, a.model.version)));
        Ok(all)
    }

    /// Lets a version serve, from the next answer on. Returns what each gate said.
    ///
    /// # Errors
    /// [`registry::RegistryError::Gate`] and the like, as [`AppError::Registry`].
    pub fn promote(&self, model: &ModelRef, by: By<'_>) -> Result<Vec<Verdict>, AppError> {
        let promoted =
            self.registry.promote(&model.name, model.version, &self.options.train.gates, by)?;
        self.note_audit(promoted.audit)?;
        self.reload()?;
        Ok(promoted.verdicts)
    }

    /// Lets the version before serve again, and says which that is.
    ///
    /// # Errors
    /// When there is none.
    pub fn roll_back(&self, name: &str, by: By<'_>) -> Result<ModelRef, AppError> {
        let back = self.registry.roll_back(name, by)?;
        self.note_audit(back.audit)?;
        self.reload()?;
        Ok(back.loaded.card.model())
    }

    /// The version that serves, and its card.
    #[must_use]
    pub fn serving(&self) -> Option<Card> {
        let version = self.registry.serving(MODEL).ok().flatten()?;
        self.registry.card(MODEL, version).ok()
    }

    /// Puts the trace of something done by somebody with rights into the log.
    ///
    /// # Errors
    /// When it cannot be made durable.
    pub fn note_audit(&self, audit: commerce::Audit) -> Result<(), AppError> {
        let id = format!("audit:{:032x}", self.chance.bits());
        self.append_own(&id, Body::Audit(audit))
    }
}
