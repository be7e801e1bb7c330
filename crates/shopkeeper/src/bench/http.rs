//! How is the server asked? One kept-alive connection, one request at a time, no allocation once
//! warm.
//!
//! Blocking on purpose: a thread of its own for each connection wakes within some 60 µs of its time,
//! where timers of an async runtime are a millisecond coarse, and that would be measured as well.

use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longest wait for an answer; far above every limit of the server's own.
const PATIENCE: Duration = Duration::from_secs(30);
/// An answer beyond this many bytes is a mistake.
const ANSWER_MAX: usize = 64 << 20;

/// A connection that is opened when first needed, and anew after a failure.
#[derive(Debug)]
pub(crate) struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reply<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, stream: None, buffer: Vec::new() }
    }

    /// Sends a whole request as [`get`] or [`post`] made it, and reads the whole answer.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Result<Reply<'_>> {
        let Self { address, stream, buffer } = self;
        // Taken out, so that a failure below closes the connection.
        let mut open = match stream.take() {
            Some(open) => open,
            None => connect(*address)?,
        };
        open.write_all(request).context("sending a request")?;
        buffer.clear();
        let head = read_head(&mut open, buffer)?;
        let end = head.body_from + head.body_bytes;
        while buffer.len() < end {
            read_more(&mut open, buffer)?;
        }
        if buffer.len() > end {
            bail!("{} bytes more than the answer's length", buffer.len() - end);
        }
        if !head.closes {
            *stream = Some(open);
        }
        Ok(Reply { status: head.status, body: &buffer[head.body_from..end] })
    }

    /// Asks, and refuses every answer but 200.
    pub(crate) fn ask_ok(&mut self, request: &[u8]) -> Result<&[u8]> {
        let Reply { status, body } = self.ask(request)?;
        if status != 200 {
            let shown = String::from_utf8_lossy(&body[..body.len().min(400)]).into_owned();
            bail!("status {status}: {shown}");
        }
        Ok(body)
    }
}

/// A GET request; `target` is a path with its query, already escaped.
pub(crate) fn get(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: shop\r\n\r\n").into_bytes()
}

/// A POST request of JSON.
pub(crate) fn post(target: &str, body: &str) -> Vec<u8> {
    let bytes = body.len();
    format!(
        "POST {target} HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n\
         Content-Length: {bytes}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn connect(address: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect(address).with_context(|| format!("connecting to {address}"))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

struct Head {
    status: u16,
    body_from: usize,
    body_bytes: usize,
    closes: bool,
}

fn read_head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<Head> {
    loop {
        read_more(stream, buffer)?;
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = std::str::from_utf8(&buffer[..end]).context("a head that is not text")?;
            return parse_head(text, end + 4);
        }
    }
}

fn read_more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<()> {
    let old = buffer.len();
    if old > ANSWER_MAX {
        bail!("an answer of more than {ANSWER_MAX} bytes");
    }
    buffer.resize(old + (16 << 10), 0);
    let read = stream.read(&mut buffer[old..]).context("reading an answer")?;
    buffer.truncate(old + read);
    if read == 0 {
        bail!("the server closed the connection after {old} bytes of an answer");
    }
    Ok(())
}

fn parse_head(text: &str, body_from: usize) -> Result<Head> {
    let mut lines = text.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let Some(status) = status else { bail!("{first:?} is no status line") };
    let (mut body_bytes, mut closes) = (None, false);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            body_bytes = value.parse().ok();
        } else if name.eq_ignore_ascii_case("connection") {
            closes = value.eq_ignore_ascii_case("close");
        }
    }
    let Some(body_bytes) = body_bytes else { bail!("an answer without a length: {text:?}") };
    Ok(Head { status, body_from, body_bytes, closes })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread::JoinHandle;

    /// Answers each request on each connection with what `answer` makes of its text, until all
    /// connections are closed.
    pub(crate) fn responder(
        connections: usize,
        answer: impl Fn(&str) -> String + Clone + Send + 'static,
    ) -> (SocketAddr, JoinHandle<usize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let serve = move |mut stream: TcpStream| {
            let (mut bytes, mut answered) = ([0; 4096], 0);
            loop {
                let read = stream.read(&mut bytes).unwrap_or(0);
                if read == 0 {
                    return answered;
                }
                answered += 1;
                let text = answer(std::str::from_utf8(&bytes[..read]).unwrap());
                // In two parts, as a slow network would bring it.
                let (first, second) = text.split_at(text.len() / 2);
                stream.write_all(first.as_bytes()).unwrap();
                stream.write_all(second.as_bytes()).unwrap();
            }
        };
        let accept = move || {
            let streams = listener.incoming().take(connections).map(Result::unwrap);
            let threads: Vec<_> = streams
                .map(|stream| {
                    let serve = serve.clone();
                    std::thread::spawn(move || serve(stream))
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        };
        (address, std::thread::spawn(accept))
    }

    fn ok(body: &str) -> String {
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn one_connection_serves_many_requests() {
        let (address, server) = responder(1, |request| ok(&format!("<{}>", request.len())));
        let mut connection = Connection::new(address);
        for bytes in [0usize, 1, 1_000] {
            let request = post("/v1/events", &"x".repeat(bytes));
            let wanted = format!("<{}>", request.len());
            assert_eq!(connection.ask_ok(&request).unwrap(), wanted.as_bytes());
        }
        drop(connection);
        assert_eq!(server.join().unwrap(), 3);
    }

    #[test]
    fn a_refusal_is_told_with_its_text_and_a_close_is_obeyed() {
        let body = r#"{"code":"route_unknown"}"#;
        let (address, server) = responder(2, move |_| {
            let bytes = body.len();
            format!(
                "HTTP/1.1 404 Not Found\r\nContent-Length: {bytes}\r\nConnection: close\r\n\r\n{body}"
            )
        });
        let mut connection = Connection::new(address);
        for _ in 0..2 {
            let error = connection.ask_ok(&get("/nowhere")).unwrap_err().to_string();
            assert_eq!(error, format!("status 404: {body}"));
        }
        drop(connection);
        assert_eq!(server.join().unwrap(), 2);
    }

    #[test]
    fn an_answer_without_a_length_is_a_failure() {
        let (address, server) = responder(1, |_| "HTTP/1.1 200 OK\r\n\r\nendless".into());
        let mut connection = Connection::new(address);
        assert!(connection.ask(&get("/")).unwrap_err().to_string().contains("without a length"));
        drop(connection);
        server.join().unwrap();
    }
}
