"""Whatever is sent, the answer is one of the protocol: no 5xx, no hang, every reply as the official schema has it.

`make fuzz` sends ten times as many. SEED and COUNT in the environment choose others here as well.
"""

import os

import pytest

from tests.fuzz.campaign import campaign
from tests.fuzz.running import run

COUNT = int(os.environ.get("COUNT") or 20_000)
SEED = int(os.environ.get("SEED") or 20_260_728)


@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_every_answer_is_one_of_the_protocol(redis_url: str, era: str, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run(campaign(redis_url, era, SEED, COUNT))
    with capsys.disabled():
        print(f"\n{outcome}")
    assert outcome.found == []
    assert (outcome.sent, outcome.incidents) == (COUNT, 0)
    # They reach every kind of answer, and are no mere noise.
    assert outcome.results > COUNT / 10
    assert outcome.streams > COUNT / 100
    assert {200, 202, 400, 404, 406, 415} <= set(outcome.statuses)
