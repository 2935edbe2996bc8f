//! A server on loopback that does what a test tells it, right or wrong.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

pub(crate) const TAXII: &str = "application/taxii+json;version=2.1";

/// What a client sent.
pub(crate) struct Request {
    pub(crate) method: String,
    /// Without its query.
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// How many came before.
    pub(crate) number: u64,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// What a server does.
pub(crate) enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// The first so many bytes of an answer, then nothing and the end.
    Cut(Box<Reply>, usize),
    /// Nothing, and the end.
    Silence,
}

impl Reply {
    pub(crate) fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Answer { status, headers: vec![("content-type", TAXII.to_owned())], body: body.into() }
    }

    pub(crate) fn with(self, name: &'static str, value: impl ToString) -> Self {
        match self {
            Self::Answer { status, mut headers, body } => {
                headers.retain(|(own, _)| *own != name);
                headers.push((name, value.to_string()));
                Self::Answer { status, headers, body }
            }
            other => other,
        }
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        match self {
            Self::Answer { status, headers, body } => {
                let mut bytes = format!("HTTP/1.1 {status} Said\r\nconnection: close\r\n").into_bytes();
                if !headers.iter().any(|(name, _)| *name == "content-length") {
                    bytes.extend(format!("content-length: {}\r\n", body.len()).bytes());
                }
                for (name, value) in headers {
                    bytes.extend(format!("{name}: {value}\r\n").bytes());
                }
                bytes.extend_from_slice(b"\r\n");
                bytes.extend(body);
                bytes
            }
            Self::Cut(whole, most) => {
                let mut bytes = whole.bytes();
                bytes.truncate(most);
                bytes
            }
            Self::Silence => Vec::new(),
        }
    }
}

/// A server; it lives as long as the process.
#[derive(Clone)]
pub(crate) struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn new(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self { port: listener.local_addr().unwrap().port(), asked: Arc::default() };
        let (handler, asked, number) = (Arc::new(handler), Arc::clone(&server.asked), Arc::new(AtomicU64::new(0)));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (handler, asked, number) = (Arc::clone(&handler), Arc::clone(&asked), Arc::clone(&number));
                std::thread::spawn(move || {
                    let Ok(mut stream) = stream else { return };
                    let Some(mut request) = read(&stream) else { return };
                    request.number = number.fetch_add(1, Ordering::SeqCst);
                    let query: Vec<_> = request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
                    asked.lock().unwrap().push(format!("{} {}?{}", request.method, request.path, query.join("&")));
                    stream.write_all(&handler(&request).bytes()).ok();
                });
            }
        });
        server
    }

    pub(crate) fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// What was asked so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

pub(crate) fn read(stream: impl Read) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let url = url::Url::parse("http://127.0.0.1/").unwrap().join(&target).unwrap();
    let query = url.query_pairs().into_owned().collect();
    Some(Request { method, path: url.path().to_owned(), query, headers, body, number: 0 })
}
