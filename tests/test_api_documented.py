"""docs/api.md has a row for every operation of the management API with the scope it asks for, and no other row."""

import re

from control_plane.api.operations import OPERATOR, ApiView
from control_plane.api.urls import urlpatterns
from tests.repository import read

METHODS = ("get", "post", "put", "patch", "delete")


def operations() -> set[tuple[str, str, str]]:
    """Method, path and scope of every operation that has a route."""
    found = set()
    for pattern in urlpatterns:
        view = getattr(pattern.callback, "view_class", None)
        if view is not None and issubclass(view, ApiView):
            path = "/api/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))
            handlers = {method: getattr(view, method, None) for method in METHODS}
            found |= {
                (method.upper(), path, handler.scope)
                for method, handler in handlers.items()
                if hasattr(handler, "scope")
            }
    return found


def test_the_page_has_every_operation() -> None:
    row = r"^\| `([A-Z]+)` \| `(/api/v1\S*)` \| `?(manage:\w+|operator)`? \|$"
    rows = re.findall(row, read("docs/api.md"), re.MULTILINE)
    assert len(rows) > 20
    assert set(rows) == operations()


def test_every_operation_is_of_a_scope_or_of_operators() -> None:
    assert {scope for _, _, scope in operations()} == {"manage:read", "manage:write", "manage:access", OPERATOR}
