"""The archive: the ledger of links, the snapshots, the articles and their history."""

from storage.values import (
    Article,
    Attempt,
    Change,
    Claim,
    Link,
    LinkState,
    Outcome,
    Revision,
    Saved,
    WhyStory,
)

__all__ = [
    "Article",
    "Attempt",
    "Change",
    "Claim",
    "Link",
    "LinkState",
    "Outcome",
    "Revision",
    "Saved",
    "WhyStory",
]
