"""`cleanwire parse`: one page in, one article out, nothing stored."""

from __future__ import annotations

import asyncio
from pathlib import Path

from flows.commands.configuring import settings_for
from flows.commands.output import print_json
from flows.errors import UsageFault, WorkFault
from flows.intake.errors import IntakeError, Unreadable
from flows.intake.files import path_of, read_page, read_stream, standard_input
from flows.parsing_screen import show_explanation
from flows.settings import Settings
from parsers import Draft, NotAnArticle, Page
from parsers import parse as parse_page
from parsers.explain import as_html as explanation_as_html
from parsers.explain import explain as explain_page
from parsers.render import FORMATS


def parse(target: str, form: str) -> None:
    """Parse one page and print it in a format of parsers.render."""
    draft = draft_of(target)
    if form == "json":
        print_json(draft)
    else:
        print(FORMATS[form](draft), end="")


def explain(target: str, html: Path | None, *, as_json: bool) -> None:
    """Print why each block and field of a page is as it is; with `html`, write the page marked up there."""
    explanation = explain_page(page_of(target))
    if html is not None:
        _write(html, explanation_as_html(explanation))
    if as_json:
        print_json(explanation)
    elif html is None:
        show_explanation(explanation)


def _write(path: Path, text: str) -> None:
    """Write a file; UsageFault names it when it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageFault(f"{path}: {error.strerror}; give a file that can be written") from None


def draft_of(target: str) -> Draft:
    """Parse a target; WorkFault says why it is no article."""
    page = page_of(target)
    try:
        return parse_page(page)
    except NotAnArticle as verdict:
        raise WorkFault(f"{target}: no article: {verdict}") from None


def page_of(target: str) -> Page:
    """Read or fetch a target; UsageFault or WorkFault names what is wrong with it."""
    settings = settings_for(None)
    try:
        if target == "-":
            return read_stream(standard_input(), settings.max_bytes)
        if "://" in target and not target.startswith("file://"):
            return asyncio.run(_fetched(target, settings))
        path = path_of(target) if target.startswith("file://") else Path(target)
        if path.is_dir():
            raise UsageFault(f"{target}: a folder; parse takes one page (`cleanwire ingest` takes folders)")
        return read_page(path, settings.max_bytes)
    except Unreadable as fault:
        raise WorkFault(fault.reason) from None
    except IntakeError as fault:
        raise WorkFault(f"{target}: {fault.reason}") from None


async def _fetched(url: str, settings: Settings) -> Page:
    """Fetch one page with the guarded client."""
    from flows.intake.client import fetch, open_client
    from flows.intake.validators import NotModified

    async with open_client(settings) as client:
        answer = await fetch(client, url)
    if isinstance(answer, NotModified):
        raise WorkFault(f"{url}: the server sent no page (304)")
    return answer
