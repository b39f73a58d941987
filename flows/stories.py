"""A link's story as people may see it."""

from __future__ import annotations

from dataclasses import replace

from flows.logs import masked
from storage import WhyStory


def shown(story: WhyStory) -> WhyStory:
    """Hide the secrets of the addresses in a link's story."""
    tries = tuple(replace(one, url=masked(one.url) if one.url else None) for one in story.attempts)
    source = masked(story.source) if story.source else None
    return replace(story, url=masked(story.url), source=source, attempts=tries)
