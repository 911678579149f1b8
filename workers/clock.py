"""The clock: does each thing at its own pace, so that a slow carrier never holds up the sweep."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog

END_WITHIN_S = 5.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Beat:
    """Something that is done again and again.

    Attributes:
        name: for the log.
        every_s: the pause between the end of one time and the next.
        act: safe to repeat, and safe beside another clock; what it returns is not looked at.
    """

    name: str
    every_s: float
    act: Callable[[], object]


class Clock:
    """Runs beats, each in a thread of its own, until it is stopped."""

    def __init__(self, beats: Iterable[Beat]) -> None:
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._repeat, args=(beat,), daemon=True) for beat in beats]

    def start(self) -> None:
        """Begin all beats at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every beat end what it is doing; one that takes too long is left to its next start."""
        self._over.set()
        deadline = time.monotonic() + END_WITHIN_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _repeat(self, beat: Beat) -> None:
        trouble: str | None = None
        while not self._over.is_set():
            trouble = _do(beat, trouble)
            self._over.wait(beat.every_s)


def _do(beat: Beat, trouble_before: str | None) -> str | None:
    """Do it; tell of trouble when it begins, changes or ends, not at every beat that it lasts."""
    try:
        beat.act()
    except Exception as error:  # noqa: BLE001 - database, Redis or carrier may be away; the next beat tries again
        trouble = type(error).__name__
        if trouble != trouble_before:
            log.error("beat_failed", beat=beat.name, cause=trouble)  # noqa: TRY400 - its words may be personal
        return trouble
    if trouble_before is not None:
        log.info("beat_works_again", beat=beat.name)
    return None
