"""The warm worker: loads the recognisers once, then forks a listener for every queue and core."""

import gc
import os
from importlib import import_module

import structlog

from ivr.addresses import redis_url
from ivr.queue import JOBS, MESSAGES, TRANSCRIPTION
from ivr.settings import Settings
from transcription.suggestion import load_taxonomy
from workers import ears, workplace
from workers.crew import Crew
from workers.listener import listen

LOADED_LATE = ("_strptime", "httpcore", "numpy.ma", "twilio.rest.api")
"""What is otherwise imported only when it is first used, in a fork and while a message waits."""

log = structlog.get_logger(__name__)


def run(settings: Settings, *, transcribers: int | None = None) -> None:
    """Work until told to stop.

    Args:
        settings: of the service.
        transcribers: how many recordings are listened to at once; one for each core if None.
    """
    ears.load_all(settings.model_dirs[0])
    load_taxonomy()
    # What a job needs is imported here once, not in every fork.
    for module in (JOBS, *LOADED_LATE):
        import_module(module)
    workplace.load_driver()
    log.info("worker_ready", languages=ears.languages())
    # What stands in memory now is never looked at by the collector again: looking would write to the pages
    # and end their being shared.
    gc.collect()
    gc.freeze()
    url = redis_url(settings)
    names = [MESSAGES, *[TRANSCRIPTION] * (transcribers or os.cpu_count() or 1)]
    Crew(names, lambda name: listen(url, name)).run()
