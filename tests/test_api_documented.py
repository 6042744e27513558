"""docs/api.md has a row for every operation of the management API with the scope it asks for, and no other row."""

import inspect
import re

from control_plane.api import asking
from control_plane.api.operations import ApiView
from control_plane.api.urls import urlpatterns
from tests.repository import read

OPERATOR = "operator"
"""Who is asked for in place of a scope."""


def declared(source: str) -> dict[str, str]:
    """The methods of a view with the scopes that their declarations name."""
    found = re.findall(r"@(?:open_)?operation\((\w+).*?\n    def (\w+)\(", source, re.DOTALL)
    by_operators = re.findall(r"@operator_operation\(.*?\n    def (\w+)\(", source, re.DOTALL)
    by_scope = {method.upper(): str(getattr(asking, scope)) for scope, method in found}
    return by_scope | {method.upper(): OPERATOR for method in by_operators}


def operations() -> set[tuple[str, str, str]]:
    """Method, path and scope of every operation that has a route."""
    found = set()
    for pattern in urlpatterns:
        view = getattr(pattern.callback, "view_class", None)
        if view is not None and issubclass(view, ApiView):
            path = "/api/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))
            found |= {(method, path, scope) for method, scope in declared(inspect.getsource(view)).items()}
    return found


def test_the_page_has_every_operation() -> None:
    row = r"^\| `([A-Z]+)` \| `(/api/v1\S*)` \| `?(manage:\w+|operator)`? \|$"
    rows = re.findall(row, read("docs/api.md"), re.MULTILINE)
    assert len(rows) > 20
    assert set(rows) == operations()


def test_declarations_are_read_with_their_scope() -> None:
    post = "    @operation(WRITE, Ability.X, body=Form)\n    def post(self): ...\n"
    get = "    @open_operation(READ)\n    def get(self): ...\n"
    patch = "    @operator_operation(body=Form)\n    def patch(self): ...\n"
    assert declared(post + get + patch) == {"POST": "manage:write", "GET": "manage:read", "PATCH": "operator"}
