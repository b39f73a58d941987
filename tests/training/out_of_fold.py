"""An adapter for score.py that parses each page with the model that never saw a page of its site.

CLEANWIRE_FOLDS=build/models PYTHONPATH=. python score.py tests.training.out_of_fold:extract
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import parsers.locate
from parsers import NotAnArticle, Page, parse
from parsers.scorer import Model, load
from tests.training.dataset import fold_of


@cache
def model_of(fold: int) -> Model:
    """The model trained without the fold's sites."""
    return load((Path(os.environ["CLEANWIRE_FOLDS"]) / f"{fold}.npz").read_bytes())


def extract(html: bytes, url: str) -> dict[str, Any]:
    """What parse() makes of the page, in score.py's names; {} for a page that is no article."""
    model = model_of(fold_of(url))
    with mock.patch.object(parsers.locate, "shipped", return_value=model):
        try:
            draft = parse(Page(url=url, content=html, content_type="text/html"))
        except NotAnArticle:
            return {}
    return {
        "body": draft.text,
        "title": draft.title,
        "authors": list(draft.authors),
        "published": draft.published_at.isoformat() if draft.published_at else None,
        "language": draft.language,
    }
