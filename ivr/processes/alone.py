"""Seeing to it that one data folder has one supervisor."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ivr.domain.errors import PeerlineError


class AlreadyRunningError(PeerlineError):
    """Another supervisor works on the same data folder."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(
            f"Peerline runs already on the data folder {data_dir}; end that one, or set PEERLINE_DATA_DIR"
        )


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Hold the data folder as long as the block lasts; the kernel gives it back even after a kill.

    Raises:
        AlreadyRunningError: somebody else holds it.
    """
    folder = data_dir / "run"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _hold(handle, data_dir)
        yield
    finally:
        os.close(handle)


def _hold(handle: int, data_dir: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AlreadyRunningError(data_dir) from None
