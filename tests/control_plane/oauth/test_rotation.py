"""Refresh tokens rotate, and a client that lost an answer asks again; whoever shows an old one later ends them all."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from tenants.models import AccessToken, Outbox, RefreshToken
from tenants.scope import tenant_scope
from tests.control_plane.oauth.endings import outlast
from tests.control_plane.oauth.flow import Flow, flow_of
from tests.control_plane.oauth.negatives import refusal_at_endpoint
from tests.control_plane.oauth.test_flow import record
from tests.fixtures.cast import Cast


@pytest.fixture
def flow(cast: Cast) -> Flow:
    return flow_of(cast.max)


def live(cast: Cast) -> tuple[int, int]:
    """How many access tokens there are, and how many refresh tokens that were not traded yet."""
    with tenant_scope(cast.acme.tenant):
        return AccessToken.objects.count(), RefreshToken.objects.filter(superseded_at=None).count()


def test_a_lost_answer_is_told_again(cast: Cast, flow: Flow) -> None:
    first = flow.tokens()
    lost, again = (flow.refresh(first["refresh_token"]).json() for _ in range(2))
    assert {**again, "expires_in": 0} == {**lost, "expires_in": 0}
    assert live(cast) == (2, 1)
    assert record(again["access_token"]) is not None
    assert flow.refresh(again["refresh_token"]).status_code == 200


def test_a_lost_answer_is_told_as_it_was_whatever_is_asked_meanwhile(flow: Flow) -> None:
    first = flow.tokens()
    lost = flow.refresh(first["refresh_token"], scope="mcp:read").json()
    assert flow.refresh(first["refresh_token"]).json()["scope"] == lost["scope"] == "mcp:read"


def test_a_token_whose_successor_was_used_ends_the_family(cast: Cast, flow: Flow, caplog: Any) -> None:
    first = flow.tokens()
    second = flow.refresh(first["refresh_token"]).json()
    third = flow.refresh(second["refresh_token"]).json()
    with caplog.at_level(logging.WARNING):
        assert refusal_at_endpoint(flow.refresh(first["refresh_token"])) == "invalid_grant"
    assert_all_ended(cast, flow, first, second, third)
    assert "a refresh token was shown again" in caplog.text
    assert first["refresh_token"] not in caplog.text


def test_a_token_two_generations_old_ends_the_family(cast: Cast, flow: Flow) -> None:
    tokens = [flow.tokens()]
    for _ in range(3):
        tokens.append(flow.refresh(tokens[-1]["refresh_token"]).json())
    assert refusal_at_endpoint(flow.refresh(tokens[1]["refresh_token"])) == "invalid_grant"
    assert_all_ended(cast, flow, *tokens)


@pytest.mark.parametrize(("seconds", "status"), [(55, 200), (61, 400)])
def test_the_answer_is_told_again_for_a_minute(cast: Cast, flow: Flow, seconds: int, status: int) -> None:
    first = flow.tokens()
    second = flow.refresh(first["refresh_token"]).json()
    outlast(superseded_at=timedelta(seconds=seconds))(cast)
    assert flow.refresh(first["refresh_token"]).status_code == status
    if status == 400:
        assert_all_ended(cast, flow, first, second)


def test_another_secret_key_tells_nothing_new(cast: Cast, flow: Flow, settings: Any) -> None:
    first = flow.tokens()
    flow.refresh(first["refresh_token"])
    settings.SECRET_KEY = "another" * 10
    assert flow.refresh(first["refresh_token"]).status_code == 400


def test_only_its_own_family_ends(cast: Cast, flow: Flow) -> None:
    first, other = flow.tokens(), flow.tokens()
    second = flow.refresh(first["refresh_token"]).json()
    flow.refresh(second["refresh_token"])
    flow.refresh(first["refresh_token"])
    assert record(second["access_token"]) is None
    assert record(other["access_token"]) is not None
    assert flow.refresh(other["refresh_token"]).status_code == 200


def assert_all_ended(cast: Cast, flow: Flow, *pairs: dict[str, Any]) -> None:
    assert live(cast) == (0, 0)
    for pair in pairs:
        assert record(pair["access_token"]) is None
        assert refusal_at_endpoint(flow.refresh(pair["refresh_token"])) == "invalid_grant"
    with tenant_scope(cast.acme.tenant):
        assert Outbox.objects.filter(kind="credential").count() >= len(pairs)
