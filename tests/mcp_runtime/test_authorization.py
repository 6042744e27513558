"""The decision: default deny, deny over allow, and never more than the person behind a key."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_runtime.calls.authorization import Allowed, Denied, decide
from mcp_runtime.calls.loaded import LoadedServer
from mcp_runtime.contract.snapshot import GrantSpec
from tests.mcp_runtime.cast import credential, server, tools

TOOLS = tools()
ECHO = next(tool for tool in TOOLS if tool.name == "echo")
ERASE = next(tool for tool in TOOLS if tool.name == "erase")

subjects = st.sampled_from(
    [
        ("role", "owner"),
        ("role", "caller"),
        ("member", "id-of-ada"),
        ("member", "id-of-gus"),
        ("api_key", "key-of-ada"),
        ("client", "family-of-ada"),
        ("nobody", ""),
    ]
)
targets = st.sampled_from(
    [("server", ""), ("tool", ECHO.id), ("tool", ERASE.id), ("annotation", "read_only"), ("unheard-of", "")]
)
grants = st.lists(
    st.builds(
        lambda subject, target, effect: GrantSpec(
            subject_kind=subject[0], subject=subject[1], target_kind=target[0], target=target[1], effect=effect
        ),
        subjects,
        targets,
        st.sampled_from(["allow", "deny", "ask"]),
    ),
    max_size=6,
)
scopes = st.sampled_from([(), ("mcp:read",), ("mcp:call",), ("mcp:read", "mcp:call"), ("manage:write",)])


@pytest.mark.must("MUST-22.2")
@given(grants, scopes)
def test_the_list_is_exactly_what_is_callable(granted: list[GrantSpec], held: tuple[str, ...]) -> None:
    snapshot = server("acme", grants=tuple(granted))
    record = credential("acme", "ada", "owner", scopes=held)
    listed = set(LoadedServer(snapshot).access(record).tools)
    callable_ = {tool.name for tool in snapshot.tools if isinstance(decide(snapshot, record, tool), Allowed)}
    assert listed == callable_


@given(grants, scopes)
def test_more_denials_never_allow_more(granted: list[GrantSpec], held: tuple[str, ...]) -> None:
    record = credential("acme", "ada", "owner", scopes=held)
    denial = GrantSpec(subject_kind="role", subject="owner", target_kind="server", effect="deny")
    denied = server("acme", grants=(*granted, denial))
    assert all(isinstance(decide(denied, record, tool), Denied) for tool in denied.tools)


@given(grants)
def test_what_is_granted_to_others_is_not_granted(granted: list[GrantSpec]) -> None:
    gus = credential("globex", "gus", "caller", api_key=None, client="another")
    others = tuple(grant for grant in granted if grant.subject not in ("caller", "id-of-gus"))
    snapshot = server("acme", grants=others)
    assert all(isinstance(decide(snapshot, gus, tool), Denied) for tool in snapshot.tools)


@given(grants)
def test_a_key_never_may_more_than_its_person(granted: list[GrantSpec]) -> None:
    person = credential("acme", "ada", "owner", api_key=None, client="dashboard")
    key = credential("acme", "ada", "owner")
    snapshot = server("acme", grants=tuple(granted))
    for tool in snapshot.tools:
        if isinstance(decide(snapshot, key, tool), Allowed):
            assert isinstance(decide(snapshot, person, tool), Allowed)


def test_reasons_tell_the_cases_apart() -> None:
    ada = credential("acme", "ada", "owner")
    everything = GrantSpec(subject_kind="role", subject="owner", target_kind="server")
    no_erasing = GrantSpec(subject_kind="role", subject="owner", target_kind="tool", target=ERASE.id, effect="deny")
    only_echo = GrantSpec(subject_kind="api_key", subject="key-of-ada", target_kind="tool", target=ECHO.id)
    assert decide(server("acme", grants=()), ada, ECHO) == Denied("not_granted")
    assert decide(server("acme", grants=(everything, no_erasing)), ada, ERASE) == Denied("denied_by_grant")
    assert decide(server("acme", grants=(everything, only_echo)), ada, ERASE) == Denied("outside_selection")
    assert decide(server("acme", grants=(everything, only_echo)), ada, ECHO) == Allowed()
    reader = credential("acme", "ada", "owner", scopes=("mcp:read",))
    assert decide(server("acme"), reader, ERASE) == Denied("insufficient_scope", "mcp:call")
    assert decide(server("acme"), reader, ECHO) == Allowed()


def test_what_a_person_did_not_choose_for_a_client_is_neither_listed_nor_callable() -> None:
    everything = GrantSpec(subject_kind="role", subject="owner", target_kind="server", target="", effect="allow")
    snapshot = server("acme", grants=(everything,))
    loaded = LoadedServer(snapshot)
    all_of_them = credential("acme", "ada", "owner", scopes=("mcp:call",))
    one_of_them = msgspec.structs.replace(all_of_them, tools=(ECHO.id,))
    assert decide(snapshot, one_of_them, ERASE) == Denied("outside_selection")
    assert {ECHO.name, ERASE.name} <= set(loaded.access(all_of_them).tools)
    assert set(loaded.access(one_of_them).tools) == {ECHO.name}
