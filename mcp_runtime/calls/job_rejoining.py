"""A replica is gone, and with it what waited there for a job. The job goes on; whoever is asked next waits for it."""

from mcp_runtime.calls.background import BackgroundCall
from mcp_runtime.calls.call import Call, Lasting
from mcp_runtime.calls.loaded import LoadedTool
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.refusals import Refused, refuse


class RejoinedCall(BackgroundCall):
    """A call that another replica began. It takes no place and is not counted again: there it was."""

    __slots__ = ()

    def __init__(self, call: Call, tool: LoadedTool) -> None:
        super().__init__(call, tool, _count_nothing)
        self._slots = ()

    async def rejoin(self, job_id: str) -> Lasting:
        """What waits for the job. Raises Refused where it is gone, RecordUnavailable."""
        runtime = self._call.runtime
        followed = self._followed = await runtime.job_events.follow(job_id)
        followed.tell_end()  # it may have ended before it was heard: look first
        try:
            view = await runtime.jobs.read(self._owner, job_id)
            if view is None:
                raise refuse("job_failed", "The job was removed, with what it belonged to.")
        except (Refused, RecordUnavailable):
            await self._give_back(job_id)
            raise
        return Lasting(
            run=lambda emit: self._run(job_id, view, emit),
            renew=_renew_nothing,
            tool=self._tool.spec.name,
            job_id=job_id,
            cancel=lambda: self._cancel(job_id),
        )


def _count_nothing(_: str) -> None:
    """The call was counted where it came in."""


async def _renew_nothing() -> None:
    """There is no place to be held."""
