"""What a tool asks is answered by the author's test, in every revision that has the question."""

from typing import Any

import pytest

from mcp_runtime.testing import ERAS, RequestFailed, text_of, toolkit_client
from tests.mcp_runtime.toolkits.workbench import toolkit

WITH_FORMS = [era for era in ERAS if era >= "2025-06-18"]
WITH_PAGES = [era for era in ERAS if era >= "2025-11-25"]


@pytest.mark.parametrize("era", WITH_PAGES)
def test_questions_are_answered_one_after_another(era: str) -> None:
    with toolkit_client(toolkit, era=era, elicit=[{"what": "table"}, "accept"]) as client:
        assert client.call("order").text == "table on 4, accept"


@pytest.mark.parametrize("era", WITH_FORMS)
@pytest.mark.parametrize("action", ["decline", "cancel"])
def test_questions_can_be_turned_down(era: str, action: str) -> None:
    with toolkit_client(toolkit, era=era, elicit=action) as client:
        assert client.call("order").text == action


@pytest.mark.parametrize("era", WITH_FORMS)
def test_a_function_sees_what_is_asked(era: str) -> None:
    asked: list[dict[str, Any]] = []

    def answer(question: dict[str, Any]) -> Any:
        asked.append(question)
        return "cancel"

    with toolkit_client(toolkit, era=era, elicit=answer) as client:
        client.call("order")
    assert asked[0]["message"] == "What shall it be?"
    assert set(asked[0]["requestedSchema"]["properties"]) == {"what", "legs"}


@pytest.mark.parametrize("era", ERAS)
def test_a_model_and_roots_are_there(era: str) -> None:
    with toolkit_client(toolkit, era=era, sample="How good.", roots=["file:///bench"]) as client:
        assert client.call("praise").text == "How good."


@pytest.mark.parametrize("era", ERAS)
def test_a_client_that_cannot_be_asked_is_told(era: str) -> None:
    with toolkit_client(toolkit, era=era) as client:
        if era == ERAS[0]:
            with pytest.raises(RequestFailed) as failed:
                client.call("order")
            assert failed.value.type == "missing_capability"
        else:
            assert client.call("order").error_type == "missing_capability"


@pytest.mark.parametrize("era", WITH_FORMS)
@pytest.mark.parametrize("tasks", [True, False])
def test_a_job_asks_as_well(era: str, tasks: bool) -> None:
    with toolkit_client(toolkit, era=era, elicit={"what": "stool", "legs": 3}, tasks=tasks) as client:
        assert client.call("order_later").text == "stool on 3"


def test_a_prompt_asks_as_well() -> None:
    with toolkit_client(toolkit, elicit={"what": "shelf"}) as client:
        assert text_of(client.prompt("gift")) == "Build a shelf."


def test_more_questions_than_answers_fail_the_test() -> None:
    with (
        toolkit_client(toolkit, elicit=[{"what": "table"}]) as client,
        pytest.raises(AssertionError, match="once more"),
    ):
        client.call("order")
