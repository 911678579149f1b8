"""Labels of kinds and urgencies from the taxonomy, and how sure the words of a transcript are."""

import functools
from pathlib import Path
from typing import Any, Final

import yaml

import transcription
from prompts.catalogue import HERE
from prompts.reading import read_yaml
from transcription.transcript import Transcript, Word

DOUBTFUL: Final = 0.85
"""Below this a word is marked; chosen with `Transcript.unsure`."""

GUESSED: Final = 0.60
"""Below this it is little more than a guess, and marked so."""


def kinds() -> dict[str, str]:
    """Return the label of each kind of concern that words can suggest."""
    return {kind["id"]: kind["label"] for kind in _taxonomy()["categories"]}


def urgencies() -> dict[str, str]:
    """Return the label of each urgency that words can suggest."""
    return {level["id"]: level["label"] for level in _taxonomy()["urgency_levels"]}


def service_kinds() -> dict[str, str]:
    """Return the label of each kind of service."""
    return {kind["id"]: kind["label"] for kind in _taxonomy()["referral_kinds"]}


def countries() -> dict[str, str]:
    """Return the English name of each country whose name callers can hear."""
    names: dict[str, str] = read_yaml(HERE / "catalogue.yaml")["names"]["countries"]
    return names


def doubt(word: Word) -> str:
    """Return how a word is marked: not at all, `unsure` or `guess`."""
    if word.is_unsure(GUESSED):
        return "guess"
    return "unsure" if word.is_unsure(DOUBTFUL) else ""


def unsure_count(transcript: Transcript) -> int:
    """Return how many words a person should doubt."""
    return len(transcript.unsure(DOUBTFUL))


@functools.cache
def _taxonomy() -> dict[str, Any]:
    path = Path(transcription.__file__).with_name("taxonomy.yaml")
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content
