//! What happens, as it happens: server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{self, Stream, StreamExt as _};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::pipeline::index::Index;
use crate::service::problem::Problem;
use crate::service::state::{self, App};

/// Lines of the log that are read at a time for somebody who comes back.
const AGAIN: usize = 1_000;

struct Listening {
    app: Arc<App>,
    /// The last line of the log that was told; 0 before the first.
    told: i64,
    /// What is told again, as far as it was read.
    again: std::vec::IntoIter<state::Event>,
    /// Whether the log may have more to be told again.
    behind: bool,
    live: Receiver<state::Event>,
    _slot: tokio::sync::OwnedSemaphorePermit,
}

/// What happens to stories, as it happens
///
/// `story` for each line of the log, with a `change` that is `new`, `grew`, `merged`, `split`, `representative`, `forgotten` (an
/// article of it was, and others are left) or, of a story that is no more, `expired` or `gone`. `settled` when all that was accepted
/// before is grouped, and nothing waits, `refused` for an accepted article in whose place a later version came another way meanwhile,
/// `missed` for those who were too slow. With `last-event-id` what happened since is told first. It ends when the service does.
#[utoipa::path(get, path = "/v1/events", params(("last-event-id" = Option<i64>, Header)),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub(super) async fn events(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let slot = app.streams.clone().try_acquire_owned();
    let slot = slot.map_err(|_| Problem::busy("too many listen already"))?;
    let live = app.events.subscribe();
    let last = headers.get("last-event-id").map(|value| {
        let number = value.to_str().ok().and_then(|text| text.trim().parse::<i64>().ok());
        number.ok_or_else(|| Problem::bad("last-event-id: a number"))
    });
    let last = last.transpose()?;
    let mut listening = Listening {
        app,
        told: last.unwrap_or(0),
        again: Vec::new().into_iter(),
        behind: last.is_some(),
        live,
        _slot: slot,
    };
    if listening.behind {
        listening.read_on().await?;
    }
    // Some proxies pass nothing on before the first byte of the body.
    let begin = stream::once(std::future::ready(Ok(Event::default().comment("begin"))));
    let events = begin.chain(stream::unfold(listening, next));
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

impl Listening {
    /// Reads what follows in the log.
    async fn read_on(&mut self) -> Result<(), Problem> {
        let told = self.told;
        let look =
            move |_: &App, index: &Index| Ok((index.log_after(told, AGAIN)?, index.log_end()?));
        let (lines, end) = self.app.look(look).await?;
        let again: Vec<state::Event> = lines.iter().map(state::Event::of_line).collect();
        self.behind = !again.is_empty();
        // A number beyond the end is of another index: nothing that comes was told.
        self.told = told.min(end);
        self.again = again.into_iter();
        Ok(())
    }

    /// What happens next; none when the service ends, or the log cannot be read.
    async fn event(&mut self) -> Option<state::Event> {
        loop {
            if let Some(event) = self.again.next() {
                return Some(event);
            }
            if self.app.shutdown.is_cancelled() {
                return None;
            }
            if self.behind {
                self.read_on().await.ok()?;
                continue;
            }
            let received = tokio::select! {
                () = self.app.shutdown.cancelled() => return None,
                received = self.live.recv() => received,
            };
            match received {
                // The log told it already.
                Ok(event) if event.kind == "story" && event.id <= Some(self.told) => {}
                Ok(event) => return Some(event),
                Err(RecvError::Lagged(_)) => {
                    return Some(state::Event { id: None, kind: "missed", data: "{}".to_owned() });
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

async fn next(mut listening: Listening) -> Option<(Result<Event, Infallible>, Listening)> {
    let event = listening.event().await?;
    let sent = Event::default().event(event.kind).data(event.data);
    let sent = match event.id {
        // Who comes back goes on after what was told, whatever was settled before that.
        Some(id) => {
            listening.told = listening.told.max(id);
            sent.id(listening.told.to_string())
        }
        None => sent,
    };
    Some((Ok(sent), listening))
}
