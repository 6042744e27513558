"""A piece of a template, rendered as on a page."""

from typing import Any

from django.template import engines
from django.test import RequestFactory


def rendered(source: str, **context: Any) -> str:
    """What a page with this source would show."""
    compiler = engines["django"].engine.template_loaders[0].loaders[0].cotton_compiler
    return str(engines["django"].from_string(compiler.process(source)).render(context, RequestFactory().get("/")))
