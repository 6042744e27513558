"""One client: what it is called, and how it is set up by signing in or with a key."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from control_plane.connect.blocks import Blocks
from control_plane.connect.target import Target


class Auth(StrEnum):
    """How a client proves who it acts for."""

    SIGN_IN = "oauth"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class SetUp:
    """`by_sign_in` or `by_key` is None where the client knows no such way. `redirects` are where it lets people come
    back to after signing in. `runs_elsewhere` where it calls from its maker's machines, not from the person's."""

    slug: str
    label: str
    by_sign_in: Callable[[Target], Blocks] | None = None
    by_key: Callable[[Target, str], Blocks] | None = None
    redirects: tuple[str, ...] = ()
    runs_elsewhere: bool = False

    @property
    def ways(self) -> list[Auth]:
        """Those that it knows, the better one first."""
        known = {Auth.SIGN_IN: self.by_sign_in, Auth.KEY: self.by_key}
        return [auth for auth, blocks in known.items() if blocks is not None]

    def blocks(self, target: Target, auth: Auth, key: str) -> Blocks:
        """The set-up; raises ValueError for a way that the client does not know."""
        if auth is Auth.SIGN_IN and self.by_sign_in is not None:
            return self.by_sign_in(target)
        if auth is Auth.KEY and self.by_key is not None:
            return self.by_key(target, key)
        raise ValueError(f"{self.label} can't be set up by {auth}")
