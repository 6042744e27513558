"""Mails: a subject and a text, and the same words as simple HTML."""

import logging
import smtplib
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)

LINK: Final = "http"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A part of a mail: words, or the one address to open."""

    text: str
    is_link: bool


def message_of(template: str, to: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    """The mail that `<template>_subject.txt` and `<template>_message.txt` say. Every link in it begins with PUBLIC_URL,
    whatever Host the request named."""
    values = {"base_url": settings.PUBLIC_URL, "email": to, **context}
    subject = " ".join(render_to_string(f"{template}_subject.txt", values).split())
    text = render_to_string(f"{template}_message.txt", values).strip()
    message = EmailMultiAlternatives(subject, text + "\n", to=[to])
    page = {"subject": subject, "paragraphs": _paragraphs(text), "base_url": settings.PUBLIC_URL}
    message.attach_alternative(render_to_string("account/email/mail.html", page), "text/html")
    return message


def send(message: EmailMultiAlternatives) -> bool:
    """Hand a mail over; False where that fails, which the log says. Nobody's request fails with it."""
    try:
        return message.send() == 1
    except (smtplib.SMTPException, OSError) as error:
        logger.error("A mail could not be sent; check EMAIL_URL.", extra={"reason": str(error)})
        return False


def _paragraphs(text: str) -> list[Paragraph]:
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    return [Paragraph(part, part.startswith(LINK) and " " not in part) for part in parts if part]
