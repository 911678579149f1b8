"""Where sealed recordings lie: a folder of ciphertext files that say nothing by their names."""

import os
import tempfile
from pathlib import Path


class RecordingStore:
    """Keeps sealed sound by message id, in a folder that only the owner can enter."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, message_id: str, sealed: bytes) -> None:
        """Keep a sealed recording durably; the same id again replaces it whole.

        Raises:
            OSError: the disk is full or away; nothing half is left behind.
        """
        path = self._path(message_id)
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

    def get(self, message_id: str) -> bytes | None:
        """Return the sealed recording, or None if there is none."""
        try:
            return self._path(message_id).read_bytes()
        except FileNotFoundError:
            return None

    def erase(self, message_id: str) -> None:
        """Remove the recording; nothing happens if it is gone already."""
        self._path(message_id).unlink(missing_ok=True)

    def _path(self, message_id: str) -> Path:
        if len(message_id) != 32 or not message_id.isalnum():  # noqa: PLR2004 - an id of ours, not a path
            raise ValueError("not a message id")
        return self._folder / message_id[:2] / message_id


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
