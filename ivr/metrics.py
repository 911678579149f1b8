"""What is counted while the line works; nothing in a label is about a caller.

With several web processes each writes its counts to a file of its own in the folder named by
PROMETHEUS_MULTIPROC_DIR, which `peerline serve` sets before this is imported.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.registry import REGISTRY

TURNS = Histogram(
    "peerline_webhook_seconds",
    "Time from a webhook's arrival to its answer.",
    ["endpoint"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)
REFUSED = Counter("peerline_webhooks_refused", "Webhooks whose signature did not fit.")
FAILED = Counter("peerline_turns_failed", "Turns that ended with an apology.")


def exposition() -> bytes:
    """Return the counts of all web processes in Prometheus' text form."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
