"""Asking the telephone company again, only where asking twice cannot do a thing twice."""

from collections.abc import Callable
from typing import TypeVar

import stamina

from ivr.carrier.errors import CarrierBusyError, CarrierUnavailableError

T = TypeVar("T")

# Who asks tells what came of it in the end; the tries before are of no use in a log.
stamina.instrumentation.set_on_retry_hooks([])

# Short: a job that still fails is sent again by the outbox with a longer pause.
_patiently = stamina.RetryingCaller(attempts=3, timeout=20.0, wait_initial=0.2, wait_jitter=0.3, wait_max=2.0)


def ask_again(ask: Callable[[], T]) -> T:
    """Call a function that reads or deletes, and again when the carrier is busy or away."""
    return _patiently((CarrierBusyError, CarrierUnavailableError), ask)


def ask_again_if_unread(ask: Callable[[], T]) -> T:
    """Call a function that changes something, and again only when the carrier did not look at it."""
    return _patiently(CarrierBusyError, ask)
