//! Which policy answers: the live one, one that an arm names, a shadow?

use std::collections::BTreeMap;
use std::sync::Arc;

/// The policies of one domain that are in force together; swapped whole.
#[derive(Debug)]
pub struct Lineup<D> {
    /// Answers unless an arm says otherwise.
    pub live: Arc<D>,
    /// Other policies, by the name that experiments' arms call them.
    pub named: BTreeMap<Box<str>, Arc<D>>,
    /// Which of the named ones is asked beside the one that answers, and never answers itself.
    pub shadow: Option<Box<str>>,
}

impl<D> Lineup<D> {
    /// One policy for everybody.
    #[must_use]
    pub fn only(live: Arc<D>) -> Self {
        Self { live, named: BTreeMap::new(), shadow: None }
    }

    /// The policy called `name`; the live one without a name, or if there is none so called.
    #[must_use]
    pub fn pick(&self, name: Option<&str>) -> &Arc<D> {
        name.and_then(|name| self.named.get(name)).unwrap_or(&self.live)
    }

    /// The shadow and its name.
    #[must_use]
    pub fn shadow(&self) -> Option<(&str, &Arc<D>)> {
        let name = self.shadow.as_deref()?;
        Some((name, self.named.get(name)?))
    }
}
