"""The protocol revisions that Atrium speaks."""

from typing import Final

MODERN: Final = ("2026-07-28",)
"""Revisions that carry version and capabilities on every request."""

LEGACY: Final = ("2025-11-25", "2025-06-18", "2025-03-26")
"""Revisions with an `initialize` handshake and a session, newest first."""

SUPPORTED: Final = (*MODERN, *LEGACY)

BATCHING: Final = frozenset({"2025-03-26"})
"""Revisions in which a POST may carry a JSON-RPC batch."""

PRIMING: Final = frozenset({"2025-11-25"})
"""Revisions whose clients expect a stream to begin with an event without data, which has an id to come back with;
clients of earlier ones would take the data for a message (SEP-1699)."""

WITH_TASKS: Final = frozenset({"2025-11-25"})
"""Revisions whose sessions have tasks (basic/utilities/tasks); in 2026-07-28 they are an extension."""

WITHOUT_RESOURCE_LINKS: Final = frozenset({"2025-03-26"})
"""Revisions whose results have no content of the type `resource_link`."""

ARGUMENT_ERRORS_ARE_PROTOCOL_ERRORS: Final = frozenset({"2025-03-26", "2025-06-18"})
"""Revisions that answer invalid arguments with -32602; later ones let the model see and correct them (SEP-1303)."""

WITH_ELICITATION: Final = frozenset({"2025-06-18", "2025-11-25"})
"""Older revisions in whose sessions a person may be asked something (client/elicitation)."""

WITH_ELICITATION_MODES: Final = frozenset({"2025-11-25"})
"""Those of them in which a question says whether it is a form or a page; before that all were forms."""
