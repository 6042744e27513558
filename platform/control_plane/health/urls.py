"""Where orchestrators and Prometheus ask."""

from django.urls import path

from control_plane.health import views

urlpatterns = [
    path("livez", views.livez),
    path("readyz", views.readyz),
    path("health", views.health),
    path("metrics", views.metrics),
    path("metrics/jobs", views.job_metrics),
]
