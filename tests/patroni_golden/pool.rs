//! A REST like Patroni's since 4.1.1: five threads, each taken by one connection from accept to close, whatever the client does.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

const THREADS: usize = 5;
/// A condition that has not come about by then does not come about.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the server has seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Requests read and not yet answered, now and at most.
    pub(crate) in_flight: usize,
    pub(crate) most_in_flight: usize,
    /// Connections accepted and not yet closed by the client.
    pub(crate) open: usize,
    pub(crate) paths: Vec<String>,
    /// Threads that wait for the store.
    pub(crate) held: usize,
    /// Bodies that are answered instead of those it was started with.
    pub(crate) instead: Vec<(&'static str, Vec<u8>)>,
    /// While set, whatever reads the store hangs.
    pub(crate) store_down: bool,
}

impl Seen {
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.paths.iter().filter(|asked| asked.as_str() == path).count()
    }
}

/// The server; its threads live as long as the test process.
#[derive(Clone)]
pub(crate) struct Pool {
    pub(crate) address: SocketAddr,
    seen: Arc<(Mutex<Seen>, Condvar)>,
}

impl Pool {
    /// Answers each path with the body of `bodies`; others with 404.
    pub(crate) fn start(bodies: Vec<(&'static str, Vec<u8>)>) -> Pool {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let pool = Pool { address: listener.local_addr().expect("address"), seen: Arc::default() };
        let shared = Arc::new((listener, bodies));
        for _thread in 0..THREADS {
            let (pool, shared) = (pool.clone(), Arc::clone(&shared));
            let _detached = std::thread::spawn(move || {
                while let Ok((stream, _)) = shared.0.accept() {
                    pool.serve(stream, &shared.1);
                }
            });
        }
        pool
    }

    pub(crate) fn look<T>(&self, at: impl FnOnce(&Seen) -> T) -> T {
        at(&self.seen.0.lock().expect("lock"))
    }

    pub(crate) fn change(&self, how: impl FnOnce(&mut Seen)) {
        how(&mut self.seen.0.lock().expect("lock"));
        self.seen.1.notify_all();
    }

    /// Waits until `condition` holds.
    pub(crate) fn until(&self, what: &str, condition: impl Fn(&Seen) -> bool) {
        let guard = self.seen.0.lock().expect("lock");
        let (guard, timeout) = self.seen.1.wait_timeout_while(guard, PATIENCE, |seen| !condition(seen)).expect("lock");
        assert!(!timeout.timed_out(), "never {what}: {guard:?}");
    }

    fn serve(&self, mut stream: TcpStream, bodies: &[(&'static str, Vec<u8>)]) {
        self.change(|seen| seen.open += 1);
        if let Some(path) = request(&mut stream) {
            self.change(|seen| {
                seen.in_flight += 1;
                seen.most_in_flight = seen.most_in_flight.max(seen.in_flight);
                seen.paths.push(path.clone());
            });
            let reads_store = matches!(path.as_str(), "/cluster" | "/config" | "/history");
            if reads_store && self.look(|seen| seen.store_down) {
                self.hold(&mut stream);
                return;
            }
            let instead = self.look(|seen| seen.instead.iter().find(|(known, _)| *known == path).cloned());
            let found = instead.as_ref().or_else(|| bodies.iter().find(|(known, _)| *known == path));
            let (status, body) = found.map_or(("404 Not Found", &[][..]), |(_, body)| ("200 OK", body.as_slice()));
            // keep-alive is offered, so that a client that would keep its connection does
            let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
            let _sent = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
            self.change(|seen| seen.in_flight -= 1);
        }
        // the thread stays taken until the client closes
        let mut rest = [0; 256];
        while matches!(stream.read(&mut rest), Ok(read) if read > 0) {}
        self.change(|seen| seen.open -= 1);
    }

    /// A thread that waits for the store does not notice that its client has gone.
    fn hold(&self, stream: &mut TcpStream) {
        self.change(|seen| seen.held += 1);
        let mut rest = [0; 256];
        while matches!(stream.read(&mut rest), Ok(read) if read > 0) {}
        self.change(|seen| {
            seen.open -= 1;
            seen.in_flight -= 1;
        });
        let guard = self.seen.0.lock().expect("lock");
        let mut guard = self.seen.1.wait_while(guard, |seen| seen.store_down).expect("lock");
        guard.held -= 1;
        drop(guard);
        self.seen.1.notify_all();
    }
}

/// The path of the request, once its head is whole; `None` when the client closes first.
fn request(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0; 1];
    while !head.ends_with(b"\r\n\r\n") {
        if !matches!(stream.read(&mut byte), Ok(1)) {
            return None;
        }
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).split(' ').nth(1).map(str::to_owned)
}
