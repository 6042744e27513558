"""Cases are the same ones every time, many are valid, and hardly any two are alike."""

import msgspec
import pytest

from tests.fuzz.cases import Case, make_case
from tests.fuzz.judging import meaning
from tests.fuzz.official import LEGACY, MODERN, definitions, is_valid, requests


def made(era: str, count: int, seed: int = 1) -> list[Case]:
    """The first cases of a seed."""
    return [make_case(seed, era, number) for number in range(count)]


@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_a_seed_makes_the_same_cases_in_any_order(era: str) -> None:
    cases = made(era, 300)
    assert [make_case(1, era, number) for number in reversed(range(300))] == cases[::-1]
    assert made(era, 300, seed=2) != cases


@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_hardly_any_two_are_alike(era: str) -> None:
    assert len({case.body for case in made(era, 1_000)}) > 950


@pytest.mark.parametrize("revision", [MODERN, *LEGACY])
def test_every_method_of_every_revision_is_asked_for(revision: str) -> None:
    cases = [case for case in made("modern" if revision == MODERN else "legacy", 1_500) if case.revision == revision]
    asked = {method for case in cases for method in meaning(case.body).methods}
    assert set(requests(revision)) <= asked


def test_many_are_what_the_official_schema_calls_a_request() -> None:
    valid = {"modern": 0, "legacy": 0}
    for era in valid:
        for case in made(era, 500):
            if not meaning(case.body).methods or meaning(case.body).is_batch:
                continue
            message = msgspec.json.decode(case.body)
            valid[era] += "ClientRequest" in definitions(case.revision) and is_valid(case.revision, "ClientRequest")(
                message
            )
    assert min(valid.values()) > 100
