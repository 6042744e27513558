"""Deny by default: also for a view of somebody who never heard of `control_plane.api.operations`."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from control_plane.api.authentication import identity_of
from control_plane.api.errors import NotDeclaredError


class Declared(BasePermission):
    """Somebody known, and an operation that says who may use it. Nothing else, by default."""

    def has_permission(self, request: Request, view: object) -> bool:
        """Raises NotAuthenticated, NotDeclaredError."""
        identity_of(request)
        handler = getattr(view, (request.method or "").lower(), None)
        if handler is not None and not getattr(handler, "is_declared", False):
            raise NotDeclaredError("Nobody may do this: the route does not say who may.")
        return True
