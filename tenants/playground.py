"""What marks the keys of the playground: one family, in every tenant.

To a family belong sessions and the share of the rate, so a person who tries tools out is one principal however many
short-lived keys their pages need; and by it, these keys and their calls are told from everybody else's.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

FAMILY: Final = UUID("6174726d-0000-4000-8000-706c61796772")
CLIENT: Final = str(FAMILY)
"""How the audit names the client of such a key."""

NAME: Final = "Playground"
LIFETIME: Final = timedelta(minutes=15)
MOST_AT_ONCE: Final = 60
"""Keys of one person that have not expired: each page needs one, and another one when it is used for longer."""
