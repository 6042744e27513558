"""Other people's clients agree on a revision, list what the demo server has, and get the results of its tools."""

from typing import Any

import pytest

from tests.end_to_end.transcripts import Case

pytestmark = pytest.mark.processes
Transcript = dict[str, Any]


def test_client_and_server_agree_on_the_revision(case: Case, transcript: Transcript) -> None:
    assert transcript["era"] == case.era


def test_the_list_has_names_schemas_and_annotations(transcript: Transcript) -> None:
    tools = {tool["name"]: tool for tool in transcript["tools"]}
    assert {"text_statistics", "csv_to_json", "time_now", "matrix_decomposition"} <= tools.keys()
    statistics = tools["text_statistics"]
    assert statistics["inputSchema"]["properties"]["text"]["type"] == "string"
    assert statistics["inputSchema"]["required"] == ["text"]
    assert {"characters", "words", "lines"} == statistics["outputSchema"]["properties"].keys()
    assert statistics["annotations"]["readOnlyHint"] is True


def test_the_list_shows_nothing_of_other_servers(transcript: Transcript) -> None:
    assert not [tool["name"] for tool in transcript["tools"] if tool["name"].startswith("test_")]


def test_a_structured_result_arrives_by_value(transcript: Transcript) -> None:
    result = transcript["statistics"]
    assert result["structuredContent"] == {"characters": 13, "words": 3, "lines": 2}
    assert not result.get("isError")
    assert result["content"][0]["type"] == "text"


def test_the_decomposition_has_as_many_values_as_the_matrix_in_descending_order(transcript: Transcript) -> None:
    structured = transcript["decomposition"]["result"]["structuredContent"]
    values = structured["singular_values"]
    assert len(values) == 6
    assert values == sorted(values, reverse=True)
    assert values[-1] >= 0
