"""Installing a recogniser: fetch, verify, unpack, try it out, and only then put it in its place."""

import contextlib
import errno
import fcntl
import hashlib
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final, Literal

from transcription import model_download
from transcription.model_download import Patience
from transcription.model_errors import (
    AlreadyInstalledError,
    AnotherInstallError,
    BadArchiveError,
    BrokenModelError,
    BundledModelError,
    DiskFullError,
    UnwritableFolderError,
    WrongHashError,
)
from transcription.models import KnownModel, fault_of

Stage = Literal["download", "verify", "unpack", "try"]
Report = Callable[[Stage, int, int | None], None]
"""Is told the stage, the bytes done and, where known, the bytes there will be."""

_INCOMING: Final = ".incoming"
_MOST_MEMBERS: Final = 10_000
# Models unpack to about twice their archive; more than this is a bomb.
_MOST_GROWTH: Final = 20


@dataclass(frozen=True, slots=True)
class Installed:
    """A model that was put in its place.

    Attributes:
        folder: Where it is.
        sha256: Computed of the archive it came in.
        is_verified: Whether that was compared with a hash known before.
    """

    folder: Path
    sha256: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where an archive comes from.

    Attributes:
        base_url: Its address without the archive's name.
        sha256: The hash it must have, instead of the catalogue's; None leaves that one.
        patience: How much is borne from a bad line.
    """

    base_url: str
    sha256: str | None = None
    patience: Patience = field(default_factory=Patience)


def install(
    model: KnownModel, models_dir: Path, source: Source, report: Report, *, again: bool = False
) -> Installed:
    """Install a model; a good one of that name stays until the new one is good.

    Raises:
        InstallError: With a subclass and sentence for each cause.
    """
    if model.archive is None:
        raise BundledModelError(model.name)
    with _plain_disk_errors(models_dir), _only_one_at_a_time(models_dir) as incoming:
        target = models_dir / model.name
        _bring_back(_set_aside(incoming, model.name), target)
        if not again and target.exists() and fault_of(target) is None:
            raise AlreadyInstalledError(model.name)
        return _install(model, incoming, target, source, report)


def _install(model: KnownModel, incoming: Path, target: Path, source: Source, report: Report) -> Installed:
    part = incoming / f"{model.name}.zip.part"
    model_download.fetch(
        f"{source.base_url.rstrip('/')}/{model.archive}",
        part,
        lambda done, total: report("download", done, total),
        source.patience,
    )
    known = source.sha256 or model.sha256
    computed = _verified(part, known, report)
    with tempfile.TemporaryDirectory(dir=incoming, prefix="unpacked-") as scratch:
        fresh = _unpacked(part, Path(scratch), model.name, report)
        _try_out(fresh, part, report)
        _put_in_place(fresh, target, _set_aside(incoming, model.name))
    model_download.discard(part)
    return Installed(target, computed, is_verified=known is not None)


def _verified(part: Path, expected: str | None, report: Report) -> str:
    report("verify", 0, None)
    with part.open("rb") as file:
        computed = hashlib.file_digest(file, "sha256").hexdigest()
    if expected is not None and computed != expected.lower():
        model_download.discard(part)
        raise WrongHashError(expected.lower(), computed)
    return computed


def _unpacked(part: Path, scratch: Path, name: str, report: Report) -> Path:
    try:
        with zipfile.ZipFile(part) as archive:
            members = _safe_members(archive, name, model_download.size_bytes(part))
            _unpack(archive, members, scratch, report)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        model_download.discard(part)
        raise BadArchiveError(f"it is damaged or no ZIP file ({error})") from error
    except BadArchiveError:
        model_download.discard(part)
        raise
    return scratch / name


def _unpack(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], scratch: Path, report: Report) -> None:
    total = sum(member.file_size for member in members)
    if shutil.disk_usage(scratch).free < total:
        raise DiskFullError(scratch, total)
    done = 0
    for member in members:
        report("unpack", done, total)
        archive.extract(member, scratch)
        done += member.file_size
    report("unpack", done, total)


def _safe_members(archive: zipfile.ZipFile, name: str, archive_bytes: int) -> list[zipfile.ZipInfo]:
    """Return what the archive holds if all of it is files in the model's own folder.

    zipfile never writes more than a member announces, so the announced sizes are a bound.
    """
    members = archive.infolist()
    for member in members:
        if not _is_inside(member, name):
            raise BadArchiveError("it holds something outside of the model's folder")
    if len(members) > _MOST_MEMBERS or _announced_bytes(members) > archive_bytes * _MOST_GROWTH:
        raise BadArchiveError("it would unpack to far more than a model has")
    return members


def _announced_bytes(members: list[zipfile.ZipInfo]) -> int:
    return sum(member.file_size for member in members)


def _is_inside(member: zipfile.ZipInfo, name: str) -> bool:
    path = PurePosixPath(member.filename)
    kind = stat.S_IFMT(member.external_attr >> 16)
    is_plain = kind in {0, stat.S_IFREG, stat.S_IFDIR}
    return is_plain and path.parts[:1] == (name,) and ".." not in path.parts and "\\" not in member.filename


def _try_out(fresh: Path, part: Path, report: Report) -> None:
    report("try", 0, None)
    if fault := fault_of(fresh):
        model_download.discard(part)
        raise BrokenModelError(fault)


def _put_in_place(fresh: Path, target: Path, set_aside: Path) -> None:
    if target.exists():
        target.rename(set_aside)
    try:
        fresh.rename(target)
    finally:
        _bring_back(set_aside, target)


def _set_aside(incoming: Path, name: str) -> Path:
    return incoming / f"{name}.replaced"


def _bring_back(set_aside: Path, target: Path) -> None:
    """Undo a replacement that was interrupted, or end one that was done."""
    if not set_aside.exists():
        return
    if target.exists():
        shutil.rmtree(set_aside)
    else:
        set_aside.rename(target)


@contextlib.contextmanager
def _only_one_at_a_time(models_dir: Path) -> Iterator[Path]:
    incoming = models_dir / _INCOMING
    incoming.mkdir(parents=True, exist_ok=True)
    with (incoming / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherInstallError from None
        yield incoming


@contextlib.contextmanager
def _plain_disk_errors(models_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFullError(models_dir) from error
        raise UnwritableFolderError(models_dir, error.strerror or "unknown reason") from error
