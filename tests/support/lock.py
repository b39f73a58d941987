"""Write deploy/requirements.lock: `python tests/support/lock.py > deploy/requirements.lock`.

What this environment has of the dependencies, theirs and those of the build, each at its exact version, with
the hashes of all its files that the index has, for whatever machine (`pip install uv` first).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
EXTRAS = ("dask", "redis")
HEAD = """# What deploy/Dockerfile installs, for Python 3.11 on Linux. Generated: see tests/support/lock.py.
"""


def wanted() -> list[Requirement]:
    """Give what the image needs: the dependencies, the extras of a cluster, and the tools of the build."""
    file = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project, build = file["project"], file["build-system"]["requires"]
    extras = [line for name in EXTRAS for line in project["optional-dependencies"][name]]
    return [Requirement(line) for line in [*project["dependencies"], *extras, *build]]


def closure() -> dict[str, str]:
    """Map every distribution that is needed, directly or not, to the version that is installed here."""
    found: dict[str, str] = {}
    left = wanted()
    seen: set[tuple[str, frozenset[str]]] = set()
    while left:
        one = left.pop()
        key = (canonical(one.name), frozenset(one.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            installed = distribution(one.name)
        except PackageNotFoundError:
            sys.exit(f"{one.name} is not installed: pip install --editable '.[{','.join(EXTRAS)}]' hatchling")
        found[key[0]] = installed.version
        for line in installed.requires or ():
            needed = Requirement(line)
            contexts = [{"extra": extra} for extra in one.extras or {""}]
            if needed.marker is None or any(needed.marker.evaluate(context) for context in contexts):
                left.append(needed)
    return found


def canonical(name: str) -> str:
    """Write a distribution's name as PEP 503 does."""
    return re.sub(r"[-_.]+", "-", name).lower()


def with_hashes(lines: str) -> str:
    """Ask the index for the hashes of what is pinned."""
    command = ["uv", "pip", "compile", "--quiet", "--no-deps", "--generate-hashes", "--no-annotate"]
    options = ["--no-header", "--no-python-downloads", "--python", sys.executable, "-"]
    return subprocess.run(
        [*command, *options], input=lines, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


if __name__ == "__main__":
    pins = [f"{name}=={version}\n" for name, version in sorted(closure().items())]
    sys.stdout.write(HEAD + with_hashes("".join(pins)))
