//! Where do sound inputs come from? A small seeded shop that was filled, trained, asked and closed.

use anyhow::{Context, Result};
use app::{Ack, App, AppOptions};
use commerce::{Body, CustomerId, Fact, FactId, Who};
use recommend::{RecommendAsk, Surface};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A shop and what it left on disk.
pub struct Shop {
    pub dir: tempfile::TempDir,
    pub facts: Vec<Fact>,
}

/// Options of a shop in `dir`, patient enough for a slow build.
pub fn options(dir: &Path) -> AppOptions {
    let mut options = AppOptions::default();
    options.store.dir = dir.to_owned();
    options.decide.budget_ms = 1_000;
    options
}

impl Shop {
    pub fn made() -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let app = App::open(options(dir.path()))?;
        let made =
            sim::SimOptions { items: 60, customers: 40, sessions: 150, ..Default::default() };
        let shop = sim::Shop::new(made);
        let now = app.now();
        let items = shop.items().map(|item| {
            let id = FactId::new(&format!("item:{}", item.id))?;
            Ok(Fact { id, at: now, received_at: now, body: Body::Item(item) })
        });
        let mut facts = items.collect::<Result<Vec<_>>>()?;
        facts.extend(shop.sessions());
        app.append(&facts, Ack::Memory)?;
        app.train_now("fuzz", true, &|_| ControlFlow::Continue(()))?;
        for ask in asks()? {
            app.recommend(&ask)?;
        }
        app.close()?;
        drop(app);
        Ok(Self { dir, facts })
    }

    /// The same shop, open in a directory of its own.
    pub fn opened(&self, dir: &Path) -> Result<Arc<App>> {
        copy(self.dir.path(), dir)?;
        Ok(App::open(options(dir))?)
    }

    /// Every file below `part` of the data directory.
    pub fn files(&self, part: &str) -> Result<Vec<PathBuf>> {
        let mut all = Vec::new();
        walk(&self.dir.path().join(part), &mut all)?;
        all.sort();
        Ok(all)
    }

    /// The encoded models.
    pub fn models(&self) -> Result<Vec<u8>> {
        let files = self.files("models")?;
        let mut contents = files.iter().filter_map(|path| fs::read(path).ok());
        contents.find(|bytes| bytes.starts_with(b"SKRECO")).context("no artefact was written")
    }
}

/// Some asks of each kind.
pub fn asks() -> Result<Vec<RecommendAsk>> {
    let who = Who::customer(CustomerId::new("c1")?);
    Ok(vec![
        RecommendAsk::new(who.clone(), Surface::Home, 10),
        RecommendAsk::new(who, Surface::BuyAgain, 3),
    ])
}

fn walk(dir: &Path, all: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() { walk(&path, all)? } else { all.push(path) }
    }
    Ok(())
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let into = to.join(path.file_name().context("a file without a name")?);
        if path.is_dir() { copy(&path, &into)? } else { drop(fs::copy(&path, &into)?) }
    }
    Ok(())
}
