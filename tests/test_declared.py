"""Every library that the three packages import is declared in pyproject.toml."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("flows", "parsers", "storage")


def imported() -> dict[str, Path]:
    """Map every top-level module that is imported anywhere to one file that imports it."""
    found = {}
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found.update({alias.name.partition(".")[0]: path for alias in node.names})
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found[node.module.partition(".")[0]] = path
    return {name: path for name, path in found.items() if name not in sys.stdlib_module_names | set(ROOMS)}


def declared() -> set[str]:
    """Give the names of the distributions that the project asks for, extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for lines in project.get("optional-dependencies", {}).values() for line in lines]
    lines = project["dependencies"] + extras
    return {re.split(r"[^\w.-]", line, maxsplit=1)[0].lower().replace("_", "-") for line in lines}


def test_every_import_is_declared() -> None:
    distributions, names = packages_distributions(), declared()
    missing = {
        f"{path.relative_to(ROOT)}: {module}"
        for module, path in imported().items()
        if not any(one.lower().replace("_", "-") in names for one in distributions.get(module, [module]))
    }
    assert not missing
