"""The first page, on the one address."""

from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def at_8000(settings: Any) -> None:
    settings.PUBLIC_URL, settings.EMBEDDED = "http://127.0.0.1:8000", True


@pytest.mark.usefixtures("at_8000")
def test_it_says_how_to_connect(client: Client) -> None:
    page = client.get("/", HTTP_HOST="127.0.0.1:8000")
    assert page.status_code == 200
    assert "claude mcp add --transport http" in page.content.decode()


@pytest.mark.usefixtures("at_8000")
def test_its_style_is_served(client: Client) -> None:
    page = client.get("/", HTTP_HOST="127.0.0.1:8000").content.decode()
    path = page.split('rel="stylesheet" href="')[1].split('"')[0]
    style = client.get(path, HTTP_HOST="127.0.0.1:8000")
    assert (style.status_code, style["Content-Type"]) == (200, 'text/css; charset="utf-8"')


@pytest.mark.usefixtures("at_8000")
@pytest.mark.parametrize("spelling", ["localhost:8000", "[::1]:8000", "127.0.0.1:9999"])
def test_another_spelling_of_this_machine_leads_to_it(client: Client, spelling: str) -> None:
    response = client.get("/operator/?next=here", HTTP_HOST=spelling)
    assert (response.status_code, response["Location"]) == (302, "http://127.0.0.1:8000/operator/?next=here")


@pytest.mark.usefixtures("at_8000")
def test_programs_are_not_sent_elsewhere(client: Client) -> None:
    assert client.get("/livez", HTTP_HOST="localhost:8000").status_code == 200


def test_a_foreign_host_is_refused(client: Client) -> None:
    assert client.get("/livez", HTTP_HOST="rebinding.example").status_code == 400
