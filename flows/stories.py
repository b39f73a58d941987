"""A link's story as people may see it."""

from __future__ import annotations

from dataclasses import replace

from flows.logs import masked
from storage import WhyStory


def shown(story: WhyStory) -> WhyStory:
    """Hide the secrets of the addresses in a link's story."""
    return replace(story, url=masked(story.url), source=masked(story.source) if story.source else None)
