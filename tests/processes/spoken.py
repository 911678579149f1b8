"""What a program under test writes, waited for without a pause and without losing a line."""

import os
import select
import time
from typing import IO


class Spoken:
    """Reads a pipe; a buffered reader would hide lines from `select`."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        assert pipe is not None
        self._pipe = pipe
        self._waiting = ""
        self.all = ""

    def line(self, within_s: float = 10) -> str:
        """Return the next line."""
        deadline = time.monotonic() + within_s
        while "\n" not in self._waiting:
            self._hear(deadline)
        line, _, self._waiting = self._waiting.partition("\n")
        return line.strip()

    def wait_for(self, text: str, within_s: float = 30) -> None:
        """Return when this text has been written."""
        deadline = time.monotonic() + within_s
        while text not in self.all:
            self._hear(deadline)

    def _hear(self, deadline: float) -> None:
        left_s = max(0.0, deadline - time.monotonic())
        assert select.select([self._pipe], [], [], left_s)[0], f"only this was said in time: {self.all}"
        piece = os.read(self._pipe.fileno(), 65_536).decode()
        assert piece, f"it ended after: {self.all}"
        self._waiting += piece
        self.all += piece
