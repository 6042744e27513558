"""Telling clients what their server says by itself, from outside of the runtime. Nothing rests on it being heard."""

import logging

from mcp_runtime.contract import keys
from mcp_runtime.contract.announcements import Announcement, encode_announcement
from tenants.publishing.store import STORE_DOWN, store

logger = logging.getLogger(__name__)


def announcement_publish(*, announcement: Announcement) -> None:
    """Tell the streams that asked for it, on every replica. Where the store is away it is only logged."""
    try:
        store().publish(keys.ANNOUNCEMENTS, encode_announcement(announcement))
    except STORE_DOWN as error:
        logger.warning("an announcement is not heard", extra={"error": type(error).__name__})
