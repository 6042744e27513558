"""What no form sends, for every parameter that a page reads: found by watching what it asks for, never from a list."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pytest
from django.http import QueryDict

from control_plane.cursors import cursor_of
from control_plane.dashboard.once import once_token
from control_plane.oauth.consent_state import ConsentState, seal
from tests.control_plane.oauth.flow import FOREIGN, Flow
from tests.fixtures.oauth import client_build
from tests.security import account_probes, operator_probes, page_probes
from tests.security.inventory import ANY, Route, filled
from tests.security.world import CANARY, World

Form = Callable[[World], dict[str, Any]]

FOR_EVERY_PARAMETER: Final = (
    *("a\x00b", "nan", "9" * 5_000, "A" * 30_000, "9999-12-31T23:59:59-23:59"),
    # A cursor with such a time, which is none in UTC.
    "WyI5OTk5LTEyLTMxVDIzOjU5OjU5LTIzOjU5IiwiMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1Il0",
)
IN_TURN: Final = (
    *("", "\x00", "\r\nSet-Cookie: a=b", "\u202e", "😀" * 100, "-1", "9" * 40, "1e400", "²", "[]"),
    *("<script>alert(1)</script>", "../../etc/passwd", "%s{0}{{7*7}}", "//evil.example", "a|b|c|d"),
    *("9999-12-31", "2026-13-45T99:99", "0001-01-01T00:00:00+23:59", "W10"),
    *("11111111-2222-4333-8444-555555555555", "{11111111222243338444555555555555}"),
)
FOR_FILTERS: Final[dict[str, dict[str, str]]] = {"calls/": {"when": "between"}, "calls/news": {"when": "between"}}
"""What else must be chosen, so that a parameter counts."""


@dataclass(frozen=True)
class Asked:
    """Who sends what to which route: gus, at globex; olga, the operator; or nobody."""

    route: Route
    who: str
    form: Form = field(default=lambda _: {})
    headers: dict[str, str] = field(default_factory=dict)

    def path(self, world: World) -> str:
        """Everything in it is the asker's own."""
        return filled(self.route.route, {**world.globex.names, **account_probes.NAMES})

    def good(self, world: World) -> dict[str, Any]:
        """What a form of theirs sends."""
        cast = replace(world.cast, ada=world.cast.gus, acme=world.cast.globex, max=world.cast.gus)
        found = {**self.form(replace(world, cast=cast, acme=world.globex))}
        found = {name: value.replace(CANARY, "") if isinstance(value, str) else value for name, value in found.items()}
        if "once" in found:
            found["once"] = once_token(self.path(world))
        ending = self.route.route.removeprefix(page_probes.TENANT)
        return {**FOR_FILTERS.get(ending, {}), **found}


def everything() -> Iterator[Asked]:
    """Every page of the dashboard, of accounts, for operators and of OAuth."""
    for route, probe in sorted(page_probes.PROBES.items()):
        if not probe.is_stream:
            yield Asked(route, "gus", probe.form, probe.headers)
    for route in sorted(account_probes.OWN | account_probes.ANYBODYS):
        for method in ("GET", "POST") if route.method == ANY else (route.method,):
            yield Asked(Route(method, route.route), "gus" if route in account_probes.OWN else "nobody")
    yield Asked(Route("POST", "accounts/password/change/"), "gus")
    for route in sorted(operator_probes.PAGES):
        yield Asked(route, "olga")
    yield Asked(Route("POST", "operator/login/"), "nobody")
    yield Asked(Route("GET", "oauth/authorize"), "gus", _authorization)
    yield Asked(Route("POST", "oauth/authorize"), "gus", _decision)
    for endpoint, names in (
        ("token", "grant_type code code_verifier refresh_token resource scope"),
        ("revoke", "token"),
    ):
        yield Asked(
            Route("POST", f"oauth/{endpoint}"), "nobody", lambda _, names=names: dict.fromkeys(names.split(), "x")
        )


def foreign_values(world: World) -> list[str]:
    """What is acme's, as somebody would send it who has seen it."""
    acme = world.acme
    ids = [str(row.pk) for row in (acme.tool, acme.server, acme.connection, acme.grant, acme.call, acme.job)]
    client = acme.oauth_client.oauth_client
    composed = [f"tool:{acme.tool.pk}", f"caller|tool:{acme.tool.pk}|1", acme.connection.client_id, client.client_id]
    cursors = [cursor_of(acme.call, ("-time", "pk")), cursor_of(acme.job, ("-created_at", "pk"))]
    ids += [str(row.pk) for row in acme.primitives.values()]
    return [*ids, *composed, acme.server.slug, str(world.cast.ada.user.pk), *cursors]


@contextmanager
def watched() -> Iterator[set[str]]:
    """The names of parameters that are asked for meanwhile."""
    names: set[str] = set()

    def watching(method: Any) -> Any:
        def asked(query: QueryDict, name: str, *others: Any, **options: Any) -> Any:
            names.add(name)
            return method(query, name, *others, **options)

        return asked

    with pytest.MonkeyPatch.context() as patch:
        for method in ("get", "getlist", "__getitem__", "__contains__"):
            patch.setattr(QueryDict, method, watching(getattr(QueryDict, method)))
        yield names


def _authorization(_: World) -> dict[str, Any]:
    return Flow(client_build(redirect_uris="http://127.0.0.1/callback")).parameters(resource=FOREIGN)


def _decision(world: World) -> dict[str, Any]:
    state = ConsentState(_authorization(world), FOREIGN)
    sealed = seal(state, user_id=world.cast.gus.user.pk)
    return {"state": sealed, "decision": "allow", "tools": "chosen", "access": "call", "tool": str(world.acme.tool.pk)}
