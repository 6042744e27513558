"""The MCP Inspector's command line, in each protocol era, over two replicas."""

import re
import signal
from pathlib import Path

import pytest

from tests.end_to_end.inspector import REFUSED_STATUS, TOOL_ERROR_STATUS, Inspector
from tests.fixtures.live import Endpoint, Live, ProxyFactory
from tests.fixtures.waiting import until

TASK = re.compile(r'"resultType":"task","taskId":"([^"]+)"')

pytestmark = pytest.mark.processes


@pytest.fixture(params=["legacy", "modern"])
def inspector(request: pytest.FixtureRequest, node: Path, tmp_path: Path) -> Inspector:
    return Inspector(node, tmp_path, request.param)


@pytest.fixture(params=["legacy", "modern", "auto"])
def any_inspector(request: pytest.FixtureRequest, node: Path, tmp_path: Path) -> Inspector:
    """Also one that finds out by itself: from then on it is as the modern one."""
    return Inspector(node, tmp_path, request.param)


@pytest.fixture
def demo(live: Live, proxy_url: str) -> Endpoint:
    return live.endpoint("demo", proxy_url)


def test_it_lists_the_tools(any_inspector: Inspector, demo: Endpoint) -> None:
    status, document = any_inspector.ask(*demo, "tools/list")
    assert status == 0
    assert {"text_statistics", "matrix_decomposition"} <= {tool["name"] for tool in document["result"]["tools"]}


def test_it_gets_a_structured_result(inspector: Inspector, demo: Endpoint) -> None:
    status, document = inspector.call(demo, "text_statistics", {"text": "one two\nthree"})
    assert status == 0
    assert document["result"]["structuredContent"] == {"characters": 13, "words": 3, "lines": 2}


def test_wrong_arguments_are_a_tool_error_that_names_the_field(inspector: Inspector, demo: Endpoint) -> None:
    status, document = inspector.call(demo, "text_statistics", {"text": 7})
    assert status == TOOL_ERROR_STATUS
    assert document["result"]["isError"] is True
    assert "text" in document["result"]["content"][0]["text"]


def test_without_a_key_and_with_the_outsiders_key_it_is_refused_alike(
    any_inspector: Inspector, demo: Endpoint, live: Live
) -> None:
    stranger = any_inspector.ask(demo.url, None, "tools/list")
    outsider = any_inspector.ask(demo.url, live.outsider().api_key, "tools/list")
    assert stranger.status == outsider.status == REFUSED_STATUS
    assert stranger.document["error"]["code"] == outsider.document["error"]["code"] == "auth_required"


def test_progress_reaches_it(inspector: Inspector, live: Live, proxy_to: ProxyFactory, tmp_path: Path) -> None:
    """It asks for progress and shows none, so the proxy tells what it got."""
    record = tmp_path / "answers"
    everything = live.endpoint("everything", proxy_to("--record", str(record)))
    status, _ = inspector.call(everything, "test_tool_with_progress", {}, "--tool-metadata", "progressToken=from-here")
    assert status == 0
    events = [line for line in record.read_text(encoding="utf-8").splitlines() if "notifications/progress" in line]
    assert len(events) == 3
    assert all('"from-here"' in event for event in events)


def test_the_work_of_a_task_survives_ctrl_c(node: Path, live: Live, proxy_to: ProxyFactory, tmp_path: Path) -> None:
    """It knows tasks: a call that has a handle is not cancelled by going away, and its result can be fetched."""
    inspector = Inspector(node, tmp_path, "modern")
    record = tmp_path / "answers"
    demo = live.endpoint("demo", proxy_to("--record", str(record)))
    with inspector.calling(demo, "matrix_decomposition", {"size": 150}) as call:
        until(lambda: TASK.search(record.read_text(encoding="utf-8")) is not None, 30)
        call.send_signal(signal.SIGINT)
        call.wait(10)
    found = TASK.search(record.read_text(encoding="utf-8"))
    assert found is not None
    fetched = inspector.call(demo, "get_job_result", {"job_id": found[1], "wait_seconds": 30})
    assert fetched.status == 0
    assert len(fetched.document["result"]["structuredContent"]["singular_values"]) == 150
