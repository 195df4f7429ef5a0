//! The servers: one listener for every address, one task a connection. `GET /served` tells how many requests were answered, itself left out.

use super::world;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

static SERVED: AtomicU64 = AtomicU64::new(0);

/// Serves until it is killed.
pub fn run(port: u16) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    let tasks = tokio::task::LocalSet::new();
    tasks.block_on(&runtime, async {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await.expect("the port is free");
        println!("ready");
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                tokio::task::spawn_local(async move {
                    // a client that goes away is no matter of the server
                    let _ended = serve(stream, port).await;
                });
            }
        }
    });
}

async fn serve(mut stream: TcpStream, port: u16) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let member = match stream.local_addr()?.ip() {
        IpAddr::V4(address) => world::member_at(address).unwrap_or(0),
        IpAddr::V6(_) => 0,
    };
    let mut request = Vec::with_capacity(512);
    loop {
        request.clear();
        while !request.ends_with(b"\r\n\r\n") {
            if stream.read_buf(&mut request).await? == 0 {
                return Ok(());
            }
        }
        let text = String::from_utf8_lossy(&request);
        let path = text.split(' ').nth(1).unwrap_or("");
        let body = match path {
            "/patroni" => world::own(member),
            "/cluster" => world::picture(member, port),
            "/config" => world::CONFIG.to_owned(),
            "/history" => "[]".to_owned(),
            "/served" => SERVED.load(Ordering::Relaxed).to_string(),
            _ => String::new(),
        };
        if path != "/served" {
            SERVED.fetch_add(1, Ordering::Relaxed);
        }
        let close = text.to_ascii_lowercase().contains("connection: close");
        let status = if body.is_empty() { "404 Not Found" } else { "200 OK" };
        let last = if close { "connection: close\r\n" } else { "" };
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{last}\r\n", body.len());
        stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await?;
        if close {
            return Ok(());
        }
    }
}
