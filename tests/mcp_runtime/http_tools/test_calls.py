"""A call of an HTTP tool, over a real connection: secrets go out and never come back, failures say what happened."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from mcp_runtime.calls.results import TextContent, ToolResult, error_type
from mcp_runtime.contract.http_tools import KIND
from mcp_runtime.contract.secret_values import SecretUnreadable, SecretValue
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.contract.trace_context import TraceContext
from mcp_runtime.http_tools import sending
from mcp_runtime.http_tools.executor import HttpExecutor
from mcp_runtime.toolkits.context import Cancellation, Context, Notification, Progress
from tests.egress.conftest import Listen
from tests.egress.outside import Outside, Visit, answer

pytestmark = pytest.mark.anyio

URL = "https://client.example/v1/items"
KEY = "sk-s3cr3t-value"
SIGNED = {"constants": [{"location": "header", "name": "Authorization", "value": "Bearer {{secret.key}}"}]}
Answers = Callable[[int, bytes], bytes]


class Vault:
    """The secrets of acme; globex has none."""

    async def __call__(self, tenant_id: str, name: str) -> SecretValue | None:
        if name == "broken":
            raise SecretUnreadable
        return SecretValue(name, 1, KEY) if (tenant_id, name) == ("acme", "key") else None


class Upstream:
    """Answers each request as `answers` says, by its number and bytes, and keeps what it got."""

    def __init__(self, answers: Answers) -> None:
        self.requests: list[bytes] = []
        self._answers = answers

    async def __call__(self, visit: Visit) -> None:
        head = visit.request
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line[:15] == b"Content-Length:"), 0)
        self.requests.append(head + await visit.reader.readexactly(length))
        await visit.say(self._answers(len(self.requests) - 1, head))
        await visit.until_gone()


def said(document: Any, **headers: str) -> bytes:
    return answer(msgspec.json.encode(document), **{"Content_Type": "application/json", **headers})


def context(notifications: list[Notification], trace: TraceContext | None = None) -> Context:
    return Context(
        emit=notifications.append,
        cancellation=Cancellation(),
        tenant="acme",
        principal="ada",
        call_id="call-1",
        trace=trace,
    )


async def call(
    outside: Outside,
    *,
    tenant: str = "acme",
    context: Context | None = None,
    arguments: dict[str, Any] | None = None,
    **request: Any,
) -> ToolResult:
    config = {"tenant_id": tenant, "request": {"method": "GET", "url": URL, **request}}
    spec = ToolSpec(id="tool-1", name="items", input_schema={"type": "object"}, kind=KIND, config=config)
    return await HttpExecutor(outside.door(), Vault()).bind(spec)(arguments or {}, context)


def text_of(result: ToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


async def test_a_secret_goes_out_with_the_request_of_its_tenant_alone(listen: Listen) -> None:
    upstream = Upstream(lambda *_: said({"ok": True}))
    outside = await listen(upstream)
    assert (await call(outside, **SIGNED)).structured == {"ok": True}
    assert f"\r\nAuthorization: Bearer {KEY}\r\n".encode() in upstream.requests[0]
    refused = await call(outside, tenant="globex", **SIGNED)
    assert error_type(refused) == "secret_missing"
    assert KEY not in text_of(refused)
    assert len(upstream.requests) == 1


async def test_a_secret_that_can_t_be_opened_sends_nothing(listen: Listen) -> None:
    upstream = Upstream(lambda *_: said({}))
    constants = [{"location": "header", "name": "X-Key", "value": "{{secret.broken}}"}]
    assert error_type(await call(await listen(upstream), constants=constants)) == "secret_unreadable"
    assert upstream.requests == []


@pytest.mark.parametrize(
    "reply",
    [
        said({"you_sent": f"Bearer {KEY}", KEY: [KEY]}),
        answer(f"You sent {KEY}.".encode(), Content_Type="text/plain"),
        answer(b64encode(KEY.encode()), Content_Type="text/html", status="500 Oops"),
        answer(f'{{"message": "{KEY} is wrong"}}'.encode(), Content_Type="application/json", status="401 No"),
        answer(b"\x89PNG" + KEY.encode(), Content_Type="image/png"),
        answer(b"%PDF" + KEY.encode(), Content_Type="application/pdf"),
    ],
)
async def test_an_answer_never_repeats_a_secret(listen: Listen, reply: bytes) -> None:
    upstream = Upstream(lambda *_: reply)
    result = await call(await listen(upstream), **SIGNED)
    assert KEY.encode() in upstream.requests[0]
    shown = msgspec.json.encode(result).decode()
    assert KEY not in shown
    assert b64encode(KEY.encode()).decode() not in shown
    assert b64encode(b"\x89PNG" + KEY.encode()).decode()[8:20] not in shown


async def test_the_way_out_is_the_guarded_one(listen: Listen) -> None:
    outside = await listen(Upstream(lambda *_: said({})))
    result = await call(outside, url="https://169.254.169.254/latest/meta-data")
    assert error_type(result) == "egress_refused"
    assert (result.meta or {})["io.atrium/error"]["reason"] == "host_is_address"
    assert outside.recorder.connects == []
    assert [(denial.reason, denial.tenant, denial.owner) for denial in outside.denials] == [
        ("host_is_address", "acme", "tool-1")
    ]


async def test_an_argument_that_does_not_fit_sends_nothing(listen: Listen) -> None:
    outside = await listen(Upstream(lambda *_: said({})))
    parameters = [{"argument": "id", "location": "path"}]
    result = await call(outside, url=f"{URL}/{{id}}", parameters=parameters, arguments={"id": "../admin"})
    assert error_type(result) == "bad_argument"
    assert outside.recorder.connects == []


async def test_a_redirect_is_not_followed(listen: Listen) -> None:
    upstream = Upstream(lambda *_: answer(status="302 Found", Location="https://evil.example/"))
    assert error_type(await call(await listen(upstream), **SIGNED)) == "egress_refused"
    assert len(upstream.requests) == 1


async def test_an_answer_that_is_too_large_is_not_read_on(listen: Listen) -> None:
    result = await call(await listen(Upstream(lambda *_: said("x" * 5_000))), largest_answer=1_000)
    assert (result.meta or {})["io.atrium/error"]["reason"] == "body_too_large"


async def test_pages_become_one_list_with_progress(listen: Listen) -> None:
    def pages(number: int, _: bytes) -> bytes:
        return said({"data": [number], "next": "abc" if number < 2 else None})

    upstream = Upstream(pages)
    notifications: list[Notification] = []
    pagination = {"kind": "cursor", "items": "data", "cursor": "next", "parameter": "after", "most_pages": 5}
    result = await call(await listen(upstream), context=context(notifications), pagination=pagination)
    assert (result.structured, result.meta) == ({"result": [0, 1, 2]}, None)
    assert [request.split(b" ")[1] for request in upstream.requests][1:] == [b"/v1/items?after=abc"] * 2
    assert [each.progress for each in notifications if isinstance(each, Progress)] == [1, 2, 3]
    cut = await call(await listen(Upstream(pages)), pagination={**pagination, "most_pages": 2})
    assert (cut.structured, cut.meta) == ({"result": [0, 1]}, {"io.atrium/incomplete": True})


async def test_a_page_that_fails_is_told(listen: Listen) -> None:
    def pages(number: int, _: bytes) -> bytes:
        return answer(status="500 Oops") if number else said([1], Link=f'<{URL}?page=2>; rel="next"')

    result = await call(await listen(Upstream(pages)), pagination={"kind": "link"})
    assert error_type(result) == "upstream_status"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "FIRST_WAIT_SECONDS", 0.001)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("request_", "status", "header", "times"),
    [
        ({"method": "GET"}, "503 Busy", {}, 3),
        ({"method": "GET"}, "429 Slow", {"Retry_After": "0"}, 3),
        ({"method": "GET"}, "503 Busy", {"Retry_After": "3600"}, 1),
        ({"method": "GET"}, "503 Busy", {"Retry_After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 3),
        ({"method": "GET"}, "500 Oops", {}, 1),
        ({"method": "GET"}, "404 None", {}, 1),
        ({"method": "DELETE"}, "502 Gateway", {}, 3),
        ({"method": "POST"}, "503 Busy", {}, 1),
        ({"method": "PATCH"}, "503 Busy", {}, 1),
        ({"method": "POST", "idempotency_header": "Idempotency-Key"}, "503 Busy", {}, 3),
    ],
)
async def test_only_what_may_be_repeated_is_sent_again(
    listen: Listen, request_: dict[str, Any], status: str, header: dict[str, str], times: int
) -> None:
    upstream = Upstream(lambda *_: answer(status=status, **header))
    result = await call(await listen(upstream), context=context([]), retries=2, **request_)
    assert len(upstream.requests) == times
    assert error_type(result) == "upstream_status"
    keys = {line for each in upstream.requests for line in each.split(b"\r\n") if line.startswith(b"Idempotency")}
    assert keys == ({b"Idempotency-Key: call-1"} if "idempotency_header" in request_ else set())


@pytest.mark.usefixtures("impatient")
async def test_a_connection_that_was_cut_is_tried_again_where_that_is_safe(listen: Listen) -> None:
    def cut(number: int, _: bytes) -> bytes:
        return said([number]) if number else b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"

    class Cutting(Upstream):
        async def __call__(self, visit: Visit) -> None:
            self.requests.append(visit.request)
            await visit.say(cut(len(self.requests) - 1, visit.request))

    assert (await call(await listen(Cutting(cut)), retries=1)).structured == {"result": [1]}
    again = Cutting(cut)
    result = await call(await listen(again), retries=1, method="POST")
    assert (error_type(result), len(again.requests)) == ("upstream_failed", 1)


@pytest.mark.usefixtures("impatient")
async def test_what_was_never_sent_may_be_tried_again_whatever_it_is() -> None:
    outside = Outside()  # nothing listens
    assert error_type(await call(outside, method="POST", retries=2)) == "upstream_failed"
    assert len(outside.recorder.connects) == 3


async def test_the_trace_goes_on(listen: Listen) -> None:
    upstream = Upstream(lambda *_: said({}))
    trace = TraceContext(f"00-{'ab' * 16}-{'cd' * 8}-01", "")
    result = await call(await listen(upstream), context=context([], trace))
    assert result.structured is not UNSET
    assert f"00-{'ab' * 16}".encode() in upstream.requests[0]
