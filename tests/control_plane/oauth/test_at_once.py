"""Many who come with the same code or token at the same time: one is served, or all are told the same."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from control_plane.oauth.authorization_request import examine
from control_plane.oauth.consent import Choices, grant
from control_plane.oauth.parameters import Parameters
from control_plane.oauth.targets import target_of
from tenants.errors import NotFoundError
from tenants.models import AccessToken, Application, Connection, RefreshToken
from tenants.scope import platform_scope, tenant_scope
from tenants.services.oauth_clients import oauth_client_create, oauth_client_delete
from tests.control_plane.oauth.endings import revoke
from tests.control_plane.oauth.flow import REDIRECT, RESOURCE, VERIFIER, Flow, flow_of
from tests.fixtures.cast import Cast
from tests.tenants.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)

REDEMPTIONS, REFRESHES = 100, 50


@pytest.fixture
def flow(cast: Cast) -> Flow:
    return flow_of(cast.max)


def all_at_once(flow: Flow, many: int, **form: Any) -> list[Any]:
    """The same form, sent by so many."""
    cache.clear()
    flows = [Flow(flow.application, wire=Client()) for _ in range(many)]
    return at_once(*(lambda each=each: each.post("token", **form) for each in flows))


def test_of_a_hundred_with_one_code_one_gets_tokens(cast: Cast, flow: Flow) -> None:
    code = flow.code()
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, "resource": RESOURCE}
    answers = all_at_once(flow, REDEMPTIONS, **form)
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(200), statuses.count(400)) == (1, REDEMPTIONS - 1)
    assert {answer.json()["error"] for answer in answers if answer.status_code == 400} == {"invalid_grant"}
    with tenant_scope(cast.acme.tenant):
        assert not AccessToken.objects.exists()


def test_of_fifty_with_one_refresh_token_all_are_told_the_same(cast: Cast, flow: Flow) -> None:
    tokens = flow.tokens()
    answers = all_at_once(flow, REFRESHES, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert {answer.status_code for answer in answers} == {200}
    pairs = {(answer.json()["access_token"], answer.json()["refresh_token"]) for answer in answers}
    assert len(pairs) == 1
    with tenant_scope(cast.acme.tenant):
        assert RefreshToken.objects.filter(superseded_at=None).count() == 1
        assert AccessToken.objects.count() == 2
    assert flow.refresh(pairs.pop()[1]).status_code == 200


def test_of_those_who_refresh_while_the_connection_ends_none_keeps_a_token(cast: Cast, flow: Flow) -> None:
    tokens = flow.tokens()
    flows = [Flow(flow.application, wire=Client()) for _ in range(10)]
    at_once(lambda: revoke(cast), *(lambda each=each: each.refresh(tokens["refresh_token"]) for each in flows))
    with tenant_scope(cast.acme.tenant):
        assert not AccessToken.objects.exists()
        assert not RefreshToken.objects.exists()


def own_flow(cast: Cast) -> Flow:
    """A client of acme's own, and max at his browser."""
    made = oauth_client_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="Editor", redirect_uris=[REDIRECT])
    flow = Flow(made.oauth_client)
    flow.browser.force_login(cast.max.user)
    return flow


def delete(cast: Cast, flow: Flow) -> None:
    oauth_client_delete(tenant=cast.acme.tenant, actor=cast.ada.actor, oauth_client_id=flow.application.pk)


def test_a_client_that_goes_between_the_page_and_the_decision_is_let_in_nowhere(cast: Cast) -> None:
    flow = own_flow(cast)
    asked = examine(Parameters(flow.parameters(), frozenset()))
    target = target_of(user=cast.max.user, application=asked.application, resource=RESOURCE)
    assert target is not None
    delete(cast, flow)
    with pytest.raises(NotFoundError):
        grant(asked, cast.max.user, target, Choices(None, read_only=False))
    with tenant_scope(cast.acme.tenant):
        assert not Connection.objects.exists()


def test_whoever_consents_and_refreshes_while_the_client_goes_is_refused_and_nothing_stays(cast: Cast) -> None:
    for _ in range(5):
        flow = own_flow(cast)
        tokens, page = flow.tokens(), flow.ask()
        spare = Flow(flow.application, wire=Client())
        consented, refreshed, _ = at_once(
            lambda flow=flow, page=page: flow.decide(page).status_code,
            lambda spare=spare, tokens=tokens: spare.refresh(tokens["refresh_token"]).status_code,
            lambda flow=flow: delete(cast, flow),
        )
        assert consented in (303, 400)
        assert refreshed in (200, 400, 401)
        with platform_scope("test"):
            assert not Application.objects.exists()
            assert not Connection.objects.exists()
            assert not AccessToken.objects.exists()
