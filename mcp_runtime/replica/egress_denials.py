"""What a process does with each refusal of its way out: counts it, and says in the log whose it was.

That of a call stands with the call, too: as the reason that the audit keeps of it.
"""

import logging
from collections import Counter

from egress.denials import Denial

logger = logging.getLogger(__name__)


class EgressDenials:
    """The `report` of a door. It waits for nothing."""

    def __init__(self, counts: Counter[str]) -> None:
        self._counts = counts

    def __call__(self, denial: Denial) -> None:
        """One refusal."""
        self._counts[denial.reason] += 1
        logger.warning(
            "a way out was refused",
            extra={
                "reason": denial.reason,
                "host": denial.host,
                "purpose": denial.purpose.value,
                "tenant": denial.tenant,
                "owner": denial.owner,
            },
        )
