//! What happens, as it happens: server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{self, Stream};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::service::problem::Problem;
use crate::service::state::{self, App};

/// Lines of the log that are told again to somebody who comes back.
const AGAIN: usize = 1_000;

struct Listening {
    app: Arc<App>,
    again: std::vec::IntoIter<state::Event>,
    live: Receiver<state::Event>,
    _slot: tokio::sync::OwnedSemaphorePermit,
}

/// What happens to stories, as it happens
///
/// `story` for each line of the log, `settled` when all that was accepted before is grouped, `missed` for those who were too
/// slow. With `last-event-id` what happened since is told first. It ends when the service does.
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
    let again = match last.transpose()? {
        None => Vec::new(),
        Some(last) => app.looks.look(&app, move |index| Ok(index.log_after(last, AGAIN)?)).await?,
    };
    let again: Vec<state::Event> = again.iter().map(state::Event::of_line).collect();
    let listening = Listening { app: app.clone(), again: again.into_iter(), live, _slot: slot };
    let events = stream::unfold(listening, next);
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

async fn next(mut listening: Listening) -> Option<(Result<Event, Infallible>, Listening)> {
    let event = match listening.again.next() {
        Some(event) => event,
        None => tokio::select! {
            () = listening.app.shutdown.cancelled() => return None,
            received = listening.live.recv() => match received {
                Ok(event) => event,
                Err(RecvError::Lagged(_)) => state::Event { id: None, kind: "missed", data: "{}".to_owned() },
                Err(RecvError::Closed) => return None,
            },
        },
    };
    let sent = Event::default().event(event.kind).data(event.data);
    let sent = match event.id {
        Some(id) => sent.id(id.to_string()),
        None => sent,
    };
    Some((Ok(sent), listening))
}
