"""Fetching a large archive over a bad line: goes on where it broke off, today or tomorrow."""

import contextlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import httpx

from transcription.model_errors import (
    ArchiveNotFoundError,
    DiskFullError,
    DownloadBrokenError,
    InstallError,
    ServerRefusedError,
)

Progress = Callable[[int, int | None], None]
"""Is told the bytes that are there and, where known, the bytes there will be."""

_LONGEST_CONNECT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How much is borne from a bad line.

    Attributes:
        tries: How often the download is begun or taken up.
        pause_s: Wait before the second try in seconds; doubles from try to try.
        silence_s: How long the server may send nothing, in seconds.
    """

    tries: int = 5
    pause_s: float = 1.0
    silence_s: float = 30.0


def fetch(url: str, part: Path, progress: Progress, patience: Patience) -> None:
    """Bring the file at `url` to `part`, going on from what is there already.

    Args:
        url: Where the archive is.
        part: Grows while it comes; stays when the line breaks, so that nothing is fetched twice.
        progress: Told after each piece.
        patience: When to give up.

    Raises:
        ArchiveNotFoundError, ServerRefusedError: The server has it not, or gives it not.
        DiskFullError: There is no room for the rest.
        DownloadBrokenError: The line broke too often; what came is kept.
    """
    timeout = httpx.Timeout(patience.silence_s, connect=_LONGEST_CONNECT_S)
    try:
        with httpx.Client(timeout=timeout, follow_redirects=True) as client:
            _fetch_in_tries(lambda: _fetch_rest(client, url, part, progress), patience)
    except httpx.TransportError as error:
        raise DownloadBrokenError(size_bytes(part), _plain(error)) from error
    except (httpx.InvalidURL, httpx.TooManyRedirects) as error:
        raise InstallError(f"the address cannot be used: {error}") from error


def _fetch_in_tries(fetch_rest: Callable[[], None], patience: Patience) -> None:
    # Not by stamina: its log lines would run through the progress bar.
    for tried in range(patience.tries - 1):
        with contextlib.suppress(httpx.TransportError):
            return fetch_rest()
        time.sleep(patience.pause_s * 2**tried)
    return fetch_rest()


def discard(part: Path) -> None:
    """Remove what came of a file and what is remembered of it."""
    part.unlink(missing_ok=True)
    _validator_file(part).unlink(missing_ok=True)


def size_bytes(part: Path) -> int:
    """Return how much of the file is there."""
    return part.stat().st_size if part.exists() else 0


def _fetch_rest(client: httpx.Client, url: str, part: Path, progress: Progress) -> None:
    with client.stream("GET", url, headers=_headers(part)) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            whole = _is_whole(response, part)
        else:
            _check(response)
            _write(response, part, progress)
            whole = True
    if not whole:
        discard(part)
        _fetch_rest(client, url, part, progress)


def _headers(part: Path) -> dict[str, str]:
    headers = {"Accept-Encoding": "identity"}
    if have_bytes := size_bytes(part):
        headers["Range"] = f"bytes={have_bytes}-"
        validator = _validator_file(part)
        if validator.exists():
            # Another file under the same address is sent whole instead of glued to ours.
            headers["If-Range"] = validator.read_text(encoding="ascii")
    return headers


def _is_whole(response: httpx.Response, part: Path) -> bool:
    sent_range: str = response.headers.get("Content-Range", "")
    return sent_range.rpartition("/")[2] == str(size_bytes(part))


def _check(response: httpx.Response) -> None:
    if response.status_code in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
        raise ArchiveNotFoundError(str(response.url))
    if not response.is_success:
        raise ServerRefusedError(response.status_code)


def _write(response: httpx.Response, part: Path, progress: Progress) -> None:
    start = _start(response, part)
    total = _total(response, start)
    _check_room(part, (total or start) - start)
    _remember_validator(response, part)
    with part.open("ab" if start else "wb") as file:
        _pour(response, file, start, total, progress)


def _pour(response: httpx.Response, file: BinaryIO, done: int, total: int | None, progress: Progress) -> None:
    progress(done, total)
    # As it comes: pieces of a set size would lose the last one when the line breaks.
    for piece in response.iter_raw():
        file.write(piece)
        done += len(piece)
        progress(done, total)


def _start(response: httpx.Response, part: Path) -> int:
    """Return where the sent bytes belong: only a 206 that says so goes on from what is there."""
    have_bytes = size_bytes(part)
    sent_range = response.headers.get("Content-Range", "")
    goes_on = response.status_code == httpx.codes.PARTIAL_CONTENT
    return have_bytes if goes_on and sent_range.startswith(f"bytes {have_bytes}-") else 0


def _total(response: httpx.Response, start: int) -> int | None:
    length = response.headers.get("Content-Length", "")
    return start + int(length) if length.isdigit() else None


def _check_room(part: Path, needed_bytes: int) -> None:
    if shutil.disk_usage(part.parent).free < needed_bytes:
        raise DiskFullError(part.parent, needed_bytes)


def _remember_validator(response: httpx.Response, part: Path) -> None:
    etag = response.headers.get("ETag", "W/")
    validator = response.headers.get("Last-Modified") if etag.startswith("W/") else etag
    if validator and validator.isascii():
        _validator_file(part).write_text(validator, encoding="ascii")


def _validator_file(part: Path) -> Path:
    return part.with_name(f"{part.name}.validator")


def _plain(error: httpx.TransportError) -> str:
    match error:
        case httpx.TimeoutException():
            return "the server fell silent"
        case httpx.ConnectError():
            return "the server cannot be reached"
        case _:
            return "the connection was lost"
