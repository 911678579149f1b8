"""Sealed recordings on disk: whole or not at all, for the owner alone, and really gone."""

import stat
from pathlib import Path

import pytest

from ivr.persistence.recording_store import RecordingStore

MESSAGE = "0123456789abcdef" * 2


def test_what_was_put_is_there_until_it_is_erased(tmp_path: Path) -> None:
    store = RecordingStore(tmp_path)
    store.put(MESSAGE, b"for staff")
    store.put_original(MESSAGE, b"from the carrier")
    store.put(MESSAGE, b"for staff again")
    found = store.get(MESSAGE), store.get_original(MESSAGE)
    store.erase(MESSAGE)
    store.erase(MESSAGE)

    assert found == (b"for staff again", b"from the carrier")
    assert (store.get(MESSAGE), store.get_original(MESSAGE)) == (None, None)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    RecordingStore(tmp_path / "media").put(MESSAGE, b"sealed")
    modes = [path.stat().st_mode for path in (tmp_path / "media").rglob("*")]

    assert modes
    assert not [mode for mode in modes if mode & (stat.S_IRWXG | stat.S_IRWXO)]


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RecordingStore(tmp_path)
    store.put(MESSAGE, b"first")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.put(MESSAGE, b"second")

    assert store.get(MESSAGE) == b"first"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 31, "a/" * 16, "a" * 33])
def test_nothing_but_an_id_of_ours_is_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a message id"):
        RecordingStore(tmp_path).get(name)
