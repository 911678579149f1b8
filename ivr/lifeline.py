"""Children that end with their parent, even when the parent is killed without a word."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(parent_pid: int, how: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to signal this process when its parent dies; to be called in the child.

    Elsewhere than on Linux it does nothing: there a parent killed outright leaves its children behind.

    Args:
        parent_pid: the parent as the child was born; if it is gone already, the child ends at once.
        how: the signal to get.
    """
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)
    if os.getppid() != parent_pid:
        os.kill(os.getpid(), how)


def lifeline() -> Callable[[], None]:
    """Return what a child of this process runs between fork and exec to be tied to it."""
    parent = os.getpid()
    return lambda: end_with_parent(parent)
