"""Everything else under /api/: the same 404 for everybody, in the shape of every other error."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView


@extend_schema(exclude=True)
class Nowhere(APIView):
    """There is nothing here, whoever asks."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **options: Any) -> None:
        """Raises NotFound, whatever the method."""
        raise NotFound
