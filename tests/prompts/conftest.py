"""The catalogue as it is shipped, a sound library, and a copy of the English recordings to spoil."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from prompts import g711
from prompts.catalogue import HERE, Catalogue
from prompts.g711 import Samples
from prompts.recordings import clip_path
from prompts.sounds import SoundLibrary


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="session")
def library(catalogue: Catalogue) -> SoundLibrary:
    return SoundLibrary(catalogue)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of prompts of its own, English only."""
    (tmp_path / "texts").mkdir()
    for name in ("catalogue.yaml", "topics.yaml"):
        shutil.copy(HERE / name, tmp_path)
    shutil.copytree(HERE / "recordings" / "en", tmp_path / "recordings" / "en")
    return tmp_path


@pytest.fixture
def edit(folder: Path) -> Callable[[str, str], None]:
    """Change words in the catalogue of the folder."""

    def change(old: str, new: str) -> None:
        path = folder / "catalogue.yaml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return change


@pytest.fixture
def welcome(folder: Path) -> Samples:
    """The English welcome as it is recorded."""
    return g711.from_wav(clip_path(folder, "en", "welcome").read_bytes())
