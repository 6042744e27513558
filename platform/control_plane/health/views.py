"""`/livez` and `/readyz` say yes or no to anybody; `/health` and `/metrics` give details to those who may see them."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from msgspec import to_builtins
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from control_plane.health import job_metrics as installation
from control_plane.health.access import may_see_details
from control_plane.health.probes import EVERYTHING, WEB_NEEDS, probes
from control_plane.health.workers import workers_alive
from tenants.publishing.breakers import breakers_open
from tenants.selectors.job_queue import queue_state


@never_cache
@require_safe
def livez(_: HttpRequest) -> HttpResponse:
    """200 while the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(_: HttpRequest) -> HttpResponse:
    """200 when this process can serve, else 503, with no details."""
    ready = all(probe.ok for probe in probes(WEB_NEEDS))
    return HttpResponse("ok\n" if ready else "not ready\n", status=200 if ready else 503, content_type="text/plain")


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Every part of the installation with its state, the queue of jobs, the workers, and how many upstreams are left
    alone; 503 when a part is down, 404 for those who may not see it."""
    if not may_see_details(request):
        return HttpResponse(status=404)
    answers = probes(EVERYTHING)
    ready = all(probe.ok for probe in answers)
    parts = [asdict(probe) for probe in answers]
    ok = {probe.name for probe in answers if probe.ok}
    jobs = asdict(queue_state()) if "database" in ok else None
    workers = [to_builtins(worker) for worker in workers_alive()] if "store" in ok else None
    upstreams = {"left_alone": breakers_open()} if "store" in ok else None
    answer = {"ready": ready, "parts": parts, "jobs": jobs, "workers": workers, "upstreams": upstreams}
    return JsonResponse(answer, status=200 if ready else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The web process in Prometheus's text format; 404 for those who may not see it."""
    if not may_see_details(request):
        return HttpResponse(status=404)
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_PLAIN_0_0_4)


@never_cache
@require_safe
def job_metrics(request: HttpRequest) -> HttpResponse:
    """Queue and workers of the installation in the same format; 404 for those who may not see it."""
    if not may_see_details(request):
        return HttpResponse(status=404)
    return HttpResponse(installation.render(), content_type=CONTENT_TYPE_PLAIN_0_0_4)
