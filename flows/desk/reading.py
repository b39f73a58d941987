"""The pages that people read: search and article, made here, without scripts or anything from elsewhere."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from importlib.resources import files
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlmodel import Session

from flows.desk.access import house_of, may_look
from flows.desk.archive import HIGHEST
from storage import Article, BadCursorError, Filters, find
from storage import article as find_article
from storage import history as find_history
from storage.grammar import LONGEST_QUERY

HITS = 20  # on a page
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
router = APIRouter(include_in_schema=False)
_templates = Environment(loader=PackageLoader("flows.desk"), autoescape=True, undefined=StrictUndefined)


@router.get("/", dependencies=[Depends(may_look)])
async def search(
    request: Request,
    q: Annotated[str, Query(max_length=LONGEST_QUERY)] = "",
    cursor: Annotated[str | None, Query(max_length=LONGEST_QUERY)] = None,
) -> HTMLResponse:
    """Show what was found, or the newest articles."""
    return await house_of(request).read(partial(_found, q, cursor))


def _found(words: str, cursor: str | None, session: Session) -> HTMLResponse:
    filters: Filters = {"limit": HITS} if cursor is None else {"limit": HITS, "after": cursor}
    try:
        found = find(session, words, **filters)
    except BadCursorError as fault:
        return _page("search.html", HTTPStatus.BAD_REQUEST, q=words, hits=(), next=None, fault=str(fault))
    more = f"/?{urlencode({'q': words, 'cursor': found.cursor})}" if found.cursor else None
    return _page("search.html", q=words, hits=found.hits, next=more, fault=found.left_out)


@router.get("/read/{id}", dependencies=[Depends(may_look)])
async def read(request: Request, id: Annotated[int, Path(ge=1, le=HIGHEST)]) -> HTMLResponse:  # noqa: A002
    """Show one article and its versions."""
    return await house_of(request).read(partial(_article, id))


def _article(article_id: int, session: Session) -> HTMLResponse:
    found = find_article(session, article_id)
    if found is None:
        raise HTTPException(404, f"no article has the id {article_id}")
    original = found.url if found.url.startswith(("http://", "https://")) else None
    versions = find_history(session, article_id)
    return _page("article.html", q="", article=found, versions=versions, original=original)


@router.get("/style.css")
async def style() -> Response:
    """Give the style of these pages."""
    text = files("flows.desk").joinpath("templates/style.css").read_bytes()
    return Response(text, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


def _page(template: str, status: int = HTTPStatus.OK, **values: Any) -> HTMLResponse:
    """Make a page; every value is escaped where it is put in."""
    text = _templates.get_template(template).render(values, about=_about)
    return HTMLResponse(text.encode("utf-8", "replace"), status, HEADERS)


def _about(article: Article) -> str:
    """Say in one line when, by whom and where an article was published."""
    at = article.published_at
    said = [f"{at:%Y-%m-%d %H:%M %z}".strip() if at else "", ", ".join(article.authors)]
    return " · ".join(filter(None, [*said, article.site_name or article.host, article.section or ""]))
