"""A client shows who it is by exactly the method that it registered, at every endpoint alike."""

import base64
from typing import Any

import pytest
from django.core.cache import cache

from tests.control_plane.oauth.flow import Flow, flow_of
from tests.control_plane.oauth.negatives import Negative, refusal_at_endpoint
from tests.fixtures.cast import Cast

SECRET = "ats_" + "5" * 64


def basic(text: str | bytes) -> dict[str, str]:
    """The header with this before it is encoded."""
    raw = text.encode() if isinstance(text, str) else text
    return {"Authorization": f"Basic {base64.b64encode(raw).decode()}"}


HEADER, BODY, NOTHING = basic(f"editor:{SECRET}"), {"client_secret": SECRET}, {"client_id": "editor"}

WRONG: dict[str, dict[str, tuple[dict[str, Any], str]]] = {
    "client_secret_basic": {
        "no secret": (NOTHING, "invalid_client"),
        "the secret in the form": (BODY, "invalid_client"),
        "another secret": (basic("editor:ats_other"), "invalid_client"),
        "no secret in the header": (basic("editor:"), "invalid_client"),
        "no colon": (basic("editor"), "invalid_client"),
        "no id": (basic(f":{SECRET}"), "invalid_client"),
        "another id": ({"client_id": None, **basic(f"nobody:{SECRET}")}, "invalid_client"),
        "two ids": ({"client_id": "other", **HEADER}, "invalid_request"),
        "header and form": ({**HEADER, **BODY}, "invalid_request"),
        "a bearer": ({"Authorization": f"Bearer {SECRET}"}, "invalid_client"),
        "no base64": ({"Authorization": f"Basic editor:{SECRET}"}, "invalid_client"),
        "no UTF-8": (basic(b"editor:\xff\xfe"), "invalid_client"),
        "a NUL": (basic(f"editor:{SECRET}\x00"), "invalid_client"),
        "an escaped NUL": (basic(f"editor:{SECRET}%00"), "invalid_client"),
        "a scheme alone": ({"Authorization": "Basic"}, "invalid_client"),
        "nothing": ({"client_id": None}, "invalid_client"),
    },
    "client_secret_post": {
        "no secret": (NOTHING, "invalid_client"),
        "the secret in the header": (HEADER, "invalid_client"),
        "another secret": ({"client_secret": "ats_other"}, "invalid_client"),
        "an empty secret": ({"client_secret": ""}, "invalid_client"),
        "the secret twice": ({"client_secret": [SECRET, SECRET]}, "invalid_request"),
        "what is stored of it": ({"client_secret": "stored"}, "invalid_client"),
    },
    "none": {
        "a secret": (BODY, "invalid_client"),
        "a header": (HEADER, "invalid_client"),
        "an unknown id": ({"client_id": "nobody"}, "invalid_client"),
        "no id": ({"client_id": None}, "invalid_client"),
        "two ids": ({"client_id": ["editor", "other"]}, "invalid_request"),
    },
}
PLACES = ("token", "refresh", "revoke")
TABLE = [
    Negative(f"client: as registered, {method}", place, what, error)
    for method, wrongs in WRONG.items()
    for what, (_, error) in wrongs.items()
    for place in PLACES
]
RIGHT: dict[str, dict[str, Any]] = {"client_secret_basic": HEADER, "client_secret_post": BODY, "none": {}}


def flow_with(cast: Cast, method: str) -> Flow:
    kind = "public" if method == "none" else "confidential"
    return flow_of(cast.max, auth_method=method, client_type=kind, client_secret=SECRET)


def send(flow: Flow, place: str, secrets: dict[str, str], shown: dict[str, Any]) -> Any:
    cache.clear()
    headers = {name: value for name, value in shown.items() if name == "Authorization"}
    form = {name: value for name, value in shown.items() if name != "Authorization"}
    if form.get("client_secret") == "stored":
        form["client_secret"] = flow.application.client_secret
    if place == "token":
        return flow.trade(secrets["code"], headers=headers, **form)
    if place == "refresh":
        return flow.refresh(secrets["refresh_token"], headers=headers, **form)
    return flow.revoke(secrets["refresh_token"], headers=headers, **form)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("method", WRONG)
def test_the_wrong_way_gets_nothing_and_spends_nothing(cast: Cast, method: str, place: str) -> None:
    flow = flow_with(cast, method)
    code = flow.code()
    secrets = {"code": code}
    if place != "token":
        secrets = send(flow, "token", secrets, RIGHT[method]).json()
    wrong = {}
    for what, (shown, error) in WRONG[method].items():
        response = send(flow, place, secrets, shown)
        if refusal_at_endpoint(response) != error:
            wrong[what] = (response.status_code, response.content)
    assert wrong == {}
    assert send(flow, place, secrets, RIGHT[method]).status_code == 200


def test_a_refused_client_is_told_how_to_show_itself(cast: Cast) -> None:
    response = flow_with(cast, "client_secret_basic").refresh("x")
    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Basic realm="oauth", charset="UTF-8"')


def test_an_encoded_id_and_secret_are_decoded(cast: Cast) -> None:
    flow = flow_of(
        cast.max,
        client_id="editor:1+1",
        auth_method="client_secret_basic",
        client_type="confidential",
        client_secret="a:b%c d",
    )
    shown = basic("editor%3A1%2B1:a%3Ab%25c+d")
    assert flow.trade(flow.code(), headers=shown, client_id=None).status_code == 200
