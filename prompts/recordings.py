"""The recordings on disk: one mu-law WAV file a clip, and an index that says what each was spoken from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from prompts.errors import CatalogueError

Status = Literal["draft", "approved"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is known of one recorded clip; `level_dbfs` is the level of its active speech."""

    text_sha256: str
    version: int
    duration_ms: int
    level_dbfs: float
    voice: str
    status: Status


def text_sha256(text: str) -> str:
    """Return the mark of a text, by which a recording of older words is known."""
    return hashlib.sha256(text.encode()).hexdigest()


def clip_path(folder: Path, language: str, clip: str) -> Path:
    """Return where the recording of a clip lies below the folder of a catalogue."""
    return folder / "recordings" / language / f"{clip}.wav"


def index_path(folder: Path, language: str) -> Path:
    """Return where the index of a language's recordings lies."""
    return folder / "recordings" / language / "index.json"


def read_index(folder: Path, language: str) -> dict[str, Recorded]:
    """Return what is known of each recorded clip of a language; nothing if none was recorded yet.

    Raises:
        CatalogueError: the index cannot be understood.
    """
    path = index_path(folder, language)
    if not path.exists():
        return {}
    try:
        return {name: Recorded(**entry) for name, entry in json.loads(path.read_text("utf-8")).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise CatalogueError(
            f"The index of the recordings in {language!r} cannot be read: {error}"
        ) from error


def write_index(folder: Path, language: str, index: Mapping[str, Recorded]) -> None:
    """Write the index of a language, one clip a line, so that a change of one recording changes one line."""
    lines = [f"  {json.dumps(name)}: {json.dumps(asdict(index[name]))}" for name in sorted(index)]
    path = index_path(folder, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
