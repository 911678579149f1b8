"""Which recognisers are known, which are installed, and whether an installed one works."""

import functools
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

_CATALOGUE: Final = Path(__file__).with_name("model_catalogue.yaml")
_LANGUAGE_FILE: Final = "LANGUAGE"
_LONGEST_LOAD_S: Final = 600
_UNKNOWN_LANGUAGE: Final = "und"

BUNDLED_MODELS: Final = Path(__file__).with_name("models")
"""The folder of the model that comes with the project."""

BUNDLED_NAME: Final = "vosk-tiny-en"
"""The model that comes with the project: for the demonstration and tests only."""


class UnknownModelError(Exception):
    """No model of that name is known or installed."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no model called {name}; `peerline models list` shows all")


@dataclass(frozen=True, slots=True)
class KnownModel:
    """One line of the catalogue.

    Attributes:
        name: Name of the model and of the folder in its archive.
        language: BCP 47 tag.
        language_name: The language in English.
        size_mb: Size of the archive in MB, as its makers round it.
        error_quoted: Word error rates in %, as its makers quote them on their own test sets.
        licence: Name of the licence.
        is_commercial_use_allowed: Whether the licence lets a paid service use it.
        archive: Path of the archive below the base URL; None for the bundled model.
        sha256: Of the archive; None while nobody has pinned it.
        note: What else to know before choosing it.
    """

    name: str
    language: str
    language_name: str
    size_mb: int
    error_quoted: str
    licence: str
    is_commercial_use_allowed: bool = True
    archive: str | None = None
    sha256: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All models known, and where their archives are.

    Attributes:
        base_url: Where archives are fetched from when nobody says otherwise.
        error_caveat: What to bear in mind when reading `KnownModel.error_quoted`.
        models: In the order they are shown.
    """

    base_url: str
    error_caveat: str
    models: tuple[KnownModel, ...]

    def find(self, name: str) -> KnownModel:
        """Return the model of that name.

        Raises:
            UnknownModelError: There is none.
        """
        for model in self.models:
            if model.name == name:
                return model
        raise UnknownModelError(name)


@functools.cache
def catalogue() -> Catalogue:
    """Return the models that are known."""
    document: dict[str, Any] = yaml.safe_load(_CATALOGUE.read_text(encoding="utf-8"))
    models = tuple(KnownModel(**line) for line in document["models"])
    return Catalogue(document["base_url"], document["error_caveat"], models)


def installed(models_dir: Path) -> dict[str, Path]:
    """Return the folders of installed models by name; the bundled one is always among them."""
    folders = {BUNDLED_NAME: BUNDLED_MODELS / BUNDLED_NAME}
    if models_dir.is_dir():
        folders |= {folder.name: folder for folder in sorted(models_dir.iterdir()) if _is_model(folder)}
    return folders


def language_of(folder: Path) -> str:
    """Return the BCP 47 tag of a model: from the catalogue, else from its file LANGUAGE, else `und`."""
    for model in catalogue().models:
        if model.name == folder.name:
            return model.language
    written = folder / _LANGUAGE_FILE
    return written.read_text(encoding="utf-8").strip() if written.is_file() else _UNKNOWN_LANGUAGE


def fault_of(folder: Path) -> str | None:
    """Load a model in a process of its own; return what is wrong with it, or None.

    A model may be larger than the memory, and native code may end its process: neither must
    take the asker with it.
    """
    # By name: this package is read by the command line, which must never load Vosk itself.
    command = [sys.executable, "-P", "-m", "transcription.recognizer", os.fspath(folder)]
    try:
        result = subprocess.run(  # noqa: S603 (our own interpreter and module)
            command, capture_output=True, text=True, timeout=_LONGEST_LOAD_S, check=False
        )
    except subprocess.TimeoutExpired:
        return f"model {folder.name}: loading took longer than {_LONGEST_LOAD_S} s"
    return _fault(folder, result)


def _fault(folder: Path, result: "subprocess.CompletedProcess[str]") -> str | None:
    if result.returncode == 0:
        return None
    if result.returncode < 0:
        return f"model {folder.name}: loading was ended by signal {-result.returncode}; too little memory?"
    return (result.stderr.strip().splitlines() or [f"model {folder.name}: it cannot be loaded"])[-1]


def _is_model(folder: Path) -> bool:
    return folder.is_dir() and not folder.name.startswith(".")
