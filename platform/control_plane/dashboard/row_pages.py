"""A long list on a page: so many rows, and where the newer and older ones are. What is filtered stays in the URL."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest

from control_plane.cursors import Order, backwards, cursor_of, rows_after
from tenants.errors import InvalidValueError

ROWS: Final = 50
MOST_NEW: Final = 100
"""New rows are counted up to here."""

OLDER, NEWER = "after", "before"


@dataclass(frozen=True, slots=True)
class RowPage:
    """What `<c-pagination>` reads, and the rows."""

    rows: list[Any]
    previous_url: str = ""
    next_url: str = ""

    @property
    def is_first(self) -> bool:
        """True where nothing stands before these rows."""
        return not self.previous_url


def row_page(request: HttpRequest, rows: QuerySet[Any], order: Order, *, size: int = ROWS) -> RowPage:
    """The part of the list that the URL asks for; the first one where its cursor is none of this list. One query."""
    try:
        return _part(request, rows, order, size)
    except InvalidValueError:
        return _first(request, rows, order, size)


def new_rows(request: HttpRequest, rows: QuerySet[Any], order: Order) -> int:
    """How many rows have come since the one whose cursor is in the URL as `newest`; none where that is no cursor of
    this list. One query."""
    newest = request.GET.get("newest", "")
    try:
        newer = rows_after(rows, newest, backwards(order)) if newest else rows
    except InvalidValueError:
        return 0
    return int(newer[:MOST_NEW].count())


def new_rows_told(request: HttpRequest) -> int:
    """How many new rows the person was told of, by the URL that they followed."""
    text = request.GET.get("new")
    return min(int(text), MOST_NEW) if text and text.isdecimal() and len(text) < 4 else 0


def _part(request: HttpRequest, rows: QuerySet[Any], order: Order, size: int) -> RowPage:
    older, newer = request.GET.get(OLDER), request.GET.get(NEWER)
    if newer:
        found = list(rows_after(rows, newer, backwards(order))[: size + 1])
        if len(found) <= size:
            return _first(request, rows, order, size)
        part = found[:size][::-1]
        return RowPage(part, _url(request, NEWER, part[0], order), _url(request, OLDER, part[-1], order))
    if not older:
        return _first(request, rows, order, size)
    found = list(rows_after(rows, older, order)[: size + 1])
    part = found[:size]
    previous = _url(request, NEWER, part[0], order) if part else request.path
    return RowPage(part, previous, _url(request, OLDER, part[-1], order) if len(found) > size else "")


def _first(request: HttpRequest, rows: QuerySet[Any], order: Order, size: int) -> RowPage:
    found = list(rows.order_by(*order)[: size + 1])
    part = found[:size]
    return RowPage(part, "", _url(request, OLDER, part[-1], order) if len(found) > size else "")


def _url(request: HttpRequest, parameter: str, row: Any, order: Order) -> str:
    chosen = request.GET.copy()
    for name in (OLDER, NEWER):
        chosen.pop(name, None)
    chosen[parameter] = cursor_of(row, order)
    return f"{request.path}?{chosen.urlencode()}"
