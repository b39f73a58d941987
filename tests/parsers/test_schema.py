import json
from typing import Any

import pytest

from parsers.schema import read_jsonld


@pytest.mark.parametrize(
    "author",
    [
        '[{"name":"Jane Roe"}]',
        {"@type": "Person", "givenName": "Jane", "familyName": "Roe"},
        {"@list": [{"@type": "Person", "name": "Jane Roe"}]},
        {"@type": "Person", "name": {"@value": "Jane Roe"}},
    ],
)
def test_an_author_in_any_of_json_lds_forms(author: Any) -> None:
    node = {
        "@type": "NewsArticle",
        "headline": "H",
        "author": author,
        "datePublished": {"@value": "2026-11-20"},
    }
    clues = list(read_jsonld([json.dumps(node)], "https://a.example/h", "H"))
    assert [clue.value for clue in clues if clue.field == "author"] == ["Jane Roe"]
    assert [clue.value for clue in clues if clue.field == "published"] == ["2026-11-20"]
