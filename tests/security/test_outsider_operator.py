"""The operator's pages: olga sees every tenant, and whoever is no operator sees the form to sign in."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.fixtures.api import Asker, bearer
from tests.security.asking import REFUSED, comparable, outsiders
from tests.security.inventory import Route, django_routes
from tests.security.operator_probes import OPERATIONS, OPERATOR, PAGES, PREFIX, SHOWS_ROW, SHOWS_ROWS
from tests.security.undoing import undone
from tests.security.world import CANARY, MADE_UP, World

SIGN_IN = "/operator/login/?next="
PLACES = {"<path:content_type_id>": "1", "^(?P<app_label>tenants)/$": "tenants/", "(?P<url>.*)$": "anything"}


def path_of(route: str, object_id: str) -> str:
    for placeholder, value in PLACES.items():
        route = route.replace(placeholder, value)
    return "/" + route.replace("<path:object_id>", object_id).replace("<label:tenant>", object_id)


def object_ids(world: World) -> dict[str, Any]:
    """One row of acme for every kind that the admin lists."""
    company, cast = world.acme, world.cast
    return {
        "tenant": cast.acme.tenant.pk,
        "user": cast.ada.user.pk,
        "membership": world.membership_id,
        "server": company.server.pk,
        "apikey": company.keys["manage"].api_key.pk,
        "application": world.application.pk,
        "call": company.call.pk,
        "overview": cast.acme.tenant.slug,
    }


def test_every_page_has_a_probe_and_every_probe_a_page() -> None:
    pages = {route.route for route in django_routes() if route.route.startswith(PREFIX)}
    assert pages - {"operator/login/"} == OPERATOR


@pytest.mark.parametrize("route", sorted(SHOWS_ROWS | SHOWS_ROW))
def test_the_operator_sees_rows_of_every_tenant(world: World, route: str) -> None:
    kind = route.removeprefix(f"{PREFIX}tenants/").split("/")[0]
    page = world.at_the_dashboard(world.olga).get(path_of(route, str(object_ids(world)[kind])))
    assert page.status_code == 200
    assert world.leaked(page.content.decode())
    secret = world.acme.keys["manage"].secret
    assert secret not in page.content.decode()
    assert page.content.decode().count(CANARY) or kind in ("user", "membership")


@pytest.mark.parametrize("route", sorted(OPERATOR))
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_else_sees_anything(world: World, route: str, method: str) -> None:
    ids = [str(found) for kind, found in object_ids(world).items() if f"/{kind}/" in route] or [MADE_UP["path"]]
    askers: dict[str, Asker] = {
        "the owner of acme": world.at_the_dashboard(world.cast.ada.user),
        "her key": bearer(world.acme.keys["manage"].secret),
        "the outsider": world.at_the_dashboard(world.cast.gus.user),
        "nobody": Asker(),
    }
    for who, asker in askers.items():
        answers = []
        for object_id in (ids[0], MADE_UP["path"]):
            path = path_of(route, object_id)
            with undone() as written:
                answers.append((asker.ask(method, path), (path, quote(path), object_id)))
                assert world.unchanged(written)
        refused, _ = answers[0]
        to_sign_in = SIGN_IN if route != f"{PREFIX}logout/" else f"/{PREFIX}"
        assert refused.status_code in REFUSED or refused["Location"].startswith(to_sign_in), (who, refused)
        assert len({repr(comparable(answer, *echoed)) for answer, echoed in answers}) == 1, who
        assert world.leaked(comparable(refused, *answers[0][1])[2]) == set()


@pytest.mark.parametrize("route", sorted(PAGES), ids=" ".join)
def test_the_operator_gets_the_pages_of_the_house(world: World, route: Route) -> None:
    path = path_of(route.route, world.cast.acme.tenant.slug)
    olga = world.at_the_dashboard(world.olga)
    with undone():
        answer = olga.client.generic(route.method, path, headers=olga.headers)
    assert answer.status_code == PAGES[route], answer.content
    shown = answer.content.decode()
    assert CANARY in shown or route.method == "POST" or route.route.endswith("health/")
    for secret in (world.acme.keys["manage"].secret, f"argument {CANARY}"):
        assert secret not in shown


@pytest.mark.parametrize("route", sorted(OPERATIONS), ids=" ".join)
def test_operations_for_operators_are_for_operators_alone(world: World, route: Route) -> None:
    sent, slug = OPERATIONS[route], world.cast.acme.tenant.slug
    path, nowhere = path_of(route.route, slug), path_of(route.route, "made-up")
    olga = world.at_the_dashboard(world.olga)
    with undone():
        shown = olga.ask(route.method, path, sent)
        assert shown.status_code == 200, shown.content
        assert CANARY in shown.content.decode()
    ada, her_key = world.at_the_dashboard(world.cast.ada.user), bearer(world.acme.keys["manage"].secret)
    owner = {"the owner": ada, "her key": her_key}
    for who, asker in {**owner, **outsiders(world)}.items():
        with undone() as written:
            answers = [asker.ask(route.method, each, sent) for each in (path, nowhere)]
            assert world.unchanged(written)
        assert answers[0].status_code in (401, 403), (who, answers[0].content)
        assert comparable(answers[0]) == comparable(answers[1]), who
        assert world.leaked(answers[0].content.decode()) == set(), who
