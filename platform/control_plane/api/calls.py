"""/calls: what was called, by whom, and how it ended."""

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.api.answers import One, Page
from control_plane.api.asking import READ, TenantRequest
from control_plane.api.forms import PageQuery
from control_plane.api.operations import ApiView, operation
from tenants.models import Call
from tenants.selectors.call_search import CallSearch, calls_found
from tenants.selectors.calls import CALL, call_get, call_shows_arguments

EVERY_METHOD: Final = "*"


class CallShape(serializers.Serializer[Call]):
    """A call, without what was in it."""

    id = serializers.UUIDField()
    time = serializers.DateTimeField()
    server_id = serializers.UUIDField()
    method = serializers.CharField()
    tool = serializers.CharField()
    phase = serializers.CharField(help_text="`intent` while its outcome is not known, else `outcome`.")
    outcome = serializers.CharField()
    reason = serializers.CharField()
    duration_ms = serializers.FloatField()
    user_id = serializers.UUIDField(allow_null=True)
    client = serializers.CharField()
    credential_id = serializers.CharField()
    credential_kind = serializers.CharField()
    address = serializers.CharField()
    user_agent = serializers.CharField()
    client_name = serializers.CharField()
    protocol_version = serializers.CharField()
    request_id = serializers.CharField()
    trace_id = serializers.CharField(help_text="The W3C trace that the client named in `_meta.traceparent`, or empty.")


class CallDetailShape(CallShape):
    """A call with its arguments, as far as whoever asks may read them."""

    arguments = serializers.SerializerMethodField(
        help_text="As JSON, redacted; null where they are not yours to read: others' are for owner and auditor."
    )

    def get_arguments(self, call: Call) -> str | None:
        """What was kept of them."""
        return call.arguments if call_shows_arguments(actor=self.context["asked"].actor, call=call) else None


class CallQuery(PageQuery):
    """Which calls. Times are inclusive below, exclusive above."""

    method = serializers.CharField(
        default=CALL, help_text="`initialize`, `server/discover` and `tools/list` are clients that arrive; `*` is all."
    )
    server = serializers.CharField(required=False, help_text="The slug of a server.")
    tool = serializers.CharField(required=False)
    outcome = serializers.CharField(required=False)
    user_id = serializers.UUIDField(required=False)
    client = serializers.CharField(required=False, help_text="The id of an OAuth client, or the family of a key.")
    credential_id = serializers.CharField(required=False, help_text="One key or token.")
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
    trace_id = serializers.CharField(required=False, help_text="32 hexadecimal digits.")


class Calls(ApiView):
    """All that one may see."""

    @operation(READ, query=CallQuery, answer=Page(CallShape, ("-time", "pk")))
    def get(self, request: TenantRequest) -> QuerySet[Any]:
        """List calls, newest first: all of the tenant's for owner, admin, developer and auditor, else your own."""
        filters = {name: value for name, value in request.query.items() if name not in PageQuery().fields}
        if filters["method"] == EVERY_METHOD:
            filters["method"] = None
        return calls_found(actor=request.actor, search=CallSearch(**filters))


class CallDetail(ApiView):
    """One of them."""

    @operation(READ, answer=One(CallDetailShape))
    def get(self, request: TenantRequest, call_id: UUID) -> Call:
        """Read a call."""
        return call_get(actor=request.actor, call_id=call_id)
