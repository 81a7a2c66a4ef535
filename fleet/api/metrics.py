"""``/metrics`` for Prometheus: calls of this process, and the work of all from the database."""

import ipaddress
from collections.abc import Iterator
from http import HTTPMethod

from flask import Flask, Response, current_app, request
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from fleet.api import auth, logs
from fleet.api.blueprint import OPEN, Api
from fleet.model import InputError
from fleet.service.context import Context
from fleet.service.roles import Permission
from fleet.service.work_figures import work_figures

EXTENSION = "fleet-metrics"
MEDIA_TYPE = "text/plain"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)
OTHER_METHOD = "other"
FORWARDED = ("Forwarded", "X-Forwarded-For")

api = Api("metrics", tag="Running it")


@api.on("GET", "/metrics", may=OPEN, answers={200: MEDIA_TYPE})
def read_metrics(ctx: Context) -> Response:
    """Return the metrics, to callers on this machine or to an admin."""
    if not _is_local():
        auth.signed_in(ctx, may=Permission.READ_METRICS)
    registry: CollectorRegistry = current_app.extensions[EXTENSION]
    return Response(generate_latest(registry), content_type=f"{MEDIA_TYPE}; version=0.0.4; charset=utf-8")


def install(app: Flask, *, ctx: Context) -> None:
    """Count and time the calls of an app."""
    registry = CollectorRegistry()
    calls = Histogram(
        "fleet_http_request_seconds",
        "Time from a call's beginning to its answer",
        ("rule", "method", "status"),
        buckets=BUCKETS,
        registry=registry,
    )
    registry.register(_Work(ctx))
    app.extensions[EXTENSION] = registry

    @app.after_request
    def observe(response: Response) -> Response:
        # What a caller may invent would be a series of its own each time, kept for ever.
        method = request.method if request.method in HTTPMethod.__members__ else OTHER_METHOD
        calls.labels(logs.rule(), method, str(response.status_code)).observe(logs.seconds())
        return response


class _Work(Collector):
    """Reads the work from the database at each scrape: it is done in other processes."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("fleet_database_up", "Whether the database answers")
        try:
            found = work_figures(self._ctx)
        except InputError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        jobs = GaugeMetricFamily("fleet_jobs", "Jobs that are kept, by state", labels=["state"])
        for state, number in found.jobs.states.items():
            jobs.add_metric([state], number)
        yield jobs
        losses = "Runs that lost their lease, of the jobs that are kept"
        yield GaugeMetricFamily("fleet_job_lease_losses", losses, value=found.jobs.lost_runs)
        done = GaugeMetricFamily("fleet_jobs_done", "Jobs done within 24 hours, by kind", labels=["kind"])
        ran = GaugeMetricFamily("fleet_job_run_seconds", "How long these ran, in sum", labels=["kind"])
        for kind, durations in found.durations.items():
            done.add_metric([kind], durations.number)
            ran.add_metric([kind], durations.seconds)
        yield done
        yield ran
        if found.served_share is not None:
            share = "Served requests of all, in the plans of 24 hours"
            yield GaugeMetricFamily("fleet_served_share", share, value=found.served_share)

    def describe(self) -> Iterator[Metric]:
        """Name nothing: the registry would read the database to find out."""
        return iter(())


def _is_local() -> bool:
    """Whether the caller is on this machine, and no proxy of this machine speaks for somebody else."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
