"""The mcp Python client with the tasks extension, by the SDK's own seam for extensions: it is answered with a task,
asks for it until it has ended, answers what it asks, and gives one up. Its argument is two servers as JSON; it prints
what it has seen."""

import json
import sys
from typing import Any, Literal

import anyio
import httpx2
from mcp import Client
from mcp.client.extension import ClaimContext, ClientExtension, ResultClaim
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, Request, Result
from pydantic import ConfigDict

from tests.end_to_end.clients.python_client import MODES, plain

CONFIRMED = {"action": "accept", "content": {"confirm": True}}
ENDED = ("completed", "failed", "cancelled")


class Task(Result):
    """A task as tasks/get shows it, and as a call is answered with it."""

    model_config = ConfigDict(extra="allow")
    task_id: str
    status: str
    poll_interval_ms: int = 1_000


class CreatedTask(Task):
    """The answer of a call that has become a task."""

    result_type: Literal["task"] = "task"


class TaskRequest(Request[dict[str, Any], str]):
    """Any of the extension's methods; its task's id is in a header, too."""

    name_param = "taskId"
    method: str
    params: dict[str, Any]


class Tasks(ClientExtension):
    """Follows every task to its end. `seen` has the statuses; with `gives_up`, it cancels it at once."""

    identifier = "io.modelcontextprotocol/tasks"

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.gives_up = False

    def claims(self) -> list[ResultClaim[CreatedTask]]:
        """Answers with a task are ours."""
        return [ResultClaim(result_type="task", model=CreatedTask, resolve=self.follow)]

    async def follow(self, created: CreatedTask, context: ClaimContext) -> CallToolResult:
        """What the call would have been answered."""
        task: Task = created
        self.seen.append(created.status)
        if self.gives_up:
            await ask(context, "tasks/cancel", Result, taskId=created.task_id)
        while task.status not in ENDED:
            if task.status == "input_required":
                answers = dict.fromkeys(extra(task)["inputRequests"], CONFIRMED)
                await ask(context, "tasks/update", Result, taskId=created.task_id, inputResponses=answers)
            await anyio.sleep(task.poll_interval_ms / 1000)
            task = await ask(context, "tasks/get", Task, taskId=created.task_id)
            self.seen += [] if self.seen[-1] == task.status else [task.status]
        if task.status != "completed":
            return CallToolResult(content=[], is_error=True)
        return CallToolResult.model_validate(extra(task)["result"])


def extra(task: Task) -> dict[str, Any]:
    """The fields of its status."""
    return task.model_extra or {}


async def ask(context: ClaimContext, method: str, result: type[Any], **params: Any) -> Any:
    return await context.session.send_request(TaskRequest(method=method, params=params), result)


async def main(servers: dict[str, Any]) -> None:
    """A task that ends, one that asks, one that is given up."""
    calls = [
        ("demo", "matrix_decomposition", {"size": 4}, False),
        ("everything", "confirm_delete", {"filename": "notes.txt"}, False),
        ("demo", "matrix_decomposition", {"size": 400}, True),
    ]
    found = []
    for name, tool, arguments, gives_up in calls:
        headers = {"Authorization": f"Bearer {servers[name]['api_key']}"}
        tasks = Tasks()
        tasks.gives_up = gives_up
        async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
            transport = streamable_http_client(servers[name]["url"], http_client=http)
            async with Client(
                transport, mode=MODES["modern"], extensions=[tasks], elicitation_callback=never
            ) as client:
                result = await client.call_tool(tool, arguments)
        last = tasks.seen[-1]
        found.append({"seen": tasks.seen, "outcome": last, "result": plain(result) if last == "completed" else None})
    print(json.dumps(found))


async def never(context: Any, params: Any) -> Any:
    """That it can be asked is declared; a task's questions come by the task."""
    raise AssertionError("asked outside of the task")


if __name__ == "__main__":
    anyio.run(main, json.loads(sys.argv[1]))
