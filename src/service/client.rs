//! The other side of the door: a command hands its batch to the service that holds the index.

use std::io::{BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use super::api::{HandedBack, Handing};
use super::door;
use crate::model::Article;
use crate::pipeline::index::{Night, Options};

/// Whether a service says that it holds the index in a folder.
pub fn holds(folder: &Path) -> bool {
    door(folder).exists()
}

/// Hands articles to the service that holds the index in a folder; `None` when no service answers there.
///
/// # Errors
/// The service refuses, or goes away before it is done: what it did not answer for may be done nevertheless.
pub fn hand_over(
    folder: &Path,
    articles: &[Article],
    options: &Options,
) -> Option<Result<Night, String>> {
    let said = std::fs::read_to_string(door(folder)).ok()?;
    let (address, secret) = said.trim_end().split_once('\n')?;
    let stream = TcpStream::connect(address).ok()?;
    Some(ask(&stream, address, secret, articles, options))
}

fn ask(
    stream: &TcpStream,
    address: &str,
    secret: &str,
    articles: &[Article],
    options: &Options,
) -> Result<Night, String> {
    let cut = |error: std::io::Error| format!("the service at {address} went away ({error})");
    let Options { now, dry_run, store_text_days, retain_days } = *options;
    let handing = Handing { now, dry_run, store_text_days, retain_days };
    let mut out = std::io::BufWriter::new(stream);
    let head = format!(
        "POST /internal/update HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/x-ndjson\r\nx-samestory-secret: {secret}\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    let mut send = || {
        out.write_all(head.as_bytes())?;
        chunk(&mut out, &serde_json::to_vec(&handing)?)?;
        for article in articles {
            chunk(&mut out, &serde_json::to_vec(article)?)?;
        }
        out.write_all(b"0\r\n\r\n")?;
        out.flush()
    };
    send().map_err(cut)?;
    let mut answer = BufReader::new(stream);
    let (status, length) = head_of(&mut answer).map_err(cut)?;
    let mut body = Vec::new();
    answer.take(length).read_to_end(&mut body).map_err(cut)?;
    if status != 200 {
        let said: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
        let detail =
            said.as_ref().and_then(|said| said["detail"].as_str()).unwrap_or("no reason given");
        return Err(format!("the service at {address} refuses with {status}: {detail}"));
    }
    let back: HandedBack = serde_json::from_slice(&body)
        .map_err(|error| format!("the service at {address} is of another version ({error})"))?;
    let HandedBack { grouping, tonight, changes, refusals, counts } = back;
    Ok(Night { grouping, tonight, changes, refusals, counts, ..Night::default() })
}

fn chunk(out: &mut impl std::io::Write, line: &[u8]) -> std::io::Result<()> {
    write!(out, "{:x}\r\n", line.len() + 1)?;
    out.write_all(line)?;
    out.write_all(b"\n\r\n")
}

/// Status and length of an answer.
fn head_of(answer: &mut impl std::io::BufRead) -> std::io::Result<(u16, u64)> {
    let mut line = String::new();
    answer.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let mut length = u64::MAX;
    loop {
        line.clear();
        answer.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().unwrap_or(length);
            }
            Some(_) => {}
            None => return Ok((status, length)),
        }
    }
}
