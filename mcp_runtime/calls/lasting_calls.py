"""A call that may last: its places among those that run at once, its beginning, and the stream it gets if it lasts."""

from collections.abc import Awaitable, Callable

from mcp_runtime.calls.call import Answer, Call, Emit, Lasting
from mcp_runtime.calls.loaded import LoadedTool
from mcp_runtime.calls.places import Places
from mcp_runtime.calls.prompt_answers import PromptAnswer, may_be_prompt


class LastingCall:
    """`answer` runs the tool, says on the way what it has to say, and records how it came out."""

    def __init__(self, call: Call, tool: LoadedTool, call_id: str, answer: Callable[[Emit], Awaitable[bytes]]) -> None:
        self._tool, self._answer = tool, answer
        self._is_prompt = may_be_prompt(call, tool)
        self._places = Places(call.runtime.gate, call.caller.slots_for(tool), call_id)

    async def take_places(self) -> None:
        """To be done first. Raises Refused (too_many_calls)."""
        await self._places.take(are_all_counted=not self._is_prompt)

    async def begin(self) -> Answer:
        """What lasts; or the answer, where the call has ended in a moment. Then raises what `answer` raised."""
        if not self._is_prompt:
            return Lasting(self._run, self._places.renew, self._tool.spec.name)
        prompt = PromptAnswer(self._run)
        if await prompt.ends_in_a_moment():
            return prompt.result()
        await self._places.spread()
        if prompt.has_ended:  # meanwhile: what it gave back then may have been taken again by this
            await self._places.release()
        return Lasting(prompt.go_on, self._places.renew, self._tool.spec.name)

    async def _run(self, emit: Emit) -> bytes:
        try:
            return await self._answer(emit)
        finally:
            await self._places.release()
