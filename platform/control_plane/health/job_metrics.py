"""The queue of jobs and its workers in Prometheus's text format. They are the installation's, not one process's, so any
web process gives the same answer."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from control_plane.health.workers import deaf_workers, workers_alive
from tenants.publishing.store import STORE_DOWN
from tenants.selectors.job_queue import queue_state


class _Collector:
    def collect(self) -> Iterator[Metric]:
        yield from _queue()
        try:
            yield from _workers()
        except STORE_DOWN:
            return  # nobody says how the workers are: then no value is better than an old one


def _queue() -> Iterator[Metric]:
    state = queue_state()
    yield GaugeMetricFamily("atrium_jobs_queued", "Jobs that wait", state.queued)
    yield GaugeMetricFamily("atrium_jobs_running", "Jobs that a worker has", state.running)
    yield GaugeMetricFamily("atrium_jobs_eligible", "Jobs that wait though limits would let them run", state.eligible)
    yield GaugeMetricFamily(
        "atrium_jobs_oldest_eligible_seconds", "How long the oldest of those has waited", state.oldest_eligible_seconds
    )
    yield GaugeMetricFamily("atrium_jobs_expired_leases", "Jobs whose worker was lost", state.expired_leases)


def _workers() -> Iterator[Metric]:
    labels = ["worker", "queues"]
    processes = GaugeMetricFamily("atrium_worker_processes", "Processes of a worker that lives", labels=labels)
    busy = GaugeMetricFamily("atrium_worker_processes_busy", "Those that run a task now", labels=labels)
    for worker in workers_alive():
        named = [worker.name, ",".join(worker.queues)]
        processes.add_metric(named, worker.processes)
        busy.add_metric(named, worker.busy)
    yield processes
    yield busy
    yield CounterMetricFamily("atrium_workers_deaf", "Workers that ended because they heard no bell", deaf_workers())


def render() -> bytes:
    """The text. Asks the database three times, and the store twice."""
    registry = CollectorRegistry()
    registry.register(_Collector())
    return generate_latest(registry)
