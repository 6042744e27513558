"""The places of one lasting call among those that may run at once: of its tenant, its principal, and its tool."""

from mcp_runtime.admission.gate import Gate
from mcp_runtime.admission.slots import Slot


class Places:
    """Taken once, renewed while the call lasts, given back once. Nothing is given back that was not taken."""

    __slots__ = ("_call_id", "_gate", "_is_counted", "_slots")

    def __init__(self, gate: Gate, slots: tuple[Slot, ...], call_id: str) -> None:
        self._gate, self._slots, self._call_id = gate, slots, call_id
        self._is_counted = False

    async def take(self, *, are_all_counted: bool) -> None:
        """Take them, in all replicas together or in this process alone. Raises Refused (too_many_calls)."""
        if are_all_counted:
            await self._gate.take_slots(self._slots, self._call_id)
        else:
            self._gate.take_slots_here(self._slots, self._call_id)
        self._is_counted = are_all_counted

    async def spread(self) -> None:
        """Have a call counted in all replicas that began under the places of this process. It goes on even where others
        have taken the last place meanwhile."""
        self._is_counted = True
        await self._gate.slots.spread(self._slots, self._call_id)

    async def renew(self) -> None:
        """It is still there."""
        await self._gate.slots.take(self._slots, self._call_id)

    async def release(self) -> None:
        """Give them back."""
        if self._is_counted:
            await self._gate.slots.release(self._slots, self._call_id)
        else:
            self._gate.slots.release_here(self._slots, self._call_id)
