"""Every page of the dashboard, asked by its owner first, then by everybody who has no business there."""

import re
from typing import Any, Final

import pytest
from django.conf import settings
from django.test import Client

from tenants.models import User
from tests.fixtures.api import Asker
from tests.security.api_probes import PUBLIC
from tests.security.asking import REFUSED, comparable
from tests.security.inventory import Route, django_routes, filled, nested_names
from tests.security.page_probe import PageProbe
from tests.security.page_probes import PERSONAL, PREFIX, PROBES
from tests.security.stored_secret import value_of
from tests.security.undoing import undone
from tests.security.world import CANARY, World

ROUTES = sorted(PROBES)
NESTED = [(route, name) for route in ROUTES for name in nested_names(route.route)]
MASKED_TOKEN: Final = re.compile(r"\b[A-Za-z0-9]{64}\b")
"""Django masks the CSRF token anew for every answer."""


def ask(user: User | None, route: Route, path: str, probe: PageProbe, world: World) -> Any:
    """One answer. Whoever is refused, or sent to sign in, has changed nothing of acme."""
    asker = Asker(client=Client()) if user is None else world.at_the_dashboard(user)
    headers = {**asker.headers, **probe.headers}
    with undone() as written:
        if route.method == "GET":
            answer = asker.client.get(path, headers=headers)
        else:
            answer = asker.client.post(path, probe.form(world), headers=headers)
        if user is None or answer.status_code in REFUSED or user == world.cast.gus.user:
            assert world.unchanged(written)
    return answer


def alike(*answers: tuple[Any, str]) -> bool:
    """True where nobody could tell these answers apart, but by the path they asked for themselves."""
    seen = set()
    for answer, path in answers:
        status, headers, text = comparable(answer, path)
        seen.add(repr((status, headers, MASKED_TOKEN.sub("…", text))))
    return len(seen) == 1


def test_every_page_has_a_probe_and_every_probe_a_page() -> None:
    pages = {route for route in django_routes() if route.route.startswith(PREFIX)}
    probed = {*PROBES, *PERSONAL}
    assert pages - probed - PUBLIC == set()
    assert probed - pages == set()


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_the_owner_gets_it(world: World, route: Route) -> None:
    probe = PROBES[route]
    answer = ask(world.cast.ada.user, route, filled(route.route, world.acme.names), probe, world)
    assert answer.status_code == probe.expected(route.method), answer
    shown = probe.shown(world, route.method)
    assert not shown or shown in answer.content.decode()
    assert probe.is_stream or value_of(CANARY) not in answer.content.decode()


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_the_outsider_gets_what_he_would_of_a_tenant_that_does_not_exist(world: World, route: Route) -> None:
    probe, names = PROBES[route], world.acme.names
    missing: list[list[str]] = [[], ["tenant"], ["tenant", *nested_names(route.route)]]
    paths = [filled(route.route, names, made_up) for made_up in missing]
    answers = [(ask(world.cast.gus.user, route, path, probe, world), path) for path in paths]
    assert [answer.status_code for answer, _ in answers] == [404, 404, 404]
    assert alike(*answers)
    assert world.leaked(comparable(*answers[0])[2]) == set()


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_nobody_is_sent_to_sign_in_first(world: World, route: Route) -> None:
    probe = PROBES[route]
    missing: list[list[str]] = [[], ["tenant", *nested_names(route.route)]]
    for made_up in missing:
        path = filled(route.route, world.acme.names, made_up)
        answer = ask(None, route, path, probe, world)
        assert (answer.status_code, answer["Location"]) == (
            302,
            f"{settings.LOGIN_URL}?next={path.replace('/', '%2F')}",
        )
        assert answer.content == b""


@pytest.mark.parametrize(("route", "name"), NESTED, ids=[f"{' '.join(route)} {name}" for route, name in NESTED])
def test_what_is_acmes_is_not_found_from_within_globex(world: World, route: Route, name: str) -> None:
    probe = PROBES[route]
    own, foreign = world.globex.names, {**world.globex.names, name: world.acme.names[name]}
    paths = [filled(route.route, foreign), filled(route.route, own, made_up=[name])]
    answers = [(ask(world.cast.gus.user, route, path, probe, world), path) for path in paths]
    assert [answer.status_code for answer, _ in answers] == [404, 404]
    assert alike(*answers)
    assert world.leaked(comparable(*answers[0])[2]) == set()


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_a_caller_of_the_tenant_gets_no_further_than_the_role(world: World, route: Route) -> None:
    probe = PROBES[route]
    path = filled(route.route, world.acme.names)
    answer = ask(world.cast.max.user, route, path, probe, world)
    assert answer.status_code == probe.of_max, answer
    if probe.of_max in (403, 404):
        nowhere = filled(route.route, world.acme.names, made_up=nested_names(route.route))
        assert alike((answer, path), (ask(world.cast.max.user, route, nowhere, probe, world), nowhere))
        assert world.leaked(comparable(answer, path)[2]) == set()


@pytest.mark.parametrize("route", sorted(PERSONAL), ids=" ".join)
def test_a_page_of_ones_own_shows_nothing_of_others(world: World, route: Route) -> None:
    probe, path = PERSONAL[route], filled(route.route, {})
    answer = ask(world.cast.ada.user, route, path, probe, world)
    assert answer.status_code == probe.expected(route.method), answer
    assert probe.shown(world, route.method) in answer.content.decode()
    assert world.leaked(ask(world.cast.gus.user, route, path, probe, world).content.decode()) == set()
    assert ask(None, route, path, probe, world)["Location"].startswith(f"{settings.LOGIN_URL}?next=")
