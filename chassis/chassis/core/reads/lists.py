"""Lists of roots: those of a kind or a dossier that the actor may see."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select

from chassis.core.errors import Refusal
from chassis.core.reads.view import Json, View, brief
from chassis.core.storage import roots, tables

PAGE = 20
PAGE_MOST = 200


def search(view: View, request: Mapping[str, Any]) -> Json:
    """Return a page of roots: filters `kind state dossier text open`, `page` from 1, `size` up to 200, newest first."""
    table, registry = tables.roots, view.registry
    names = [str(request["kind"])] if request.get("kind") else registry.kind_names()
    if any(not registry.has_kind(name) for name in names):
        raise Refusal("not-found", kind=request.get("kind"))
    query: Select[Any] = select(table).where(view.readable(names))
    for column in ("state", "dossier", "number"):
        if request.get(column):
            query = query.where(table.c[column] == str(request[column]))
    if request.get("text"):
        words = f"%{_literal(str(request['text']))}%"
        query = query.where(or_(table.c.title.like(words, escape="\\"), table.c.number.like(words, escape="\\")))
    if request.get("open"):
        query = query.where(or_(false(), *_open(view, names)))
    page, size = max(1, _whole(request, "page", 1)), min(PAGE_MOST, max(1, _whole(request, "size", PAGE)))
    total = view.connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    order = query.order_by(table.c.updated_at.desc(), table.c.id).limit(size).offset((page - 1) * size)
    items = []
    for row in view.connection.execute(order).mappings():
        root = roots.root_from(row)
        items.append(brief(view.kind(root), root) | {"updated_at": row["updated_at"]})
    return {"items": items, "total": total, "page": page, "size": size}


def _open(view: View, names: list[str]) -> list[Any]:
    """Return a condition for each kind of each rulebook: its states that are not final."""
    table = tables.roots
    return [
        and_(table.c.regime == book.name, table.c.kind == kind.name, table.c.state.not_in(sorted(kind.final)))
        for book, kind in view.registry.kinds()
        if kind.name in names
    ]


def _literal(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _whole(request: Mapping[str, Any], name: str, default: int) -> int:
    try:
        return int(request.get(name) or default)
    except (TypeError, ValueError):
        raise Refusal("invalid", errors={name: ["应为整数 / expected a whole number"]}) from None
