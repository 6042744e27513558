"""Forms of pages. They check how a thing is written; services decide, and their refusals come back to the field."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

from tenants.errors import AbilityMissingError, ApplicationError, NotFoundError

Result = TypeVar("Result")


class PageForm(forms.Form):
    """A form of a page."""

    def ask(self, service: Callable[..., Result], **arguments: Any) -> Result | None:
        """Call a service with what was written; None where it refused, and the form then says why.

        Whoever shows the form decides who may see it, so a missing ability or thing is raised on.
        """
        try:
            return service(**arguments)
        except (AbilityMissingError, NotFoundError):
            raise
        except ApplicationError as error:
            field = str(error.extra.get("field", ""))
            self.add_error(field if field in self.fields else NON_FIELD_ERRORS, error.message)
            return None
