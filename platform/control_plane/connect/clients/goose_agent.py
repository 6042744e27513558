"""Goose: a link for the desktop app, a dialogue in the terminal."""

from typing import Final

from control_plane.connect.blocks import Blocks, Command, Link, Sentence, Steps, Values
from control_plane.connect.quoting import url_part
from control_plane.connect.set_up import SetUp
from control_plane.connect.target import Target


def install_link(target: Target) -> str:
    """Opens Goose with the extension filled in."""
    name, url = url_part(target.name), url_part(target.url)
    return f"goose://extension?url={url}&type=streamable_http&id={name}&name={name}"


def _dialogue(target: Target, last: str, **more: str) -> Blocks:
    return (
        Command("goose configure"),
        Steps(("Choose Add Extension.", "Choose Remote Extension (Streamable HTTP).", last)),
        Values({"Name": target.name, "Streaming HTTP endpoint URI": target.url, **more}),
    )


def by_sign_in(target: Target) -> Blocks:
    """The link, then the dialogue."""
    return (
        Link("Add to Goose", install_link(target)),
        Sentence("Sign in when your browser opens. In a terminal:"),
        *_dialogue(target, "Fill these in, and add no custom headers."),
    )


def by_key(target: Target, key: str) -> Blocks:
    """The dialogue, with a header."""
    return _dialogue(target, "Fill these in, and answer that you want custom headers.", Authorization=f"Bearer {key}")


CLIENT: Final = SetUp("goose", "Goose", by_sign_in, by_key)
