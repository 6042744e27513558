"""The shape of an API key."""

import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.api_key_format import generate_key, has_valid_checksum, key_from_bytes, shown_part

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def base62_value(text: str) -> int:
    value = 0
    for character in text:
        value = value * 62 + DIGITS.index(character)
    return value


def test_a_key_is_prefix_secret_and_checksum() -> None:
    key = generate_key()
    matched = re.fullmatch(r"atk_([0-9A-Za-z]{32})([0-9A-Za-z]{6})", key)
    assert matched is not None
    assert base62_value(matched[2]) == zlib.crc32(matched[1].encode())
    assert generate_key() != key


@given(st.binary(min_size=32, max_size=64))
def test_derived_keys_are_valid_and_repeatable(seed: bytes) -> None:
    key = key_from_bytes(seed)
    assert has_valid_checksum(key)
    assert key_from_bytes(seed) == key
    assert len(key) == 42


def test_too_little_key_material_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        key_from_bytes(b"short")


@given(st.integers(min_value=4, max_value=41), st.sampled_from(DIGITS + "-_é"))
def test_one_changed_character_is_noticed(position: int, character: str) -> None:
    key = key_from_bytes(bytes(range(32)))
    changed = key[:position] + character + key[position + 1 :]
    assert has_valid_checksum(changed) == (changed == key)


@pytest.mark.parametrize("text", ["", "atk_", "Bearer x", "atk_" + "0" * 32, "xtk_" + "0" * 38, "atk_" + "0" * 39])
def test_other_texts_are_no_keys(text: str) -> None:
    assert not has_valid_checksum(text)


def test_little_of_a_key_is_shown() -> None:
    key = generate_key()
    assert key.startswith(shown_part(key))
    assert len(shown_part(key)) == 10
