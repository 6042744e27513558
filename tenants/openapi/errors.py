"""Why a document, or one of its operations, can't be read."""


class DocumentRefused(ValueError):  # noqa: N818 - reads as what happened
    """The whole document can't be used. The text says what to change."""


class OperationRefused(ValueError):  # noqa: N818 - reads as what happened
    """One operation can't become a tool; the others may. The text says why."""
