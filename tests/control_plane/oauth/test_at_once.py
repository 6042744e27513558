"""Many who come with the same code or token at the same time: one is served, or all are told the same."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tenants.models import AccessToken, RefreshToken
from tenants.scope import tenant_scope
from tests.control_plane.oauth.endings import revoke
from tests.control_plane.oauth.flow import RESOURCE, VERIFIER, Flow, flow_of
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
