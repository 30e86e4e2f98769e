//! The other side of the door: a command hands its batch to the service that holds the index.

use std::convert::Infallible;
use std::path::Path;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpStream;

use super::api::{HandedBack, Handing};
use super::door;
use crate::model::Article;
use crate::params::Representative;
use crate::pipeline::index::{Night, Options};

/// Whether a service says that it holds the index in a folder.
pub fn holds(folder: &Path) -> bool {
    door(folder).exists()
}

/// Hands articles to the service that holds the index in a folder; `None` when no service answers there. The other parameters
/// are those of the index.
///
/// # Errors
/// The service refuses, or goes away before it is done: what it did not answer for may be done nevertheless.
pub fn hand_over(
    folder: &Path,
    articles: Vec<Article>,
    options: &Options,
    representative: &Representative,
) -> Option<Result<Night, String>> {
    let said = std::fs::read_to_string(door(folder)).ok()?;
    let (address, secret) = said.trim_end().split_once('\n')?;
    let handing = Handing { options: *options, representative: representative.clone() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().ok()?;
    runtime.block_on(async {
        let stream = TcpStream::connect(address).await.ok()?;
        let answer = ask(stream, address, secret, &handing, articles).await;
        Some(answer.map_err(|fault| format!("the service at {address} {fault}")))
    })
}

async fn ask(
    stream: TcpStream,
    address: &str,
    secret: &str,
    handing: &Handing,
    articles: Vec<Article>,
) -> Result<Night, String> {
    let lines = std::iter::once(line(handing)).chain(articles.into_iter().map(|a| line(&a)));
    let lines = lines.map(|line| Ok::<_, Infallible>(Frame::data(line)));
    let request = Request::post("/internal/update")
        .header(header::HOST, address)
        .header(header::CONTENT_TYPE, "application/x-ndjson")
        .header("x-samestory-secret", secret)
        .body(StreamBody::new(stream::iter(lines)))
        .map_err(|error| format!("cannot be asked ({error})"))?;
    let send = async {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let (head, body) = sender.send_request(request).await?.into_parts();
        Ok((head.status, body.collect().await?.to_bytes()))
    };
    let sent: hyper::Result<(StatusCode, Bytes)> = send.await;
    let (status, body) = sent.map_err(|error| format!("went away ({error})"))?;
    if status != StatusCode::OK {
        let said: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
        let detail =
            said.as_ref().and_then(|said| said["detail"].as_str()).unwrap_or("no reason given");
        return Err(format!("refuses with {}: {detail}", status.as_u16()));
    }
    let HandedBack { grouping, tonight, changes, refusals, counts } = serde_json::from_slice(&body)
        .map_err(|error| format!("is of another version ({error})"))?;
    Ok(Night { grouping, tonight, changes, refusals, counts, ..Night::default() })
}

fn line(of: &impl Serialize) -> Bytes {
    let mut line = serde_json::to_vec(of).expect("strings and numbers can be written");
    line.push(b'\n');
    line.into()
}
