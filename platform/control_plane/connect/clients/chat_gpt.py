"""ChatGPT on the web: an app of one's own, in developer mode. It signs in, or uses nothing; it knows no keys."""

from typing import Final

from control_plane.connect.blocks import Blocks, Steps, Values
from control_plane.connect.set_up import SetUp
from control_plane.connect.target import Target


def by_sign_in(target: Target) -> Blocks:
    """Settings, step by step."""
    return (
        Steps(
            (
                "On the web, open Settings → Apps (formerly Connectors) → Advanced settings.",
                "Switch Developer mode on.",
                "Choose Create app, fill these in, and choose Create.",
                "Sign in when ChatGPT asks.",
            )
        ),
        Values({"Name": target.name, "MCP Server URL": target.url, "Authentication": "OAuth"}),
    )


CLIENT: Final = SetUp(
    "chatgpt", "ChatGPT", by_sign_in, redirects=("https://chatgpt.com/… (one for each app)",), runs_elsewhere=True
)
