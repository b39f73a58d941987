"""Labels for the blocks of a page: which of them stand in the gold text, by aligning the two."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

WORD = re.compile(r"\w+")
SHINGLE = 4
UNKNOWN = -1.0
SHARE = 0.3  # of a block that an unwanted snippet must make up


@dataclass(slots=True)
class _Match:
    run: int
    start: int
    end: int
    weight: int


def align(texts: list[str], gold: str) -> list[float]:
    """Share of each block's words that the gold text holds there, 0 to 1; a repeated line counts once.

    Long blocks are matched by four-word shingles and chained in page order; a short one counts where it
    stands between its neighbours' places in the gold, or is a whole line of it.
    """
    words = [WORD.findall(text.casefold()) for text in texts]
    target = WORD.findall(gold.casefold())
    where = defaultdict(list)
    for place in range(len(target) - SHINGLE + 1):
        where[tuple(target[place : place + SHINGLE])].append(place)
    share = [0.0] * len(texts)
    found = [match for run, block in enumerate(words) if (match := _long(run, block, where, share))]
    chain = _chain(found)
    covered = bytearray(len(target))
    for match in chain:
        covered[match.start : match.end] = b"\1" * (match.end - match.start)
    chained = {match.run for match in chain}
    for match in found:
        if match.run not in chained:
            new = match.end - match.start - sum(covered[match.start : match.end])
            if 2 * new < match.end - match.start:
                share[match.run] = 0.0
            else:
                covered[match.start : match.end] = b"\1" * (match.end - match.start)
    _short(words, target, covered, chain, share)
    return share


def _long(
    run: int, block: list[str], where: dict[tuple[str, ...], list[int]], share: list[float]
) -> _Match | None:
    count = len(block) - SHINGLE + 1
    if count < 1:
        return None
    places = [where.get(tuple(block[i : i + SHINGLE]), ()) for i in range(count)]
    hits = sum(bool(place) for place in places)
    share[run] = hits / count
    if 2 * hits < count:
        share[run] = 0.0 if hits < 3 else share[run]
        return None
    first = next(i for i, place in enumerate(places) if place)
    fewest = min((len(place), i) for i, place in enumerate(places) if place)[1]
    start = places[fewest][0] - fewest + first
    return _Match(run, max(0, start), max(0, start) + len(block) - first, hits)


def _chain(found: list[_Match]) -> list[_Match]:
    """The heaviest chain of matches that runs forward in page and gold alike."""
    best: list[tuple[int, int]] = []
    for number, match in enumerate(found):
        before = [(best[i][0], i) for i in range(number) if found[i].start < match.start]
        weight, previous = max(before, default=(0, -1))
        best.append((weight + match.weight, previous))
    chain: list[_Match] = []
    at = max(range(len(best)), key=lambda i: best[i][0], default=-1)
    while at >= 0:
        chain.append(found[at])
        at = best[at][1]
    return chain[::-1]


def _short(
    words: list[list[str]], target: list[str], covered: bytearray, chain: list[_Match], share: list[float]
) -> None:
    starts = defaultdict(list)
    for place, word in enumerate(target):
        starts[word].append(place)
    bounds = iter([*chain, _Match(len(words), len(target), len(target), 0)])
    low, nearest = 0, next(bounds)
    for run, block in enumerate(words):
        while run >= nearest.run and nearest.run < len(words):
            low, nearest = max(low, nearest.end - 3), next(bounds)
        if not block or len(block) >= SHINGLE:
            continue
        high = nearest.start + 3 if nearest.run < len(words) else len(target)
        first_or_last = not chain or run < chain[0].run or run > chain[-1].run
        for place in starts[block[0]]:
            end = place + len(block)
            if low <= place and end <= high and target[place:end] == block and not any(covered[place:end]):
                if first_or_last and len(block) < 2:
                    continue
                covered[place:end] = b"\1" * len(block)
                share[run] = 1.0
                low = place
                break


def by_snippets(texts: list[str], wanted: list[str], unwanted: list[str]) -> list[float]:
    """1 for blocks that hold a wanted snippet, 0 for an unwanted one, UNKNOWN for the rest."""
    flat = [" ".join(text.lower().split()) for text in texts]
    labels = [UNKNOWN] * len(texts)
    for value, snippets in ((1.0, wanted), (0.0, unwanted)):
        for snippet in (" ".join(s.lower().split()) for s in snippets):
            hits = [i for i, text in enumerate(flat) if snippet in text]
            much = [i for i in hits if len(snippet) > SHARE * len(flat[i])]
            for hit in hits[:1] if value else much:  # a few words do not condemn a paragraph
                labels[hit] = value
    return labels
