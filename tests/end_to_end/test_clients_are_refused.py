"""What other people's clients learn when the answer is no."""

from typing import Any

import pytest

pytestmark = pytest.mark.processes
Transcript = dict[str, Any]


def said(transcript: Transcript, step: str) -> str:
    """The words of a refusal, in whichever of the two forms it came."""
    found = transcript[step]
    if "error" in found:
        return found["error"]["message"]
    assert found["result"]["isError"] is True
    return found["result"]["content"][0]["text"]


def test_wrong_arguments_are_a_result_that_names_the_field(transcript: Transcript) -> None:
    assert "result" in transcript["wrong_arguments"]
    assert "text" in said(transcript, "wrong_arguments")
    assert "string" in said(transcript, "wrong_arguments")


def test_an_unknown_tool_is_named(transcript: Transcript) -> None:
    assert "no_such_tool" in said(transcript, "unknown_tool")


@pytest.mark.parametrize("step", ["without_key", "outsider"])
def test_without_a_good_key_there_is_only_a_challenge(transcript: Transcript, step: str) -> None:
    refusal = transcript[step]
    assert refusal["error"]
    assert {answer["status"] for answer in refusal["answers"]} == {401}
    assert all(answer["challenge"].startswith("Bearer ") for answer in refusal["answers"])
    assert all("resource_metadata=" in answer["challenge"] for answer in refusal["answers"])


def test_the_outsider_learns_nothing_more_than_a_stranger(transcript: Transcript) -> None:
    stranger, outsider = (
        {str(answer) for answer in transcript[step]["answers"]} for step in ("without_key", "outsider")
    )
    assert outsider == stranger
