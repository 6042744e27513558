"""A garden with beds: a toolkit with one of everything. Each module declares its part when it is imported."""

from atrium_garden import album, beds, work
from atrium_garden.garden import toolkit

__all__ = ["album", "beds", "toolkit", "work"]
