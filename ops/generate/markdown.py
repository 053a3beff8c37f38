"""Rows of a Markdown table."""

from __future__ import annotations


def table_row(*cells: str) -> str:
    """One row; an empty cell becomes a dash, bars and line ends are escaped."""
    return "| " + " | ".join((cell or "—").replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"
