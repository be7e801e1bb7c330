//! How is the product run as its users run it? As processes of their own, watched from outside.

use super::http::{Connection, get};
use super::machine::{field, kib_mb};
use crate::settings::ConfigArgs;
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Clock ticks of `/proc` each second: 100 on every Linux that we run on.
const TICKS_PER_S: f64 = 100.0;
/// How often a process that runs to its end is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// Longest wait for a first answer and for an end.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a process holds of the machine's memory, in MiB; NaN where it is not told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    pub(crate) resident_mb: f64,
    /// The most that it ever held.
    pub(crate) peak_mb: f64,
    /// What of it is its own, and not a file's that the system may drop.
    pub(crate) own_mb: f64,
}

/// The product as it is run: which program, on which configuration and data.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    program: PathBuf,
    config: Option<PathBuf>,
    pub(crate) dir: PathBuf,
}

impl Served {
    /// `program`, or this very one, with the caller's configuration on `dir`.
    pub(crate) fn new(program: Option<&Path>, config: &ConfigArgs, dir: PathBuf) -> Result<Self> {
        let program = match program {
            Some(program) => program.to_owned(),
            None => std::env::current_exe().context("finding this program")?,
        };
        Ok(Self { program, config: config.config.clone(), dir })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--dir").arg(&self.dir).stdin(Stdio::null());
        if let Some(path) = &self.config {
            command.arg("--config").arg(path);
        }
        command
    }

    /// Starts serving on a free port; the server's log goes to `bench-serve.log` beside the data.
    pub(crate) fn serve(&self) -> Result<Server> {
        let free =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("looking for a free port")?;
        let address = free.local_addr()?;
        drop(free);
        let log = self.dir.join("bench-serve.log");
        let log = File::create(&log).with_context(|| format!("writing {}", log.display()))?;
        let mut command = self.command();
        command.args(["serve", "--open", "--listen", &address.to_string()]);
        let started = Instant::now();
        let child =
            command.stdout(Stdio::null()).stderr(log).spawn().context("starting to serve")?;
        Ok(Server { child, address, started })
    }

    /// Runs one command to its end, its output going to standard error; says how long it took and
    /// the most memory it held, in MiB.
    pub(crate) fn run(&self, args: &[&str]) -> Result<(Duration, f64)> {
        let started = Instant::now();
        let child = self.command().args(args).stdout(std::io::stderr()).spawn();
        let mut child = child.with_context(|| format!("starting {args:?}"))?;
        let mut peak_mb = f64::NAN;
        loop {
            let now_mb = memory(child.id()).peak_mb;
            if now_mb.is_finite() {
                peak_mb = now_mb;
            }
            if let Some(status) = child.try_wait()? {
                if !status.success() {
                    bail!("{args:?} ended with {status}");
                }
                return Ok((started.elapsed(), peak_mb));
            }
            std::thread::sleep(LOOK);
        }
    }
}

/// A running `shopkeeper serve`. It is killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    started: Instant,
}

impl Server {
    /// Asks until it answers `target`, and says how long after its start that was.
    pub(crate) fn first_answer(&mut self, target: &str) -> Result<Duration> {
        let mut connection = Connection::new(self.address);
        let request = get(target);
        loop {
            match connection.ask_ok(&request) {
                Ok(_) => return Ok(self.started.elapsed()),
                Err(error) if self.started.elapsed() > PATIENCE => {
                    return Err(error.context("waiting for the first answer"));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(2)),
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status} before it answered; see its log");
            }
        }
    }

    pub(crate) fn memory(&self) -> Memory {
        memory(self.child.id())
    }

    /// The processor time that it has used, in seconds; NaN where it is not told.
    pub(crate) fn cpu_s(&self) -> f64 {
        let path = format!("/proc/{}/stat", self.child.id());
        let text = std::fs::read_to_string(path).unwrap_or_default();
        // The fields after the name, which stands in parentheses and may hold anything.
        let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
        let ticks: Vec<f64> = fields.skip(11).take(2).filter_map(|f| f.parse().ok()).collect();
        if ticks.len() == 2 { (ticks[0] + ticks[1]) / TICKS_PER_S } else { f64::NAN }
    }

    /// Tells it to go down (SIGTERM) and says how long that took.
    pub(crate) fn stop(mut self) -> Result<Duration> {
        let asked = Instant::now();
        let kill = format!("kill -TERM {}", self.child.id());
        let told = Command::new("sh").args(["-c", &kill]).status().context("sending SIGTERM")?;
        if !told.success() {
            bail!("{kill} failed: {told}");
        }
        while self.child.try_wait()?.is_none() {
            if asked.elapsed() > PATIENCE {
                bail!("the server did not end within {} s of SIGTERM", PATIENCE.as_secs());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(asked.elapsed())
    }

    /// Kills it as a power cut would (SIGKILL).
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill().context("killing the server")?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn memory(pid: u32) -> Memory {
    let path = format!("/proc/{pid}/status");
    let mb = |name| field(&path, name).and_then(|text| kib_mb(&text)).unwrap_or(f64::NAN);
    Memory { resident_mb: mb("VmRSS"), peak_mb: mb("VmHWM"), own_mb: mb("RssAnon") }
}
