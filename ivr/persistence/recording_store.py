"""Where sealed recordings lie: a folder of ciphertext files that say nothing by their names."""

import os
import tempfile
from pathlib import Path

ORIGINAL = ".original"


class RecordingStore:
    """Keeps sealed sound by message id, in a folder that only the owner can enter.

    There are two of each: what the carrier gave, untouched, and the copy that staff hear.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, message_id: str, sealed: bytes) -> None:
        """Keep a sealed recording durably; the same id again replaces it whole.

        Raises:
            OSError: the disk is full or away; nothing half is left behind.
        """
        _write_durably(self._path(message_id), sealed)

    def put_original(self, message_id: str, sealed: bytes) -> None:
        """Keep what the carrier gave, beside the copy for listening.

        Raises:
            OSError: the disk is full or away; nothing half is left behind.
        """
        _write_durably(self._path(message_id, ORIGINAL), sealed)

    def get(self, message_id: str) -> bytes | None:
        """Return the sealed copy for listening, or None if there is none."""
        return _read(self._path(message_id))

    def get_original(self, message_id: str) -> bytes | None:
        """Return what the carrier gave, sealed, or None if there is none."""
        return _read(self._path(message_id, ORIGINAL))

    def erase(self, message_id: str) -> None:
        """Remove both; nothing happens if they are gone already."""
        self._path(message_id).unlink(missing_ok=True)
        self._path(message_id, ORIGINAL).unlink(missing_ok=True)

    def _path(self, message_id: str, ending: str = "") -> Path:
        if len(message_id) != 32 or not message_id.isalnum():  # noqa: PLR2004 - an id of ours, not a path
            raise ValueError("not a message id")
        return self._folder / message_id[:2] / (message_id + ending)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write_durably(path: Path, sealed: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
