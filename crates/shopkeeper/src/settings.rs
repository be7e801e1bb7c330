//! Which config is in force? `shopkeeper.toml` (or `--config`), read, checked, and explained.

use anyhow::{Context, Result};
use app::AppOptions;
use server::ServerOptions;
use std::path::{Path, PathBuf};

/// The file that is looked for when none is named.
const FILE: &str = "shopkeeper.toml";

/// Where the options come from; every command that opens a shop takes these.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ConfigArgs {
    /// The configuration file [default: shopkeeper.toml, if it is there]
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// The data directory; overrides [store] dir
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) dir: Option<PathBuf>,
}

/// Everything that can be configured.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    pub(crate) app: AppOptions,
    pub(crate) server: ServerOptions,
}

impl ConfigArgs {
    /// Reads and checks the configuration; without a file the defaults hold.
    pub(crate) fn settings(&self) -> Result<Settings> {
        let mut settings = match &self.config {
            Some(path) => Settings::read(path)?,
            None if Path::new(FILE).exists() => Settings::read(Path::new(FILE))?,
            None => Settings::default(),
        };
        if let Some(dir) = &self.dir {
            settings.app.store.dir.clone_from(dir);
        }
        Ok(settings)
    }
}

impl Settings {
    fn read(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    /// Reads the text of a configuration file.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        // Two readings of the text itself, so that a mistake is told with its line and column.
        #[derive(Default, serde::Deserialize)]
        #[serde(default)]
        struct Door {
            server: ServerOptions,
        }
        let app = toml::from_str(text)?;
        let Door { server } = toml::from_str(text)?;
        Ok(Self { app, server })
    }
}
