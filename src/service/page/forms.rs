//! What the page's forms send, as wishes.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};

use super::{Frame, Plain, rendered, sentence};
use crate::pipeline::index::Index;
use crate::service::api::{needs, wish_for};
use crate::service::decide::{Action, Wish};
use crate::service::problem::Problem;
use crate::service::state::App;
use crate::service::tokens::{Role, Who};
use crate::service::version::{seen, version, version_seen};

/// What a form sends.
pub(super) type Fields = Vec<(String, String)>;

/// The first field of a name; empty where there is none.
pub(super) fn one<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.iter().find(|f| f.0 == name).map_or("", |f| f.1.trim())
}

fn all(fields: &Fields, name: &str) -> Vec<String> {
    fields.iter().filter(|f| f.0 == name && !f.1.is_empty()).map(|f| f.1.clone()).collect()
}

pub(super) async fn decide(
    State(app): State<Arc<App>>,
    Extension(who): Extension<Who>,
    Form(fields): Form<Fields>,
) -> Result<Response, Problem> {
    needs(&who, Role::Editor)?;
    let back = local(one(&fields, "back"));
    match decided(&app, &who, &fields).await {
        Ok(story) => Ok(Redirect::to(&story.unwrap_or(back)).into_response()),
        Err(problem) if problem.status == StatusCode::CONFLICT => {
            conflict(&app, &who, fields, &problem).await
        }
        Err(problem) => Err(Problem { back, ..problem }),
    }
}

/// Does what the fields ask for; gives the page of the story that came of it.
async fn decided(app: &Arc<App>, who: &Who, fields: &Fields) -> Result<Option<String>, Problem> {
    let wish = Wish {
        action: action(fields)?,
        by: who.name.clone(),
        reason: one(fields, "reason").to_owned(),
        versions: versions(app, fields).await?,
    };
    let merges =
        matches!(wish.action, Action::Merge { .. } | Action::Split { .. } | Action::Move { .. });
    let outcome = wish_for(app, wish).await?;
    Ok(outcome.stories.first().filter(|_| merges).map(|id| format!("/stories/{id}")))
}

/// The versions of the stories that were looked at, of which a page of many says only how much it has seen.
async fn versions(app: &Arc<App>, fields: &Fields) -> Result<Vec<(String, String)>, Problem> {
    let sent = all(fields, "version").into_iter().filter_map(|pair| {
        let (story, version) = pair.split_once('=')?;
        Some((story.to_owned(), version.to_owned()))
    });
    let mut versions: Vec<_> = sent.collect();
    let (ticked, seen) = (all(fields, "stories"), one(fields, "seen").to_owned());
    if !seen.is_empty() {
        let look = move |_: &App, index: &Index| {
            let of_ticked = ticked.into_iter().map(|story| {
                let version = version_seen(index, &story, &seen)?;
                Ok((story, version))
            });
            of_ticked.collect::<Result<Vec<_>, Problem>>()
        };
        versions.extend(app.look(look).await?);
    }
    Ok(versions)
}

/// An address on this page. Browsers leave out tabs and the like, and take `\` for `/`.
pub(super) fn local(address: &str) -> String {
    let plain = address.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let inside = plain && address.starts_with('/') && !address.starts_with("//");
    if inside { address.to_owned() } else { "/".to_owned() }
}

fn action(fields: &Fields) -> Result<Action, Problem> {
    let story = || one(fields, "story").to_owned();
    let articles = all(fields, "article");
    let alone = || match &articles[..] {
        [article] => Ok(article.clone()),
        _ => Err(Problem::bad("tick one article, and try again")),
    };
    let other = || match one(fields, "other") {
        "" => Err(Problem::bad("name another story, and try again")),
        other => Ok(other.rsplit('/').next().unwrap_or_default().to_owned()),
    };
    let pair = || match &articles[..] {
        [article, other] => Ok((article.clone(), other.clone())),
        _ => Err(Problem::bad("two articles are needed")),
    };
    // The button that was pressed comes after a hidden field of the same name.
    let wanted = fields.iter().rev().find(|f| f.0 == "action").map_or("", |f| f.1.as_str());
    Ok(match wanted {
        "merge" => match all(fields, "stories") {
            stories if stories.len() >= 2 => Action::Merge { stories },
            _ => return Err(Problem::bad("tick two stories or more, and try again")),
        },
        "merge-with" => Action::Merge { stories: vec![story(), other()?] },
        "split" if articles.is_empty() => {
            return Err(Problem::bad("tick the articles that leave, and try again"));
        }
        "split" => Action::Split { story: story(), articles },
        "move" => Action::Move { article: alone()?, story: other()? },
        "representative" => Action::Representative { article: alone()? },
        "lock" => Action::Lock { story: story() },
        "unlock" => Action::Unlock { story: story() },
        "must-link" => pair().map(|(article, other)| Action::MustLink { article, other })?,
        "cannot-link" => pair().map(|(article, other)| Action::CannotLink { article, other })?,
        "undo" => {
            let number = one(fields, "number").parse();
            Action::Undo { number: number.map_err(|_| Problem::bad("number: of a decision"))? }
        }
        "" => return Err(Problem::bad("press the button of what is to be done")),
        _ => return Err(Problem::bad("there is no such action")),
    })
}

/// Says why nothing was decided; where somebody else was faster, it offers to do it nevertheless.
async fn conflict(
    app: &Arc<App>,
    who: &Who,
    fields: Fields,
    problem: &Problem,
) -> Result<Response, Problem> {
    let stale = problem.is_stale();
    let back = local(one(&fields, "back"));
    let fresh = if stale { app.look(move |_, index| renewed(index, fields)).await? } else { None };
    let (dateline, headline) = if stale {
        ("Somebody else was faster", "This story has changed")
    } else {
        ("Nothing was decided", "That cannot be")
    };
    let plain = Plain {
        frame: Frame::new("", who),
        dateline: dateline.to_owned(),
        headline: headline.to_owned(),
        detail: sentence(&problem.detail),
        fields: fresh.unwrap_or_default(),
        back,
        ..Plain::default()
    };
    Ok((StatusCode::CONFLICT, rendered(&plain)?).into_response())
}

/// The fields with the stories that they name as those are now; none where one is gone.
fn renewed(index: &Index, fields: Fields) -> Result<Option<Fields>, Problem> {
    let mut renewed = Fields::new();
    for (name, value) in fields {
        let value = match name.as_str() {
            "story" | "stories" => index.told(&value)?.map(|told| told.story.id),
            "version" => match index.told(value.split('=').next().unwrap_or_default())? {
                Some(told) => Some(format!("{}={}", told.story.id, version(index, &told)?)),
                None => None,
            },
            "seen" => Some(seen(index)?),
            _ => Some(value),
        };
        let Some(value) = value else { return Ok(None) };
        renewed.push((name, value));
    }
    Ok(Some(renewed))
}
