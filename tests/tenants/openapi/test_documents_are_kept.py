"""A document is kept as it was given, described, and let go with its tools or without; only its tenant has it."""

import gzip
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tenants.errors import (
    AbilityMissingError,
    ApplicationError,
    InvalidValueError,
    LimitReachedError,
    NameTakenError,
    NotFoundError,
)
from tenants.models import OpenApiSource, ServerTool
from tenants.scope import tenant_scope
from tenants.selectors.openapi_sources import openapi_source_get, openapi_source_list
from tenants.services import openapi_sources
from tenants.services.openapi_import import openapi_tools_create
from tenants.services.openapi_sources import (
    document_read,
    openapi_source_create,
    openapi_source_delete,
    openapi_source_update,
)
from tenants.services.openapi_versions import (
    openapi_version_apply,
    openapi_version_dismiss,
    openapi_version_look,
)
from tests.fixtures.cast import Cast, Company
from tests.tenants.openapi.keeping import given, kept, made, stored, tools_of, which
from tests.tenants.openapi.shop import SHOP


def titles(company: Company) -> list[str]:
    with tenant_scope(company.tenant):
        return [source.title for source in openapi_source_list(server=company.server)]


def test_a_document_is_kept_whole_with_the_address_that_it_names(cast: Cast) -> None:
    source = kept(cast.ada)
    assert (source.title, source.document_version, source.base_url) == ("Shop", "1", "https://eu.shop.example/v2")
    assert msgspec.json.decode(gzip.decompress(source.document)) == SHOP
    assert tools_of(cast.ada, source) == {}


def test_a_second_one_of_the_same_title_is_numbered_unless_it_was_named_so(cast: Cast) -> None:
    kept(cast.ada)
    kept(cast.ada)
    assert titles(cast.acme) == ["Shop", "Shop (2)"]
    with pytest.raises(NameTakenError):
        kept(cast.ada, title="Shop")


def test_what_the_database_can_not_hold_is_replaced(cast: Cast) -> None:
    document = {**SHOP, "info": {"title": "A\n\x00shop \\u0000", "version": 7}}
    source = kept(cast.ada, document)
    assert (source.title, source.document_version) == ("A\ufffdshop \\u0000".replace("A", "A "), "")
    assert b"\\\\u0000" in gzip.decompress(source.document)


@pytest.mark.parametrize(
    "address",
    [
        *("", "shop.example", "ftp://shop.example", "https://", "https://a.example/{x}", "https://u@a.example/"),
        *("https://ä.de", "https://a.example/?q", "https://a.example/#f", "https://a.example:x/"),
        f"https://a.example/{'x' * 2_000}",
    ],
)
def test_a_base_url_is_a_full_address(cast: Cast, address: str) -> None:
    source = kept(cast.ada)
    with pytest.raises(InvalidValueError) as refused:
        openapi_source_update(**which(cast.ada), source=source, base_url=address)
    assert refused.value.extra == {"field": "base_url"}


def test_another_base_url_and_another_secret_reach_its_tools_and_leave_the_rest(cast: Cast) -> None:
    stored(cast.ada, "token", "shop-token")
    source = kept(cast.ada)
    [tool] = made(cast.ada, source, "GET /orders/{orderId}")
    openapi_source_update(
        **which(cast.ada),
        source=source,
        title="Our shop",
        base_url="https://test.shop.example/v3/",
        secret_names={"token": "shop-token"},
    )
    [now] = tools_of(cast.ada, source).values()
    assert (now.pk, now.name) == (tool.pk, tool.name)
    request = now.definition["request"]
    assert request["url"] == "https://test.shop.example/v3/orders/{orderId}"
    assert request["constants"][0]["value"] == "Bearer {{secret.shop-token}}"
    with pytest.raises(InvalidValueError, match="no secret nowhere"):
        openapi_source_update(**which(cast.ada), source=source, secret_names={"token": "nowhere"})
    with pytest.raises(InvalidValueError, match="no security scheme 'other'"):
        openapi_source_update(**which(cast.ada), source=source, secret_names={"other": "token"})
    assert titles(cast.acme) == ["Our shop"]


@pytest.mark.parametrize(("remove", "left"), [(True, 0), (False, 1)])
def test_it_goes_with_its_tools_or_without(cast: Cast, remove: bool, left: int) -> None:
    stored(cast.ada, "token")
    source = kept(cast.ada)
    made(cast.ada, source, "GET /orders/{orderId}")
    assert openapi_source_delete(**which(cast.ada), source=source, remove_tools=remove) == 1
    with tenant_scope(cast.acme.tenant):
        rows = list(ServerTool.objects.filter(server_id=cast.acme.server.pk, kind="http"))
    assert len(rows) == left
    assert {row.openapi_source_id for row in rows} <= {None}
    assert titles(cast.acme) == []


def test_a_server_has_so_many_and_a_tenant_so_many_bytes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openapi_sources, "MOST", 1)
    source = kept(cast.ada)
    with pytest.raises(LimitReachedError, match="1 documents"):
        kept(cast.ada)
    monkeypatch.setattr(openapi_sources, "MOST", 9)
    monkeypatch.setattr(openapi_sources, "MOST_BYTES", len(source.document) + 10)
    with pytest.raises(LimitReachedError, match="Remove one first"):
        kept(cast.ada)
    other = given({**SHOP, "info": {"title": "Other"}})
    with pytest.raises(LimitReachedError, match="Remove one first"):
        openapi_version_look(**which(cast.ada), source=source, document=other)
    assert titles(cast.acme) == ["Shop"]


def test_what_is_no_document_is_refused_at_its_field() -> None:
    with pytest.raises(InvalidValueError, match=r"Swagger 2\.0") as refused:
        document_read(b'{"swagger": "2.0"}')
    assert refused.value.extra == {"field": "document"}


ASKED: list[Callable[..., Any]] = [
    lambda **which: openapi_source_update(**which, title="Mine"),
    lambda **which: openapi_source_delete(**which, remove_tools=True),
    lambda **which: openapi_tools_create(**which, operations=["POST /login"]),
    lambda **which: openapi_version_look(**which, document=given()),
    lambda **which: openapi_version_dismiss(**which),
    lambda **which: openapi_version_apply(**which, digest=""),
]


@pytest.mark.parametrize("ask", ASKED)
def test_an_outsider_finds_no_document_and_changes_none(cast: Cast, ask: Callable[..., Any]) -> None:
    source = kept(cast.ada)
    hers = which(cast.ada)
    with pytest.raises(NotFoundError):
        ask(**which(cast.gus), source=source)
    with pytest.raises(NotFoundError):
        ask(**{**which(cast.gus), "server": hers["server"]}, source=source)
    with pytest.raises(AbilityMissingError):
        ask(**{**hers, "actor": cast.max.actor}, source=source)
    with tenant_scope(cast.globex.tenant):
        assert not OpenApiSource.objects.exists()
        with pytest.raises(NotFoundError):
            openapi_source_get(server=cast.globex.server, source_id=source.pk)
    with tenant_scope(cast.acme.tenant):
        assert OpenApiSource.objects.get().title == "Shop"


def test_an_outsider_keeps_none_on_a_foreign_server(cast: Cast) -> None:
    for refused in ({**which(cast.gus), "server": cast.acme.server}, {**which(cast.ada), "actor": cast.max.actor}):
        with pytest.raises(ApplicationError):
            openapi_source_create(**refused, document=given())
    assert titles(cast.acme) == titles(cast.globex) == []
