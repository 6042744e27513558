"""Times with their offset and without loss, so that <c-time> can read what `{{ … }}` has written."""

DATETIME_FORMAT = "Y-m-d H:i:s O"
"""In the terms of Django's templates."""

DATETIME_FORM = "%Y-%m-%d %H:%M:%S %z"
"""The same in the terms of strptime."""
