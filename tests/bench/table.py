"""How measurements are printed."""

from __future__ import annotations


def row(name: str, *figures: str) -> None:
    """One line of a table."""
    print(f"{name:<42}" + "".join(f"{figure:>16}" for figure in figures), flush=True)


def ratio(name: str, value: float, aim: str, met: bool) -> None:
    """One ratio beside its aim."""
    print(f"{name:<42}{value:>16.2f}   aim {aim}   {'met' if met else 'NOT MET'}", flush=True)
