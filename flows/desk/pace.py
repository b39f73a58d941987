"""How often the endpoint may be written to: a token bucket, which lets short bursts through."""

from __future__ import annotations

import math
import time

from fastapi import HTTPException


class Bucket:
    """Holds `burst` requests and gains `rate` a second; 429 with Retry-After to who finds it empty."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, float(burst)
        self._left, self._at = self._burst, time.monotonic()

    def take(self, number: int = 1) -> None:
        """Take so many, or raise HTTPException(429)."""
        moment = time.monotonic()
        self._left = min(self._burst, self._left + (moment - self._at) * self._rate)
        self._at = moment
        if self._left < number:
            wait = math.ceil((number - self._left) / self._rate)
            raise HTTPException(429, f"too many requests; again in {wait} s", {"Retry-After": str(wait)})
        self._left -= number
