"""Every method of MCP, in both eras, asked by acme's owner first, then by everybody who has no business there.

Against the real runtime on its real ports. Generated from the registry: a method without a probe fails.
"""

from collections.abc import Iterator
from typing import Any, Final
from uuid import uuid4

import pytest

from mcp_runtime.asgi import OWN_PREFIXES
from mcp_runtime.protected_resource import PREFIX
from tests.security.asking import comparable
from tests.security.inventory import mcp_methods
from tests.security.mcp_probes import PROBES, ask
from tests.security.serving import Served, served_runtime
from tests.security.world import CANARY, HER_JOB, World

HERS: Final = "/mcp/acme/vault"
NOT_THERE: Final = "/mcp/acme/made-up"
NOWHERE: Final = "/mcp/made-up/made-up"
HIS: Final = "/mcp/globex/shed"
MADE_UP_SESSION: Final = "made-up-session"


@pytest.fixture
def served(committed_world: World, store: Any) -> Iterator[Served]:
    with served_runtime() as running:
        yield running


def strangers(world: World) -> dict[str, str | None]:
    keys = world.globex.keys
    return {
        "his MCP key": keys["mcp"].secret,
        "his management key": keys["manage"].secret,
        "her management key": world.acme.keys["manage"].secret,
        "nobody": None,
        "nonsense": "atk_" + "0" * 38,
    }


def test_every_method_has_a_probe_and_every_probe_a_method() -> None:
    assert set(PROBES) == mcp_methods()
    assert set(OWN_PREFIXES) == {"/mcp/", f"{PREFIX}/"}


@pytest.mark.parametrize("probe", sorted(PROBES), ids=" ".join)
def test_the_owner_gets_it_and_nobody_else_learns_anything(
    committed_world: World, served: Served, probe: tuple[str, str]
) -> None:
    world, key = committed_world, committed_world.acme.keys["mcp"].secret
    session, hers = served.begin(HERS, key), served.begin(HERS, key)
    answer = ask(served, probe, HERS, key, session)
    assert answer.status_code in (200, 202, 204), answer.text
    assert '"error":{"code"' not in answer.text
    assert (CANARY in answer.text) is PROBES[probe].shows
    for who, stranger in strangers(world).items():
        answers = {path: ask(served, probe, path, stranger, hers) for path in (HERS, NOT_THERE, NOWHERE)}
        assert answers[HERS].status_code == 401, who
        assert len({repr(comparable(each, path)) for path, each in answers.items()}) == 1, who
        assert world.leaked(answers[HERS].text) == set(), who
    assert served.legacy(HERS, key, "ping", hers).status_code == 200


@pytest.mark.parametrize("probe", sorted(PROBES), ids=" ".join)
def test_what_is_acmes_is_not_found_from_within_globex(
    committed_world: World, served: Served, probe: tuple[str, str]
) -> None:
    world, his = committed_world, committed_world.globex.keys["mcp"].secret
    hers = served.begin(HERS, world.acme.keys["mcp"].secret)
    by_name = {path: ask(served, probe, path, his, hers) for path in ("/mcp/globex/vault", "/mcp/globex/made-up")}
    assert {answer.status_code for answer in by_name.values()} == {404}
    assert len({repr(comparable(answer, path)) for path, answer in by_name.items()}) == 1
    by_session = {session: ask(served, probe, HIS, his, session) for session in (hers, MADE_UP_SESSION)}
    assert comparable(by_session[hers], hers) == comparable(by_session[MADE_UP_SESSION], MADE_UP_SESSION)
    if probe[0] == "legacy" and probe[1] != "initialize":
        assert by_session[hers].status_code == 404
    # On his own server his own call may tell him the text that he sent.
    allowed = {CANARY} if probe in (("modern", "tools/call"), ("modern", "prompts/get")) else set()
    assert world.leaked("".join(answer.text for answer in (*by_name.values(), by_session[hers]))) == allowed
    assert served.legacy(HERS, world.acme.keys["mcp"].secret, "ping", hers).status_code == 200


@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_a_caller_learns_nothing_of_tools_that_are_not_granted(
    committed_world: World, served: Served, era: str
) -> None:
    world = committed_world
    ada, of_max = world.acme.keys["mcp"].secret, world.max_keys["mcp"].secret
    hidden, unknown = world.acme.tool.name, "query_nothing"
    sessions = {key: served.begin(HERS, key) for key in (ada, of_max)}

    def send(key: str, method: str, **params: Any) -> Any:
        if era == "modern":
            return served.modern(HERS, key, method, **params)
        return served.legacy(HERS, key, method, sessions[key], **params)

    assert hidden in send(ada, "tools/list").text
    listed = send(of_max, "tools/list").text
    assert "slugify" in listed
    assert not {text for text in (hidden, f"Title {CANARY}", f"Description {CANARY}") if text in listed}
    calls = {name: send(of_max, "tools/call", name=name, arguments={}) for name in (hidden, unknown)}
    assert comparable(calls[hidden], hidden) == comparable(calls[unknown], unknown)
    assert '"error"' in calls[hidden].text


@pytest.mark.parametrize("era", ["modern", "legacy"])
@pytest.mark.parametrize("whose", ["his", "max's"])
def test_her_job_is_to_others_as_if_it_were_not(committed_world: World, served: Served, era: str, whose: str) -> None:
    world, made_up = committed_world, str(uuid4())
    path, key = (HIS, world.globex.keys["mcp"].secret) if whose == "his" else (HERS, world.max_keys["mcp"].secret)
    session = served.begin(path, key)
    own = {CANARY} if whose == "max's" else set()  # the name of the server, which he knows

    def send(method: str, **params: Any) -> Any:
        if era == "modern":
            return served.modern(path, key, method, **params)
        return served.legacy(path, key, method, session, **params)

    for kind in ("status", "result"):
        read = {job: send("resources/read", uri=f"task://{kind}/{job}") for job in (HER_JOB, made_up)}
        assert comparable(read[HER_JOB], HER_JOB) == comparable(read[made_up], made_up)
        assert world.leaked(read[HER_JOB].text) <= own
    asked = [send("tools/call", name="get_job_result", arguments={"job_id": job}) for job in (HER_JOB, made_up)]
    assert comparable(asked[0], HER_JOB) == comparable(asked[1], made_up)
    assert world.leaked(asked[0].text) <= own


def test_the_metadata_of_a_resource_is_made_from_its_path_alone(committed_world: World, served: Served) -> None:
    answers = {path: served.ask("GET", f"{PREFIX}{path}") for path in (HERS, NOT_THERE, NOWHERE)}
    for path, answer in answers.items():
        assert answer.status_code == 200
        assert committed_world.leaked(answer.text) == set()
        assert path in answer.text
    shown = {
        answer.text.replace(path, "…").replace(path.removeprefix("/mcp/"), "…") for path, answer in answers.items()
    }
    assert len(shown) == 1


def test_what_the_runtime_says_of_itself_names_no_tenant(committed_world: World, served: Served) -> None:
    served.modern(HERS, committed_world.acme.keys["mcp"].secret, "tools/list")
    for path in ("/livez", "/readyz", "/metrics", "/anything"):
        answer = served.ask("GET", path).text
        assert committed_world.leaked(answer) == set()
        assert "acme" not in answer


OTHER_PATHS: Final = (
    *("/mcp/acme", "/mcp/", "/mcp//vault", "/mcp/ACME/vault", "/mcp/acme/%76ault"),
    *(f"{HERS}/", f"{HERS}/tools", f"{HERS}@1"),
)


def test_paths_methods_and_verbs_that_nobody_declared_serve_nobody(committed_world: World, served: Served) -> None:
    key = committed_world.acme.keys["mcp"].secret
    for path in OTHER_PATHS:
        for who in (key, None):
            assert served.modern(path, who, "tools/list").status_code == 404, path
    for method in ("tools/delete", "server/secrets", "admin/list", "ping"):
        answer = served.modern(HERS, key, method)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, -32601), method
    for verb in ("GET", "PUT", "PATCH", "HEAD", "DELETE"):
        assert served.ask(verb, HERS, headers={"Authorization": f"Bearer {key}"}).status_code == 405, verb
        assert served.ask(verb, HERS).status_code == 401, verb
