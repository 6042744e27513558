"""PKCE with S256, and nothing else: refused before a person is asked, and before a code is spent."""

import hashlib

import pytest

from tests.control_plane.oauth.flow import VERIFIER, Flow, challenge, flow_of
from tests.control_plane.oauth.negatives import Negative, negatives, wrongly_answered, wrongly_refused
from tests.fixtures.cast import Cast

TABLE = [
    Negative("pkce: required", "authorize", "no challenge", "invalid_request", {"code_challenge": None}),
    Negative(
        "pkce: required",
        "authorize",
        "neither challenge nor method",
        "invalid_request",
        {"code_challenge": None, "code_challenge_method": None},
    ),
    Negative("pkce: required", "authorize", "an empty challenge", "invalid_request", {"code_challenge": ""}),
    *negatives(
        "pkce: S256",
        "authorize",
        "invalid_request",
        "code_challenge_method",
        {
            "left out, which means plain": None,
            "empty": "",
            "plain": "plain",
            "lower case": "s256",
            "with a space": "S256 ",
            "another hash": "S512",
            "both": "S256 plain",
            "twice": ["S256", "S256"],
            "S256 and plain": ["S256", "plain"],
        },
    ),
    *negatives(
        "pkce: a SHA-256 in base64url",
        "authorize",
        "invalid_request",
        "code_challenge",
        {
            "too short": "a" * 42,
            "too long": "a" * 44,
            "padded": challenge()[:42] + "=",
            "of base64": "+" * 43,
            "with a space": "a" * 42 + " ",
            "in hexadecimal": hashlib.sha256(VERIFIER.encode()).hexdigest(),
            "not ASCII": "ä" * 43,
            "200 characters": "a" * 200,
            "twice": [challenge(), challenge()],
        },
    ),
]
AT_TOKEN = [
    Negative("pkce: verified", "token", "no verifier", "invalid_request", {"code_verifier": None}),
    Negative("pkce: verified", "token", "an empty verifier", "invalid_request", {"code_verifier": ""}),
    Negative("pkce: verified", "token", "two verifiers", "invalid_request", {"code_verifier": [VERIFIER, VERIFIER]}),
    Negative("pkce: verified", "token", "with a NUL", "invalid_request", {"code_verifier": f"{VERIFIER}\x00"}),
    *negatives(
        "pkce: verified",
        "token",
        "invalid_grant",
        "code_verifier",
        {
            "another": VERIFIER[::-1],
            "in upper case": VERIFIER.upper(),
            "the challenge itself": challenge(),
            "too short": "a" * 42,
            "too long": "a" * 129,
            "with a space": f"{VERIFIER} ",
            "with a plus": f"{VERIFIER}+",
            "not ASCII": f"{VERIFIER}ä",
        },
    ),
]


@pytest.fixture
def flow(cast: Cast) -> Flow:
    return flow_of(cast.max)


def test_nobody_is_asked(flow: Flow) -> None:
    assert wrongly_answered(flow, TABLE) == {}


def test_a_wrong_verifier_gets_nothing_and_spends_nothing(flow: Flow) -> None:
    code = flow.code()
    good = {"grant_type": "authorization_code", "code": code}
    assert wrongly_refused(flow, "token", good, AT_TOKEN) == {}
    assert flow.trade(code).status_code == 200


@pytest.mark.parametrize("length", [42, 129])
def test_a_verifier_of_the_wrong_length_is_refused_though_it_fits_the_challenge(flow: Flow, length: int) -> None:
    verifier = "v" * length
    code = flow.code(code_challenge=challenge(verifier))
    assert flow.trade(code, code_verifier=verifier).json()["error"] == "invalid_grant"


def test_the_verifier_of_another_code_is_refused(flow: Flow) -> None:
    flow.code()
    code = flow.code(code_challenge=challenge("another-verifier-that-is-long-enough-0123456789"))
    assert flow.trade(code).json()["error"] == "invalid_grant"
