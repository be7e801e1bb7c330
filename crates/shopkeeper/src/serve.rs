//! Answer over HTTP until told to stop.

use crate::settings::{ConfigArgs, Settings};
use anyhow::{Context, Result};
use app::App;
use server::Server;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;

/// Answer over HTTP
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  shopkeeper serve
  shopkeeper serve --dir data --listen 127.0.0.1:9000
  shopkeeper serve --open          # no keys; loopback addresses only

Logs go to standard error; RUST_LOG sets how much (info), --log-json makes them JSON lines.
The API is described at /openapi.json.")]
pub(crate) struct ServeArgs {
    /// Address and port; overrides [server] listen
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Let every program on this machine in without a key
    #[arg(long)]
    open: bool,
    /// Logs as JSON lines
    #[arg(long)]
    log_json: bool,
}

impl ServeArgs {
    pub(crate) fn run(&self, config: &ConfigArgs) -> Result<()> {
        log(self.log_json);
        let mut settings = config.settings()?;
        settings.server.open |= self.open;
        settings.server.listen = self.listen.unwrap_or(settings.server.listen);
        let app = App::open(settings.app.clone())?;
        serve(&app, &settings, |address| {
            tracing::info!(%address, "answering; stop with Ctrl-C");
        })
    }
}

/// Structured logs on standard error.
pub(crate) fn log(json: bool) {
    // `rmcp` tells of each message, and warns of what a client got wrong: our log has each request.
    let default = |_| EnvFilter::new("info,rmcp=error");
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(default);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // A second call, from a test, keeps the first one's settings.
    let _ = if json { builder.json().try_init() } else { builder.try_init() };
}

/// Serves until Ctrl-C or SIGTERM, then drains and puts everything on disk.
pub(crate) fn serve(
    app: &Arc<App>,
    settings: &Settings,
    ready: impl FnOnce(SocketAddr),
) -> Result<()> {
    app.start_clock()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting threads")?;
    runtime.block_on(async {
        let shop: Arc<dyn server::Shop> = Arc::clone(app) as _;
        let server = Server::bind(settings.server.clone(), shop).await?;
        ready(server.address());
        server.run(told_to_stop()).await.map_err(|problem| anyhow::anyhow!("{}", problem.detail))
    })
}

async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return drop(tokio::signal::ctrl_c().await);
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
