"""Counters of one replica, as plain integers: incrementing one costs nanoseconds. Rendered for Prometheus on demand."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

DURATION_BUCKETS: Final = (0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 60.0, 300.0)
"""Upper bounds of the call duration histogram, in seconds."""


class Metrics:
    """What a replica counts. Gauges are read from their owners when rendered."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.requests: Counter[str] = Counter()
        self.egress_denials: Counter[str] = Counter()
        self.durations = [0] * (len(DURATION_BUCKETS) + 1)
        self.duration_sum = 0.0
        self.calls_in_flight = 0
        self.streams_open = self.streams_resumed = self.streams_taken_over = 0
        self.incidents = 0
        self.jobs_submitted = 0
        self.counters: dict[str, tuple[str, Callable[[], float]]] = {}
        self.gauges: dict[str, tuple[str, Callable[[], float]]] = {}
        self.more: list[Callable[[], Iterable[Metric]]] = []

    def call_ended(self, outcome: str, seconds: float) -> None:
        """Count one tools/call by its outcome, and its duration."""
        self.calls[outcome] += 1
        self.duration_sum += seconds
        self.durations[bisect_left(DURATION_BUCKETS, seconds)] += 1

    def render(self) -> bytes:
        """The Prometheus text exposition."""
        registry = CollectorRegistry()
        registry.register(_Collector(self))
        return generate_latest(registry)

    def families(self) -> Iterator[Metric]:
        """Every metric with its present value."""
        yield _counter("atrium_calls", "tools/call requests by outcome", "outcome", self.calls)
        yield _counter("atrium_refusals", "Requests refused, by reason", "reason", self.refusals)
        yield _counter("atrium_requests", "JSON-RPC requests by method", "method", self.requests)
        yield _counter("atrium_egress_denials", "Ways out that were refused, by reason", "reason", self.egress_denials)
        yield GaugeMetricFamily("atrium_calls_in_flight", "tools/call requests running now", self.calls_in_flight)
        yield GaugeMetricFamily("atrium_streams_open", "Response streams open now", self.streams_open)
        yield CounterMetricFamily("atrium_streams_resumed", "Streams that clients came back for", self.streams_resumed)
        yield CounterMetricFamily(
            "atrium_streams_taken_over",
            "Streams whose replica was gone, ended or gone on with",
            self.streams_taken_over,
        )
        yield CounterMetricFamily("atrium_incidents", "Unexpected exceptions, each logged with its id", self.incidents)
        yield self._histogram()
        for name, (text, read) in self.counters.items():
            yield CounterMetricFamily(name, text, read())
        for name, (text, read) in self.gauges.items():
            yield GaugeMetricFamily(name, text, read())
        for read_more in self.more:
            yield from read_more()

    def _histogram(self) -> HistogramMetricFamily:
        total, buckets = 0, []
        for bound, number in zip([*map(str, DURATION_BUCKETS), "+Inf"], self.durations, strict=True):
            total += number
            buckets.append((bound, float(total)))
        return HistogramMetricFamily(
            "atrium_call_duration_seconds",
            "Duration of tools/call requests",
            buckets=buckets,
            sum_value=self.duration_sum,
        )


class _Collector:
    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        return self._metrics.families()


def _counter(name: str, text: str, label: str, values: Counter[str]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
