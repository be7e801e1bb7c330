//! How are connections taken, and how does the server go down?

use crate::calls::Place;
use crate::door::{Door, Shared};
use crate::facade::Shop;
use crate::routes::router;
use crate::{Problem, ServerError, ServerOptions};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// After a refused `accept` (no file handles left), how long to wait before the next.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A server that listens already and answers as soon as it runs.
pub struct Server {
    door: Shared,
    listener: TcpListener,
    address: SocketAddr,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Server {
    /// Checks `options` and takes the address.
    ///
    /// # Errors
    /// [`ServerError`] names the option, the address or the limit of the system.
    pub async fn bind(options: ServerOptions, shop: Arc<dyn Shop>) -> Result<Self, ServerError> {
        let listen = options.listen;
        let door = Arc::new(Door::new(options, shop)?);
        let taken = |source| ServerError::Listen { address: listen, source };
        let listener = TcpListener::bind(listen).await.map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        door.webhooks.start().map_err(ServerError::Webhooks)?;
        Ok(Self { door, listener, address })
    }

    /// Where it listens; the port is the one taken when port 0 was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` ends. Then takes no more connections, lets running requests end (at
    /// most `drain_ms`), and puts everything on disk.
    ///
    /// # Errors
    /// What [`Shop::flush`] says.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), Problem> {
        let Self { door, listener, .. } = self;
        let service = router(&door);
        let graceful = GracefulShutdown::new();
        let places = Arc::new(Semaphore::new(door.options.connections_max));
        tokio::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = accept(&listener, &places) => accepted,
            };
            let Some((stream, place)) = accepted else { continue };
            let connection = connection(&door, stream, service.clone(), &graceful);
            let door = Arc::clone(&door);
            tokio::spawn(async move {
                let _counted = Place::taken(&door.metrics.connections);
                connection.await;
                drop(place);
            });
        }
        drop(listener);
        door.draining.store(true, Ordering::Relaxed);
        let drain = Duration::from_millis(door.options.drain_ms);
        if tokio::time::timeout(drain, graceful.shutdown()).await.is_err() {
            let left = door.metrics.in_flight.load(Ordering::Relaxed);
            tracing::warn!(left, "requests still ran when the server went down");
        }
        door.webhooks.stop();
        let shop = Arc::clone(&door.shop);
        let flushed = tokio::task::spawn_blocking(move || shop.flush()).await;
        flushed.unwrap_or_else(|error| Err(Problem::internal(&error)))
    }
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, place)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be taken");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

/// Serves one connection to its end, HTTP/1.1 or HTTP/2 as the client speaks.
fn connection(
    door: &Shared,
    stream: TcpStream,
    service: axum::Router,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + use<> {
    let header_timeout = Duration::from_millis(door.options.header_timeout_ms);
    let watcher = graceful.watcher();
    async move {
        // Answers are small and wanted now: do not wait to fill a packet.
        let _ = stream.set_nodelay(true);
        let mut builder = Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(header_timeout);
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(header_timeout);
        let service = TowerToHyperService::new(service);
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(%error, "a connection ended badly");
        }
    }
}
