"""Tags and filters of the component library, known to every template (see settings.TEMPLATES)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from control_plane.templatetags.form_controls import Control, control_of
from control_plane.templatetags.moments import Moment, moment_of, words_of_duration
from tenants.upstreams.visible_text import Piece, pieces

register = template.Library()


@register.simple_tag
def attributes(given: Any) -> SafeString:
    """The attributes that a component does not declare, for its root element, each value escaped."""
    passed: Mapping[str, Any] = given.attrs_dict()
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value),)
            for name, value in passed.items()
            if value is not None and value is not False
        ),
    )


@register.simple_tag
def control(field: Any, attributes: Any, autofocus: bool = False, **words: str) -> Control:
    """A bound field in parts: its control with the right class and ids, its label, help and errors.

    Raises TypeError when it is given something else, which a misspelt name of a field is.
    """
    if not isinstance(field, BoundField):
        raise TypeError(f"<c-field> needs a field of a form, not {field!r}")
    passed = {name: str(value) for name, value in attributes.attrs_dict().items() if value not in (None, False)}
    return control_of(field, passed | ({"autofocus": "autofocus"} if autofocus else {}), words)


@register.simple_tag
def unique(prefix: str) -> str:
    """An id that no other element has, of this page or of a part that is fetched later."""
    return f"{prefix}-{uuid4().hex[:12]}"


@register.simple_tag
def moment(value: datetime | str | None) -> Moment | None:
    """A time in its three forms, or None where there is none."""
    return moment_of(value, timezone.now())


@register.filter
def duration(milliseconds: float | str | None) -> str:
    """How long something took, in the unit that reads best: 41 ms, 6.2 s, 3 min 4 s."""
    return "" if milliseconds in (None, "") else words_of_duration(float(milliseconds or 0))


@register.filter
def trimmed(content: str) -> str:
    """What a slot holds without the white space around it; still safe when it was."""
    text = str(content).strip()
    return mark_safe(text) if isinstance(content, SafeString) else text  # noqa: S308 - as safe as what was given


@register.filter
def initial(name: str) -> str:
    """The letter that stands for a name."""
    return next((letter for letter in str(name) if letter.isalnum()), "·").upper()


@register.filter
def times(number: str | int) -> range:
    """So many turns of a loop."""
    return range(int(number))


@register.filter
def text_pieces(text: Any) -> list[Piece]:
    """A text of strangers in stretches, what nobody would see each by itself."""
    return list(pieces(str(text)))
