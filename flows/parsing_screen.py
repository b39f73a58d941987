"""An explanation on a terminal: blocks in their order, what was dropped struck through, then the fields."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from flows.terminal import printable
from parsers.explain import Explanation

WIDEST = 300  # characters of a block that are shown


def show_explanation(explanation: Explanation) -> None:
    """Print each block with the rule that decided, and each field with its candidates."""
    console = Console()
    if explanation.refused:
        console.print(f"[yellow]no article[/] ({explanation.refused}): {printable(explanation.detail)}")
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column(width=20, overflow="fold")
    table.add_column(ratio=1)
    for block in explanation.blocks:
        style = "default" if block.kept else "dim strike"
        table.add_row(
            "+" if block.kept else "-",
            f"[cyan]{printable(block.rule)}[/]",
            f"[{style}]{printable(block.text[:WIDEST])}[/]",
        )
    console.print(table)
    fields = Table(box=None, pad_edge=False, header_style="bold")
    fields.add_column("field", width=20)
    fields.add_column("value", ratio=1)
    fields.add_column("from", ratio=1)
    for name, choice in explanation.fields.items():
        origin = f"{choice.origin.rule} {choice.origin.place}" if choice.origin else ""
        fields.add_row(name, printable((choice.value or "")[:WIDEST]), printable(origin))
        for candidate in choice.candidates:
            places = ", ".join(f"{origin.rule} {origin.place}" for origin in candidate.origins)
            mark = "✓" if candidate.taken else " "
            shown = f"{mark} {candidate.score:.2f} {printable(candidate.value[:WIDEST])}"
            fields.add_row("", f"[dim]{shown}[/]", f"[dim]{printable(places)}[/]")
    console.print(fields)
