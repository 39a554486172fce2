"""What Prometheus may read of this process."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("parvis_requests_total", "Requests answered", ["method", "view", "status"])
DURATION = Histogram(
    "parvis_request_seconds",
    "Time to answer, in seconds",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
WAITING = Gauge("parvis_tasks_waiting", "Background tasks not yet done")
APPLICATIONS = Gauge("parvis_applications", "Applications in the register, by what their checks say", ["status"])
UNINDEXED = Gauge("parvis_outbox_rows", "Things waiting to be indexed")
