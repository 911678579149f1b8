"""Style sheet, scripts and icon, read once and known by a hash of them all.

The hash stands in the folder, so that a script finds its neighbours by `./name.js` in the same version.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

_HASH_BYTES: Final = 8
mimetypes.add_type("text/javascript", ".js")  # some systems say otherwise, and browsers then refuse


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent."""

    content_type: str
    plain: bytes
    gzipped: bytes


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """All files of a folder.

    Attributes:
        version: Changes whenever any of them does.
    """

    version: str
    files: Mapping[str, StaticFile]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a folder."""
        files = {path.name: _read(path) for path in sorted(folder.iterdir()) if path.is_file()}
        digest = hashlib.blake2b(digest_size=_HASH_BYTES)
        for name, file in files.items():
            digest.update(f"{name}\0{len(file.plain)}\0".encode() + file.plain)
        return cls(digest.hexdigest(), MappingProxyType(files))


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return StaticFile(f"{content_type}; charset=utf-8", content, gzip.compress(content, mtime=0))
