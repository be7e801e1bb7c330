//! Columns that models make: what goes with what the customer has.

use super::{
    super::super::{Rating, cells_by, facts::GENRES},
    Scores, View,
};
use learn::{
    error::FitError,
    models::{
        ease::{EaseOptions, Gram, Nearness},
        ials::{Ials, IalsOptions},
    },
    progress::Progress,
    sequences::{Event, Sequences},
    sparse::{Csr, Row},
};

/// How much a rating says in EASE: 1 at 3.5 stars, .2 more or less for each star.
fn star_weight(rating: &Rating) -> f32 {
    1.0 + 0.2 * (rating.stars - 3.5)
}

/// For every rating of one customer, in order of time, the number of its page from 0: what was
/// rated within a second of the one before was rated on one page of a form.
pub(super) fn pages(own: &[Rating]) -> impl Iterator<Item = i64> {
    let mut page = 0;
    own.iter().enumerate().map(move |(slot, rating)| {
        if slot > 0 && rating.at_s - own[slot - 1].at_s > 1 {
            page += 1;
        }
        page
    })
}

/// EASE on pairs weighed by stars and by the pages between them, with the genres as ten more
/// histories: √10 for each item of a genre, over the root of how many genres it has.
pub(super) fn ease_by_stars_pages_genres(view: &View<'_>) -> Result<Option<Scores>, FitError> {
    let train = &view.known.train;
    let mut events = Vec::with_capacity(view.known.list.len());
    for own in view.known.list.chunk_by(|a, b| a.customer == b.customer) {
        for (rating, page) in own.iter().zip(pages(own)) {
            let weight = star_weight(rating);
            events.push((rating.customer, Event { item: rating.item, at_s: page, weight }));
        }
    }
    let lists = Sequences::from_events(train.rows(), train.cols(), &events)?;
    let mut gram = Gram::near_in_time(&lists, Nearness { near_s: 3.0, far: 0.3 });
    for row in genre_rows(view)?.iter() {
        gram.replace(Row { columns: &[], values: &[] }, row);
    }
    let model = gram.solve(EaseOptions { ridge: 130.0, dropout: 0.3 }, Progress::SILENT)?;
    let weighed = cells_by((train.rows(), train.cols()), &view.known.list, star_weight)?;
    Ok(Some(view.fill(|customer, out| {
        model.score_into(&weighed.row(customer).iter().collect::<Vec<_>>(), out);
    })))
}

/// Genres × items; without rows when genres are not known.
fn genre_rows(view: &View<'_>) -> Result<Csr, FitError> {
    let mut rows = vec![Vec::new(); GENRES];
    for (item, facts) in view.facts.items.iter().flatten().enumerate() {
        let value = (10.0 / facts.genres.len() as f32).sqrt();
        facts.genres.iter().for_each(|genre| rows[*genre].push((item as u32, value)));
    }
    Csr::from_rows(view.known.train.cols(), rows)
}

/// iALS on the weights in `cells`; `which` parts its seed from the others'.
pub(super) fn ials(
    view: &View<'_>,
    factors: usize,
    unseen_weight: f32,
    ridge: f32,
    which: u64,
    cells: &Csr,
) -> Result<Option<Scores>, FitError> {
    let options = IalsOptions {
        factors,
        sweeps: 10,
        unseen_weight,
        ridge,
        ridge_power: 1.0,
        seed: view.seed + 4000 + which,
    };
    let model = Ials::fit(cells, options, Progress::SILENT)?;
    Ok(Some(view.fill(|customer, out| {
        model.score_into(model.customer(customer as u32), out);
    })))
}

/// The same with five stars weighing nearly twice what one does.
pub(super) fn ials_by_stars(view: &View<'_>) -> Result<Option<Scores>, FitError> {
    let shape = (view.known.train.rows(), view.known.train.cols());
    let weighed = cells_by(shape, &view.known.list, |r| 0.55 + 0.45 * r.stars / 3.5)?;
    ials(view, 100, 0.2, 0.02, 3, &weighed)
}

/// Sum of the cosines to the `many` closest items that the customer has.
pub(super) fn closest(view: &View<'_>, many: usize) -> Result<Option<Scores>, FitError> {
    let items = view.known.train.cols();
    Ok(Some(view.fill(|customer, out| {
        let mut best = vec![vec![0_f32; items]; many];
        for &own in view.known.train.row(customer).columns {
            let row = &view.cosines[own as usize * items..(own as usize + 1) * items];
            for (item, &cosine) in row.iter().enumerate() {
                let mut rest = cosine;
                for place in &mut best {
                    let kept = place[item];
                    place[item] = kept.max(rest);
                    rest = rest.min(kept);
                }
            }
        }
        for place in &best {
            out.iter_mut().zip(place).for_each(|(sum, cosine)| *sum += cosine);
        }
    })))
}

/// How many stars the customer gave to what is alike, beyond what the items and the customer
/// usually get and give: a mean weighed by cosine, drawn towards 0.
pub(super) fn stars(view: &View<'_>) -> Result<Option<Scores>, FitError> {
    let (list, items) = (&view.known.list, view.known.train.cols());
    let mut means = vec![5.0 * 3.5_f32; items];
    list.iter().for_each(|rating| means[rating.item as usize] += rating.stars);
    means.iter_mut().zip(&view.counts).for_each(|(sum, count)| *sum /= count + 5.0);
    let mut habits = vec![0_f32; view.known.train.rows()];
    for rating in list {
        habits[rating.customer as usize] += rating.stars - means[rating.item as usize];
    }
    for (customer, sum) in habits.iter_mut().enumerate() {
        *sum /= view.known.train.row(customer).len() as f32 + 5.0;
    }
    let beyond = cells_by((habits.len(), items), list, |rating| {
        rating.stars - means[rating.item as usize] - habits[rating.customer as usize]
    })?;
    Ok(Some(view.fill(|customer, out| {
        let mut wholes = vec![0.3_f32; items];
        for (own, stars) in beyond.row(customer).iter() {
            let row = &view.cosines[own as usize * items..(own as usize + 1) * items];
            for ((sum, whole), cosine) in out.iter_mut().zip(&mut wholes).zip(row) {
                *sum += stars * cosine;
                *whole += cosine;
            }
        }
        out.iter_mut().zip(wholes).for_each(|(sum, whole)| *sum /= whole);
    })))
}
