"""What an endpoint says of itself, held against what it answers: every answer of a client is checked."""

from __future__ import annotations

import re
from typing import Any

import httpx
import jsonschema


class Contract:
    """An OpenAPI document; hung into a client, it fails the test at an answer that it does not know."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._paths = {
            re.compile(re.sub(r"\{\w+\}", "[^/]+", path)): methods
            for path, methods in document["paths"].items()
        }
        self.seen: set[tuple[str, int]] = set()

    def check(self, response: httpx.Response) -> None:
        """Assert that status, media type and body are what the document says."""
        method, path = response.request.method.lower(), response.request.url.path
        spoken = next((it for pattern, it in self._paths.items() if pattern.fullmatch(path)), None)
        if spoken is None or method not in spoken:
            assert response.status_code in {404, 405}
            return
        declared = spoken[method]["responses"]
        assert str(response.status_code) in declared, f"{method} {path}: {response.status_code}"
        content = declared[str(response.status_code)].get("content", {})
        kind = response.headers["content-type"].partition(";")[0]
        assert kind in content, f"{method} {path}: {kind}"
        if kind == "application/json":
            response.read()
            schema = {**content[kind]["schema"], "components": self._document["components"]}
            jsonschema.validate(response.json(), schema)
        self.seen.add((path, response.status_code))
