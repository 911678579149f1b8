"""Waiting for the end of processes that are not children of the test."""

import os
import select


def has_ended(pid: int, within_s: float = 5) -> bool:
    """Wait for a process: a killed one may need a moment."""
    try:
        gone = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([gone], [], [], within_s)[0])
    finally:
        os.close(gone)
