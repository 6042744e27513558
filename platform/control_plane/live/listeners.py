"""Who listens in this process, and to which tenant."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Listener:
    """One open stream. Names that came since it last looked are kept, each once."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._wake = asyncio.Event()

    def tell(self, name: str) -> None:
        """Something of this name changed."""
        self._names.add(name)
        self._wake.set()

    def wake(self) -> None:
        """Look at whatever else there may be to see."""
        self._wake.set()

    async def names(self, seconds: float) -> list[str]:
        """What changed, in order; empty where nothing did for so long, or somebody woke it."""
        try:
            async with asyncio.timeout(max(seconds, 0)):
                await self._wake.wait()
        except TimeoutError:
            return []
        self._wake.clear()
        names = sorted(self._names)
        self._names.clear()
        return names


class Listeners:
    """Everybody who listens, by tenant. `person` counts the streams of one."""

    def __init__(self) -> None:
        self._of_tenant: dict[str, set[Listener]] = {}
        self._of_person: dict[str, int] = {}

    def __len__(self) -> int:
        return sum(map(len, self._of_tenant.values()))

    def of_person(self, person: str) -> int:
        """How many streams a person has open in this process."""
        return self._of_person.get(person, 0)

    @contextmanager
    def listening(self, tenant: str, person: str) -> Iterator[Listener]:
        """A listener, for as long as the block lasts."""
        listener = Listener()
        self._of_tenant.setdefault(tenant, set()).add(listener)
        self._of_person[person] = self.of_person(person) + 1
        try:
            yield listener
        finally:
            self._of_tenant[tenant].discard(listener)
            self._of_person[person] -= 1
            if not self._of_tenant[tenant]:
                del self._of_tenant[tenant]
            if not self._of_person[person]:
                del self._of_person[person]

    def tell(self, name: str, tenants: Iterable[str]) -> None:
        """Tell those who listen to one of these tenants."""
        for tenant in tenants:
            for listener in self._of_tenant.get(tenant, ()):
                listener.tell(name)

    def tell_everybody(self, names: Iterable[str]) -> None:
        """Tell all of everything: something may have been missed."""
        for name in names:
            self.tell(name, list(self._of_tenant))

    def wake_everybody(self) -> None:
        """Let every listener look around."""
        for listeners in self._of_tenant.values():
            for listener in listeners:
                listener.wake()
