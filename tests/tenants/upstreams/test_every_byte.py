"""Each byte of a definition counts, and no name passes for another."""

import itertools
import unicodedata
from typing import Any

import msgspec

from mcp_runtime.contract.upstreams import definition_digest
from tenants.models.upstream import DefinitionKind, DefinitionState
from tenants.upstreams.item_names import name_on_server, name_shadowed
from tenants.upstreams.pinning import Pinned, state_offered
from tenants.upstreams.soundness import definition_key, definition_problem
from tests.fixtures.cast import Cast
from tests.fixtures.upstreams import approved, definitions, offers, tool

DEFINITION = tool(
    annotations={"readOnlyHint": True, "idempotentHint": False},
    outputSchema={"type": "object", "properties": {"id": {"type": "integer", "minimum": 1.5}}},
    icons=[{"src": "https://i.example/i.png"}],
    _meta={"a": None},
)


def changed_in_one_byte() -> list[dict[str, Any]]:
    """Every definition whose JSON differs from DEFINITION's in one character, and is JSON all the same, with the name
    that it had."""
    text = msgspec.json.encode(DEFINITION).decode()
    found = []
    for place, sign in itertools.product(range(len(text)), "x 0"):
        try:
            other = msgspec.json.decode(text[:place] + sign + text[place + 1 :])
        except msgspec.DecodeError:
            continue
        if repr(other) != repr(DEFINITION) and other.get("name") == DEFINITION["name"]:
            found.append(other)
    return found


def test_every_change_of_one_byte_is_quarantined(cast: Cast) -> None:
    digest, others = definition_digest(DEFINITION), changed_in_one_byte()
    assert len(others) >= 300
    pinned = Pinned(DefinitionState.APPROVED, approved_digest=digest, offered_digest=digest)
    states = {state_offered(pinned, digest=definition_digest(other)) for other in others}
    assert states == {DefinitionState.CHANGED}
    upstream = approved(cast.ada, DEFINITION)
    for other in others[::80]:
        offers(cast.ada, upstream, tools=[other])
        [row] = definitions(cast.ada, upstream).values()
        assert row.state in (DefinitionState.CHANGED, DefinitionState.REFUSED), other
    offers(cast.ada, upstream, tools=[DEFINITION])
    assert definitions(cast.ada, upstream)["create_issue"].state == DefinitionState.APPROVED


LOOKALIKES = "аｃсⅽеｅоｏ𝗼рｐхｘіｉїӏⅼ１０ѕԁɡһ"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\u2066\u180e\u034f\u3164\U000e0061\ufe0f\u0301"


def test_names_with_anything_but_plain_letters_are_refused() -> None:
    names = {
        plain[:place] + sign + plain[place + cut :]
        for plain in ("create_issue", "list.items", "delete")
        for place in range(len(plain))
        for sign in LOOKALIKES + INVISIBLE
        for cut in (0, 1)
    }
    assert len(names) >= 500
    for name in names:
        key = definition_key(DefinitionKind.TOOL, {"name": name})
        assert key is None or definition_problem(DefinitionKind.TOOL, tool(name)), name
        assert unicodedata.normalize("NFKC", name) != name or not name.isascii()


def test_no_two_tools_of_a_server_can_be_taken_for_each_other() -> None:
    swaps = {"l": "1I", "i": "1l", "o": "0", "s": "5S", "_": "-.", "e": "E", "t": "T"}
    taken = name_on_server("tracker", "list_issues_to_solve")
    tried = {
        taken[:place] + sign + taken[place + 1 :]
        for place, letter in enumerate(taken)
        for sign in swaps.get(letter, "")
    }
    tried |= {one.swapcase() for one in tried}
    assert len(tried) >= 40
    assert {name for name in tried if name_shadowed(name, [taken]) is None} == set()
