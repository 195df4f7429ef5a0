//! What stands between a client and a server and writes down what the client asked: bytes go both ways as they come.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// It ends when it goes out of scope.
pub(crate) struct Tee {
    address: SocketAddr,
    /// What each client said, connection by connection.
    said: Arc<Mutex<Vec<Vec<u8>>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Tee {
    /// In front of `server`, an address.
    pub(crate) fn before(server: &str) -> Tee {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (said, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (all, stopped, server) = (Arc::clone(&said), Arc::clone(&stop), server.to_owned());
        let thread = std::thread::spawn(move || {
            for client in listener.incoming() {
                if stopped.load(Ordering::Acquire) {
                    return;
                }
                // a server that refuses is one whose connection ends at once
                if let (Ok(client), Ok(server)) = (client, TcpStream::connect(&server)) {
                    between(client, server, &all);
                }
            }
        });
        Tee { address, said, stop, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests of HTTP that change something: method and path.
    pub(crate) fn changes(&self) -> Vec<String> {
        let said = self.said.lock().unwrap();
        let lines = said.iter().flat_map(|bytes| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>());
        let changing =
            |line: &String| line.contains(" HTTP/1.") && ["POST ", "PUT ", "PATCH ", "DELETE "].iter().any(|method| line.starts_with(method));
        lines.filter(changing).map(|line| line.split(" HTTP/").next().unwrap_or_default().to_owned()).collect()
    }

    /// How often somebody connected.
    pub(crate) fn connections(&self) -> usize {
        self.said.lock().unwrap().len()
    }
}

/// Carries the bytes of one connection; both threads end with it.
fn between(client: TcpStream, server: TcpStream, all: &Arc<Mutex<Vec<Vec<u8>>>>) {
    let own = {
        let mut all = all.lock().unwrap();
        all.push(Vec::new());
        all.len() - 1
    };
    let (Ok(from), Ok(to)) = (client.try_clone(), server.try_clone()) else { return };
    let said = Arc::clone(all);
    std::thread::spawn(move || carry(from, to, |bytes| said.lock().unwrap()[own].extend_from_slice(bytes)));
    std::thread::spawn(move || carry(server, client, |_| {}));
}

fn carry(mut from: TcpStream, mut to: TcpStream, mut look: impl FnMut(&[u8])) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        // written down before it is handed on: nothing passes unseen
        look(&bytes[..count]);
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _closed = to.shutdown(Shutdown::Write);
}

impl Drop for Tee {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        // wakes the listener
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the tee of the test");
        }
    }
}
