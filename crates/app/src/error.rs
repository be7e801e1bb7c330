//! What can go wrong behind the door, and by which name does the door say it?

use crate::import::ImportError;
use recommend::{AskError, RecommendError};
use registry::RegistryError;
use std::path::PathBuf;
use store::StoreError;

/// Why a question was not answered or a fact not taken.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The store said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ask breaks a limit.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The registry said no.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// Models could not be made or read.
    #[error(transparent)]
    Recommend(#[from] RecommendError),
    /// The configuration is wrong; each line names an option, what was seen and what is allowed.
    #[error("the configuration cannot be used: {0}")]
    Config(String),
    /// A training is already running.
    #[error("a training is already running, at {percent} %; wait for it or look at the jobs")]
    TrainingBusy { percent: u32 },
    /// An import is already running.
    #[error("an import is already running, at {percent} %; wait for it or look at the jobs")]
    ImportBusy { percent: u32 },
    /// Files cannot be imported as asked.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// No file of that name was sent.
    #[error("no file called {name:?} was uploaded")]
    UploadUnknown { name: String },
    /// A name that no uploaded file may have.
    #[error(
        "{name:?} is no name for a file; allowed: 1 to 128 bytes without / and \\, not beginning \
         with a dot"
    )]
    UploadName { name: String },
    /// More than is kept.
    #[error("the file is larger than {bytes_max} bytes, the most that is taken")]
    UploadLarge { bytes_max: u64 },
    /// The log is shorter than it was.
    #[error(
        "{} ends at fact {end}, but a snapshot was made when it held {known}: facts are missing; \
         restore it from a backup, or go on without them by removing {}",
        log.display(), snapshots.display()
    )]
    Lost { log: PathBuf, end: u64, known: u64, snapshots: PathBuf },
    /// What a record refers to is not kept any more.
    #[error("{what} of this decision is no longer kept, so it cannot be repeated")]
    Gone { what: String },
    /// The state snapshot could not be written.
    #[error("{0}")]
    Internal(String),
}

impl AppError {
    /// The name in [`commerce::CODES`].
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => store_code(error),
            Self::Ask(_) => "field_invalid",
            Self::Registry(RegistryError::Gate { .. }) => "model_gate",
            Self::Registry(RegistryError::NoteMissing { .. }) => "field_invalid",
            Self::Registry(
                RegistryError::Name { .. }
                | RegistryError::Unknown { .. }
                | RegistryError::NothingServes { .. }
                | RegistryError::NothingBefore { .. },
            )
            | Self::Gone { .. } => "model_unknown",
            Self::TrainingBusy { .. } => "training_busy",
            Self::ImportBusy { .. } => "import_busy",
            Self::Import(_) => "import_invalid",
            Self::UploadUnknown { .. } => "upload_unknown",
            Self::UploadName { .. } => "field_invalid",
            Self::UploadLarge { .. } => "body_large",
            Self::Registry(_)
            | Self::Recommend(_)
            | Self::Config(_)
            | Self::Lost { .. }
            | Self::Internal(_) => "internal",
        }
    }
}

fn store_code(error: &StoreError) -> &'static str {
    match error {
        StoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
            "disk_full"
        }
        StoreError::Io { source, .. }
            if source.kind() == std::io::ErrorKind::ReadOnlyFilesystem
                || source.kind() == std::io::ErrorKind::PermissionDenied =>
        {
            "read_only"
        }
        StoreError::Stopped { why } => store_code(why),
        StoreError::Busy { .. } => "overloaded",
        StoreError::Closed => "shutting_down",
        StoreError::Refused { .. } => "event_invalid",
        _ => "internal",
    }
}
