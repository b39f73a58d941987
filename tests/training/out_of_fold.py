"""An adapter for score.py that parses each page with the weights that never saw a page of its site.

python -m tests.training.train CORPORA --models build/models
python -m tests.training.fit_fields CORPORA --models build/models
CLEANWIRE_FOLDS=build/models PYTHONPATH=. python score.py tests.training.out_of_fold:extract
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import parsers.locate
import parsers.weigh
from parsers import NotAnArticle, Page, parse
from parsers.scorer import Model, load
from tests.training.dataset import fold_of


@cache
def model_of(fold: int) -> Model:
    """The model trained without the fold's sites."""
    return load((Path(os.environ["CLEANWIRE_FOLDS"]) / f"{fold}.npz").read_bytes())


@cache
def weights_of(fold: int) -> dict[str, dict[str, float]]:
    """The fields' weights fitted without the fold's sites."""
    path = Path(os.environ["CLEANWIRE_FOLDS"]) / f"fields-{fold}.json"
    weights: dict[str, dict[str, float]] = json.loads(path.read_text("utf-8"))
    return weights


def extract(html: bytes, url: str) -> dict[str, Any]:
    """What parse() makes of the page, in score.py's names; {} for a page that is no article."""
    fold = fold_of(url)
    with (
        mock.patch.object(parsers.locate, "shipped", return_value=model_of(fold)),
        mock.patch.object(parsers.weigh, "weights", return_value=weights_of(fold)),
    ):
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
