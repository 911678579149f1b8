"""The recognisers of this machine, loaded once in the parent and shared by every child."""

from pathlib import Path

import structlog

from transcription.models import BUNDLED_NAME, installed, language_of
from transcription.recognizer import ModelError, Recognizer

log = structlog.get_logger(__name__)

_loaded: dict[str, Recognizer] = {}


def load_all(models_dir: Path) -> None:
    """Load one model for every language that has one.

    A model that cannot be loaded is reported and left out: people listen to its language instead.

    Args:
        models_dir: where models are installed; the bundled one only serves a language without another.
    """
    folders = installed(models_dir)
    bundled = folders.pop(BUNDLED_NAME)
    for model in (*folders.values(), bundled):
        if _tongue(language_of(model)) not in _loaded:
            _load(model)


def for_language(language: str) -> Recognizer | None:
    """Return the recogniser of a language (BCP 47; regions share one), or None if there is none."""
    return _loaded.get(_tongue(language))


def languages() -> list[str]:
    """Return the languages that can be recognised."""
    return sorted(_loaded)


def _load(model: Path) -> None:
    try:
        recognizer = Recognizer.load(model)
    except ModelError as error:
        log.error("model_not_loaded", model=model.name, reason=str(error))  # noqa: TRY400 - the sentence says it all
    else:
        _loaded[_tongue(recognizer.language)] = recognizer


def _tongue(language: str) -> str:
    return language.partition("-")[0].lower()
