"""Filling is one pass, and its size is known before it is made."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcp_runtime.contract.placeholders import FilledTooLarge, fill, placeholders

NAMES = ("a", "b", "_c1")
PIECES = st.lists(st.one_of(st.sampled_from([(name,) for name in NAMES]), st.text("ab {}\\é", max_size=5)), max_size=8)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{a}} {{ b }} {{a}}", ["a", "b"]),
        ("{a} {{}} {{ }} {{1a}} {{a b}} {{secret.name}} {{  a}} {{a", []),
        ("{{{a}}}", ["a"]),
        ("{{a\n}}", []),
        ("{{é}}", []),
    ],
)
def test_only_a_plain_name_in_two_braces_is_a_place(text: str, names: list[str]) -> None:
    assert placeholders(text) == names


@settings(max_examples=300, deadline=None)
@given(PIECES, st.lists(st.text("ab{} c_1", max_size=12), min_size=3, max_size=3))
def test_a_value_comes_out_as_it_went_in(pieces: list[tuple[str] | str], values: list[str]) -> None:
    by_name = dict(zip(NAMES, values, strict=True))
    # A piece of text that ends in a brace would make another place of its neighbours.
    plain = [piece if isinstance(piece, tuple) else piece.replace("{", "(").replace("}", ")") for piece in pieces]
    text = "".join(f"{{{{{piece[0]}}}}}" if isinstance(piece, tuple) else piece for piece in plain)
    expected = "".join(by_name[piece[0]] if isinstance(piece, tuple) else piece for piece in plain)
    assert fill(text, by_name, len(expected)) == expected
    if expected:
        with pytest.raises(FilledTooLarge):
            fill(text, by_name, len(expected) - 1)
