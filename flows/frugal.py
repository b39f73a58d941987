"""Memory that is freed goes back: glibc would keep what large bodies leave behind."""

from __future__ import annotations

import ctypes

M_MMAP_THRESHOLD = -3  # malloc.h
THRESHOLD = 2**20  # bytes: larger blocks are mapped one by one, and unmapped when they are freed


def give_back_what_is_freed() -> None:
    """Fix the size from which blocks are mapped; without glibc, which alone moves it, nothing is done."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, THRESHOLD)
