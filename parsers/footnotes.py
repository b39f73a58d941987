"""The raised numbers that lead to a story's notes: read as text they would be a part of the word before."""

from __future__ import annotations

import re
from typing import Final

from bs4.element import Tag

CALL: Final = "footnote-call"
_NUMBER: Final = re.compile(r"\[?\d{1,3}\]?")


def is_call(raised: Tag) -> bool:
    """Whether a `<sup>` is a number that links to a note ("the ministry[2]"), and no power or unit ("m2")."""
    return raised.find("a") is not None and _NUMBER.fullmatch(raised.get_text().strip()) is not None
