"""Every door of the web process."""

from django.conf import settings
from django.urls import include, path
from django.views.generic import TemplateView

from control_plane.accounts.pages import outbox
from control_plane.dashboard import invitations, tenant_start, upstream_callback
from control_plane.operator_login import operator_login
from tenants.admin.operator_site import operator_site

urlpatterns = [
    path("", TemplateView.as_view(template_name="landing.html", extra_context={"base_url": settings.PUBLIC_URL})),
    path("", include("control_plane.health.urls")),
    path("accounts/", include("control_plane.accounts.urls")),
    path("api/", include("control_plane.api.urls")),
    path("app/", include("control_plane.dashboard.components_page")),
    path("app/", include("control_plane.dashboard.urls")),
    path("invitations/", include(invitations.urlpatterns)),
    path("", include("control_plane.oauth.urls")),
    path("operator/login/", operator_login),
    path("operator/", include("control_plane.operator_pages.urls")),
    path("operator/", operator_site.urls),
    path("outbox/", outbox, name="outbox"),
    path("start/", include(tenant_start.urlpatterns)),
    path("upstreams/", include(upstream_callback.urlpatterns)),
]
handler400 = "control_plane.error_pages.not_readable"
handler403 = "control_plane.error_pages.forbidden"
handler404 = "control_plane.error_pages.not_found"
handler429 = "control_plane.error_pages.too_often"
handler500 = "control_plane.unexpected.server_error"
