"""Why there is no request, or no result."""


class ArgumentRefused(ValueError):  # noqa: N818 - reads as what happened
    """An argument can't be sent where the tool sends it. The text is for the model: it says what to change."""


class DefinitionMistake(ValueError):  # noqa: N818 - reads as what it is
    """The definition of a tool is wrong at `field` (`request.url`, `request.parameters.2.style`). The text is for its
    author."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field
