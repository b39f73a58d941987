"""The archive, read over HTTP: search, one article, its history, the story of a link."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlmodel import Session

from flows.desk.access import house_of, may_read
from flows.desk.answers import faults, read_json
from flows.intake.links import link_of
from flows.intake.listing import NOTHING_SAID
from flows.narrowing import Narrowing, NotATime, filters_of
from flows.stories import shown
from storage import Article, BadCursorError, Filters, Hit, Revision, WhyStory, find
from storage import article as find_article
from storage import history as find_history
from storage import why as find_why
from storage.grammar import LONGEST_QUERY
from storage.snippets import Piece

MOST = 200  # articles on a page
HIGHEST = 2**63 - 1  # ids
ONE = faults(401, 403, 404, 422, 503)
router = APIRouter(tags=["archive"], dependencies=[Depends(may_read)])
Text = Annotated[str | None, Query(max_length=LONGEST_QUERY)]
Id = Annotated[int, Path(ge=1, le=HIGHEST)]


class Asked(BaseModel):
    """What a search may be narrowed by; times are a date, a time or an age, as on the command line."""

    model_config = ConfigDict(extra="forbid")
    q: Annotated[
        str, Query(max_length=LONGEST_QUERY, description="Words, as `cleanwire query` takes them.")
    ] = ""
    source: Text = None
    host: Text = None
    author: Text = None
    language: Text = None
    section: Text = None
    since: Text = None
    until: Text = None
    one_per_cluster: bool = False
    ranked: bool = False
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50
    cursor: Annotated[str | None, Query(max_length=20_000)] = None


class Summary(BaseModel):
    """An article in a list; `snippet` is where the words were found, in pieces, the hits marked."""

    id: int
    url: str
    host: str
    site_name: str | None
    title: str
    authors: tuple[str, ...]
    published_at: datetime | None
    language: str | None
    section: str | None
    kind: str
    status: str
    version: int
    word_count: int
    description: str | None
    snippet: tuple[Piece, ...]


class Articles(BaseModel):
    """One page of a search; `cursor` is for the next one, null on the last.

    `left_out` says, where more was typed than is looked for, that the rest was not.
    """

    articles: list[Summary]
    cursor: str | None
    left_out: str | None


_found, _article = TypeAdapter(Articles), TypeAdapter(Article)
_history, _story = TypeAdapter(list[Revision]), TypeAdapter(WhyStory)


@router.get("/articles", response_model=Articles, responses=faults(400, 401, 403, 422, 503))
async def search(request: Request, asked: Annotated[Asked, Query()]) -> Response:
    """Find articles, the newest first unless `ranked`."""
    filters = _filters(asked)
    try:
        return await read_json(house_of(request), _found, partial(_search, asked.q, filters))
    except BadCursorError as fault:
        raise HTTPException(400, f"cursor: {fault}") from None


def _search(words: str, filters: Filters, session: Session) -> Articles:
    found = find(session, words, **filters)
    hits = [_summary(hit) for hit in found.hits]
    return Articles(articles=hits, cursor=found.cursor, left_out=found.left_out)


def _filters(asked: Asked) -> Filters:
    """Turn what was asked into what find() takes; 422 names a time that is none."""
    try:
        names = {field.name for field in fields(Narrowing)} - {"after"}
        typed = {name: getattr(asked, name) for name in names}
        filters = filters_of(Narrowing(**typed, after=asked.cursor))
    except NotATime as fault:
        raise HTTPException(422, f"{fault.name}: {fault}") from None
    filters["limit"] = asked.limit
    return filters


def _summary(hit: Hit) -> Summary:
    values: dict[str, Any] = {
        name: getattr(hit.article, name) for name in Summary.model_fields if name != "snippet"
    }
    return Summary(**values, snippet=hit.snippet)


@router.get("/articles/{id}", response_model=Article, responses=ONE)
async def article(request: Request, id: Id) -> Response:  # noqa: A002 - the path's own name for it
    """Give one article whole."""
    return await read_json(house_of(request), _article, partial(_one, id))


def _one(article_id: int, session: Session) -> Article:
    found = find_article(session, article_id)
    if found is None:
        raise HTTPException(404, f"no article has the id {article_id}")
    return found


@router.get(
    "/articles/{id}/history", response_model=list[Revision], responses=faults(401, 403, 404, 422, 503)
)
async def history(request: Request, id: Id) -> Response:  # noqa: A002 - the same
    """Give every version of an article, the first one first."""
    return await read_json(house_of(request), _history, partial(_versions, id))


def _versions(article_id: int, session: Session) -> list[Revision]:
    found = find_history(session, article_id)
    if not found:
        raise HTTPException(404, f"no article has the id {article_id}")
    return found


@router.get("/why", response_model=WhyStory, responses=ONE)
async def why(
    request: Request, url: Annotated[str, Query(min_length=1, max_length=8192, description="An address.")]
) -> Response:
    """Tell what became of a link: when it was found, each attempt, where it stands and why."""
    return await read_json(house_of(request), _story, partial(_told, url))


def _told(url: str, session: Session) -> WhyStory:
    found = find_why(session, url)
    if found is None:
        with suppress(ValueError):  # no address, and so none that was ever seen
            found = find_why(session, link_of(url, NOTHING_SAID).url)
    if found is None:
        raise HTTPException(404, "the ledger has never seen this address")
    return shown(found)
