"""Logs: one JSON line an event, with ids and never with a person in it.

Names and values that could hold a caller are withheld here, whoever logs them; the libraries that
would write addresses, numbers or job arguments are kept silent.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

WITHHELD = "withheld"
TELLING_NAMES = re.compile(
    r"(?i)(from|to|caller|called|number|phone|digits|pin|case|text|words|transcript|body|form|args|url|ip|"
    r"address|token|key|password|secret|query|sid)$"
)
TELLING_VALUES = re.compile(r"\+?\d[\d ()\-.]{6,}\d")
"""Anything that could be a telephone number; ids are hexadecimal words and times are written with letters."""

SILENCED = (
    "werkzeug",
    "twilio",
    "urllib3",
    "httpx",
    "httpcore",
    "rq",
    "rq.worker",
    "alembic",
    "stamina",
    "granian.access",
)

Event = MutableMapping[str, Any]


def configure_logs(stream: TextIO = sys.stderr, *, level: int = logging.INFO) -> None:
    """Send every log of this process to one stream, withheld and as JSON."""
    for name in SILENCED:
        logging.getLogger(name).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            withhold,
            structlog.processors.JSONRenderer(sort_keys=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )


def withhold(logger: object, method: str, event: Event) -> Event:  # noqa: ARG001 - structlog's signature
    """Take out of an event what could tell of a person."""
    return {name: _safe(name, value) for name, value in event.items()}


def _safe(name: str, value: object) -> object:
    if name in {"event", "level", "timestamp"} or value is None or isinstance(value, bool | int | float):
        return value
    if TELLING_NAMES.search(name):
        return WITHHELD
    return TELLING_VALUES.sub(WITHHELD, str(value))
