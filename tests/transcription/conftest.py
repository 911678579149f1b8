"""The speech samples, the tiny recogniser, and sound made on the spot."""

from pathlib import Path

import numpy as np
import pytest

from transcription.audio import Recording
from transcription.models import BUNDLED_MODELS, BUNDLED_NAME
from transcription.recognizer import Recognizer

SPEECH = Path(__file__).parent.parent / "speech"
SAMPLES = sorted(path.stem for path in SPEECH.glob("*.wav"))


@pytest.fixture(scope="session")
def speech() -> Path:
    """The folder of the twelve sample voicemails."""
    return SPEECH


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> str:
    """The name of each sample in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def recognizer() -> Recognizer:
    return Recognizer.load(BUNDLED_MODELS / BUNDLED_NAME)


@pytest.fixture(scope="session")
def noise() -> Recording:
    """An hour of loud noise, the worst that a line can bring."""
    minute = np.random.default_rng(1).normal(0, 6000, 8000 * 60)
    return Recording(np.tile(np.clip(minute, -32768, 32767).astype(np.int16), 60), 8000)
