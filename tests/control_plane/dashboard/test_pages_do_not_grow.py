"""A page asks the database as often with much of everything as with little."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.busy_company import Company, Extent, company_found, company_grow
from benchmarks.dashboard_pages import page_routes, path_of
from benchmarks.desk_toolkit import toolkit
from mcp_runtime.toolkits.registry import ToolkitRegistry

CATALOGUE = ToolkitRegistry([toolkit])
LITTLE = Extent(servers=2, tools=3, members=3, keys=3, connections=3, calls=100, jobs=20, sessions=3)
MUCH = Extent(servers=8, tools=12, members=20, keys=25, connections=25, calls=600, jobs=300, sessions=60)
"""Of everything more than a page of a list shows. How long ten thousand calls take, the benchmark says."""


@pytest.fixture
def company(db: None, store: Any, settings: Any) -> Company:
    settings.TOOL_CATALOGUE = f"{__name__}.CATALOGUE"
    company = company_found()
    company_grow(company, LITTLE)
    return company


def counts(client: Client, paths: dict[str, str]) -> Iterator[tuple[str, int]]:
    """How many queries each page takes, once it has been asked for before."""
    for route, path in paths.items():
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        assert answer.status_code in (200, 302), (path, answer.status_code)
        yield route, len(queries)


def paths_of(company: Company) -> dict[str, str]:
    """Every page of theirs, by its route."""
    names = company.names()
    return {route: path_of(route, names) for route in page_routes()}


def test_much_of_everything_takes_as_many_queries_as_a_little(company: Company) -> None:
    client, paths = Client(), paths_of(company)
    client.force_login(company.owner)
    few = dict(counts(client, paths))
    company_grow(company, MUCH)
    assert dict(counts(client, paths)) == few


def test_another_company_finds_none_of_the_pages(company: Company) -> None:
    client = Client()
    client.force_login(company_found("quiet").owner)
    assert {client.get(path).status_code for path in paths_of(company).values()} == {404}
    assert "No call yet." in client.get("/app/quiet/calls/").content.decode()
    assert "No job yet." in client.get("/app/quiet/jobs/").content.decode()
