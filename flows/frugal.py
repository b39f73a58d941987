"""Memory that is freed goes back, glibc would keep what large bodies leave; and little time goes into it."""

from __future__ import annotations

import ctypes
import gc

M_MMAP_THRESHOLD = -3  # malloc.h
THRESHOLD = 2**20  # bytes: larger blocks are mapped one by one, and unmapped when they are freed
OBJECTS = 50_000  # Python's own 700 took a tenth of the time that storing a batch takes


def give_back_what_is_freed() -> None:
    """Fix the size from which blocks are mapped; without glibc, which alone moves it, nothing is done."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, THRESHOLD)


def collect_seldom() -> None:
    """Look for circles of dead objects only once many have come: a batch's thousands are all alive."""
    gc.set_threshold(OBJECTS)
