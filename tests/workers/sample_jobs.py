"""Jobs that do nothing for a caller and much for a test."""

import os
import signal
import time
from pathlib import Path

from workers import ears


def write_pid(path: str) -> None:
    Path(path).write_text(str(os.getpid()))


def write_whether_loaded(path: str) -> None:
    Path(path).write_text(repr(ears.languages()))


def die(_: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail_with_a_secret(_: str) -> None:
    raise ValueError("she said it happened on Tuesday")


def write_time(path: str) -> None:
    Path(path).write_text(str(time.time_ns()))
