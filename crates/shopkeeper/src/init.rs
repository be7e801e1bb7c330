//! How does an operator begin? A configuration with a key, and every option explained.

use crate::reference::reference;
use crate::settings::ConfigArgs;
use anyhow::{Context, Result, bail};
use govern::{KeyHash, new_secret};
use std::io::Write;
use std::path::PathBuf;

/// Write a configuration with a new key
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  shopkeeper init        # writes shopkeeper.toml here and shows the key once")]
pub(crate) struct InitArgs {
    /// Where to
    #[arg(default_value = "shopkeeper.toml")]
    path: PathBuf,
}

impl InitArgs {
    pub(crate) fn run(&self, config: &ConfigArgs) -> Result<()> {
        if self.path.exists() {
            bail!("{} is there already; remove it or name another file", self.path.display());
        }
        let mut chance = [0u8; 32];
        getrandom::fill(&mut chance)
            .map_err(|e| anyhow::anyhow!("asking the system for random bytes: {e}"))?;
        let secret = new_secret(chance);
        let dir = config.dir.clone().unwrap_or_else(|| "data".into());
        let text = format!(
            "# Shopkeeper. Every option, with unit, range and reason: shopkeeper config --reference\n\n\
             [store]\ndir = {dir:?}\n\n[server]\nlisten = \"127.0.0.1:7788\"\n\n\
             [[server.keys]]\nname = \"first\"\nhash = \"{}\"\nscopes = [\"admin\"]\n",
            KeyHash::of(&secret)
        );
        std::fs::write(&self.path, text)
            .with_context(|| format!("writing {}", self.path.display()))?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "wrote {}", self.path.display())?;
        writeln!(out, "your key, shown only now: {secret}")?;
        writeln!(out, "next: shopkeeper import FILES, shopkeeper train, shopkeeper serve")?;
        Ok(())
    }
}

/// Check the configuration and show what is in force
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  shopkeeper config                 # what is in force, checked
  shopkeeper config --reference     # every option, explained, at its default")]
pub(crate) struct ShowArgs {
    /// Every option with unit, range, default and reason
    #[arg(long)]
    reference: bool,
}

impl ShowArgs {
    pub(crate) fn run(&self, config: &ConfigArgs) -> Result<()> {
        let mut out = std::io::stdout().lock();
        if self.reference {
            write!(out, "{}", reference()?)?;
            return Ok(());
        }
        let settings = config.settings()?;
        app::App::check(&settings.app)?;
        match settings.server.check() {
            // Keys can be given later, and --open says so only when serving.
            Ok(_) | Err(server::ServerError::KeysNone) => {}
            Err(error) => anyhow::bail!(error),
        }
        writeln!(out, "{}", toml::to_string(&settings.app)?)?;
        let mut server = toml::Table::new();
        server.insert("server".into(), toml::Value::try_from(&settings.server)?);
        writeln!(out, "{}", toml::to_string(&server)?)?;
        Ok(())
    }
}
