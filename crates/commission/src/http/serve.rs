//! The socket: connections, heads of requests and the end of the program, each within a limit.

use crate::limits::{CONNECTIONS_MAX, HEADER_BYTES_MAX, STOP_TIME_MAX};
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Serves until `stop`, then lets open requests end. A client that does not send a whole head within `header_time` is
/// cut off: who sends a byte a minute must not keep others out.
///
/// # Errors
/// When the listener itself fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    header_time: Duration,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(header_time).max_buf_size(HEADER_BYTES_MAX);
    let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut stop = std::pin::pin!(stop);
    loop {
        // The semaphore is never closed.
        let Ok(permit) = Arc::clone(&connections).acquire_owned().await else { break };
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) if is_the_clients(&error) => continue,
                Err(error) => return Err(error),
            },
            () = &mut stop => break,
        };
        let connection = protocol.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router.clone()));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(permit);
        });
    }
    let all = u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX);
    drop(tokio::time::timeout(STOP_TIME_MAX, connections.acquire_many(all)).await);
    Ok(())
}

/// Faults of one client, which must not end the service.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    async fn started()
    -> (std::net::SocketAddr, tokio::sync::oneshot::Sender<()>, tokio::task::JoinHandle<io::Result<()>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, told) = tokio::sync::oneshot::channel();
        let router = Router::new().route("/", get(|| async { "here" }));
        let stop = async move { drop(told.await) };
        (address, tell, tokio::spawn(serve(listener, router, Duration::from_millis(50), stop)))
    }

    #[tokio::test]
    async fn a_whole_request_is_answered_and_half_a_head_is_cut_off() {
        let (address, tell, server) = started().await;
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nHost: a").await.unwrap();
        let mut quick = TcpStream::connect(address).await.unwrap();
        quick.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        quick.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("here"), "{answer}");
        let mut nothing = Vec::new();
        // Ends only when the other side closes.
        let _ = slow.read_to_end(&mut nothing).await;
        assert!(!String::from_utf8_lossy(&nothing).contains("here"));
        tell.send(()).unwrap();
        server.await.unwrap().unwrap();
    }
}
