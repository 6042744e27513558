"""OpenAPI documents over REST: keep one, choose operations, look at what changes, apply it."""

from typing import Any

import msgspec
import pytest

from tests.fixtures.api import Asker, with_key
from tests.fixtures.cast import Cast
from tests.tenants.openapi.keeping import stored
from tests.tenants.openapi.shop import SHOP
from tests.tenants.openapi.test_documents_are_read_again import DELETE, GET, LOGIN, another
from tests.tenants.openapi.test_operations_are_chosen import MANY

SOURCES = "tenants/acme/servers/demo/openapi-sources"
TEXT = msgspec.json.encode(SHOP).decode()


def kept(api: Asker, document: dict[str, Any] = SHOP, **chosen: Any) -> Any:
    answer = api.post(SOURCES, {"document": msgspec.json.encode(document).decode(), **chosen})
    assert answer.status_code == 201, answer.content
    return answer.json()


def made(api: Asker, source: Any, *operations: str) -> Any:
    return api.post(f"{SOURCES}/{source['id']}/tools", {"operations": list(operations)})


def test_a_document_is_kept_and_says_what_there_is_to_choose(cast: Cast, ada_api: Asker) -> None:
    stored(cast.ada, "key")
    source = kept(ada_api)
    assert (source["title"], source["version"], source["url"]) == ("Shop", "1", "")
    assert (source["base_url"], source["address_problem"]) == ("https://eu.shop.example/v2", "")
    assert source["servers"][0]["variables"][0]["name"] == "region"
    schemes = {scheme["scheme"]: scheme for scheme in source["schemes"]}
    assert (schemes["key"]["is_stored"], schemes["token"]["is_stored"]) == (True, False)
    assert "can't be met" in schemes["signed"]["problem"]
    assert source["tags"] == [{"name": "(none)", "operations": source["operations"]}]
    one = f"{SOURCES}/{source['id']}"
    assert ada_api.get(one).json() == source
    listed = ada_api.get(SOURCES).json()
    assert [each["id"] for each in listed["results"]] == [source["id"]]
    changed = ada_api.patch(
        one, {"title": "Our shop", "base_url": "http://shop.internal", "secret_names": {"token": "key"}}
    )
    assert changed.status_code == 200
    assert "must begin with https://" in changed.json()["address_problem"]
    assert [each["secret"] for each in changed.json()["schemes"] if each["scheme"] == "token"] == ["key"]
    assert ada_api.delete(f"{one}?remove_tools=true").status_code == 204
    assert ada_api.get(one).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "document"),
        ({"document": ""}, "document"),
        ({"document": "{}"}, "document"),
        ({"document": TEXT, "url": "https://a.example/"}, "document"),
        ({"url": "https://127.0.0.1/openapi.json"}, "url"),
        ({"document": TEXT, "base_url": "nowhere"}, "base_url"),
        ({"document": TEXT, "title": "a\nb"}, "title"),
        ({"document": TEXT, "secret_names": {"nobody": "key"}}, "secret_names"),
        ({"document": TEXT, "secret_names": {"token": "No name"}}, "secret_names"),
        ({"document": TEXT, "owner": "me"}, "owner"),
    ],
)
def test_what_does_not_fit_is_refused(ada_api: Asker, body: dict[str, Any], field: str) -> None:
    refused = ada_api.post(SOURCES, body)
    assert (refused.status_code, set(refused.json()["error"]["details"]["fields"])) == (400, {field})
    assert ada_api.get(SOURCES).json()["results"] == []


def test_a_document_of_megabytes_is_taken_and_a_larger_body_is_not(ada_api: Asker, monkeypatch: Any) -> None:
    large = {**SHOP, "info": {"title": "Large", "description": "x" * 3_000_000}}
    assert kept(ada_api, large)["title"] == "Large"
    monkeypatch.setattr("control_plane.api.large_body.LARGEST_BODY", 1_000)
    assert ada_api.post(SOURCES, {"document": TEXT}).status_code == 413


def test_operations_are_found_part_by_part(ada_api: Asker) -> None:
    one = f"{SOURCES}/{kept(ada_api, MANY)['id']}/operations"
    seen, cursor = [], ""
    while True:
        part = ada_api.get(f"{one}?limit=90{cursor}").json()
        seen += [each["key"] for each in part["results"]]
        if part["next"] is None:
            break
        cursor = f"&cursor={part['next']}"
    assert seen == [f"GET {path}" for path in MANY["paths"]]
    [found] = ada_api.get(f"{one}?text=THING_7%20things/7&tag=(none)&limit=1").json()["results"]
    assert (found["name"], found["problem"], found["tool_id"], found["secrets"]) == ("thing_7", "", None, [])
    assert ada_api.get(f"{one}?cursor=x").status_code == 400
    assert ada_api.get(f"{one}?cursor=\u00e4").status_code == 400


def test_operations_become_tools(cast: Cast, ada_api: Asker) -> None:
    source = kept(ada_api)
    missing = made(ada_api, source, GET)
    assert missing.json()["error"]["details"]["fields"]["secret_names"][0].startswith("Store these secrets first")
    stored(cast.ada, "token")
    answer = made(ada_api, source, GET, LOGIN)
    assert (answer.status_code, [tool["name"] for tool in answer.json()["tools"]]) == (201, ["orders_get", "login"])
    key = "GET%20/orders/%7BorderId%7D"
    detail = ada_api.get(f"{SOURCES}/{source['id']}/operation?key={key}").json()
    assert detail["tool_id"] == answer.json()["tools"][0]["id"]
    assert detail["definition"]["request"]["method"] == "GET"
    assert detail["secrets"] == ["token"]
    assert made(ada_api, source, "GET /nowhere").status_code == 404
    assert made(ada_api, source).status_code == 400
    assert ada_api.get(f"{SOURCES}/{source['id']}").json()["tools"] == 2


def test_another_version_is_looked_at_applied_and_dismissed(cast: Cast, ada_api: Asker) -> None:
    stored(cast.ada, "token", "key")
    source = kept(ada_api)
    made(ada_api, source, GET, DELETE, LOGIN)
    version = f"{SOURCES}/{source['id']}/version"
    assert ada_api.get(version).status_code == 404
    same = ada_api.post(version, {"document": TEXT}).json()
    assert (same["digest"], same["same"], same["changed"]) == ("", 3, [])
    changes = ada_api.post(version, {"document": msgspec.json.encode(another()).decode()}).json()
    assert ada_api.get(version).json() == changes
    assert [(each["tool"], each["parts"]) for each in changes["changed"]] == [
        ("login", ["description"]),
        ("orders_get", ["arguments", "request"]),
    ]
    assert [each["operation"] for each in changes["gone"]] == [DELETE]
    assert [each["key"] for each in changes["added"]] == ["PATCH /orders"]
    pending = ada_api.get(f"{SOURCES}/{source['id']}/operation?key=PATCH%20/orders&pending=true")
    assert pending.json()["name"] == "patchOrders"
    assert ada_api.post(f"{version}/apply", {"digest": "0"}).status_code == 400
    applied = ada_api.post(
        f"{version}/apply", {"digest": changes["digest"], "add": ["PATCH /orders"], "remove_gone": True}
    ).json()
    assert sorted(tool["name"] for tool in applied["changed"]) == ["login", "orders_get"]
    assert ([tool["name"] for tool in applied["added"]], len(applied["removed"])) == (["patchOrders"], 1)
    ada_api.post(version, {"document": TEXT})
    assert ada_api.delete(version).status_code == 204
    assert ada_api.get(version).status_code == 404


def test_who_may(cast: Cast, ada_api: Asker, max_api: Asker, gus_api: Asker) -> None:
    source = kept(ada_api)
    one = f"{SOURCES}/{source['id']}"
    assert max_api.get(one).status_code == 403
    for path in (one, f"tenants/globex/servers/demo/openapi-sources/{source['id']}"):
        assert gus_api.get(path).status_code == gus_api.delete(path).status_code == 404
    reader = with_key(cast.ada, ["manage:read"])
    assert reader.get(one).status_code == 200
    assert reader.post(f"{one}/tools", {"operations": [LOGIN]}).status_code == 403
