"""An error page says what to try; it needs neither database nor store, and reads alike for what is not there."""

import json
import logging
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import path

from control_plane import urls


def refuse(request: object) -> None:
    raise PermissionDenied("canary of the inside")


def miss(request: object) -> None:
    raise Http404("canary of the inside")


def break_down(request: object) -> None:
    raise RuntimeError("canary of the inside")


urlpatterns = [path("refused", refuse), path("missing", miss), path("broken", break_down)]
handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("where", "status", "heading"),
    [
        ("/refused", 403, "This is not allowed"),
        ("/missing", 404, "There is nothing here"),
        ("/nowhere", 404, "There is nothing here"),
        ("/broken", 500, "Something went wrong on our side"),
    ],
)
def test_it_says_what_happened_and_nothing_of_the_inside(where: str, status: int, heading: str) -> None:
    # Without the database: pytest-django refuses every query here.
    answer = Client(raise_request_exception=False).get(where)
    assert answer.status_code == status
    assert f"<h1>{heading}</h1>" in answer.content.decode()
    assert b"canary" not in answer.content
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.urls(__name__)
def test_what_is_hidden_reads_like_what_was_never_there() -> None:
    client = Client(raise_request_exception=False)
    assert client.get("/missing").content == client.get("/nowhere").content


@pytest.mark.urls(__name__)
def test_the_number_on_the_page_is_in_the_log(caplog: Any) -> None:
    with caplog.at_level(logging.ERROR, "control_plane.unexpected"):
        answer = Client(raise_request_exception=False).get("/broken")
    number = answer["X-Request-Id"]
    assert f"<code>{number}</code>" in answer.content.decode()
    assert number in [getattr(record, "request_id", "") for record in caplog.records]


def test_the_api_keeps_its_own_shape(client: Client) -> None:
    answer = client.get("/api/v1/nowhere")
    assert json.loads(answer.content)["error"]["type"] == "not_found"
