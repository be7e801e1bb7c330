//! How does a shop's traffic come? Open loop: at its own times, whether or not the server keeps up.
//!
//! Arrivals are a Poisson process drawn before the run. Each lane (a thread with a connection of its
//! own) takes the next arrival, sleeps until it is due, and asks. An arrival that finds every lane
//! busy is asked late, and its latency counts from when it was due, so that a stall of the server is
//! felt by everyone who would have come meanwhile (no coordinated omission).

use super::histogram::Histogram;
use anyhow::Result;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A backlog is cut off when the run has taken twice its time and this besides.
const GRACE: Duration = Duration::from_secs(10);

/// When arrivals come, and how many may be under way at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Arrivals each second, on average.
    pub(crate) rate_per_s: f64,
    /// How long arrivals come before they count.
    pub(crate) warm_up: Duration,
    /// How long arrivals come and count.
    pub(crate) span: Duration,
    /// Most requests under way at once.
    pub(crate) lanes: usize,
    /// The same seed gives the same arrivals.
    pub(crate) seed: u64,
}

/// What came of one arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// As it should be.
    Whole,
    /// A lesser answer, marked so.
    Degraded,
}

/// What came of all.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// From when it was due to when it was answered.
    pub(crate) latency: Histogram,
    /// From when it was sent to when it was answered.
    pub(crate) service: Histogram,
    /// Asked in all, the warm-up included.
    pub(crate) asked: u64,
    pub(crate) degraded: u64,
    pub(crate) failed: u64,
    /// Due but never asked, because the backlog was cut off.
    pub(crate) left: u64,
    /// The first failure, in words.
    pub(crate) first_failure: Option<String>,
}

impl Plan {
    /// The times at which arrivals are due, counted from the start.
    pub(crate) fn arrivals(&self) -> Vec<Duration> {
        let mut dice = Pcg64Mcg::seed_from_u64(self.seed);
        let end_s = (self.warm_up + self.span).as_secs_f64();
        let mut at_s = 0.0;
        let mut gaps = std::iter::repeat_with(move || -(1.0 - dice.random::<f64>()).ln());
        let next = || {
            at_s += gaps.next()? / self.rate_per_s;
            (at_s < end_s).then(|| Duration::from_secs_f64(at_s))
        };
        std::iter::from_fn(next).collect()
    }

    /// The number of the first arrival that counts.
    pub(crate) fn counted_from(&self) -> usize {
        self.arrivals().partition_point(|due| *due < self.warm_up)
    }

    /// Runs `work` for each arrival: it is given its lane's own state and the arrival's number.
    /// Returns the lanes' states too, when all are done or the backlog is cut off.
    pub(crate) fn run<S: Send>(
        &self,
        lane: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, usize) -> Result<Came> + Sync,
    ) -> (Outcome, Vec<S>) {
        let arrivals = self.arrivals();
        let next = AtomicUsize::new(0);
        let start = Instant::now() + Duration::from_millis(20); // until every lane has started
        let cut_off = start + (self.warm_up + self.span) * 2 + GRACE;
        let run_lane = || {
            let (mut state, mut outcome) = (lane(), Outcome::default());
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(due_after) = arrivals.get(number) else { return (outcome, state) };
                let due = start + *due_after;
                let counts = *due_after >= self.warm_up;
                if Instant::now() > cut_off {
                    outcome.left += u64::from(counts);
                    continue;
                }
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let sent = Instant::now();
                let came = work(&mut state, number);
                outcome.asked += 1;
                if counts {
                    outcome.take(&came, due.elapsed(), sent.elapsed());
                }
            }
        };
        std::thread::scope(|scope| {
            let lanes: Vec<_> = (0..self.lanes).map(|_| scope.spawn(run_lane)).collect();
            let mut all = Outcome::default();
            // A lane that panicked is a defect of the bench: its arrivals are missed, and shown.
            let ended = lanes.into_iter().filter_map(|lane| lane.join().ok());
            let states = ended.map(|(outcome, state)| {
                all.merge(outcome);
                state
            });
            let states = states.collect();
            (all, states)
        })
    }
}

impl Outcome {
    fn take(&mut self, came: &Result<Came>, latency: Duration, service: Duration) {
        match came {
            Ok(came) => self.degraded += u64::from(*came == Came::Degraded),
            Err(error) => {
                self.failed += 1;
                self.first_failure.get_or_insert_with(|| format!("{error:#}"));
            }
        }
        // A failure takes as long as it took: leaving it out would flatter.
        self.latency.record(latency);
        self.service.record(service);
    }

    fn merge(&mut self, other: Self) {
        self.latency.merge(&other.latency);
        self.service.merge(&other.service);
        self.asked += other.asked;
        self.degraded += other.degraded;
        self.failed += other.failed;
        self.left += other.left;
        self.first_failure = self.first_failure.take().or(other.first_failure);
    }
}

#[cfg(test)]
mod tests {
    use super::super::http::{Connection, get, tests::responder};
    use super::*;

    fn plan(rate_per_s: f64, span_ms: u64, lanes: usize) -> Plan {
        let span = Duration::from_millis(span_ms);
        Plan { rate_per_s, warm_up: Duration::ZERO, span, lanes, seed: 3 }
    }

    #[test]
    fn arrivals_keep_their_rate_and_vary_like_chance() {
        let arrivals = plan(1_000.0, 20_000, 1).arrivals();
        assert!((arrivals.len() as f64 - 20_000.0).abs() < 600.0, "{}", arrivals.len());
        assert!(arrivals.windows(2).all(|pair| pair[0] <= pair[1]));
        // Counts in windows of 100 ms vary as much as their mean (100) says.
        let mut counts = vec![0.0; 200];
        arrivals.iter().for_each(|at| counts[at.as_millis() as usize / 100] += 1.0);
        let variance = counts.iter().map(|n: &f64| (n - 100.0).powi(2)).sum::<f64>() / 200.0;
        assert!((60.0..150.0).contains(&variance), "{variance}");
        assert_eq!(arrivals, plan(1_000.0, 20_000, 1).arrivals());
    }

    #[test]
    fn each_arrival_is_asked_once_over_kept_alive_connections() {
        let answer = |_: &str| "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_owned();
        let (address, server) = responder(3, answer);
        let plan = plan(1_000.0, 200, 3);
        let lane = || {
            let mut connection = Connection::new(address);
            connection.ask_ok(&get("/first")).unwrap(); // every lane is met by the responder
            connection
        };
        let ask = |connection: &mut Connection, _| {
            connection.ask_ok(&get("/"))?;
            Ok(Came::Whole)
        };
        let (outcome, lanes) = plan.run(lane, ask);
        drop(lanes);
        let asked = plan.arrivals().len();
        assert_eq!(outcome.latency.count(), asked as u64);
        assert_eq!((outcome.failed, outcome.left, outcome.degraded), (0, 0, 0));
        assert_eq!(outcome.asked, asked as u64);
        assert_eq!(server.join().unwrap(), asked + 3);
    }

    /// One lane, and work that takes 20 ms at 100 arrivals a second: half of the arrivals wait for
    /// the lane, and the wait is in the latency although no single request took long.
    #[test]
    fn waiting_for_a_slow_server_counts() {
        let slow = |(): &mut (), _| {
            std::thread::sleep(Duration::from_millis(20));
            Ok(Came::Degraded)
        };
        let (outcome, _) = plan(100.0, 400, 1).run(|| (), slow);
        assert_eq!(outcome.degraded, outcome.latency.count());
        assert!(outcome.latency.longest_ms() > 100.0, "{}", outcome.latency.longest_ms());
        assert!(outcome.latency.quantile_ms(0.5) > 2.0 * outcome.service.quantile_ms(0.5));
    }

    #[test]
    fn failures_are_counted_and_the_first_is_told() {
        let fail = |(): &mut (), number| anyhow::bail!("number {number}");
        let (outcome, _) = plan(1_000.0, 50, 1).run(|| (), fail);
        assert_eq!(outcome.failed, outcome.latency.count());
        assert_eq!(outcome.first_failure.as_deref(), Some("number 0"));
    }
}
