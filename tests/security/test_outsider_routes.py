"""Every route of the web process, asked by its owner first, then by everybody who has no business there.

Generated from the resolver: a route without a probe fails, so that whoever adds one says who may see what.
"""

from typing import Any

import pytest

from tests.fixtures.api import Asker, bearer
from tests.security.account_probes import DOOR, NAMES
from tests.security.api_probes import BY_TOKEN, KNOWN, OWN, PROBES, PUBLIC
from tests.security.asking import REFUSED, comparable, outsiders
from tests.security.inventory import Route, django_routes, filled, nested_names
from tests.security.operator_probes import is_operator_route
from tests.security.page_probes import is_page
from tests.security.probe import Probe
from tests.security.stored_secret import value_of
from tests.security.undoing import undone
from tests.security.world import CANARY, World

ROUTES = sorted(PROBES, key=str)


def unprobed(routes: list[Route]) -> list[Route]:
    known = {*PROBES, *KNOWN, *OWN, *PUBLIC, *DOOR, *BY_TOKEN}
    return [route for route in routes if route not in known and not is_operator_route(route) and not is_page(route)]


def ask(asker: Asker, route: Route, path: str, probe: Probe, world: World) -> Any:
    """One answer. Whoever is refused has changed nothing of acme."""
    with undone() as written:
        answer = asker.ask(route.method, path, None if probe.body is None else probe.body(world))
        if answer.status_code in REFUSED:
            assert world.unchanged(written)
    return answer


def test_every_route_has_a_probe_and_every_probe_a_route() -> None:
    routes = django_routes()
    assert unprobed(routes) == []
    assert {*PROBES, *KNOWN, *OWN, *PUBLIC, *DOOR, *BY_TOKEN} <= set(routes)


def test_a_route_without_a_probe_is_reported() -> None:
    planted = django_routes("tests.security.undeclared_urls")
    assert unprobed(planted) == planted != []


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_the_owner_gets_it_and_nobody_else_learns_anything(world: World, route: Route) -> None:
    probe = PROBES[route]
    path = filled(route.route, world.acme.names)
    ada = bearer(world.acme.keys["manage"].secret)
    answer = ask(ada, route, path, probe, world)
    assert answer.status_code == probe.status, answer.content
    assert probe.shows is None or probe.shows(world) in answer.content.decode()
    assert value_of(CANARY) not in answer.content.decode()

    nowhere = filled(route.route, world.acme.names, made_up=["tenant", *nested_names(route.route)])
    elsewhere = filled(route.route, world.acme.names, made_up=["tenant"])
    for who, asker in outsiders(world).items():
        answers = [ask(asker, route, each, probe, world) for each in (path, elsewhere, nowhere)]
        assert answers[0].status_code in REFUSED, (who, answers[0].content)
        assert len({repr(comparable(each)) for each in answers}) == 1, (who, [each.content for each in answers])
        assert world.leaked(answers[0].content.decode()) == set(), who


NESTED = [(route, name) for route in ROUTES for name in nested_names(route.route)]


@pytest.mark.parametrize(("route", "name"), NESTED, ids=[f"{' '.join(route)} {name}" for route, name in NESTED])
def test_what_is_acmes_is_not_found_from_within_globex(world: World, route: Route, name: str) -> None:
    probe = PROBES[route]
    own, foreign = world.globex.names, {**world.globex.names, name: world.acme.names[name]}
    gus = bearer(world.globex.keys["manage"].secret)
    answers = [
        ask(gus, route, filled(route.route, foreign), probe, world),
        ask(gus, route, filled(route.route, own, made_up=[name]), probe, world),
    ]
    assert [answer.status_code for answer in answers] == [404, 404], answers[0].content
    assert comparable(answers[0]) == comparable(answers[1])
    assert world.leaked(answers[0].content.decode()) == set()


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_a_caller_of_the_tenant_gets_no_further_than_the_role(world: World, route: Route) -> None:
    probe = PROBES[route]
    of_his_key = probe.of_max if route.method == "GET" else 403
    by_key, by_session = bearer(world.max_keys["manage"].secret), world.at_the_dashboard(world.cast.max.user)
    for asker, status in ((by_key, of_his_key), (by_session, probe.of_max)):
        answer = ask(asker, route, filled(route.route, world.acme.names), probe, world)
        assert answer.status_code == status, answer.content
        if answer.status_code in REFUSED and nested_names(route.route):
            made_up = ask(asker, route, filled(route.route, world.acme.names, nested_names(route.route)), probe, world)
            assert comparable(answer) == comparable(made_up)
            assert world.leaked(answer.content.decode()) == set()


@pytest.mark.parametrize("route", sorted(KNOWN), ids=" ".join)
def test_what_everybody_known_may_ask_tells_each_of_their_own(world: World, route: Route) -> None:
    path = filled(route.route, {})
    assert bearer(world.acme.keys["manage"].secret).get(path).status_code == 200
    for who, asker in outsiders(world).items():
        answer = asker.get(path)
        assert (answer.status_code == 200) is (who in ("his management key", "his session"))
        assert world.leaked(answer.content.decode()) == set(), who
    if route.route == "api/v1/tenants":
        assert CANARY in bearer(world.acme.keys["manage"].secret).get(path).content.decode()


@pytest.mark.parametrize("route", sorted(PUBLIC | DOOR), ids=" ".join)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_anybody_may_ask_tells_nothing_of_anybody(world: World, route: Route, method: str) -> None:
    path = filled(route.route, {"anything": "v1/anything", **NAMES})
    askers = [*outsiders(world).values(), bearer(world.acme.keys["manage"].secret)]
    for asker in askers:
        assert world.leaked(asker.ask(method, path).content.decode()) == set()
    assert askers[0].ask("GET", path).status_code < 500 or path == "/readyz"


@pytest.mark.parametrize("route", sorted(BY_TOKEN), ids=" ".join)
def test_what_the_operators_programs_ask_is_not_there_for_others(world: World, route: Route, settings: Any) -> None:
    settings.METRICS_TOKEN = "operator's token, which nobody else has"
    path = filled(route.route, {})
    assert bearer(settings.METRICS_TOKEN).get(path).content != b""
    for asker in (*outsiders(world).values(), bearer(world.acme.keys["manage"].secret)):
        answer = asker.get(path)
        assert (answer.status_code, answer.content) == (404, b"")
