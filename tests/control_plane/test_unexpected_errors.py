"""A fault of ours shows nothing of the inside, in the shape that its reader expects."""

import pytest
from django.test import Client
from django.urls import path

from control_plane import urls


def break_down(request: object) -> None:
    raise RuntimeError("canary of the inside")


urlpatterns = [path("api/v1/broken", break_down), path("broken", break_down)]
handler500 = "control_plane.unexpected.server_error"


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("where", "kind"), [("/api/v1/broken", "application/json"), ("/broken", "text/html")])
def test_a_fault_is_told_without_its_inside(where: str, kind: str) -> None:
    response = Client(raise_request_exception=False).get(where)
    assert response.status_code == 500
    assert response["Content-Type"].startswith(kind)
    assert b"canary" not in response.content
    if kind == "application/json":
        assert response.json()["error"]["type"] == "internal_error"


def test_the_urls_name_the_handler() -> None:
    assert urls.handler500 == handler500
