"""The description of the API is valid, complete, and the same for everybody."""

import re

import pytest
from django.conf import settings
from django.core.management import call_command
from drf_spectacular.validation import validate_schema

from control_plane.api.schema import document
from tests.fixtures.api import Asker


def test_the_schema_is_valid_and_generated_without_a_warning(tmp_path: object) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=f"{tmp_path}/schema.yml")
    validate_schema(document())


@pytest.mark.django_db
def test_it_is_served_to_anybody_and_names_every_operation_once() -> None:
    response = Asker().get("/api/schema")
    assert response.status_code == 200
    operations = [operation for path in response.json()["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) > 30
    assert all("default" in operation["responses"] for operation in operations)
    by_session_only = [each["operationId"] for each in operations if {"managementKey": []} not in each["security"]]
    assert all(name.startswith("OperatorTenant") for name in by_session_only)


@pytest.mark.django_db
def test_the_page_shows_every_operation_and_loads_nothing_from_elsewhere() -> None:
    page = Asker().get("/api/docs").content.decode()
    for path in document()["paths"]:
        assert path in page
    assert re.findall(r"<script(?![^>]* src=\"/static/)", page) == []
    assert not re.search(r"(src|href)=\"(https?:)?//", page.replace(settings.PUBLIC_URL, ""))
    assert "style=" not in page
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []
