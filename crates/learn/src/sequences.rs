//! What did each customer or session touch, in which order, when?

use crate::{error::FitError, sparse::Csr};
use serde::{Deserialize, Serialize};

/// Lists of events, one list per customer or session, each in time order; flat arrays.
///
/// Memory: 16 bytes per event and 8 per list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sequences {
    items_count: usize,
    starts: Vec<usize>,
    items: Vec<u32>,
    at_s: Vec<i64>,
    weights: Vec<f32>,
}

/// One event of a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    /// Which item, `< item_count`.
    pub item: u32,
    /// When, in seconds since 1970 UTC (or any clock that only rises).
    pub at_s: i64,
    /// How much it counts; 1 for a plain view.
    pub weight: f32,
}

/// One list: parallel slices, times ascending.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sequence<'a> {
    /// Items in time order.
    pub items: &'a [u32],
    /// Their times, ascending.
    pub at_s: &'a [i64],
    /// Their weights.
    pub weights: &'a [f32],
}

impl<'a> Sequence<'a> {
    /// Events in the list.
    pub fn len(self) -> usize {
        self.items.len()
    }

    /// Whether the list has no event.
    pub fn is_empty(self) -> bool {
        self.items.is_empty()
    }

    /// The events, oldest first.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Event> + ExactSizeIterator + 'a {
        (0..self.len()).map(move |slot| Event {
            item: self.items[slot],
            at_s: self.at_s[slot],
            weight: self.weights[slot],
        })
    }

    /// The first `len` events (all when there are fewer).
    #[must_use]
    pub fn first(self, len: usize) -> Self {
        self.range(0, len.min(self.len()))
    }

    /// The last `len` events (all when there are fewer).
    #[must_use]
    pub fn last(self, len: usize) -> Self {
        self.range(self.len().saturating_sub(len), self.len())
    }

    fn range(self, from: usize, to: usize) -> Self {
        Self {
            items: &self.items[from..to],
            at_s: &self.at_s[from..to],
            weights: &self.weights[from..to],
        }
    }
}

impl Sequences {
    /// No lists yet, over items `0 .. item_count`.
    pub fn new(item_count: usize) -> Self {
        Self {
            items_count: item_count,
            starts: vec![0],
            items: Vec::new(),
            at_s: Vec::new(),
            weights: Vec::new(),
        }
    }

    /// `lists` lists from `(list, event)` in any order. Events of the same second keep the order
    /// in which they were given.
    ///
    /// # Errors
    /// [`FitError::Input`] names the first event outside the shape or with a weight that is not
    /// finite.
    pub fn from_events(
        lists: usize,
        item_count: usize,
        events: &[(u32, Event)],
    ) -> Result<Self, FitError> {
        let mut grouped: Vec<Vec<Event>> = vec![Vec::new(); lists];
        for (index, &(list, event)) in events.iter().enumerate() {
            let Some(group) = grouped.get_mut(list as usize) else {
                return Err(FitError::Input(format!("event {index} is of list {list} of {lists}")));
            };
            group.push(event);
        }
        let mut made = Self::new(item_count);
        for group in &mut grouped {
            made.push(group)?;
        }
        Ok(made)
    }

    /// Appends one list; `events` is sorted by time in place (stable).
    ///
    /// # Errors
    /// [`FitError::Input`] for an item outside `0 .. item_count` or a weight that is not finite;
    /// the list is then not appended.
    pub fn push(&mut self, events: &mut [Event]) -> Result<(), FitError> {
        let bad = events
            .iter()
            .find(|event| event.item as usize >= self.items_count || !event.weight.is_finite());
        if let Some(event) = bad {
            return Err(FitError::Input(format!(
                "list {} holds item {} with weight {}, want item < {} and a finite weight",
                self.len(),
                event.item,
                event.weight,
                self.items_count
            )));
        }
        events.sort_by_key(|event| event.at_s);
        self.items.extend(events.iter().map(|event| event.item));
        self.at_s.extend(events.iter().map(|event| event.at_s));
        self.weights.extend(events.iter().map(|event| event.weight));
        self.starts.push(self.items.len());
        Ok(())
    }

    /// Number of lists.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no list.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of items that may occur; every `item` is below it.
    pub fn item_count(&self) -> usize {
        self.items_count
    }

    /// Number of events in all lists.
    pub fn event_count(&self) -> usize {
        self.items.len()
    }

    /// List `index`. Panics when `index >= len`, as slices do.
    pub fn list(&self, index: usize) -> Sequence<'_> {
        let range = self.starts[index]..self.starts[index + 1];
        Sequence {
            items: &self.items[range.clone()],
            at_s: &self.at_s[range.clone()],
            weights: &self.weights[range],
        }
    }

    /// All lists in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Sequence<'_>> {
        (0..self.len()).map(|index| self.list(index))
    }

    /// The lists with the last `held_out` events of each cut off. A list that is not longer than
    /// `held_out` stays whole.
    #[must_use]
    pub fn without_last(&self, held_out: usize) -> Self {
        let mut made = Self::new(self.items_count);
        for list in self.iter() {
            let kept = if list.len() > held_out { list.first(list.len() - held_out) } else { list };
            made.items.extend_from_slice(kept.items);
            made.at_s.extend_from_slice(kept.at_s);
            made.weights.extend_from_slice(kept.weights);
            made.starts.push(made.items.len());
        }
        made
    }

    /// Lists × items with the weights of repeated items summed; order and time are lost.
    pub fn to_csr(&self) -> Csr {
        let rows = self.iter().map(|list| {
            list.items.iter().copied().zip(list.weights.iter().copied()).collect::<Vec<_>>()
        });
        Csr::from_row_iter(self.items_count, rows)
    }
}
