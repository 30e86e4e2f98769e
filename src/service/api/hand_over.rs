//! A batch of `samestory update` on the same machine: the service holds the index, so the service takes it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use tokio::sync::oneshot;

use super::answered;
use crate::model::{Article, Change, Grouping, Refusal};
use crate::params::Representative;
use crate::pipeline::Counts;
use crate::pipeline::index::Options;
use crate::service::problem::Problem;
use crate::service::state::App;
use crate::service::writer::{Order, Update};

/// What comes with a batch, as its first line; an article a line follows.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::service) struct Handing {
    #[serde(flatten)]
    pub(in crate::service) options: Options,
    pub(in crate::service) representative: Representative,
}

/// What an update did.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(in crate::service) struct HandedBack {
    pub(in crate::service) grouping: Grouping,
    pub(in crate::service) tonight: Vec<bool>,
    pub(in crate::service) changes: Vec<Change>,
    pub(in crate::service) refusals: Vec<Refusal>,
    pub(in crate::service) counts: Counts,
}

/// Takes a batch; only who can read the folder of the index knows the secret.
pub(super) async fn update(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let given = headers.get("x-samestory-secret").map(axum::http::HeaderValue::as_bytes);
    let same = given.is_some_and(|given| bool::from(given.ct_eq(app.secret.as_bytes())));
    if !same {
        let detail = "the secret is not that of this service";
        return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail));
    }
    let (Handing { options, representative }, articles) = lines(body).await?;
    let (reply, night) = oneshot::channel();
    let order = Order::Update(Box::new(Update { articles, options, representative, reply }));
    app.writer.send(order).map_err(|_| Problem::ending())?;
    let night = answered(night).await?.map_err(Problem::busy)?;
    let back = HandedBack {
        grouping: night.grouping,
        tonight: night.tonight,
        changes: night.changes,
        refusals: night.refusals,
        counts: night.counts,
    };
    let json = serde_json::to_vec(&back).expect("strings and numbers can be written");
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// Reads lines as they come.
async fn lines(body: Body) -> Result<(Handing, Vec<Article>), Problem> {
    let broken = |_| Problem::bad("the batch does not read as it was written");
    let (mut body, mut rest) = (body, Vec::new());
    let (mut handing, mut articles) = (None, Vec::new());
    loop {
        let frame = body.frame().await.transpose();
        let frame = frame.map_err(|_| Problem::bad("the batch was cut short"))?;
        let (ended, before) = (frame.is_none(), rest.len());
        if let Some(data) = frame.and_then(|frame| frame.into_data().ok()) {
            rest.extend_from_slice(&data);
        }
        let whole = match ended {
            true => rest.len(),
            // What was there before has no end of a line.
            false => match rest[before..].iter().rposition(|&byte| byte == b'\n') {
                Some(at) => before + at + 1,
                None => 0,
            },
        };
        for line in rest[..whole].split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            if handing.is_none() {
                handing = Some(serde_json::from_slice::<Handing>(line).map_err(broken)?);
            } else {
                articles.push(serde_json::from_slice::<Article>(line).map_err(broken)?);
            }
        }
        rest.drain(..whole);
        if ended {
            let handing = handing.ok_or_else(|| Problem::bad("the batch is empty"))?;
            return Ok((handing, articles));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;
    use jiff::Timestamp;
    use std::convert::Infallible;

    /// Were all of a line looked through at every frame, this would take minutes.
    #[test]
    fn a_long_line_in_many_frames_costs_no_more_than_its_bytes() {
        let options = Options::at(Timestamp::UNIX_EPOCH);
        let options = Options { dry_run: true, retain_days: Some(9.0), ..options };
        let handing = Handing { options, representative: Representative::default() };
        let article =
            |text: String| Article { id: text.len().to_string(), text, ..Article::default() };
        let sent = ["one", &"Merrin ".repeat(1 << 18), "two", ""].map(|text| article(text.into()));
        let mut batch = serde_json::to_vec(&handing).unwrap();
        for article in &sent {
            batch.push(b'\n');
            batch.extend(serde_json::to_vec(article).unwrap());
        }
        for size in [256, batch.len()] {
            let frames: Vec<Vec<u8>> = batch.chunks(size).map(<[u8]>::to_vec).collect();
            let body = Body::from_stream(stream::iter(frames.into_iter().map(Ok::<_, Infallible>)));
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (Handing { options, .. }, articles) =
                runtime.block_on(lines(body)).unwrap_or_else(|_| panic!());
            assert_eq!((options.dry_run, options.retain_days), (true, Some(9.0)));
            assert!(articles == sent, "in frames of {size}");
        }
    }
}
